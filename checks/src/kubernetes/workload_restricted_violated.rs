use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::standards::beyond_restricted;
use palisade_reason::in_cluster::workloads::is_agent;

check! {
    /// Workload does not keep to the restricted Pod Security level
    ///
    /// ## Why
    /// The restricted level takes from a container what hardly any needs: root, capabilities, gaining privileges, and
    /// system calls beyond the runtime's seccomp profile. Each is a step that an intruder, or an exploit of the kernel,
    /// needs.
    ///
    /// Told of is what goes beyond the restricted level and not beyond the baseline level, which
    /// `kubernetes-workload-baseline-violated` judges. Pods that say that they run on Windows, or with user ids of
    /// their own, are judged as the standards say. DaemonSets in namespaces of node agents are left out.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Medium: it takes a weakness of the container's program, and then of the kernel or the runtime.
    ///
    /// ## Fix
    /// Set for each container `allowPrivilegeEscalation: false`, `capabilities.drop: [ALL]`, `runAsNonRoot: true` and
    /// `seccompProfile.type: RuntimeDefault`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    CHECK {
        id: "kubernetes-workload-restricted-violated",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("core_minimize_root_containers"),
            Control::cis("eks-1.8.0:4.2.5"),
            Control::checklist("pods-restricted"),
        ],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    if is_agent(inside.object) { Ok(Verdict::NotApplicable) } else { beyond_restricted(inside, context) }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::{PodSpec, Profile};
    use palisade_scenes::kubernetes::{container, pod_spec};
    use palisade_scenes::running::{debugger, host_path, new_pod};

    let linux_alone: fn(&mut PodSpec) = |spec| {
        spec.security.seccomp = None;
        spec.containers[0].security.capabilities.drop.clear();
        spec.containers[0].security.allow_privilege_escalation = None;
    };
    Cases::default()
        .pass(pod_spec(|_| {}))
        // What baseline forbids is told of elsewhere.
        .pass(pod_spec(|spec| spec.volumes = vec![host_path("/opt/data")]))
        .pass(pod_spec(|spec| {
            spec.security.seccomp = Some(Profile::Unconfined);
            spec.containers[0].security.seccomp = Some(Profile::RuntimeDefault);
        }))
        .pass(pod_spec(|spec| {
            linux_alone(spec);
            spec.operating_system = Some("windows".to_owned());
        }))
        .pass(pod_spec(|spec| {
            spec.security.run_as_non_root = None;
            spec.host_users = Some(false);
        }))
        .fail(pod_spec(linux_alone))
        .fail(container(|container| container.security.allow_privilege_escalation = None))
        .fail(container(|container| container.security.run_as_user = Some(0)))
        .fail(pod_spec(|spec| {
            spec.security.run_as_non_root = None;
            spec.security.seccomp = Some(Profile::Other("Loose".to_owned()));
        }))
        .fail(pod_spec(|_| {}).and_pods(vec![new_pod(|spec| {
            spec.containers.push(debugger());
            spec.containers[1].security.run_as_non_root = Some(false);
        })]))
}
