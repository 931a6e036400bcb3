use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::standards::beyond_baseline;
use palisade_reason::in_cluster::workloads::is_agent;

check! {
    /// Workload asks for what the baseline Pod Security level forbids
    ///
    /// ## Why
    /// Privileged containers, the node's network, processes and paths, and added capabilities are ways out of the
    /// container: an intruder in the pod has the node, the credentials on it, and whatever else runs there.
    ///
    /// Judged is by the controls of the Pod Security Standards, in the version of the API server, and over init and
    /// ephemeral containers too. Evidence names each control. DaemonSets in namespaces of node agents are told of by
    /// `kubernetes-agent-baseline-violated`.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// High: an intruder in one container has its node.
    ///
    /// ## Fix
    /// Take the settings that are named out of the template. What needs them in earnest runs as an agent, in a
    /// namespace of its own into which few may deploy.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    CHECK {
        id: "kubernetes-workload-baseline-violated",
        severity: Severity::High,
        controls: &[
            Control::prowler("core_minimize_privileged_containers"),
            Control::cis("eks-1.8.0:4.2.1"),
            Control::cis("eks-1.8.0:4.2.2"),
            Control::cis("eks-1.8.0:4.2.3"),
            Control::cis("eks-1.8.0:4.2.4"),
            Control::checklist("pods-restricted"),
        ],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    if is_agent(inside.object) { Ok(Verdict::NotApplicable) } else { beyond_baseline(inside, context) }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::kubernetes::{HandlerHost, PodSpec, ServerVersion};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{container, pod_spec};
    use palisade_scenes::running::{debugger, host_path, new_pod};

    let privileged: fn(&mut PodSpec) = |spec| spec.containers[0].security.privileged = Some(true);
    let debugged: fn(&mut PodSpec) = |spec| {
        spec.containers.push(debugger());
        spec.containers[1].security.privileged = Some(true);
    };
    let probing = |minor| -> Scene {
        let host = HandlerHost { handler: "livenessProbe.httpGet".to_owned(), host: "169.254.169.254".to_owned() };
        let scene = container(|container| container.handler_hosts = vec![host]);
        scene.objects(|objects| objects.version = Fact::Known(ServerVersion { major: 1, minor }))
    };
    Cases::default()
        .pass(pod_spec(|_| {}))
        .pass(pod_spec(|spec| spec.security.run_as_non_root = None).and_pods(vec![new_pod(|_| {})]))
        .pass(container(|container| container.security.capabilities.add = vec!["NET_BIND_SERVICE".to_owned()]))
        .fail(container(|container| container.security.capabilities.add = vec!["NET_ADMIN".to_owned()]))
        .fail(pod_spec(privileged))
        .fail(pod_spec(|spec| spec.host.pid = true))
        .fail(pod_spec(|spec| spec.volumes = vec![host_path("/opt/data")]))
        .fail(pod_spec(|spec| {
            spec.operating_system = Some("windows".to_owned());
            spec.security.host_process = Some(true);
        }))
        .fail(pod_spec(|_| {}).and_pods(vec![new_pod(|_| {}), new_pod(debugged)]))
        .pass(probing(33))
        .fail(probing(34))
        .unknown(
            pod_spec(privileged).objects(|objects| objects.version = Fact::Known(ServerVersion { major: 2, minor: 0 })),
        )
}
