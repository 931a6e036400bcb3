//! What keeps a delivery from being tried at all.

use std::io;
use std::path::PathBuf;

/// Why nothing was sent. No text of it holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder for what is not yet delivered cannot be used.
    #[error("the spool {}: {}", folder.display(), cause.kind())]
    Spool {
        /// The folder, or what in it.
        folder: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Nothing says where the spool is to be.
    #[error("no folder for what is not yet delivered: set XDG_STATE_HOME or HOME, or name one")]
    NoSpool,
    /// The report cannot be put into the sink's form.
    #[error("the report cannot be put into the form of {sink}: {cause}")]
    Form {
        /// The sink.
        sink: &'static str,
        /// Why.
        cause: io::Error,
    },
    /// A secret is missing or cannot be one. What it holds is not told.
    #[error("{place}: {flaw}")]
    Secret {
        /// The variable or file.
        place: String,
        /// What is wrong.
        flaw: &'static str,
    },
    /// An address that nothing is sent to. What it holds is not told: it may hold a password.
    #[error("the address of {sink}: {flaw}")]
    Address {
        /// The sink.
        sink: &'static str,
        /// What is wrong.
        flaw: &'static str,
    },
    /// The certificates to trust cannot be had.
    #[error("the certificates to trust: {0}")]
    Trust(String),
}
