//! Workloads: the controllers at the top, and pods that have none.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::pod_spec::PodSpec;
use crate::Listing;

/// The workloads of a cluster. Each kind is a list of its own, since each can be denied by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workloads {
    /// Deployments.
    pub deployments: Listing<Controller>,
    /// Stateful sets.
    pub stateful_sets: Listing<Controller>,
    /// Daemon sets.
    pub daemon_sets: Listing<Controller>,
    /// Replica sets that no deployment owns.
    pub replica_sets: Listing<Controller>,
    /// Replication controllers.
    pub replication_controllers: Listing<Controller>,
    /// Jobs that no cron job owns.
    pub jobs: Listing<Controller>,
    /// Cron jobs.
    pub cron_jobs: Listing<Controller>,
    /// Pods that nothing owns, or only something that is not listed here, such as a node.
    pub pods: Listing<Controller>,
}

impl Workloads {
    /// All lists, each with its kind.
    pub fn by_kind(&self) -> [(WorkloadKind, &Listing<Controller>); 8] {
        [
            (WorkloadKind::Deployment, &self.deployments),
            (WorkloadKind::StatefulSet, &self.stateful_sets),
            (WorkloadKind::DaemonSet, &self.daemon_sets),
            (WorkloadKind::ReplicaSet, &self.replica_sets),
            (WorkloadKind::ReplicationController, &self.replication_controllers),
            (WorkloadKind::Job, &self.jobs),
            (WorkloadKind::CronJob, &self.cron_jobs),
            (WorkloadKind::Pod, &self.pods),
        ]
    }

    /// All lists.
    pub fn lists(&self) -> [&Listing<Controller>; 8] {
        self.by_kind().map(|(_, list)| list)
    }

    /// The list that holds workloads of this kind; `None` for a kind that is not read.
    pub fn of(&self, kind: &WorkloadKind) -> Option<&Listing<Controller>> {
        match kind {
            WorkloadKind::Deployment => Some(&self.deployments),
            WorkloadKind::StatefulSet => Some(&self.stateful_sets),
            WorkloadKind::DaemonSet => Some(&self.daemon_sets),
            WorkloadKind::ReplicaSet => Some(&self.replica_sets),
            WorkloadKind::ReplicationController => Some(&self.replication_controllers),
            WorkloadKind::Job => Some(&self.jobs),
            WorkloadKind::CronJob => Some(&self.cron_jobs),
            WorkloadKind::Pod => Some(&self.pods),
            WorkloadKind::Other(_) => None,
        }
    }
}

/// A controller: something that makes pods; or a pod on its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Controller {
    /// What it is.
    pub kind: WorkloadKind,
    /// Its namespace.
    pub namespace: String,
    /// Its name, unique within namespace and kind.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The labels that its pods get.
    pub pod_labels: BTreeMap<String, String>,
    /// How many pods it wants: replicas, completions at a time, or the nodes that a daemon set is for. `None` for a kind
    /// that does not say.
    pub replicas: Option<u32>,
    /// How many of its pods are ready; `None` for a kind that does not say.
    pub ready: Option<u32>,
    /// What its pods are made of.
    pub template: Arc<PodSpec>,
}

impl Controller {
    /// Kind and name.
    pub fn owner(&self) -> Owner {
        Owner { kind: self.kind.clone(), name: self.name.clone() }
    }
}

/// What a workload is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkloadKind {
    /// A Deployment.
    Deployment,
    /// A StatefulSet.
    StatefulSet,
    /// A DaemonSet.
    DaemonSet,
    /// A ReplicaSet without a Deployment.
    ReplicaSet,
    /// A ReplicationController.
    ReplicationController,
    /// A Job without a CronJob.
    Job,
    /// A CronJob.
    CronJob,
    /// A pod on its own.
    Pod,
    /// A controller of another kind, such as a `Rollout`, which is not read.
    Other(String),
}

impl WorkloadKind {
    /// The kind as Kubernetes writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::ReplicaSet => "ReplicaSet",
            Self::ReplicationController => "ReplicationController",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
            Self::Pod => "Pod",
            Self::Other(kind) => kind,
        }
    }
}

/// A controller, by kind and name; its namespace is that of its pods.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// What it is.
    pub kind: WorkloadKind,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind.name(), self.name)
    }
}
