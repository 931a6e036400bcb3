//! The policy language of AWS IAM: read, match, evaluate.

#![warn(missing_docs, clippy::wildcard_enum_match_arm)]

mod condition;
mod document;
mod error;
mod json;
mod pattern;
mod principal;

pub use condition::{BaseOperator, Condition, Operator, Quantifier};
pub use document::{
    ActionElement, Document, Effect, PrincipalElement, Principals, ResourceElement, Statement, Version,
};
pub use error::{ParseError, Problem};
pub use pattern::{ActionPattern, ResourcePattern, matches};
pub use principal::{Principal, PrincipalForm, PrincipalKind};
