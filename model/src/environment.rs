//! A workload's environment variables: names and classes, never values.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::secret::Class;

/// One environment variable. Its value is looked at once, when it is collected, and not kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// What kind of secret its value is, if it is one.
    pub secret: Option<Class>,
    /// By which sign the secret was told, and where within the value it is; none when there is none, and in files that
    /// are older than this.
    pub why: Option<String>,
    /// For the id of an AWS access key: its SHA-256, so that it can be compared with the ids of users' keys.
    pub key_id_hash: Option<String>,
}

impl Variable {
    /// Classifies a value and forgets it.
    pub fn classify(name: &str, value: &str) -> Self {
        let hit = palisade_secrets::in_setting(name, value);
        let (secret, why) = hit.map(|hit| (hit.class, hit.why)).unzip();
        let id = palisade_secrets::aws_access_key_id(value).filter(|_| secret == Some(Class::AwsAccessKeyId));
        Self { name: name.to_owned(), secret, why, key_id_hash: id.map(hash_key_id) }
    }

    /// What is said of its secret, if it holds one: the kind, and by which sign it was told.
    pub fn told(&self) -> Option<String> {
        let class = self.secret?;
        Some(format!("{} ({})", class.label(), self.why.as_deref().unwrap_or(class.sign())))
    }
}

/// The SHA-256 of an access key's id, in hexadecimal digits.
pub fn hash_key_id(id: &str) -> String {
    Sha256::digest(id.trim()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
