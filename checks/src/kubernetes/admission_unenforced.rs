use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::admission::unenforced;
use palisade_reason::in_cluster::is_in_use;

check! {
    /// Nothing refuses bad pods in the namespace
    ///
    /// ## Why
    /// Whoever may make pods makes privileged ones, and takes their node with them, unless a control refuses that. One
    /// of these has to be in force in the namespace: Pod Security with `enforce` at `baseline` or `restricted`; an
    /// admission policy of Kubernetes with a binding that denies, which is about the creation of pods; a policy of
    /// Kyverno that enforces, or a constraint of Gatekeeper that denies, which is about pods of this namespace, with a
    /// controller that is ready and a webhook that is asked.
    ///
    /// Whether what a policy demands is enough cannot be told from outside it. Unknown is the answer where a policy
    /// hangs on conditions or parameters that are not interpreted, where it leaves out some pods or is put out of force
    /// by an exception, where it ignores expressions that fail, where it looks at images alone, and where an engine is
    /// installed whose policies are not read. Namespaces in which nothing runs but what AWS runs in every cluster are left out.
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
    let Some(reasons) = unenforced(namespace, cluster, objects)? else { return Ok(Verdict::Pass) };
    let none = "neither Pod Security, nor an admission policy, nor Kyverno, nor Gatekeeper refuses pods here";
    Ok(Verdict::fail_if_any([none.to_owned()].into_iter().chain(reasons)))
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{
        AdmissionPolicy, AdmissionPolicyBinding, Demand, Enforcement, EngineExemption, EngineFilter, EngineRule,
        Exempt, FailurePolicy, ModeOverride, Narrowing, ParameterNotFound, ParameterReference, PolicyEngine,
        PolicyException, Selector, ValidationAction,
    };
    use palisade_scenes::Scene;
    use palisade_scenes::admission::about;
    use palisade_scenes::admission::{all_pods, bound_policy, engine, engine_policy, engine_rule};
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
    let ruled =
        |change: &dyn Fn(&mut EngineRule)| engine(open(), engine_rule(PolicyEngine::Kyverno, change), |_, _| {});
    let limited = |change: &dyn Fn(&mut EngineFilter)| {
        ruled(&|rule| {
            let mut filter = all_pods();
            change(&mut filter);
            rule.about = vec![vec![filter]];
        })
    };
    let leaving_out = |change: fn(&mut EngineFilter)| {
        ruled(&|rule| {
            let mut filter = all_pods();
            change(&mut filter);
            rule.excluded = vec![vec![filter]];
        })
    };
    let overridden = |namespaces: &[&str], mode: Enforcement| {
        let namespaces: Vec<_> = namespaces.iter().map(|&name| name.to_owned()).collect();
        ruled(&|rule| {
            let (mode, namespaces) = (mode.clone(), namespaces.clone());
            rule.overrides = vec![ModeOverride { mode, namespaces, labels: Selector::default() }];
        })
    };
    let given = |not_found: ParameterNotFound| {
        by_policy(|policy, _| policy.parameters = Fact::Known(Some("shop.example/v1 PodLimit".to_owned()))).objects(
            |objects| {
                let mut binding = objects.admission.policy_bindings.seen()[0].clone();
                binding.parameters = Fact::Known(Some(ParameterReference { which: "limits".to_owned(), not_found }));
                objects.admission.policy_bindings = Listing::whole(vec![binding]);
            },
        )
    };
    let exempt = |policy: &str, narrowed: Narrowing| {
        let exempt = Exempt { about: vec![vec![EngineFilter { narrowed, ..all_pods() }]], conditions: 0 };
        let exception = PolicyException {
            namespace: "shop".to_owned(),
            name: "legacy".to_owned(),
            policies: vec![policy.to_owned()],
            exempt: Fact::Known(exempt),
        };
        engine(open(), kyverno(&denying), |_, _| {})
            .objects(|objects| objects.admission.kyverno_exceptions = Listing::whole(vec![exception]))
    };
    let configured = |pattern: &str| {
        let exemption = EngineExemption { name: "config".to_owned(), namespaces: vec![pattern.to_owned()] };
        engine(open(), gatekeeper(&[Enforcement::Deny]), |_, _| {})
            .objects(|objects| objects.admission.gatekeeper_exemptions = Listing::whole(vec![exemption]))
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
        .pass(given(ParameterNotFound::Deny))
        .pass(overridden(&["billing"], Enforcement::Audit))
        .pass(limited(&|filter| filter.namespaces = vec!["sh*".to_owned()]))
        .pass(leaving_out(|filter| filter.namespaces = vec!["billing".to_owned()]))
        .pass(exempt("no-privileged", Narrowing::ByPod))
        .pass(exempt("other", Narrowing::None))
        .pass(configured("kube-*"))
        .fail(overridden(&["billing", "sh*"], Enforcement::Audit))
        .fail(limited(&|filter| filter.pods = false))
        .fail(limited(&|filter| filter.namespaces = vec!["billing".to_owned()]))
        .fail(limited(&|filter| filter.excluded_namespaces = vec!["sh*".to_owned()]))
        .fail(limited(&|filter| filter.namespace_labels = team("billing")))
        .fail(limited(&|filter| filter.narrowed = Narrowing::ByPod))
        .fail(leaving_out(|filter| filter.namespaces = vec!["shop".to_owned()]))
        .fail(ruled(&|rule| rule.modes = vec![Enforcement::Warn]))
        .fail(configured("sh*"))
        .unknown(given(ParameterNotFound::Allow))
        .unknown(given(ParameterNotFound::Other("Ask".to_owned())))
        .unknown(leaving_out(|filter| filter.narrowed = Narrowing::ByPod))
        .unknown(leaving_out(|filter| filter.narrowed = Narrowing::ByCaller))
        .unknown(limited(&|filter| filter.narrowed = Narrowing::ByCaller))
        .unknown(ruled(&|rule| rule.conditions = 1))
        .unknown(ruled(&|rule| rule.demand = Demand::Images))
        .unknown(exempt("no-privileged", Narrowing::None))
        .unknown(by_policy(|policy, _| policy.failure_policy = FailurePolicy::Ignore))
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
