//! What refuses bad pods in a namespace. That a control is installed is not enough: it has to be in force there.

use std::collections::BTreeMap;

use crate::in_cluster::webhooks::creates_pods;
use crate::pod_security::{Level, Modes, effective};
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{
    AdmissionPolicy, AdmissionPolicyBinding, AdmissionScope, Controller, Enforcement, EnginePolicy, FailurePolicy,
    Namespace, Objects, PolicyEngine, Selector, ValidationAction, Webhook,
};
use palisade_model::{Action, Gap, Listing};

/// The API groups of engines whose policies are not read.
const OTHER_ENGINES: [&str; 4] =
    ["policies.kubewarden.io", "policy.jspolicy.com", "policy.sigstore.dev", "constraints.azure.com"];

/// A policy engine, by what it installs.
struct Engine {
    product: PolicyEngine,
    /// The configuration of its webhook.
    configuration: &'static str,
    /// A label of its controller.
    label: (&'static str, &'static str),
    /// What the name or the component of the controller holds that answers.
    controller: &'static str,
}

/// Sources: <https://kyverno.io/docs/installation/>, <https://open-policy-agent.github.io/gatekeeper/website/docs/install/>
const ENGINES: [Engine; 2] = [
    Engine {
        product: PolicyEngine::Kyverno,
        configuration: "kyverno-resource-validating-webhook-cfg",
        label: ("app.kubernetes.io/part-of", "kyverno"),
        controller: "admission-controller",
    },
    Engine {
        product: PolicyEngine::Gatekeeper,
        configuration: "gatekeeper-validating-webhook-configuration",
        label: ("gatekeeper.sh/system", "yes"),
        controller: "controller-manager",
    },
];

/// Whether something refuses bad pods in a namespace. A gap when nothing certainly does, and something may.
pub fn is_enforced(namespace: &Namespace, cluster: &Cluster, objects: &Objects) -> Result<bool, Gap> {
    let enforced = effective(&namespace.labels, Modes::default()).modes.enforce.level;
    if enforced >= Level::Baseline {
        return Ok(true);
    }
    let scene = Admission { namespace, cluster, objects };
    let mut gap = None;
    let engines = ENGINES.iter().map(|engine| scene.by_engine(engine));
    for answer in [scene.by_policies()].into_iter().chain(engines) {
        match answer {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(unknown) => _ = gap.get_or_insert(unknown),
        }
    }
    gap.or(scene.other_engine().err()).map_or(Ok(false), Err)
}

struct Admission<'a> {
    namespace: &'a Namespace,
    cluster: &'a Cluster,
    objects: &'a Objects,
}

impl Admission<'_> {
    /// By an admission policy of Kubernetes itself, bound so that it denies.
    fn by_policies(&self) -> Result<bool, Gap> {
        let admission = &self.objects.admission;
        let (policies, bindings) = (&admission.policies, &admission.policy_bindings);
        let mut gap = policies.gap().or(bindings.gap()).cloned();
        for policy in policies.seen() {
            for binding in bindings.seen().iter().filter(|binding| binding.policy == policy.name) {
                match self.denies(policy, binding) {
                    Some(true) => return Ok(true),
                    Some(false) => {}
                    None => {
                        let why = format!("whether {} holds in {} cannot be told", policy.name, self.namespace.name);
                        gap.get_or_insert_with(|| self.cluster.unclear(Action::KubernetesListAdmissionPolicies, why));
                    }
                }
            }
        }
        gap.map_or(Ok(false), Err)
    }

    fn denies(&self, policy: &AdmissionPolicy, binding: &AdmissionPolicyBinding) -> Option<bool> {
        let fails = match policy.failure_policy {
            FailurePolicy::Fail => Some(true),
            FailurePolicy::Ignore => Some(false),
            FailurePolicy::Other(_) => None,
        };
        let is_odd = |action: &ValidationAction| matches!(action, ValidationAction::Other(_));
        let acts = if binding.actions.contains(&ValidationAction::Deny) {
            Some(true)
        } else {
            (!binding.actions.iter().any(is_odd)).then_some(false)
        };
        let is_about_pods =
            creates_pods(&policy.scope.rules) && (binding.scope.rules.is_empty() || creates_pods(&binding.scope.rules));
        let demands = Some(policy.validations > 0 && is_about_pods);
        let unconditional = (policy.match_conditions == 0).then_some(true);
        all([fails, acts, demands, unconditional, self.covers(&policy.scope), self.covers(&binding.scope)])
    }

    /// Whether a scope covers all pods of the namespace. Exclusions are not weighed against rules.
    fn covers(&self, scope: &AdmissionScope) -> Option<bool> {
        let selected = scope.namespaces.selects(&self.namespace.labels);
        let excluded = if creates_pods(&scope.excluded) { Some(false) } else { Some(true) };
        all([selected, every(&scope.objects), excluded])
    }

    /// By a policy engine: a policy that denies, a controller that is ready, and a webhook that is asked.
    fn by_engine(&self, engine: &Engine) -> Result<bool, Gap> {
        let policies = match engine.product {
            PolicyEngine::Kyverno => &self.objects.admission.kyverno,
            PolicyEngine::Gatekeeper => &self.objects.admission.gatekeeper,
        };
        let policy = self.policy_denies(policies)?;
        if !policy {
            return Ok(false);
        }
        let webhooks = &self.objects.admission.validating_webhooks;
        let Some(configuration) = webhooks.find(|configuration| configuration.name == engine.configuration)? else {
            return Ok(false);
        };
        let asked: Vec<_> = configuration.webhooks.iter().map(|webhook| self.is_asked(webhook)).collect();
        if !asked.contains(&Some(true)) {
            let why = format!("whether {} is asked about pods cannot be told", engine.configuration);
            return if asked.contains(&None) {
                Err(self.cluster.unclear(Action::KubernetesListValidatingWebhooks, why))
            } else {
                Ok(false)
            };
        }
        let controllers = &self.objects.workloads.deployments;
        let is_ready =
            |workload: &Controller| engine.is_controller(workload) && workload.ready.is_some_and(|it| it > 0);
        Ok(controllers.find(is_ready)?.is_some())
    }

    fn policy_denies(&self, policies: &Listing<EnginePolicy>) -> Result<bool, Gap> {
        let is_here = |policy: &&EnginePolicy| policy.namespace.as_ref().is_none_or(|own| *own == self.namespace.name);
        let mut gap = policies.gap().cloned();
        for policy in policies.seen().iter().filter(is_here) {
            let denies = policy.modes.contains(&Enforcement::Deny);
            let is_odd = policy.modes.iter().any(|mode| matches!(mode, Enforcement::Other(_)));
            if denies && policy.ready != Some(false) {
                return Ok(true);
            }
            if !denies && is_odd {
                let why = format!("what {} {} does with bad requests is not known", policy.kind, policy.name);
                gap.get_or_insert_with(|| self.cluster.unclear(Action::KubernetesListClusterPolicies, why));
            }
        }
        gap.map_or(Ok(false), Err)
    }

    /// Whether a webhook is asked about all pods of the namespace.
    fn is_asked(&self, webhook: &Webhook) -> Option<bool> {
        let unconditional = (webhook.match_conditions == 0).then_some(true);
        let about = Some(creates_pods(&webhook.rules));
        all([about, webhook.namespaces.selects(&self.namespace.labels), every(&webhook.objects), unconditional])
    }

    /// The gap when an engine is installed whose policies are not read.
    fn other_engine(&self) -> Result<(), Gap> {
        let of = |name: &str| OTHER_ENGINES.into_iter().find(|group| name.ends_with(&format!(".{group}")));
        let definitions = &self.objects.definitions;
        match definitions.find(|name| of(name).is_some())? {
            None => Ok(()),
            Some(name) => Err(self
                .cluster
                .unclear(Action::KubernetesListDefinitions, format!("{name} is installed; its policies are not read"))),
        }
    }
}

impl Engine {
    fn is_controller(&self, workload: &Controller) -> bool {
        let (key, value) = self.label;
        let has = |labels: &BTreeMap<String, String>| labels.get(key).is_some_and(|own| own == value);
        let component = |labels: &BTreeMap<String, String>| labels.values().any(|own| own == self.controller);
        let names = workload.name.contains(self.controller);
        (has(&workload.labels) || has(&workload.pod_labels))
            && (names || component(&workload.labels) || component(&workload.pod_labels))
    }
}

/// Whether a selector selects everything; one that selects less may leave out a pod that its maker labels so.
fn every(selector: &Selector) -> Option<bool> {
    Some(selector.is_everything())
}

/// Whether all are so; `None` when that hangs on one that is not known.
fn all<const N: usize>(answers: [Option<bool>; N]) -> Option<bool> {
    if answers.contains(&Some(false)) {
        return Some(false);
    }
    (!answers.contains(&None)).then_some(true)
}
