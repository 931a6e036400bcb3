//! What stands between a request and the cluster: webhooks, admission policies, policy engines.

use serde::{Deserialize, Serialize};

use super::selector::Selector;
use crate::Fact;

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

impl AdmissionRule {
    /// Whether it is about the creation of pods, whatever their names.
    pub fn creates_pods(&self) -> bool {
        let has = |values: &[String], wanted: &[&str]| values.iter().any(|value| wanted.contains(&value.as_str()));
        has(&self.operations, &["*", "CREATE"])
            && has(&self.api_groups, &["*", ""])
            && has(&self.api_versions, &["*", "v1"])
            && has(&self.resources, &["*", "*/*", "pods"])
            && self.resource_names.is_empty()
            && self.scope != "Cluster"
    }
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
    /// The kind of the objects that its expressions are given, such as `shop.example/v1 PodLimit`; `None` when they are given
    /// none.
    pub parameters: Fact<Option<String>>,
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
    /// The objects that the policy's expressions are given; `None` when it names none.
    pub parameters: Fact<Option<ParameterReference>>,
}

/// The objects that an admission policy's expressions are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterReference {
    /// Which: a name, or `any that are selected`.
    pub which: String,
    /// `parameterNotFoundAction`: what becomes of a request when there is none.
    pub not_found: ParameterNotFound,
}

/// What becomes of a request when the parameters of a policy are not there.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterNotFound {
    /// It goes on, as if there were no policy.
    Allow,
    /// It is judged as the failure policy says.
    Deny,
    /// A word that is not known here, or none.
    Other(String),
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
