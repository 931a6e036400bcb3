//! Questions about an account: what a principal can do, who can do something, and how little a role would do with.
//!
//! An answer says what was not read and could change it. Nothing is assumed in its place: what hangs on it is never
//! called allowed, and never denied.

mod answer;
mod can;
mod error;
mod name;
mod subject;
pub mod suggest;
mod target;
#[cfg(test)]
mod tests;
mod who_can;

pub use answer::{Could, Deciding, Left, NotEvaluated, Ruling};
pub use can::{CanAnswer, Question, can};
pub use error::AskError;
pub use suggest::{Suggestion, suggest};
pub(crate) use target::RESOURCE_POLICIES;
pub use who_can::{Outsider, PrincipalAnswer, Way, WhoCanAnswer, who_can};
