//! Something that is on or off, in a word that may be new.

use serde::{Deserialize, Serialize};

use super::fact::Gap;

/// Whether something is switched on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
    /// A state that is not known here.
    Other(String),
}

impl Switch {
    /// The state that a word stands for, by the words that mean on and those that mean off.
    pub fn read(word: &str, on: &[&str], off: &[&str]) -> Self {
        if on.contains(&word) {
            Self::On
        } else if off.contains(&word) {
            Self::Off
        } else {
            Self::Other(word.to_owned())
        }
    }

    /// Whether it is on, or the gap that `not_known` makes of a state that is not known.
    pub fn is_on(&self, not_known: impl FnOnce(&str) -> Gap) -> Result<bool, Gap> {
        match self {
            Self::On => Ok(true),
            Self::Off => Ok(false),
            Self::Other(state) => Err(not_known(state)),
        }
    }
}

impl From<bool> for Switch {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}
