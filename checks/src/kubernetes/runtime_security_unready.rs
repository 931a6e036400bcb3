use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::Controller;
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::runtime::{eligible, is_agent};

check! {
    /// The agent that watches programs is not ready on every node
    ///
    /// ## Why
    /// What runs on a node without the agent goes unseen. Often a taint keeps the agent away, or a kernel that it does
    /// not know; a group of nodes that was added later is then unwatched from its first day.
    ///
    /// One agent that is ready on every Linux node is enough. Nodes of Fargate and Windows are left out.
    ///
    /// ## Severity
    /// Medium: an intrusion on such a node goes unseen.
    ///
    /// ## Fix
    /// Let the agent tolerate all taints, with a priority class of its own, and see why it does not start.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/guardduty/latest/ug/eks-runtime-monitoring-coverage.html>
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations>
    CHECK {
        id: "kubernetes-runtime-security-unready",
        severity: Severity::Medium,
        controls: &[Control::checklist("cluster-watched")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let daemon_sets = &objects.workloads.daemon_sets;
    let agents: Vec<_> = daemon_sets.seen().iter().filter(|workload| is_agent(workload)).collect();
    let nodes = eligible(objects)?.len();
    if agents.is_empty() || nodes == 0 {
        return daemon_sets.complete().map(|_| Verdict::NotApplicable);
    }
    let mut told = Vec::new();
    let mut gap = daemon_sets.gap().cloned();
    for agent in agents {
        match shortfall(agent, nodes, cluster) {
            Ok(None) => return Ok(Verdict::Pass),
            Ok(Some(evidence)) => told.push(evidence),
            Err(unknown) => gap = Some(unknown),
        }
    }
    // What could not be read may be an agent that is ready everywhere.
    gap.map_or(Ok(Verdict::fail_if_any(told)), Err)
}

fn shortfall(agent: &Controller, nodes: usize, cluster: &Cluster) -> Result<Option<String>, Gap> {
    let (Some(wanted), Some(ready)) = (agent.replicas, agent.ready) else {
        let why = format!("DaemonSet {} does not say on how many nodes it is ready", agent.name);
        return Err(cluster.unclear(Action::KubernetesListDaemonSets, why));
    };
    let is_short = ready < wanted || u32::try_from(nodes).is_ok_and(|nodes| ready < nodes);
    let (namespace, name) = (&agent.namespace, &agent.name);
    Ok(is_short
        .then(|| format!("DaemonSet {namespace}/{name} is ready on {ready} of {nodes} Linux nodes, for {wanted}")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::Scene;
    use palisade_scenes::in_cluster::{daemon_set, node};
    use palisade_scenes::kubernetes::inside;

    let agent = |image: &str, replicas, ready| {
        daemon_set("security", "agent", image, |workload| (workload.replicas, workload.ready) = (replicas, ready))
    };
    let falco = |replicas, ready| agent("docker.io/falcosecurity/falco:0.42.0", replicas, ready);
    let with = |agents: Vec<Controller>| -> Scene {
        inside(|objects| {
            let windows = node("three", |node| node.software.operating_system = "windows".to_owned());
            objects.nodes = Listing::whole(vec![node("one", |_| {}), node("two", |_| {}), windows]);
            objects.workloads.daemon_sets = Listing::whole(agents);
        })
    };
    let bare = inside(|objects| objects.workloads.daemon_sets = Listing::whole(vec![falco(Some(0), Some(0))]));
    Cases::default()
        .pass(with(vec![falco(Some(2), Some(2))]))
        .pass(with(vec![falco(Some(2), Some(1)), agent("quay.io/cilium/tetragon:v1", Some(2), Some(2))]))
        .fail(with(vec![falco(Some(2), Some(1))]))
        .fail(with(vec![falco(Some(1), Some(1))]))
        .fail(with(vec![falco(Some(3), Some(2))]))
        .unknown(with(vec![falco(Some(2), None)]))
        .not_applicable(with(vec![agent("docker.io/library/logger:1", Some(2), Some(1))]))
        .not_applicable(bare)
}
