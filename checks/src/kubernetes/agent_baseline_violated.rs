use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::standards::beyond_baseline;
use palisade_reason::in_cluster::workloads::is_agent;

check! {
    /// Node agent asks for what the baseline Pod Security level forbids
    ///
    /// ## Why
    /// A DaemonSet in a namespace for node agents usually needs the node: its network, its processes, its paths. So
    /// does a program that somebody hides there. Whoever breaks into the agent, or into what builds it, has every node
    /// of the cluster.
    ///
    /// Components of EKS itself are left out, judged by where their images come from.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Informational: agents are meant to have it; the list says which they are.
    ///
    /// ## Fix
    /// Make sure that each is one of yours, that it comes by its digest from a registry that you know, and that it asks
    /// for no more than its documentation says.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    CHECK {
        id: "kubernetes-agent-baseline-violated",
        severity: Severity::Informational,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    if is_agent(inside.object) { beyond_baseline(inside, context) } else { Ok(Verdict::NotApplicable) }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use std::sync::Arc;

    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{PodSpec, WorkloadKind};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{new_workload, workload};

    let agent = |kind: WorkloadKind, namespace: &str, change: fn(&mut PodSpec)| -> Scene {
        let mut agent = new_workload("agent");
        agent.kind = kind.clone();
        namespace.clone_into(&mut agent.namespace);
        change(Arc::make_mut(&mut agent.template));
        let mut scene = workload(|_| {});
        let kind = kind.name().to_lowercase();
        let cluster = palisade_scenes::cluster_arn("shop");
        scene.subject = format!("{cluster}/namespaces/{namespace}/{kind}s/agent").into();
        scene.objects(|objects| {
            let list = Listing::whole(vec![agent]);
            if kind == "daemonset" { objects.workloads.daemon_sets = list } else { objects.workloads.jobs = list }
        })
    };
    let on_host: fn(&mut PodSpec) = |spec| spec.host.network = true;
    Cases::default()
        .pass(agent(WorkloadKind::DaemonSet, "falco", |_| {}))
        .fail(agent(WorkloadKind::DaemonSet, "falco", on_host))
        .fail(agent(WorkloadKind::DaemonSet, "kube-system", on_host))
        .not_applicable(agent(WorkloadKind::DaemonSet, "shop", on_host))
        .not_applicable(agent(WorkloadKind::Job, "kube-system", on_host))
}
