use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::host_paths::reaching;
use palisade_reason::in_cluster::workloads::{each_spec, is_agent};

check! {
    /// Workload reaches credentials of its node
    ///
    /// ## Why
    /// The kubelet's keys, the tokens of every pod on the node, kubeconfig files, and keys of AWS lie on the node in
    /// files. So does, under `/proc`, the environment of every process. A pod that mounts them acts as the node, and as
    /// its other pods.
    ///
    /// Paths that hold such files count, and every path above them. DaemonSets in namespaces of node agents are told of
    /// by `kubernetes-agent-baseline-violated`.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// High: an intruder in the pod has the credentials of the node and of the pods on it.
    ///
    /// ## Fix
    /// Take the volume out, or narrow it to the one folder that is needed.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/storage/volumes/#hostpath>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html>
    CHECK {
        id: "kubernetes-workload-host-credentials-mounted",
        severity: Severity::High,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

/// Where a node keeps credentials: its own, those of pods, and those of people who work on it.
const CREDENTIALS: &[&str] = &[
    "/.aws",
    "/etc/kubernetes",
    "/home/*/.aws",
    "/home/*/.kube",
    "/proc",
    "/root/.aws",
    "/root/.kube",
    "/var/lib/kubelet/config.json",
    "/var/lib/kubelet/kubeconfig",
    "/var/lib/kubelet/pki",
    "/var/lib/kubelet/pods",
];

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    if is_agent(inside.object) {
        return Ok(Verdict::NotApplicable);
    }
    each_spec(inside, context, |spec| Ok(reaching(spec, CREDENTIALS)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::kubernetes::pod_spec;
    use palisade_scenes::running::host_path;

    let mounting = |path: &str| pod_spec(|spec| spec.volumes = vec![host_path(path)]);
    Cases::default()
        .pass(pod_spec(|_| {}))
        .pass(mounting("/var/lib/kubelet/device-plugins"))
        .pass(mounting("/home/ada/data"))
        .fail(mounting("/root/.aws"))
        .fail(mounting("/home/ada/.aws/credentials"))
        .fail(mounting("/home"))
        .fail(mounting("/etc"))
        .fail(mounting("/var/lib/kubelet"))
        .fail(mounting("/"))
}
