use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::host_paths::reaching;
use palisade_reason::in_cluster::workloads::{each_spec, is_agent};

check! {
    /// Workload reaches the socket of the container runtime
    ///
    /// ## Why
    /// Whoever talks to the runtime of a node starts containers there as they like, with all paths of the node, and
    /// reads those of every pod on it; nothing of Kubernetes is asked. A read-only mount does not help: a socket is
    /// written to through it.
    ///
    /// The sockets of containerd, CRI-O and Docker count, and every path above them. DaemonSets in namespaces of node
    /// agents are told of by `kubernetes-agent-baseline-violated`.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Critical: it is the node itself, with all that runs there.
    ///
    /// ## Fix
    /// Take the volume out. What is built in the cluster is built without the runtime, by BuildKit without root or
    /// Kaniko.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/storage/volumes/#hostpath>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html>
    CHECK {
        id: "kubernetes-workload-runtime-socket-mounted",
        severity: Severity::Critical,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

/// The sockets of container runtimes, those of Bottlerocket included.
const SOCKETS: &[&str] = &[
    "/run/containerd/containerd.sock",
    "/run/cri-dockerd.sock",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/run/dockershim.sock",
    "/run/host-containerd/host-containerd.sock",
];

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    if is_agent(inside.object) {
        return Ok(Verdict::NotApplicable);
    }
    each_spec(inside, context, |spec| Ok(reaching(spec, SOCKETS)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::{Mount, Volume, VolumeSource};
    use palisade_scenes::kubernetes::pod_spec;
    use palisade_scenes::running::{host_path, new_pod};

    let mounting = |path: &str| {
        pod_spec(|spec| {
            spec.volumes = vec![host_path(path)];
            let mount = Mount { volume: "host".to_owned(), path: "/host".to_owned(), read_only: true };
            spec.containers[0].mounts = vec![mount];
        })
    };
    Cases::default()
        .pass(pod_spec(|_| {}))
        .pass(mounting("/opt/data"))
        .pass(mounting("/run/containerd/snapshots"))
        .pass(pod_spec(|spec| {
            spec.volumes = vec![Volume { name: "run".to_owned(), source: VolumeSource::EmptyDir }];
        }))
        .fail(mounting("/var/run/docker.sock"))
        .fail(mounting("/run/containerd"))
        .fail(mounting("/var/run/"))
        .fail(mounting("/"))
        .fail(pod_spec(|_| {}).and_pods(vec![new_pod(|spec| spec.volumes = vec![host_path("/run")])]))
}
