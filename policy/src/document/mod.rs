//! Policy documents as AWS stores them.

mod percent;
mod read;
mod write;

use crate::action::FoldedAction;
use crate::condition::Condition;
use crate::pattern::{ActionPattern, ResourcePattern};
use crate::principal::{Principal, PrincipalKind};
use crate::request_context::{RequestContext, Scope};
use crate::truth::Truth;
use crate::version::Version;

/// A policy document.
///
/// Reading keeps everything but the spelling JSON leaves open: an array of one becomes the value
/// itself when written, numbers and booleans in conditions become strings, and a `Condition` (or
/// an operator in it) without any key, which limits nothing, is not written again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Document {
    /// The language's version; it decides whether `${…}` is a variable.
    pub version: Version,
    /// The document's `Id`.
    pub id: Option<String>,
    /// The statements, in order. None is legal and grants nothing.
    pub statements: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PrincipalElement {
    /// Neither is written.
    None,
    /// The statement is about these.
    Principal(Principals),
    /// The statement is about everybody but these.
    NotPrincipal(Principals),
}

/// The value of a principal element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Principals {
    /// The bare string `*`.
    Everyone,
    /// A map, flattened; entries of one kind follow each other.
    Listed(Vec<Principal>),
}

/// The `Action` or `NotAction` of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ActionElement {
    /// The statement is about these actions.
    Action(Vec<ActionPattern>),
    /// The statement is about every action of every service but these.
    NotAction(Vec<ActionPattern>),
}

/// The `Resource` or `NotResource` of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ResourceElement {
    /// Neither is written: the resource the policy is attached to.
    None,
    /// The statement is about these resources.
    Resource(Vec<ResourcePattern>),
    /// The statement is about every resource but these.
    NotResource(Vec<ResourcePattern>),
}

impl Statement {
    /// Whether the statement allows and its action element covers `action`. Conditions, resource
    /// and principal are not looked at.
    pub fn allows_action(&self, action: &str) -> bool {
        self.effect == Effect::Allow && self.action.covers(action)
    }

    /// Whether all conditions may hold, in a document of this version, of a request of which `context` is known. One
    /// whose date has passed may not.
    pub fn may_apply(&self, version: Version, context: &RequestContext) -> bool {
        let scope = Scope { context, version };
        Truth::all(self.conditions.iter().map(|condition| condition.holds(scope))) != Truth::False
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

    /// Whether the element covers every action that a pattern covers; `false` may mean that this could not be shown.
    pub fn covers_pattern(&self, pattern: &ActionPattern) -> bool {
        match self {
            ActionElement::Action(patterns) => patterns.iter().any(|own| own.covers(pattern)),
            ActionElement::NotAction(excluded) => !excluded.iter().any(|excluded| excluded.overlaps(pattern)),
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
