use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::admission::is_enforced;
use palisade_reason::in_cluster::is_in_use;

check! {
    /// Nothing refuses bad pods in the namespace
    ///
    /// ## Why
    /// Whoever may make pods makes privileged ones, and takes their node with them, unless a control refuses that. One
    /// of these has to be in force in the namespace: Pod Security with `enforce` at `baseline` or `restricted`; an
    /// admission policy of Kubernetes with a binding that denies, which is about the creation of pods and fails closed;
    /// a policy of Kyverno that enforces, or a constraint of Gatekeeper that denies, with a controller that is ready
    /// and a webhook that is asked.
    ///
    /// Whether what a policy demands is enough cannot be told from outside it. Engines whose policies are not read make
    /// the answer unknown. Namespaces in which nothing runs but what AWS runs in every cluster are left out.
    ///
    /// ## Severity
    /// High: the right to make pods is then the right to every node, and to all that runs there.
    ///
    /// ## Fix
    /// Label the namespace `pod-security.kubernetes.io/enforce: restricted`, or `baseline` where its pods need more.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html>
    CHECK {
        id: "kubernetes-admission-unenforced",
        severity: Severity::High,
        controls: &[
            Control::cis("eks-1.8.0:4.2.1"),
            Control::cis("eks-1.8.0:4.2.2"),
            Control::cis("eks-1.8.0:4.2.3"),
            Control::cis("eks-1.8.0:4.2.4"),
            Control::checklist("admission-controlled"),
        ],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let Inside { object: namespace, objects, cluster } = inside;
    if namespace.terminating || !is_in_use(&namespace.name, objects)? {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_when(!is_enforced(namespace, cluster, objects)?, || {
        "neither Pod Security, nor an admission policy, nor Kyverno, nor Gatekeeper refuses pods here".to_owned()
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{
        AdmissionPolicy, AdmissionPolicyBinding, Enforcement, FailurePolicy, PolicyEngine, Selector, ValidationAction,
    };
    use palisade_scenes::Scene;
    use palisade_scenes::admission::about;
    use palisade_scenes::admission::{bound_policy, engine, engine_policy};
    use palisade_scenes::kubernetes::namespace;
    use palisade_scenes::network::app;

    let enforcing = |level: &str| {
        let level = level.to_owned();
        namespace(|namespace| _ = namespace.labels.insert("pod-security.kubernetes.io/enforce".to_owned(), level))
    };
    let open = || namespace(|namespace| namespace.labels = [("team".to_owned(), "shop".to_owned())].into());
    let team = |name: &str| Selector { labels: [("team".to_owned(), name.to_owned())].into(), requirements: vec![] };
    let by_policy = |change: fn(&mut AdmissionPolicy, &mut AdmissionPolicyBinding)| -> Scene {
        let (policy, binding) = bound_policy(change);
        open().objects(|objects| {
            objects.admission.policies = Listing::whole(vec![policy]);
            objects.admission.policy_bindings = Listing::whole(vec![binding]);
        })
    };
    let bound_to = |selector: Selector| {
        by_policy(|_, _| {}).objects(|objects| {
            let mut binding = objects.admission.policy_bindings.seen()[0].clone();
            binding.scope.namespaces = selector;
            objects.admission.policy_bindings = Listing::whole(vec![binding]);
        })
    };
    let kyverno = |modes: &[Enforcement]| engine_policy(PolicyEngine::Kyverno, modes);
    let gatekeeper = |modes: &[Enforcement]| engine_policy(PolicyEngine::Gatekeeper, modes);
    let denying = [Enforcement::Deny, Enforcement::Audit];
    let own = |namespace: &str| {
        let mut policy = kyverno(&denying);
        policy.namespace = Some(namespace.to_owned());
        engine(open(), policy, |_, _| {})
    };
    let mut torn = kyverno(&denying);
    torn.ready = Some(false);
    let defined = |name: &str| {
        let name = name.to_owned();
        open().objects(|objects| objects.definitions = Listing::whole(vec![name]))
    };
    Cases::default()
        .pass(enforcing("restricted"))
        .pass(enforcing("baseline"))
        .pass(by_policy(|_, _| {}))
        .pass(bound_to(team("shop")))
        .pass(engine(open(), kyverno(&denying), |_, _| {}))
        .pass(own("shop"))
        .pass(engine(open(), gatekeeper(&[Enforcement::Deny]), |_, webhook| {
            webhook.failure_policy = FailurePolicy::Ignore;
        }))
        .fail(open())
        .fail(enforcing("privileged"))
        .fail(by_policy(|_, binding| binding.policy = "other".to_owned()))
        .fail(by_policy(|_, binding| binding.actions = vec![ValidationAction::Warn, ValidationAction::Audit]))
        .fail(by_policy(|policy, _| policy.failure_policy = FailurePolicy::Ignore))
        .fail(by_policy(|policy, _| policy.validations = 0))
        .fail(by_policy(|policy, _| policy.scope.rules = vec![about("CREATE", "apps", "deployments")]))
        .fail(by_policy(|policy, _| policy.scope.objects = app("web")))
        .fail(bound_to(team("billing")))
        .fail(engine(open(), kyverno(&[Enforcement::Audit]), |_, _| {}))
        .fail(engine(open(), kyverno(&[]), |_, _| {}))
        .fail(engine(open(), torn, |_, _| {}))
        .fail(own("billing"))
        .fail(engine(open(), kyverno(&denying), |controller, _| controller.ready = Some(0)))
        .fail(engine(open(), kyverno(&denying), |_, webhook| webhook.namespaces = app("other")))
        .fail(engine(open(), gatekeeper(&[Enforcement::Audit, Enforcement::Warn]), |_, _| {}))
        .fail(defined("clusterpolicies.kyverno.io"))
        .unknown(by_policy(|policy, _| policy.match_conditions = 1))
        .unknown(by_policy(|policy, _| policy.failure_policy = FailurePolicy::Other("Ask".to_owned())))
        .unknown(by_policy(|_, binding| binding.actions = vec![ValidationAction::Other("Delay".to_owned())]))
        .unknown(engine(open(), kyverno(&[Enforcement::Other("Delay".to_owned())]), |_, _| {}))
        .unknown(engine(open(), kyverno(&denying), |_, webhook| webhook.match_conditions = 1))
        .unknown(defined("clusteradmissionpolicies.policies.kubewarden.io"))
        .not_applicable(open().objects(|objects| objects.workloads.deployments = Listing::whole(vec![])))
}
