//! Who read an account.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Arn;

/// Who read an account, and how the reader came by the credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The identity, as AWS names it.
    pub arn: Arn,
    /// Where its credentials came from, in words; never what they are.
    pub source: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, by {}", self.arn, self.source)
    }
}
