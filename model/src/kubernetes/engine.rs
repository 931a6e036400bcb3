//! The policies of policy engines, reduced to what they are about and what they do; what they demand is not kept.

use serde::{Deserialize, Serialize};

use super::selector::Selector;
use crate::Fact;

/// A policy of a policy engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnginePolicy {
    /// Whose it is.
    pub engine: PolicyEngine,
    /// Its kind, such as `ClusterPolicy` or `K8sPSPPrivilegedContainer`.
    pub kind: String,
    /// Its namespace; `None` when it is for the whole cluster.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// What it does with bad requests: one entry for each distinct mode of its rules.
    pub modes: Vec<Enforcement>,
    /// Whether the engine has taken it over; `None` when it does not say.
    pub ready: Option<bool>,
    /// Its rules that judge requests; those that only change or make objects are left out.
    pub rules: Fact<Vec<EngineRule>>,
}

/// A rule of an engine's policy that judges requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineRule {
    /// Its name; `None` where a policy is one rule.
    pub name: Option<String>,
    /// What it looks at.
    pub demand: Demand,
    /// What it does with bad requests.
    pub modes: Vec<Enforcement>,
    /// What it does in some namespaces in place of that; the first that is for a namespace counts.
    pub overrides: Vec<ModeOverride>,
    /// What it is about: each entry is a way to be matched, all of whose filters must hold.
    pub about: Vec<Vec<EngineFilter>>,
    /// What is left out of that, in the same form.
    pub excluded: Vec<Vec<EngineFilter>>,
    /// How many further conditions a request must meet that are not interpreted.
    pub conditions: u32,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// The object as it is written.
    Object,
    /// Signatures and attestations of images.
    Images,
}

/// What a rule does in some namespaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeOverride {
    /// What it does there.
    pub mode: Enforcement,
    /// The namespaces, with `*` and `?`; empty for all that the labels select.
    pub namespaces: Vec<String>,
    /// The labels of namespaces.
    pub labels: Selector,
}

/// Which objects a rule is about, as far as that concerns pods; all parts must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineFilter {
    /// Whether the creation of pods is within its kinds and operations.
    pub pods: bool,
    /// Its kinds as they are written; empty for all.
    pub kinds: Vec<String>,
    /// The namespaces, with `*` and `?`; empty for all.
    pub namespaces: Vec<String>,
    /// The namespaces that are left out, with `*` and `?`.
    pub excluded_namespaces: Vec<String>,
    /// The labels of namespaces.
    pub namespace_labels: Selector,
    /// What further limits it, so that it is about some pods.
    pub narrowed: Narrowing,
}

/// What limits a filter to some pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Narrowing {
    /// Nothing.
    None,
    /// What the maker of a pod writes into it: its name, labels or annotations.
    ByPod,
    /// Who asks.
    ByCaller,
}

/// A policy engine whose policies are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyEngine {
    /// Kyverno.
    Kyverno,
    /// OPA Gatekeeper.
    Gatekeeper,
}

/// What a policy engine does with bad requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// It refuses them: `Enforce`, `Deny`, `deny`.
    Deny,
    /// It lets them through and reports: `Audit`, `dryrun`.
    Audit,
    /// It lets them through and warns the caller.
    Warn,
    /// A mode that is not known here.
    Other(String),
}

/// What exempts objects from an engine's policies, such as Kyverno's PolicyException.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyException {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The policies it exempts from, by their names; with their namespace before a `/` where they have one.
    pub policies: Vec<String>,
    /// The objects that it exempts.
    pub exempt: Fact<Exempt>,
}

/// The objects that an exception exempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exempt {
    /// Which, in the form of [`EngineRule::about`].
    pub about: Vec<Vec<EngineFilter>>,
    /// How many further conditions they must meet that are not interpreted.
    pub conditions: u32,
}

/// Namespaces that a policy engine leaves out of all its policies, such as by Gatekeeper's Config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineExemption {
    /// The name of the object that says so.
    pub name: String,
    /// The namespaces, with `*` and `?`.
    pub namespaces: Vec<String>,
}
