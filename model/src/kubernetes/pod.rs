//! Pods that run.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::controller::{Owner, WorkloadKind};
use super::pod_spec::PodSpec;

/// A pod, in short form: a cluster may run ten thousand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// Its name, unique within the namespace.
    pub name: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// Its labels, by which policies and services select it.
    pub labels: BTreeMap<String, String>,
    /// The controller at the top of its owners; `None` for a pod on its own.
    pub owner: Option<Owner>,
    /// Its node; `None` before it is placed.
    pub node: Option<String>,
    /// How far it got.
    pub phase: Phase,
    /// Whether it is ready to serve.
    pub ready: bool,
    /// The images that its containers run.
    pub images: Vec<RunningImage>,
    /// Its specification, service account and host namespaces included; one copy serves all pods that are alike.
    pub spec: Arc<PodSpec>,
}

impl Pod {
    /// What findings about it are about: its top controller, or the pod itself when it is on its own.
    pub fn workload(&self) -> Owner {
        self.owner.clone().unwrap_or_else(|| Owner { kind: WorkloadKind::Pod, name: self.name.clone() })
    }
}

/// How far a pod got.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Accepted, not running yet.
    Pending,
    /// At least one container runs.
    Running,
    /// All containers ended well, and none will start again.
    Succeeded,
    /// All containers ended, one of them badly.
    Failed,
    /// Its node does not answer.
    Unknown,
    /// A phase that is not known here.
    Other(String),
}

impl Phase {
    /// Whether its containers are done for good. A phase that is not known may still run.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Succeeded | Self::Failed => true,
            Self::Pending | Self::Running | Self::Unknown | Self::Other(_) => false,
        }
    }
}

/// The image that a container runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningImage {
    /// The container's name.
    pub container: String,
    /// The image as the runtime names it.
    pub image: String,
    /// Its digest, `sha256:…`; `None` until it is pulled.
    pub digest: Option<String>,
}
