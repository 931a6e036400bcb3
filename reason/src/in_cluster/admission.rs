//! What refuses bad pods in a namespace. That a control is installed is not enough: it has to be in force there.

use std::collections::BTreeMap;

use crate::in_cluster::engines::{self, Effect};
use crate::in_cluster::webhooks::creates_pods;
use crate::pod_security::{Level, Modes, effective};
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{
    AdmissionPolicy, AdmissionPolicyBinding, AdmissionScope, Controller, EngineExemption, FailurePolicy, Namespace,
    Objects, ParameterNotFound, ParameterReference, PolicyEngine, Selector, ValidationAction, Webhook,
};
use palisade_model::{Action, Gap};

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

/// What stands in for a control where nothing refuses bad pods: why each of those that are there does not. `None` when
/// something refuses them; a gap when nothing certainly does, and something may.
pub fn unenforced(namespace: &Namespace, cluster: &Cluster, objects: &Objects) -> Result<Option<Vec<String>>, Gap> {
    let enforced = effective(&namespace.labels, Modes::default()).modes.enforce.level;
    if enforced >= Level::Baseline {
        return Ok(None);
    }
    let scene = Admission { namespace, cluster, objects };
    let (mut reasons, mut gap) = (Vec::new(), None);
    let engines = ENGINES.iter().map(|engine| scene.by_engine(engine));
    for effect in scene.by_policies().into_iter().chain(engines.flatten()) {
        match effect {
            Effect::Refuses => return Ok(None),
            Effect::Passes(why) => reasons.push(why),
            Effect::Unclear(unknown) => _ = gap.get_or_insert(unknown),
        }
    }
    gap.or(scene.other_engine().err()).map_or(Ok(Some(reasons)), Err)
}

struct Admission<'a> {
    namespace: &'a Namespace,
    cluster: &'a Cluster,
    objects: &'a Objects,
}

impl Admission<'_> {
    /// By the admission policies of Kubernetes itself, each with each of its bindings.
    fn by_policies(&self) -> Vec<Effect> {
        let admission = &self.objects.admission;
        let (policies, bindings) = (&admission.policies, &admission.policy_bindings);
        let mut effects = Vec::new();
        for policy in policies.seen() {
            let own = bindings.seen().iter().filter(|binding| binding.policy == policy.name);
            effects.extend(own.map(|binding| self.effect(policy, binding)));
        }
        effects.extend(policies.gap().or(bindings.gap()).cloned().map(Effect::Unclear));
        effects
    }

    fn effect(&self, policy: &AdmissionPolicy, binding: &AdmissionPolicyBinding) -> Effect {
        let name = format!("ValidatingAdmissionPolicy {}", policy.name);
        let passes = |why: &str| Effect::Passes(format!("{name} {why}"));
        let unclear = |why: &str| {
            Effect::Unclear(self.cluster.unclear(Action::KubernetesListAdmissionPolicies, format!("{name} {why}")))
        };
        let rules = [&policy.scope.rules, &binding.scope.rules];
        if policy.validations == 0 || !creates_pods(rules[0]) || !rules[1].is_empty() && !creates_pods(rules[1]) {
            return passes("is not about the creation of pods");
        }
        match all([self.covers(&policy.scope), self.covers(&binding.scope)]) {
            Some(true) => {}
            Some(false) => {
                return passes(&format!("leaves out namespace {}, or some of its pods", self.namespace.name));
            }
            None => return unclear("has a selector that is not known"),
        }
        if !binding.actions.contains(&ValidationAction::Deny) {
            let is_odd = |action: &ValidationAction| matches!(action, ValidationAction::Other(_));
            let named = &binding.name;
            return if binding.actions.iter().any(is_odd) {
                unclear(&format!("is bound by {named} with an action that is not known"))
            } else {
                passes(&format!("is bound by {named} without Deny"))
            };
        }
        if policy.match_conditions > 0 {
            return unclear("has conditions, which are not interpreted");
        }
        let fails_closed = match &policy.failure_policy {
            FailurePolicy::Fail => true,
            FailurePolicy::Ignore => false,
            FailurePolicy::Other(policy) => {
                return unclear(&format!("has failurePolicy {policy:?}, which is not known"));
            }
        };
        match by_parameters(policy, binding) {
            Err(gap) => Effect::Unclear(gap),
            Ok(Some(why)) => unclear(&why),
            Ok(None) if fails_closed => Effect::Refuses,
            Ok(None) => unclear("has failurePolicy Ignore: pods on which its expressions fail are let through"),
        }
    }

    /// Whether a scope covers all pods of the namespace. Exclusions are not weighed against rules.
    fn covers(&self, scope: &AdmissionScope) -> Option<bool> {
        let selected = scope.namespaces.selects(&self.namespace.labels);
        let excluded = if creates_pods(&scope.excluded) { Some(false) } else { Some(true) };
        all([selected, every(&scope.objects), excluded])
    }

    /// By a policy engine: each of its policies, if a controller is ready and a webhook is asked.
    fn by_engine(&self, engine: &Engine) -> Vec<Effect> {
        let admission = &self.objects.admission;
        let policies = match engine.product {
            PolicyEngine::Kyverno => &admission.kyverno,
            PolicyEngine::Gatekeeper => &admission.gatekeeper,
        };
        let place = engines::Place {
            namespace: self.namespace,
            cluster: self.cluster,
            exceptions: &admission.kyverno_exceptions,
        };
        let mut effects: Vec<_> = policies.seen().iter().filter_map(|policy| place.effect(policy)).collect();
        effects.extend(policies.gap().cloned().map(Effect::Unclear));
        // What is in the way of the engine itself matters only where a policy would refuse.
        match effects.contains(&Effect::Refuses).then(|| self.is_in_force(engine)) {
            None | Some(Ok(None)) => effects,
            Some(Ok(Some(why))) => {
                effects.retain(|effect| *effect != Effect::Refuses);
                effects.push(Effect::Passes(why));
                effects
            }
            Some(Err(gap)) => {
                effects.retain(|effect| *effect != Effect::Refuses);
                effects.push(Effect::Unclear(gap));
                effects
            }
        }
    }

    /// Why an engine refuses nothing here, whatever its policies say; `None` when it does.
    fn is_in_force(&self, engine: &Engine) -> Result<Option<String>, Gap> {
        let name = &self.namespace.name;
        if engine.product == PolicyEngine::Gatekeeper {
            let is_out = |exemption: &EngineExemption| {
                exemption.namespaces.iter().any(|pattern| palisade_policy::matches(pattern, name))
            };
            if let Some(exemption) = self.objects.admission.gatekeeper_exemptions.find(is_out)? {
                return Ok(Some(format!("Config {} of Gatekeeper leaves out namespace {name}", exemption.name)));
            }
        }
        let webhooks = &self.objects.admission.validating_webhooks;
        let wanted = engine.configuration;
        let Some(configuration) = webhooks.find(|configuration| configuration.name == wanted)? else {
            return Ok(Some(format!("there is no ValidatingWebhookConfiguration {wanted}")));
        };
        let asked: Vec<_> = configuration.webhooks.iter().map(|webhook| self.is_asked(webhook)).collect();
        if !asked.contains(&Some(true)) {
            if asked.contains(&None) {
                let why = format!("whether {wanted} is asked about pods cannot be told");
                return Err(self.cluster.unclear(Action::KubernetesListValidatingWebhooks, why));
            }
            return Ok(Some(format!("{wanted} is not asked about pods of {name}")));
        }
        let controllers = &self.objects.workloads.deployments;
        let is_ready =
            |workload: &Controller| engine.is_controller(workload) && workload.ready.is_some_and(|it| it > 0);
        let none = || format!("no controller of {:?} is ready", engine.product);
        Ok(controllers.find(is_ready)?.is_none().then(none))
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

/// Why it hangs on parameters, which are not read, whether a policy refuses anything; `None` when it does not.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources>
fn by_parameters(policy: &AdmissionPolicy, binding: &AdmissionPolicyBinding) -> Result<Option<String>, Gap> {
    let (Some(kind), Some(ParameterReference { which, not_found })) =
        (policy.parameters.known()?, binding.parameters.known()?)
    else {
        return Ok(None);
    };
    Ok(match not_found {
        ParameterNotFound::Deny => None,
        ParameterNotFound::Allow => Some(format!(
            "lets everything through when its parameters ({kind}, {which}) are not there, and these are not read"
        )),
        ParameterNotFound::Other(word) => Some(format!("has parameterNotFoundAction {word}, which is not known")),
    })
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
