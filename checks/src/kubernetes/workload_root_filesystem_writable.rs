use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::ContainerKind;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::workloads::{each_container, each_spec, is_for_windows};

check! {
    /// Container can write to its root file system
    ///
    /// ## Why
    /// A program that is exploited writes its next stage somewhere and runs it. Where the image's own files cannot be
    /// changed, neither can what the container runs after a restart of its process.
    ///
    /// Ephemeral containers, and pods for Windows, which does not know the setting, are left out.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Low: it makes an intrusion easier, which has to happen first.
    ///
    /// ## Fix
    /// Set `readOnlyRootFilesystem: true`, and mount an `emptyDir` where the program writes.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    CHECK {
        id: "kubernetes-workload-root-filesystem-writable",
        severity: Severity::Low,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    if is_for_windows(&inside.object.template) {
        return Ok(Verdict::NotApplicable);
    }
    each_spec(inside, context, |spec| {
        Ok(each_container(spec, |container| {
            let is_read_only = container.security.read_only_root_filesystem;
            let is_kept = container.kind != ContainerKind::Ephemeral && is_read_only != Some(true);
            let said = if is_read_only.is_some() { "false" } else { "not set" };
            is_kept.then(|| format!("securityContext.readOnlyRootFilesystem is {said}"))
        }))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::kubernetes::{container, new_container, pod_spec};
    use palisade_scenes::running::{debugger, new_pod};

    Cases::default()
        .pass(container(|_| {}))
        .pass(pod_spec(|_| {}).and_pods(vec![new_pod(|spec| {
            spec.containers.push(debugger());
            spec.containers[1].security.read_only_root_filesystem = None;
        })]))
        .fail(container(|container| container.security.read_only_root_filesystem = None))
        .fail(container(|container| container.security.read_only_root_filesystem = Some(false)))
        .fail(pod_spec(|spec| {
            spec.containers.push(new_container("setup"));
            spec.containers[1].kind = ContainerKind::Init;
            spec.containers[1].security.read_only_root_filesystem = None;
        }))
        .not_applicable(pod_spec(|spec| {
            spec.node_selector.insert("kubernetes.io/os".to_owned(), "windows".to_owned());
            spec.containers[0].security.read_only_root_filesystem = None;
        }))
}
