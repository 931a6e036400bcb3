//! What GuardDuty watches.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// GuardDuty in one Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detector {
    /// Whether it is switched on.
    pub enabled: bool,
    /// Its features, by name, such as `EKS_AUDIT_LOGS` or `RUNTIME_MONITORING`.
    pub features: BTreeMap<String, FeatureStatus>,
}

/// Whether a feature of GuardDuty is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureStatus {
    /// Whether it is.
    pub enabled: bool,
    /// Its parts, by name, such as `EKS_ADDON_MANAGEMENT`, and whether each is on.
    pub parts: BTreeMap<String, bool>,
}

/// How GuardDuty's runtime monitoring covers a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterCoverage {
    /// `HEALTHY` or `UNHEALTHY`.
    pub status: String,
    /// Nodes that could be covered.
    pub compatible_nodes: u64,
    /// Nodes that are.
    pub covered_nodes: u64,
    /// What GuardDuty says is wrong.
    pub issue: Option<String>,
}
