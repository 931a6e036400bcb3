//! Policy documents as AWS stores them.

mod read;
mod write;

use serde::de::{Deserialize, Deserializer, Error};

use crate::condition::Condition;
use crate::error::{ParseError, Place, Problem};
use crate::json::Json;
use crate::pattern::{ActionPattern, FoldedAction, ResourcePattern};
use crate::principal::{Principal, PrincipalKind};

/// A policy document.
///
/// Reading keeps everything but the spelling JSON leaves open: an array of one becomes the value
/// itself when written, numbers and booleans in conditions become strings, and a `Condition` (or
/// an operator in it) without any key, which limits nothing, is not written again.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The language's version; it decides whether `${…}` is a variable.
    pub version: Version,
    /// The document's `Id`.
    pub id: Option<String>,
    /// The statements, in order. None is legal and grants nothing.
    pub statements: Vec<Statement>,
}

/// The version of the policy language.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// Not written: means 2008-10-17.
    Absent,
    /// `2008-10-17`: `${…}` is plain text.
    V2008,
    /// `2012-10-17`: `${…}` is a variable.
    V2012,
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The statement's name.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it is about; nobody is named in identity policies, boundaries and SCPs.
    pub principal: PrincipalElement,
    /// Which actions it is about.
    pub action: ActionElement,
    /// Which resources it is about.
    pub resource: ResourceElement,
    /// What must hold for it to apply; all of them must.
    pub conditions: Vec<Condition>,
}

/// What a statement does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Grants, unless something denies.
    Allow,
    /// Denies, whatever allows.
    Deny,
}

/// The `Principal` or `NotPrincipal` of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum PrincipalElement {
    /// Neither is written.
    None,
    /// The statement is about these.
    Principal(Principals),
    /// The statement is about everybody but these.
    NotPrincipal(Principals),
}

/// The value of a principal element.
#[derive(Debug, Clone, PartialEq)]
pub enum Principals {
    /// The bare string `*`.
    Everyone,
    /// A map, flattened; entries of one kind follow each other.
    Listed(Vec<Principal>),
}

/// The `Action` or `NotAction` of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum ActionElement {
    /// The statement is about these actions.
    Action(Vec<ActionPattern>),
    /// The statement is about every action of every service but these.
    NotAction(Vec<ActionPattern>),
}

/// The `Resource` or `NotResource` of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum ResourceElement {
    /// Neither is written: the resource the policy is attached to.
    None,
    /// The statement is about these resources.
    Resource(Vec<ResourcePattern>),
    /// The statement is about every resource but these.
    NotResource(Vec<ResourcePattern>),
}

impl Document {
    /// Reads a document from JSON text.
    ///
    /// Fails, naming the place, on text that is not JSON or not a policy: an element unknown,
    /// missing or of the wrong type, a key written twice, two elements that exclude each other.
    pub fn parse(text: &str) -> Result<Document, ParseError> {
        let json: Json =
            serde_json::from_str(text).map_err(|error| Place::ROOT.error(Problem::NotJson(error.to_string())))?;
        read::document(json)
    }

    pub(crate) fn from_json(json: Json) -> Result<Document, ParseError> {
        read::document(json)
    }

    /// Reads a document as the IAM APIs return it, percent-encoded after RFC 3986; a `+` stays a
    /// `+`. An encoded document begins with `%7B`, so text that begins with `{` is read as it is.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
    pub fn parse_percent_encoded(text: &str) -> Result<Document, ParseError> {
        if text.trim_start().starts_with('{') {
            return Document::parse(text);
        }
        let decoded = String::from_utf8(percent_decoded(text)).map_err(|_| Place::ROOT.error(Problem::NotText))?;
        Document::parse(&decoded)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::document(Json::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while let Some(&byte) = bytes.get(position) {
        let digits = bytes.get(position + 1..position + 3).filter(|_| byte == b'%');
        if let Some(value) = digits.and_then(hexadecimal) {
            decoded.push(value);
            position += 3;
        } else {
            decoded.push(byte);
            position += 1;
        }
    }
    decoded
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0_u8, |value, &digit| {
        let digit = u8::try_from(char::from(digit).to_digit(16)?).ok()?;
        Some((value << 4) | digit)
    })
}

impl Version {
    /// Whether `${…}` is a variable in documents of this version.
    pub fn has_variables(self) -> bool {
        match self {
            Version::V2012 => true,
            Version::Absent | Version::V2008 => false,
        }
    }
}

impl Statement {
    /// Whether the statement allows and its action element covers `action`. Conditions, resource
    /// and principal are not looked at.
    pub fn allows_action(&self, action: &str) -> bool {
        self.effect == Effect::Allow && self.action.covers(action)
    }

    /// The entries of the `Principal` element; none for `NotPrincipal` and for the bare `*`.
    pub fn principals(&self) -> impl Iterator<Item = &Principal> {
        let listed = match &self.principal {
            PrincipalElement::Principal(Principals::Listed(listed)) => listed.as_slice(),
            PrincipalElement::Principal(Principals::Everyone)
            | PrincipalElement::None
            | PrincipalElement::NotPrincipal(_) => &[],
        };
        listed.iter()
    }

    /// The services the `Principal` element names.
    pub fn service_principals(&self) -> impl Iterator<Item = &str> {
        self.principals().filter(|principal| principal.kind() == PrincipalKind::Service).map(Principal::as_str)
    }

    /// Whether the `Principal` element names everybody (`*`, or `*` under `AWS`), or the statement
    /// allows all but a list with `NotPrincipal`.
    pub fn names_everyone(&self) -> bool {
        match &self.principal {
            PrincipalElement::None => false,
            PrincipalElement::Principal(Principals::Everyone) => true,
            PrincipalElement::Principal(Principals::Listed(listed)) => {
                listed.iter().any(|principal| principal.kind() == PrincipalKind::Aws && principal.is_everyone())
            }
            PrincipalElement::NotPrincipal(_) => self.effect == Effect::Allow,
        }
    }
}

impl ActionElement {
    /// Whether the element covers `action`, without regard to case.
    pub fn covers(&self, action: &str) -> bool {
        self.covers_folded(&FoldedAction::new(action))
    }

    pub(crate) fn covers_folded(&self, action: &FoldedAction) -> bool {
        match self {
            ActionElement::Action(patterns) => patterns.iter().any(|pattern| pattern.matches_folded(action)),
            ActionElement::NotAction(patterns) => !patterns.iter().any(|pattern| pattern.matches_folded(action)),
        }
    }

    /// The patterns, of either form.
    pub fn patterns(&self) -> &[ActionPattern] {
        match self {
            ActionElement::Action(patterns) | ActionElement::NotAction(patterns) => patterns,
        }
    }
}

impl ResourceElement {
    /// The patterns, of either form; none when the element is not written.
    pub fn patterns(&self) -> &[ResourcePattern] {
        match self {
            ResourceElement::None => &[],
            ResourceElement::Resource(patterns) | ResourceElement::NotResource(patterns) => patterns,
        }
    }
}

impl Principals {
    /// The principals as the policy writes them, without their kind.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (everyone, listed) = match self {
            Principals::Everyone => (Some("*"), [].as_slice()),
            Principals::Listed(listed) => (None, listed.as_slice()),
        };
        everyone.into_iter().chain(listed.iter().map(Principal::as_str))
    }
}

impl PrincipalElement {
    /// The principals, of either form; `None` when the element is not written.
    pub fn principals(&self) -> Option<&Principals> {
        match self {
            PrincipalElement::None => None,
            PrincipalElement::Principal(principals) | PrincipalElement::NotPrincipal(principals) => Some(principals),
        }
    }
}
