use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::kubernetes::{Namespace, NetworkPolicy, Objects};
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::is_live;

check! {
    /// Network policy selects no pod
    ///
    /// ## Why
    /// A policy whose selector matches no pod and no workload of its namespace guards nothing. Often a label was
    /// changed or mistyped, and the pods that were meant are open.
    ///
    /// ## Severity
    /// Informational: the policy may be for pods that are yet to come.
    ///
    /// ## Fix
    /// Correct the selector, or delete the policy.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource>
    CHECK {
        id: "kubernetes-network-policy-dangling",
        severity: Severity::Informational,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let Inside { object: namespace, objects, cluster } = inside;
    let mut gathered = Gathered::default();
    let policies = &objects.network.policies;
    for policy in policies.seen().iter().filter(|policy| policy.namespace == namespace.name) {
        let unclear = || {
            let why = format!("the selector of network policy {} is not known", policy.name);
            cluster.unclear(Action::KubernetesListNetworkPolicies, why)
        };
        let selects = selects_any(policy, objects).and_then(|answer| answer.ok_or_else(unclear));
        gathered.add(selects.map(|any| (!any).then(|| format!("network policy {} selects no pod", policy.name))));
    }
    if let Some(gap) = policies.gap() {
        gathered.add(Err::<Option<String>, _>(gap.clone()));
    }
    gathered.outcome()
}

/// Whether a policy selects a pod or what makes pods; `None` when that hangs on an operator that is not known.
fn selects_any(policy: &NetworkPolicy, objects: &Objects) -> Result<Option<bool>, Gap> {
    if policy.pods.is_everything() {
        return Ok(Some(true));
    }
    let (mut answer, mut gap) = (Some(false), objects.pods.gap());
    let pods = objects.pods.seen().iter().filter(|pod| is_live(pod)).map(|pod| (&pod.namespace, &pod.labels));
    let lists = objects.workloads.lists();
    let templates =
        lists.iter().flat_map(|list| list.seen()).map(|workload| (&workload.namespace, &workload.pod_labels));
    for (_, labels) in pods.chain(templates).filter(|(namespace, _)| **namespace == policy.namespace) {
        match policy.pods.selects(labels) {
            Some(true) => return Ok(Some(true)),
            Some(false) => {}
            None => answer = None,
        }
    }
    gap = gap.or_else(|| lists.iter().find_map(|list| list.gap()));
    gap.map_or(Ok(answer), |gap| Err(gap.clone()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{Operator, Phase, Requirement, Selector};
    use palisade_scenes::network::{app, guarded_by, policy};
    use palisade_scenes::objects::pod;

    let of = |pods: Selector| guarded_by(vec![policy("one", |policy| policy.pods = pods)]);
    let running = |phase: Phase| {
        let mut pod = pod("orders-7f9c-x1");
        pod.phase = phase;
        of(app("orders")).objects(|objects| objects.pods = Listing::whole(vec![pod]))
    };
    let near = Requirement { key: "app".to_owned(), operator: Operator::Other("Near".to_owned()), values: vec![] };
    Cases::default()
        .pass(of(Selector::default()))
        .pass(of(app("web")))
        .pass(running(Phase::Running))
        .fail(of(app("wed")))
        .fail(running(Phase::Succeeded))
        .fail(guarded_by(vec![policy("deny", |_| {}), policy("one", |policy| policy.pods = app("wed"))]))
        .unknown(of(Selector { requirements: vec![near], ..Selector::default() }))
        .not_applicable(guarded_by(vec![]))
}
