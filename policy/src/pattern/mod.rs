//! Wildcards: `*` for any run of characters, `?` for exactly one.

mod action;
mod containment;
mod glob;
mod resource;
mod template;

pub use action::ActionPattern;
pub(crate) use containment::{covers, overlap};
pub use resource::ResourcePattern;
pub(crate) use resource::ShortArns;
pub(crate) use template::{Match, Reading, TextPattern};

use glob::{Colons, Glob};

/// Whether `text` matches `pattern`, where `*` stands for any run of characters (none included),
/// `?` for exactly one, and every other character for itself, case included.
///
/// ```
/// assert!(palisade_policy::matches("arn:aws:s3:::logs-*", "arn:aws:s3:::logs-2026"));
/// assert!(!palisade_policy::matches("Get?", "Get"));
/// ```
pub fn matches(pattern: &str, text: &str) -> bool {
    Glob::compile(pattern, Colons::Crossed).matches(text)
}
