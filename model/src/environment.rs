//! A workload's environment variables: names and classes, never values.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::secret::{self, Class};

/// One environment variable. Its value is looked at once, when it is collected, and not kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// What kind of secret its value is, if it is one.
    pub secret: Option<Class>,
    /// For the id of an AWS access key: its SHA-256, so that it can be compared with the ids of users' keys.
    pub key_id_hash: Option<String>,
}

impl Variable {
    /// Classifies a value and forgets it.
    pub fn classify(name: &str, value: &str) -> Self {
        let secret = secret::classify(name, value);
        let key_id_hash = (secret == Some(Class::AwsAccessKeyId)).then(|| hash_key_id(value));
        Self { name: name.to_owned(), secret, key_id_hash }
    }
}

/// The SHA-256 of an access key's id, in hexadecimal digits.
pub fn hash_key_id(id: &str) -> String {
    Sha256::digest(id.trim()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
