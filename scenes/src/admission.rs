//! Controls of admission for tests.

use palisade_model::kubernetes::{
    AdmissionPolicy, AdmissionPolicyBinding, AdmissionRule, AdmissionScope, Controller, Demand, Enforcement,
    EngineFilter, EnginePolicy, EngineRule, FailurePolicy, Narrowing, Objects, Pod, PolicyEngine, Selector,
    ValidationAction, Webhook, WebhookConfiguration, WebhookTarget,
};
use palisade_model::{Fact, Listing};

use crate::Scene;
use crate::in_cluster::service;
use crate::kubernetes::new_workload;
use crate::objects::pod;

/// Asked about the creation of everything in every namespace, by a service of the namespace `guard`, and refuses when
/// nobody answers; then changed.
pub fn webhook(change: impl FnOnce(&mut Webhook)) -> WebhookConfiguration {
    let mut webhook = Webhook {
        name: "validate.guard.example".to_owned(),
        failure_policy: FailurePolicy::Fail,
        rules: vec![about("*", "*", "*")],
        namespaces: Selector::default(),
        objects: Selector::default(),
        match_conditions: 0,
        target: WebhookTarget::Service { namespace: "guard".to_owned(), name: "guard".to_owned() },
        timeout_seconds: 10,
    };
    change(&mut webhook);
    WebhookConfiguration { name: "guard".to_owned(), webhooks: vec![webhook] }
}

/// A rule about operations on resources of API groups, each with commas between.
pub fn about(operations: &str, api_groups: &str, resources: &str) -> AdmissionRule {
    let words = |text: &str| text.split(',').map(str::to_owned).collect();
    AdmissionRule {
        api_groups: words(api_groups),
        api_versions: vec!["*".to_owned()],
        operations: words(operations),
        resources: words(resources),
        resource_names: vec![],
        scope: "*".to_owned(),
    }
}

/// Adds a service to a cluster, and its one pod.
pub fn answered(objects: &mut Objects, namespace: &str, name: &str, is_ready: bool) {
    let mut answering: Pod = pod(name);
    namespace.clone_into(&mut answering.namespace);
    answering.ready = is_ready;
    answering.labels = [("app".to_owned(), name.to_owned())].into();
    let service = service(|service| {
        namespace.clone_into(&mut service.namespace);
        name.clone_into(&mut service.name);
        service.selector.clone_from(&answering.labels);
    });
    objects.network.services = Listing::whole([objects.network.services.seen(), &[service]].concat());
    objects.pods = Listing::whole([objects.pods.seen(), &[answering]].concat());
}

/// An admission policy that refuses some pods, and its binding; then changed.
pub fn bound_policy(
    change: impl FnOnce(&mut AdmissionPolicy, &mut AdmissionPolicyBinding),
) -> (AdmissionPolicy, AdmissionPolicyBinding) {
    let rules = vec![about("CREATE,UPDATE", "", "pods")];
    let mut policy = AdmissionPolicy {
        name: "no-root".to_owned(),
        failure_policy: FailurePolicy::Fail,
        scope: AdmissionScope { rules, ..AdmissionScope::default() },
        validations: 1,
        match_conditions: 0,
        parameters: Fact::Known(None),
    };
    let mut binding = AdmissionPolicyBinding {
        name: "no-root-anywhere".to_owned(),
        policy: policy.name.clone(),
        actions: vec![ValidationAction::Deny],
        scope: AdmissionScope::default(),
        parameters: Fact::Known(None),
    };
    change(&mut policy, &mut binding);
    (policy, binding)
}

/// A filter that matches all pods.
pub fn all_pods() -> EngineFilter {
    EngineFilter {
        pods: true,
        kinds: vec!["Pod".to_owned()],
        namespaces: vec![],
        excluded_namespaces: vec![],
        namespace_labels: Selector::default(),
        narrowed: Narrowing::None,
    }
}

/// As [`engine_policy`] that refuses, with its one rule changed.
pub fn engine_rule(engine: PolicyEngine, change: impl FnOnce(&mut EngineRule)) -> EnginePolicy {
    let mut policy = engine_policy(engine, &[Enforcement::Deny]);
    let Fact::Known(rules) = &mut policy.rules else { panic!("the rules are not known") };
    change(&mut rules[0]);
    policy
}

/// A policy of an engine for the whole cluster, about all pods; without a rule when it has no mode.
pub fn engine_policy(engine: PolicyEngine, modes: &[Enforcement]) -> EnginePolicy {
    let kind = match engine {
        PolicyEngine::Kyverno => "ClusterPolicy",
        PolicyEngine::Gatekeeper => "K8sPSPPrivilegedContainer",
    };
    EnginePolicy {
        engine,
        kind: kind.to_owned(),
        namespace: None,
        name: "no-privileged".to_owned(),
        modes: modes.to_vec(),
        ready: None,
        rules: Fact::Known(Vec::from_iter((!modes.is_empty()).then(|| EngineRule {
            name: None,
            demand: Demand::Object,
            modes: modes.to_vec(),
            overrides: vec![],
            about: vec![vec![all_pods()]],
            excluded: vec![],
            conditions: 0,
        }))),
    }
}

/// Adds a policy engine with one policy; its controller and its webhook are then changed.
pub fn engine(scene: Scene, policy: EnginePolicy, change: impl FnOnce(&mut Controller, &mut Webhook)) -> Scene {
    let (configured, label, name) = match policy.engine {
        PolicyEngine::Kyverno => (
            "kyverno-resource-validating-webhook-cfg",
            ("app.kubernetes.io/part-of", "kyverno"),
            "kyverno-admission-controller",
        ),
        PolicyEngine::Gatekeeper => (
            "gatekeeper-validating-webhook-configuration",
            ("gatekeeper.sh/system", "yes"),
            "gatekeeper-controller-manager",
        ),
    };
    let mut configuration = webhook(|_| {});
    configured.clone_into(&mut configuration.name);
    let mut controller = new_workload(name);
    "guard".clone_into(&mut controller.namespace);
    controller.labels = [(label.0.to_owned(), label.1.to_owned())].into();
    change(&mut controller, &mut configuration.webhooks[0]);
    scene.objects(|objects| {
        objects.workloads.deployments = Listing::whole([objects.workloads.deployments.seen(), &[controller]].concat());
        objects.admission.validating_webhooks = Listing::whole(vec![configuration]);
        let list = match policy.engine {
            PolicyEngine::Kyverno => &mut objects.admission.kyverno,
            PolicyEngine::Gatekeeper => &mut objects.admission.gatekeeper,
        };
        *list = Listing::whole(vec![policy]);
    })
}
