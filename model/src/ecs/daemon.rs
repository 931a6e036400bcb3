//! Managed daemons: a task that ECS starts on every machine of a provider, before all others.

use serde::{Deserialize, Serialize};

use crate::{Arn, Fact};

/// A managed daemon.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeDaemon.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Daemon {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// How it is configured.
    pub details: Fact<DaemonDetails>,
    /// The revisions that run now.
    pub revisions: Fact<Vec<DaemonRevision>>,
}

/// How a managed daemon is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonDetails {
    /// `ACTIVE`, `DELETE_IN_PROGRESS` …
    pub status: String,
    /// ARNs of the revisions that run.
    pub revisions: Vec<Arn>,
    /// ARNs of the capacity providers whose machines it runs on.
    pub capacity_providers: Vec<String>,
}

/// A revision of a managed daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonRevision {
    /// Its ARN.
    pub arn: Arn,
    /// The definition.
    pub definition: Arn,
    /// Whether commands may be run in its containers.
    pub exec: bool,
}
