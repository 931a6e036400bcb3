//! Actions: `service:Name`, compared without regard to case.

use std::hash::{Hash, Hasher};

use super::containment::{covers, overlap};
use super::glob::{Colons, Glob};
use super::template::{Reading, Symbol, TextPattern};
use crate::action::FoldedAction;

/// One entry of an `Action` or `NotAction` element.
///
/// The service prefix takes no wildcard, but `*` alone (and `*:*`) covers every action. A pattern
/// with white space in it covers nothing.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
#[derive(Debug, Clone)]
pub struct ActionPattern {
    text: String,
    covers: Covers,
}

#[derive(Debug, Clone)]
enum Covers {
    Everything,
    Service { service: String, name: Glob },
    Nothing,
}

impl ActionPattern {
    /// Compiles a pattern; every text is accepted, an impossible one covers nothing.
    pub fn new(text: impl Into<String>) -> ActionPattern {
        let text = text.into();
        let covers = compile(&text);
        ActionPattern { text, covers }
    }

    /// The pattern as the policy writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern covers `action` (`lambda:InvokeFunction`).
    pub fn matches(&self, action: &str) -> bool {
        self.matches_folded(&FoldedAction::new(action))
    }

    pub(crate) fn matches_folded(&self, action: &FoldedAction) -> bool {
        match &self.covers {
            Covers::Everything => true,
            Covers::Nothing => false,
            Covers::Service { service, name } => service == action.service() && name.matches(action.name()),
        }
    }

    /// Whether the pattern covers an action of its own service, given by its name in lower case.
    pub(crate) fn matches_name(&self, folded_name: &str) -> bool {
        match &self.covers {
            Covers::Everything => true,
            Covers::Nothing => false,
            Covers::Service { name, .. } => name.matches(folded_name),
        }
    }

    /// Whether every action `other` covers is covered by this.
    pub(crate) fn covers(&self, other: &ActionPattern) -> bool {
        match (&self.covers, &other.covers) {
            (Covers::Everything, _) | (_, Covers::Nothing) => true,
            (Covers::Nothing | Covers::Service { .. }, Covers::Everything) | (Covers::Nothing, _) => false,
            (Covers::Service { service, .. }, Covers::Service { service: other_service, .. }) => {
                service == other_service && (self.text == other.text || covers(&self.symbols(), &other.symbols()))
            }
        }
    }

    /// Whether some action may be covered by both.
    pub(crate) fn overlaps(&self, other: &ActionPattern) -> bool {
        match (&self.covers, &other.covers) {
            (Covers::Nothing, _) | (_, Covers::Nothing) => false,
            (Covers::Everything, _) | (_, Covers::Everything) => true,
            (Covers::Service { service, .. }, Covers::Service { service: other_service, .. }) => {
                service == other_service && overlap(&self.symbols(), &other.symbols())
            }
        }
    }

    fn symbols(&self) -> Vec<Symbol> {
        TextPattern::symbols(&self.text.to_ascii_lowercase(), Reading::Like, false)
    }

    /// The service prefix in lower case; `None` when the pattern covers every service or nothing.
    pub fn service(&self) -> Option<&str> {
        match &self.covers {
            Covers::Service { service, .. } => Some(service),
            Covers::Everything | Covers::Nothing => None,
        }
    }

    /// Whether the pattern covers every action of every service.
    pub fn is_everything(&self) -> bool {
        matches!(self.covers, Covers::Everything)
    }

    /// Whether the pattern covers every action of one service: `lambda:*`.
    pub fn is_whole_service(&self) -> bool {
        match &self.covers {
            Covers::Service { name, .. } => name.is_anything(),
            Covers::Everything | Covers::Nothing => false,
        }
    }
}

impl PartialEq for ActionPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for ActionPattern {}

impl Hash for ActionPattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

fn compile(text: &str) -> Covers {
    let folded = text.to_ascii_lowercase();
    if folded.contains(char::is_whitespace) {
        return Covers::Nothing;
    }
    if !folded.is_empty() && folded.bytes().all(|byte| byte == b'*') {
        return Covers::Everything;
    }
    match folded.split_once(':') {
        Some(("*", "*")) => Covers::Everything,
        Some((service, _)) if service.contains(['*', '?']) => Covers::Nothing,
        Some((service, name)) => {
            Covers::Service { service: service.to_owned(), name: Glob::compile(name, Colons::Crossed) }
        }
        None => Covers::Nothing,
    }
}
