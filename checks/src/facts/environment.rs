//! A workload's environment variables: names and classes, never values.

use serde::{Deserialize, Serialize};

use super::secret::{self, Class};

/// One environment variable. Its value is looked at once, when it is collected, and not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// What kind of secret its value is, if it is one.
    pub secret: Option<Class>,
}

impl Variable {
    /// Classifies a value and forgets it.
    pub fn classify(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), secret: secret::classify(name, value) }
    }
}
