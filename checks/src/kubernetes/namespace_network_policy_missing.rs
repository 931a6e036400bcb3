use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::is_in_use;
use palisade_reason::in_cluster::network::{Direction, holding};

check! {
    /// Namespace has no network policy
    ///
    /// ## Why
    /// Without a network policy every pod of the cluster reaches every pod of the namespace, and these reach
    /// everything: databases, the metadata service of their node, the internet.
    ///
    /// A policy counts that holds back anything of the namespace: of Kubernetes, of Cilium, of Calico, of EKS, or a
    /// ClusterNetworkPolicy or AdminNetworkPolicy that denies. One whose way of choosing namespaces is not read makes
    /// the answer unknown. Namespaces in which nothing runs but what AWS runs in
    /// every cluster are left out. Whether policies are enforced is told by `kubernetes-network-policy-unenforced`.
    ///
    /// ## Severity
    /// Medium: it takes one pod that somebody has broken into, and then holds nothing back.
    ///
    /// ## Fix
    /// Deny all traffic of the namespace by a policy for all its pods, then allow what is needed.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html>
    CHECK {
        id: "kubernetes-namespace-network-policy-missing",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.3.2"), Control::checklist("network-policies")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let Inside { object: Namespace { name, terminating, .. }, objects, cluster } = inside;
    if *terminating || !is_in_use(name, objects)? {
        return Ok(Verdict::NotApplicable);
    }
    let both = [Direction::Incoming, Direction::Outgoing].map(|direction| holding(name, direction, objects, cluster));
    if both.iter().any(|(held, _)| !held.is_empty()) {
        return Ok(Verdict::Pass);
    }
    match both.into_iter().find_map(|(_, gap)| gap) {
        Some(gap) => Err(gap),
        None => Ok(Verdict::fail(format!("namespace {name} has workloads and no network policy"))),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{Selector, Stance};
    use palisade_scenes::Scene;
    use palisade_scenes::in_cluster::daemon_set;
    use palisade_scenes::network::{and_foreign, and_form, app, guarded_by, policy};

    const CNI: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.0";
    let none = || guarded_by(vec![]);
    let of_one = |pods: Selector| guarded_by(vec![policy("one", |policy| policy.pods = pods)]);
    let elsewhere = guarded_by(vec![policy("one", |policy| policy.namespace = "billing".to_owned())]);
    let empty = |scene: Scene| scene.objects(|objects| objects.workloads.deployments = Listing::whole(vec![]));
    let of_aws = |scene: Scene| {
        let mut scene = empty(scene).objects(|objects| {
            objects.namespaces = Listing::whole(vec![palisade_scenes::kubernetes::new_namespace("kube-system")]);
            objects.workloads.daemon_sets = Listing::whole(vec![daemon_set("kube-system", "aws-node", CNI, |_| {})]);
        });
        scene.subject = scene
            .subject
            .as_str()
            .replace("/shop", "/kube-system")
            .replace("cluster/kube-system", "cluster/shop")
            .into();
        scene
    };
    Cases::default()
        .pass(guarded_by(vec![policy("one", |_| {})]))
        .pass(of_one(app("web")))
        .pass(and_foreign(none(), "CiliumNetworkPolicy", Some("shop")))
        .fail(none())
        .fail(elsewhere)
        .fail(and_foreign(none(), "CiliumNetworkPolicy", Some("billing")))
        .pass(and_form(none(), None, |form| form.ingress = Stance::Denies))
        .fail(and_form(none(), None, |form| form.ingress = Stance::None))
        .fail(and_form(none(), None, |form| form.namespaces = Some(app("billing"))))
        .unknown(and_form(none(), None, |form| form.namespaces = None))
        .not_applicable(empty(none()))
        .not_applicable(of_aws(none()))
}
