//! What ends a collection before there is an inventory.

/// Why there is nothing to collect from.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// AWS does not accept the credentials, and why.
    #[error("AWS does not accept the credentials: {0}")]
    Refused(String),
    /// A Region was named that does not exist.
    #[error("there is no Region {name}{suggestion}")]
    UnknownRegion {
        /// Its name.
        name: String,
        /// What may have been meant, as the end of a sentence; or nothing.
        suggestion: String,
    },
    /// A cluster was named that does not exist.
    #[error("there is no cluster {0} in the audited Regions; --clusters takes the names that EKS knows")]
    UnknownCluster(String),
    /// A Region was named that the credentials are not for.
    #[error("the Region {name} is in the partition {theirs}, the credentials are of {ours}")]
    OtherPartition {
        /// Its name.
        name: String,
        /// Its partition.
        theirs: &'static str,
        /// That of the credentials.
        ours: String,
    },
}
