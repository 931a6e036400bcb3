use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::network::{Direction, Held, holding};
use std::collections::BTreeMap;

check! {
    /// Network policies of the namespace pass the workload by
    ///
    /// ## Why
    /// A network policy holds for the pods that its selector names. Pods that none selects for a direction are as open
    /// in that direction as if there were no policies at all: often because a label was changed or mistyped.
    ///
    /// Left out are namespaces without any policy, which `kubernetes-namespace-network-policy-missing` names, and pods
    /// on the network of their node, to which policies do not apply.
    ///
    /// ## Severity
    /// Medium: the workload was meant to be guarded, and is not.
    ///
    /// ## Fix
    /// Give the pods the labels that a policy selects, or deny all traffic by a policy for all pods of the namespace.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation>
    CHECK {
        id: "kubernetes-workload-network-unselected",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.3.2"), Control::checklist("network-policies")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, _: &Context) -> Outcome {
    let Inside { object: workload, objects, cluster } = inside;
    let directions = [Direction::Incoming, Direction::Outgoing];
    let both = directions.map(|direction| (direction, holding(&workload.namespace, direction, objects, cluster)));
    if workload.template.host.network {
        return Ok(Verdict::NotApplicable);
    }
    let gap = both.iter().find_map(|(_, (_, gap))| gap.clone());
    if both.iter().all(|(_, (held, _))| held.is_empty()) {
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    }
    let (mut open, mut unclear) = (Vec::new(), gap);
    for (direction, (held, _)) in &both {
        let answers: Vec<_> = held.iter().map(|one| (one, selects(one, &workload.pod_labels))).collect();
        if answers.iter().any(|(_, answer)| *answer == Some(true)) {
            continue;
        }
        match answers.iter().find(|(_, answer)| answer.is_none()) {
            Some((one, _)) => _ = unclear.get_or_insert(one.unevaluated(cluster)),
            None => open.push(format!("no network policy selects its pods for {} traffic", direction.name())),
        }
    }
    match unclear {
        Some(gap) => Err(gap),
        None => Ok(Verdict::fail_if_any(open)),
    }
}

/// Whether a policy holds pods with these labels; `None` when that cannot be told, as for one that denies only some traffic.
fn selects(held: &Held<'_>, labels: &BTreeMap<String, String>) -> Option<bool> {
    match held.pods.and_then(|pods| pods.selects(labels)) {
        Some(true) => held.rules.is_some().then_some(true),
        answer => answer,
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{NetworkPolicy, Operator, Requirement, Selector, Stance};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{pod_spec, workload};
    use palisade_scenes::network::{and_form, app, policy};
    use std::sync::Arc;

    let with = |scene: Scene, policies: Vec<NetworkPolicy>| {
        scene.objects(|objects| objects.network.policies = Listing::whole(policies))
    };
    let guarded = |policies| with(workload(|_| {}), policies);
    let of = |name: &str, pods: Selector| policy(name, |policy| policy.pods = pods);
    let near = || Requirement { key: "app".to_owned(), operator: Operator::Other("Near".to_owned()), values: vec![] };
    let odd = || Selector { requirements: vec![near()], ..Selector::default() };
    let incoming = || policy("in", |policy| policy.egress = None);
    let relabelled = workload(|workload| workload.pod_labels = [("app".to_owned(), "wed".to_owned())].into());
    Cases::default()
        .pass(guarded(vec![policy("deny", |_| {})]))
        .pass(guarded(vec![of("web", app("web"))]))
        .pass(guarded(vec![of("odd", odd()), of("web", app("web"))]))
        .fail(guarded(vec![of("api", app("api"))]))
        .fail(guarded(vec![incoming()]))
        .fail(with(relabelled, vec![of("web", app("web"))]))
        .fail(with(workload(|workload| Arc::make_mut(&mut workload.template).host.pid = true), vec![incoming()]))
        .unknown(guarded(vec![of("odd", odd())]))
        .unknown(and_form(guarded(vec![of("api", app("api"))]), Some("shop"), |form| form.ingress = Stance::Denies))
        .fail(and_form(guarded(vec![]), Some("shop"), |form| form.pods = Some(app("api"))))
        .pass(and_form(guarded(vec![of("web", app("web"))]), Some("shop"), |form| form.pods = Some(app("api"))))
        .not_applicable(guarded(vec![]))
        .not_applicable(with(pod_spec(|spec| spec.host.network = true), vec![of("api", app("api"))]))
}
