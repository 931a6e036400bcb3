//! The policy language of AWS IAM: read documents, match, evaluate, and tell who can.
//!
//! An auditor sees policies but no requests, so evaluation has a third answer. Each context key is
//! known, known to be absent, or unknown, and the answer says what it hangs on:
//!
//! ```
//! use palisade_policy::{Attached, Caller, Decision, Document, Identity, Policies, Request, RequestContext, evaluate};
//!
//! let document = Document::parse(
//!     r#"{"Version": "2012-10-17", "Statement": {"Sid": "Pictures", "Effect": "Allow", "Action": "s3:Get*",
//!         "Resource": "arn:aws:s3:::pictures/*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#,
//! )?;
//! let caller = Caller::parse("arn:aws:iam::111122223333:role/shop")?;
//! let context = RequestContext::of(&caller);
//! let request = Request {
//!     caller: &caller,
//!     action: "s3:GetObject",
//!     resource: "arn:aws:s3:::pictures/cat.png",
//!     resource_account: None,
//!     context: &context,
//! };
//! let policies = Policies {
//!     identity: Identity::Known(vec![Attached { name: "shop", document: &document }]),
//!     ..Policies::default()
//! };
//! let Decision::AllowedIf { by, conditions } = evaluate(&request, &policies) else { panic!() };
//! assert_eq!(by[0].to_string(), "policy shop, statement 0 (Pictures)");
//! assert_eq!(conditions[0].open.key(), "aws:SecureTransport");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`Document`] reads every legal form and keeps it; errors name the place.
//! - [`evaluate`] combines identity policies, boundary, session policies, SCPs, RCPs, resource and
//!   endpoint policies, within an account and across accounts.
//! - [`who_can`] grades how public a resource policy is.
//! - [`covers`] proves that one set of policies gives no more than another.
//! - [`Catalogue`] tells which actions there are, what they are about and how grave they are.
//! - [`batch`] answers requests written as JSON lines.
//!
//! The crate is pure: no network, no files, no clock. Nothing it reads makes it panic.

#![warn(missing_docs, clippy::wildcard_enum_match_arm)]

mod action;
pub mod batch;
mod caller;
pub mod catalogue;
mod condition;
mod covers;
mod date;
mod document;
mod error;
mod evaluate;
mod expand;
mod json;
mod pattern;
mod principal;
mod request_context;
mod shorten;
mod truth;
mod version;
mod who_can;

pub use caller::{Caller, CallerKind, UnknownCaller};
pub use catalogue::Catalogue;
pub use condition::{BaseOperator, Condition, Operator, Quantifier};
pub use covers::{Gap, Uncovered, covers};
pub use document::{ActionElement, Document, Effect, PrincipalElement, Principals, ResourceElement, Statement};
pub use error::{ParseError, Problem};
pub use evaluate::{
    Attached, Decision, Identity, MatchedStatement, Open, Policies, PolicyType, Request, Residual, evaluate,
    needs_no_policy,
};
pub use pattern::{ActionPattern, ResourcePattern, matches};
pub use principal::{Principal, PrincipalForm, PrincipalKind};
pub use request_context::RequestContext;
pub use shorten::Wanted;
pub use version::Version;
pub use who_can::{Door, Grade, LetIn, who_can};
