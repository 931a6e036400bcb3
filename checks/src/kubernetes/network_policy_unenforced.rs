use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::enforcement::unenforced;

check! {
    /// Nothing holds pods to the network policies of the cluster
    ///
    /// ## Why
    /// A network policy is an object like any other: without an agent on the nodes that enforces it, it changes
    /// nothing. EKS's own network plug-in does so only when it is told to, in two places: the agent by
    /// `--enable-network-policy`, the controller by the add-on's configuration or by the ConfigMap `amazon-vpc-cni`.
    /// Nodes of Auto Mode go by the ConfigMap alone. Calico, Cilium, Antrea, kube-router and Weave Net do so where
    /// their agents run.
    ///
    /// Pods on Fargate are held to no network policy in any case. Clusters without network policies are left out.
    ///
    /// ## Severity
    /// High: every policy of the cluster is decoration, and nobody who reads them can tell.
    ///
    /// ## Fix
    /// Set `enableNetworkPolicy` to `"true"` in the configuration of the add-on `vpc-cni`; for Auto Mode set
    /// `enable-network-policy-controller` to `"true"` in the ConfigMap `amazon-vpc-cni`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html>
    CHECK {
        id: "kubernetes-network-policy-unenforced",
        severity: Severity::High,
        controls: &[
            Control::cis("eks-1.8.0:4.3.1"),
            Control::cis("eks-1.8.0:5.4.4"),
            Control::checklist("network-policies"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let policies = &objects.network.policies;
    if policies.seen().is_empty() {
        return policies.complete().map(|_| Verdict::NotApplicable);
    }
    Ok(unenforced(cluster, objects)?.map_or(Verdict::Pass, Verdict::fail))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use std::sync::Arc;

    use crate::testing::Cases;
    use palisade_model::kubernetes::{Controller, NodeClass};
    use palisade_model::{Fact, Listing};
    use palisade_scenes::Scene;
    use palisade_scenes::clusters::addon;
    use palisade_scenes::in_cluster::{configure, daemon_set};
    use palisade_scenes::kubernetes::{inside, new_container};

    const CNI: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.0";
    let with = |agents: Vec<Controller>| inside(|objects| objects.workloads.daemon_sets = Listing::whole(agents));
    let cni = |agent: &str, flag: Option<&str>| {
        let mut container = new_container(agent);
        container.flags = flag.map(|flag| ("enable-network-policy".to_owned(), flag.to_owned())).into_iter().collect();
        daemon_set("kube-system", "aws-node", CNI, |workload| {
            Arc::make_mut(&mut workload.template).containers.push(container);
        })
    };
    let told = |scene: Scene, value: &str| {
        let settings = [("enable-network-policy-controller".to_owned(), value.to_owned())].into();
        scene.objects(|objects| objects.vpc_cni = Fact::Known(Some(settings)))
    };
    let managed = |scene: Scene, policy: Option<bool>| {
        scene.and_cluster(|cluster| {
            cluster.addons = Listing::whole(vec![addon("vpc-cni", |addon| addon.network_policy = policy)]);
        })
    };
    let auto = |scene: Scene, policy: Option<&str>| {
        let (kind, name) = ("NodeClass".to_owned(), "default".to_owned());
        let network_policy = policy.map(str::to_owned);
        let class = NodeClass { kind, name, role: None, network_policy, metadata: None };
        scene
            .and_cluster(|cluster| configure(cluster, |configuration| configuration.auto_mode = true))
            .objects(|objects| objects.node_classes = Listing::whole(vec![class]))
    };
    let on = || with(vec![cni("aws-eks-nodeagent", Some("true"))]);
    let plug_in = |image: &str, ready| vec![daemon_set("kube-system", "agent", image, |set| set.ready = ready)];
    Cases::default()
        .pass(told(on(), "true"))
        .pass(managed(on(), Some(true)))
        .pass(told(with(vec![cni("aws-network-policy-agent", Some("true"))]), "true"))
        .pass(with(plug_in("quay.io/calico/node:v3.31.0", Some(2))))
        .pass(with(plug_in("quay.io/cilium/cilium:v1.18.0", Some(2))))
        .pass(told(auto(with(vec![]), None), "true"))
        .pass(told(auto(with(vec![]), Some("DefaultDeny")), "true"))
        .fail(on())
        .fail(told(on(), "false"))
        .fail(managed(on(), Some(false)))
        .fail(managed(on(), None))
        .fail(told(with(vec![cni("aws-eks-nodeagent", Some("false"))]), "true"))
        .fail(told(managed(with(vec![cni("aws-eks-nodeagent", None)]), Some(true)), "true"))
        .fail(with(vec![cni("other", None)]))
        .fail(with(plug_in("quay.io/calico/node:v3.31.0", Some(1))))
        .fail(auto(with(vec![]), Some("DefaultDeny")))
        .unknown(told(auto(with(vec![]), Some("DefaultAsk")), "true"))
        .unknown(with(plug_in("quay.io/cilium/cilium:v1.18.0", None)))
        .unknown(with(plug_in("registry.example/net/plug-in:v1", Some(2))))
        .unknown(inside(|_| {}))
        .not_applicable(inside(|objects| objects.network.policies = Listing::whole(vec![])))
}
