//! What GuardDuty watches.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Action, Arn, Gap, Switch};

/// GuardDuty in one Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detector {
    /// Whether it is switched on.
    pub enabled: Switch,
    /// Its features, by name, such as `EKS_AUDIT_LOGS` or `RUNTIME_MONITORING`.
    pub features: BTreeMap<String, FeatureStatus>,
}

impl Detector {
    /// Whether GuardDuty is switched on, for a cluster that it should watch.
    pub fn is_on(&self, cluster: &Arn) -> Result<bool, Gap> {
        self.enabled.is_on(|state| Gap::not_known(Action::GuardDutyGetDetector, cluster, "GuardDuty's status", state))
    }

    /// Whether any of these features is switched on, for a cluster that it should watch. One that is not listed is off.
    pub fn has_any(&self, features: &[&str], cluster: &Arn) -> Result<bool, Gap> {
        let mut gap = None;
        for name in features {
            let what = format!("the status of GuardDuty's feature {name}");
            let not_known = |state: &str| Gap::not_known(Action::GuardDutyGetDetector, cluster, what, state);
            match self.features.get(*name).map(|feature| feature.enabled.is_on(not_known)) {
                Some(Ok(true)) => return Ok(true),
                Some(Ok(false)) | None => {}
                Some(Err(unknown)) => gap = Some(unknown),
            }
        }
        gap.map_or(Ok(false), Err)
    }
}

/// Whether a feature of GuardDuty is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureStatus {
    /// Whether it is.
    pub enabled: Switch,
    /// Its parts, by name, such as `EKS_ADDON_MANAGEMENT`, and whether each is on.
    pub parts: BTreeMap<String, Switch>,
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
