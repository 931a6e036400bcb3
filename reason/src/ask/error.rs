//! Questions that cannot be answered as they are put.

use std::fmt;

use palisade_policy::Catalogue;

use palisade_model::{Arn, Gap};

/// Why a question cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskError {
    /// The account has no such role or user.
    UnknownPrincipal {
        /// What was asked about.
        name: String,
        /// What there is, written as the question is: ARNs or names.
        known: Vec<String>,
    },
    /// Several resources have this name.
    Ambiguous {
        /// The name.
        name: String,
        /// Theirs.
        arns: Vec<Arn>,
    },
    /// The text names no principal, or one of a kind whose policies no inventory holds.
    NoCaller(String),
    /// It is not among the roles and users that were read, and some were not.
    Unread {
        /// What was asked about.
        name: String,
        /// Why the list stops short.
        gap: Gap,
    },
    /// The catalogue does not have the action.
    UnknownAction {
        /// What was asked about.
        name: String,
        /// Actions of the catalogue that it may be meant for.
        known: Vec<String>,
    },
    /// It is a pattern, or has no service before a colon.
    NoAction(String),
    /// It is neither an ARN nor `*`, and no resource that was read has this name.
    UnknownResource {
        /// What was asked about.
        name: String,
        /// What there is, as reports print it.
        known: Vec<String>,
    },
    /// It is no whole ARN.
    NoResource(String),
}

impl AskError {
    /// The name that was not found, and those that it may be meant for.
    pub fn misspelt(&self) -> Option<(&str, &[String])> {
        match self {
            Self::UnknownPrincipal { name, known }
            | Self::UnknownAction { name, known }
            | Self::UnknownResource { name, known } => Some((name, known)),
            Self::Ambiguous { .. }
            | Self::NoCaller(_)
            | Self::Unread { .. }
            | Self::NoAction(_)
            | Self::NoResource(_) => None,
        }
    }
}

impl std::error::Error for AskError {}

impl fmt::Display for AskError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPrincipal { name, .. } => write!(formatter, "the account has no role or user `{name}`"),
            Self::Ambiguous { name, arns } => {
                let arns: Vec<_> = arns.iter().map(Arn::as_str).collect();
                write!(formatter, "`{name}` is the name of several; ask about {}", arns.join(" or "))
            }
            Self::NoCaller(name) => write!(
                formatter,
                "`{name}` is no principal that can be asked about: name a role or user, or the ARN of one, of a \
                 session or of an account's root, an account id, a service such as s3.amazonaws.com, or `anonymous`"
            ),
            Self::Unread { name, gap } => {
                write!(formatter, "`{name}` is not among the roles and users that were read: {gap}")
            }
            Self::UnknownAction { name, .. } => {
                write!(formatter, "the catalogue of {} has no action `{name}`", Catalogue::get().date())
            }
            Self::NoAction(name) => {
                write!(formatter, "`{name}` is no action; write service:Action, such as lambda:InvokeFunction")
            }
            Self::UnknownResource { name, .. } => write!(
                formatter,
                "no resource that was read is called `{name}`; write an ARN, a name as reports print it, such as \
                 function:orders, or `*` for none"
            ),
            Self::NoResource(text) => write!(formatter, "`{text}` is no resource; write an ARN, or `*` for none"),
        }
    }
}
