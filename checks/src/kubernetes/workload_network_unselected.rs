use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::network::{Direction, foreign, policies, unevaluated};

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
    let policies = policies(&workload.namespace, objects)?;
    if policies.is_empty() || workload.template.host.network {
        return Ok(Verdict::NotApplicable);
    }
    let (mut open, mut unclear) = (Vec::new(), None);
    for direction in [Direction::Incoming, Direction::Outgoing] {
        let about = policies.iter().filter(|policy| direction.rules(policy).is_some());
        let answers: Vec<_> = about.map(|policy| (policy, policy.pods.selects(&workload.pod_labels))).collect();
        if answers.iter().any(|(_, answer)| *answer == Some(true)) {
            continue;
        }
        match answers.iter().find(|(_, answer)| answer.is_none()) {
            Some((policy, _)) => unclear = Some(format!("the selector of {} is not known", policy.name)),
            None => open.push(format!("no network policy selects its pods for {} traffic", direction.name())),
        }
    }
    match unclear {
        Some(why) if open.is_empty() => Err(cluster.unclear(Action::KubernetesListNetworkPolicies, why)),
        Some(_) | None if open.is_empty() => Ok(Verdict::Pass),
        Some(_) | None => foreign(&workload.namespace, objects)?
            .map_or(Ok(Verdict::fail_if_any(open)), |policy| Err::<Verdict, Gap>(unevaluated(policy, cluster))),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{NetworkPolicy, Operator, Requirement, Selector};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{pod_spec, workload};
    use palisade_scenes::network::{and_foreign, app, policy};
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
        .unknown(and_foreign(guarded(vec![incoming()]), "CiliumNetworkPolicy", Some("shop")))
        .not_applicable(guarded(vec![]))
        .not_applicable(with(pod_spec(|spec| spec.host.network = true), vec![of("api", app("api"))]))
}
