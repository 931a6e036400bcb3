//! Why a manifest, a configuration or a layer cannot be used.

use std::fmt;

use palisade_model::Reason;

use crate::aws::download::Refusal;
use crate::failure::Failure;

/// What is wrong with something that was read, as the rest of a sentence that begins with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw(String);

impl Flaw {
    /// A flaw in these words, of which the account's own may be a part: cut short, without control characters.
    pub(super) fn new(words: impl Into<String>) -> Self {
        const LONGEST: usize = 200;
        let words: String = words.into();
        Self(words.chars().filter(|character| !character.is_control()).take(LONGEST).collect())
    }

    /// The failure of a read, named by what has the flaw.
    pub(super) fn of(&self, what: &str, digest: &str) -> Failure {
        Failure::GaveUp(Reason::Failed(format!("the {what} {digest} {self}")))
    }
}

impl From<&Refusal> for Flaw {
    fn from(refusal: &Refusal) -> Self {
        Self::new(refusal.to_string())
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Flaw {}
