//! Why there is no suggestion.

use std::fmt;

use jiff::Timestamp;

use crate::ask::AskError;
use palisade_model::{Arn, Gap};

/// Why there is no suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuggestError {
    /// There is no such role, or it was not read.
    Role(AskError),
    /// It is younger than the time without use that counts, or its age is not known.
    TooYoung {
        /// The role.
        role: Arn,
        /// When it was created.
        created_at: Option<Timestamp>,
        /// The days that count.
        days: u32,
    },
    /// The collection did not go deep enough to read what the role used.
    NotDeep(Arn),
    /// No function runs as the role, and use is read for the roles of functions only.
    NoWorkload(Arn),
    /// Its policies or what it used could not be read.
    Unread(Gap),
    /// These statements of the suggestion could not be proven to allow no more than the role's policies do.
    Unproven(Vec<usize>),
}

impl std::error::Error for SuggestError {}

impl fmt::Display for SuggestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(error) => fmt::Display::fmt(error, formatter),
            Self::TooYoung { role, created_at: Some(created_at), days } => write!(
                formatter,
                "{role} was created {created_at}: too young to tell what it does not use within {days} days"
            ),
            Self::TooYoung { role, created_at: None, .. } => {
                write!(formatter, "AWS does not tell when {role} was created, so that it may be too young to tell")
            }
            Self::NotDeep(role) => {
                write!(formatter, "what {role} used was not collected: collect again with --depth deep")
            }
            Self::NoWorkload(role) => {
                write!(formatter, "what {role} used was not collected: it is read for roles that functions run as")
            }
            Self::Unread(gap) => write!(formatter, "there is no suggestion without {gap}"),
            Self::Unproven(statements) => write!(
                formatter,
                "no suggestion: statements {statements:?} of it could not be proven to allow no more than the role's \
                 policies"
            ),
        }
    }
}
