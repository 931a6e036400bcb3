//! What stands between a request and the cluster: webhooks, admission policies, policy engines.

use serde::{Deserialize, Serialize};

use super::selector::Selector;

/// A configuration of webhooks; validating and mutating ones are listed apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookConfiguration {
    /// Its name.
    pub name: String,
    /// Its webhooks.
    pub webhooks: Vec<Webhook>,
}

/// A webhook that the API server asks.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its name, unique within the configuration.
    pub name: String,
    /// What happens when it does not answer.
    pub failure_policy: FailurePolicy,
    /// The requests it is asked about.
    pub rules: Vec<AdmissionRule>,
    /// The namespaces whose objects it is asked about.
    pub namespaces: Selector,
    /// The objects it is asked about, by their labels.
    pub objects: Selector,
    /// How many further conditions a request must meet.
    pub match_conditions: u32,
    /// Who is asked.
    pub target: WebhookTarget,
    /// How long the API server waits, in seconds (1 to 30).
    pub timeout_seconds: u32,
}

/// What happens when an admission control fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailurePolicy {
    /// The request is refused.
    Fail,
    /// The request goes on as if nobody had been asked.
    Ignore,
    /// A policy that is not known here.
    Other(String),
}

/// Requests that an admission control is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionRule {
    /// API groups; empty text for the core group, `*` for all.
    pub api_groups: Vec<String>,
    /// Versions of these; `*` for all.
    pub api_versions: Vec<String>,
    /// Operations: `CREATE`, `UPDATE`, `DELETE`, `CONNECT`, `*`.
    pub operations: Vec<String>,
    /// Resources: `pods`, `pods/*`, `*`, `*/*`.
    pub resources: Vec<String>,
    /// The only objects that it is about; empty for all.
    pub resource_names: Vec<String>,
    /// `Cluster`, `Namespaced` or `*`.
    pub scope: String,
}

/// Who answers for a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookTarget {
    /// A service of the cluster.
    Service {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// An address; only scheme and host are kept.
    Url(String),
    /// Neither, in a way that is not known here.
    Other,
}

/// A ValidatingAdmissionPolicy, which does nothing without a binding.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionPolicy {
    /// Its name.
    pub name: String,
    /// What happens when it cannot be evaluated.
    pub failure_policy: FailurePolicy,
    /// The requests it is about.
    pub scope: AdmissionScope,
    /// How many conditions it demands.
    pub validations: u32,
    /// How many further conditions a request must meet before it is judged.
    pub match_conditions: u32,
}

/// What an admission policy or a binding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionScope {
    /// Requests; empty in a binding leaves it to the policy.
    pub rules: Vec<AdmissionRule>,
    /// Requests that are left out.
    pub excluded: Vec<AdmissionRule>,
    /// Namespaces.
    pub namespaces: Selector,
    /// Objects, by their labels.
    pub objects: Selector,
}

/// What puts an admission policy into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionPolicyBinding {
    /// Its name.
    pub name: String,
    /// The policy's name.
    pub policy: String,
    /// What happens to a request that the policy objects to.
    pub actions: Vec<ValidationAction>,
    /// What it is about, within what the policy is about.
    pub scope: AdmissionScope,
}

/// What happens to a request that a policy objects to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidationAction {
    /// It is refused.
    Deny,
    /// The caller is warned.
    Warn,
    /// It is noted in the audit log.
    Audit,
    /// An action that is not known here.
    Other(String),
}

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
    /// The policies it exempts from, by their names.
    pub policies: Vec<String>,
}
