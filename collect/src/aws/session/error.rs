//! What keeps a session from being opened.

use std::path::PathBuf;

use super::files::FilesError;
use super::named::Named;

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Nothing names credentials.
    #[error(
        "no AWS credentials: {0}. Set AWS_PROFILE or pass --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `palisade audit --demo` needs none"
    )]
    NoCredentials(OriginError),
    /// What names them is wrong.
    #[error(transparent)]
    Origin(OriginError),
    /// The AWS configuration files cannot be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// They could not be had.
    #[error("no AWS credentials by {origin}: {cause}")]
    Refused {
        /// Where they were to come from.
        origin: String,
        /// Why not.
        cause: String,
    },
    /// The role could not be assumed.
    #[error(
        "cannot assume the role {role} by {origin}: {cause}. Check the role's trust policy, the external id, and that the caller is allowed sts:AssumeRole"
    )]
    Role {
        /// The role's ARN.
        role: String,
        /// Where the credentials came from that were to assume it.
        origin: String,
        /// Why not.
        cause: String,
    },
    /// More certificates to trust could not be read.
    #[error("cannot read the certificates that {by} names, {path}: {cause}")]
    CaBundle {
        /// What names them.
        by: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
}

impl From<OriginError> for SessionError {
    fn from(error: OriginError) -> Self {
        match error {
            OriginError::None => Self::NoCredentials(error),
            OriginError::Missing(_)
            | OriginError::Empty(_)
            | OriginError::Incomplete { .. }
            | OriginError::Variables { .. }
            | OriginError::Unsupported { .. } => Self::Origin(error),
        }
    }
}

/// Why there are no credentials to go by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// The files do not hold a profile that is named.
    #[error(
        "{0} is neither in the AWS configuration file nor in the credentials file; `aws configure list-profiles` lists those that are"
    )]
    Missing(Named),
    /// A profile that is named holds no credentials.
    #[error(
        "{0} holds no credentials: nothing else is taken in its place. Complete it, or leave it out for the credentials of the environment, the container or the instance"
    )]
    Empty(Named),
    /// A profile lacks something.
    #[error("the profile `{profile}` is incomplete: {what}")]
    Incomplete {
        /// Its name.
        profile: String,
        /// What is wrong with it, as a sentence.
        what: String,
    },
    /// The environment holds half of an access key.
    #[error("the environment is incomplete: {set} is set, {missing} is not")]
    Variables {
        /// The variable that is set.
        set: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// A profile has its credentials in a way that is not followed.
    #[error(
        "the profile `{profile}` {what}, which palisade does not do. Sign in first, then hand the credentials on: `eval \"$(aws configure export-credentials --profile {profile} --format env)\"`"
    )]
    Unsupported {
        /// Its name.
        profile: String,
        /// What it does, as the end of a sentence.
        what: &'static str,
    },
    /// There are none anywhere.
    #[error("none are configured")]
    None,
}
