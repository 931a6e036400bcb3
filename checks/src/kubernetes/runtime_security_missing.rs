use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::runtime::{eligible, is_agent, is_covered};

check! {
    /// Nothing watches what runs in the pods of the cluster
    ///
    /// ## Why
    /// A shell in a pod, a miner, a way out onto the node: only an agent on the node sees them. Counted are GuardDuty,
    /// where it says that it covers nodes of the cluster, and the agents of Falco, Tetragon, Tracee, KubeArmor,
    /// Kubescape, Aqua, Prisma Cloud, CrowdStrike, Datadog (with runtime security switched on), NeuVector, SentinelOne,
    /// StackRox, Sysdig, Upwind and Wiz, by their images. An agent that is not known here is not found.
    ///
    /// Pods on Fargate have no such agent beside them. Clusters without Linux nodes on EC2 are left out.
    ///
    /// ## Severity
    /// Medium: it opens nothing; an intrusion goes unseen.
    ///
    /// ## Fix
    /// Enable Runtime Monitoring in GuardDuty with the automated agent for EKS, or install Falco or Tetragon.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/runtime-security.html>
    /// - <https://falco.org/docs/>
    CHECK {
        id: "kubernetes-runtime-security-missing",
        severity: Severity::Medium,
        controls: &[Control::checklist("cluster-watched")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let nodes = eligible(objects)?.len();
    if nodes == 0 {
        return Ok(Verdict::NotApplicable);
    }
    let agent = objects.workloads.daemon_sets.find(is_agent);
    if let Ok(Some(_)) = agent {
        return Ok(Verdict::Pass);
    }
    if is_covered(cluster, context)? {
        return Ok(Verdict::Pass);
    }
    agent.map(|_| Verdict::fail(format!("no known agent is on the {nodes} Linux nodes, and GuardDuty covers none")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use std::collections::BTreeMap;

    use crate::testing::Cases;
    use palisade_model::eks::{ClusterCoverage, Detector, FeatureStatus};
    use palisade_model::kubernetes::Controller;
    use palisade_model::{Fact, Listing, Switch};
    use palisade_scenes::Scene;
    use palisade_scenes::in_cluster::{daemon_set, node};
    use palisade_scenes::kubernetes::inside;

    let with = |agents: Vec<Controller>| -> Scene {
        inside(|objects| {
            objects.nodes = Listing::whole(vec![node("one", |_| {}), node("two", |_| {})]);
            objects.workloads.daemon_sets = Listing::whole(agents);
        })
    };
    let agent = |image: &str| with(vec![daemon_set("security", "agent", image, |_| {})]);
    let datadog = |value: &str| {
        let value = value.to_owned();
        with(vec![daemon_set("datadog", "agent", "public.ecr.aws/datadog/agent:7.70.0", |workload| {
            let container = &mut std::sync::Arc::make_mut(&mut workload.template).containers[0];
            container.settings = [("DD_RUNTIME_SECURITY_CONFIG_ENABLED".to_owned(), value)].into();
        })])
    };
    let watched = |feature: &str, status: &str, covered_nodes| {
        let status = status.to_owned();
        let on = FeatureStatus { enabled: Switch::On, parts: BTreeMap::new() };
        let detector = Detector { enabled: Switch::On, features: [(feature.to_owned(), on)].into() };
        let coverage = ClusterCoverage { status, compatible_nodes: 2, covered_nodes, issue: None };
        with(vec![]).region(|region| {
            region.eks.detector = Fact::Known(Some(detector));
            region.eks.coverage = Fact::Known([("shop".to_owned(), coverage)].into());
        })
    };
    let nodes = |change: fn(&mut palisade_model::kubernetes::Node)| {
        inside(|objects| objects.nodes = Listing::whole(vec![node("one", change)]))
    };
    let fargate = nodes(|node| {
        node.labels = [("eks.amazonaws.com/compute-type".to_owned(), "fargate".to_owned())].into();
    });
    Cases::default()
        .pass(agent("docker.io/falcosecurity/falco:0.42.0"))
        .pass(agent("quay.io/cilium/tetragon@sha256:5e5e"))
        .pass(agent("694911143906.dkr.ecr.eu-west-1.amazonaws.com/aws-guardduty-agent:v1.10.0"))
        .pass(datadog("true"))
        .pass(watched("RUNTIME_MONITORING", "HEALTHY", 2))
        .pass(watched("EKS_RUNTIME_MONITORING", "HEALTHY", 1))
        .fail(with(vec![]))
        .fail(agent("docker.io/falcosecurity/falcosidekick:2.31"))
        .fail(datadog("false"))
        .fail(watched("RUNTIME_MONITORING", "UNHEALTHY", 0))
        .fail(watched("RUNTIME_MONITORING", "HEALTHY", 0))
        .fail(watched("EKS_AUDIT_LOGS", "HEALTHY", 2))
        .unknown(watched("RUNTIME_MONITORING", "PENDING", 2))
        .not_applicable(inside(|_| {}))
        .not_applicable(fargate)
        .not_applicable(nodes(|node| node.software.operating_system = "windows".to_owned()))
}
