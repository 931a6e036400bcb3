use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::kubernetes::ContainerKind;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::workloads::{each_container, each_spec};

check! {
    /// Somebody attached a container to a running pod
    ///
    /// ## Why
    /// An ephemeral container sees what the pod sees: its network, its volumes, with `shareProcessNamespace` its
    /// processes, and the credentials of its service account. It is how people debug, and how somebody with rights on
    /// pods gets in without leaving a trace in the deployment. It stays in the pod until the pod is replaced.
    ///
    /// ## Severity
    /// Low: it takes the right to change pods; the audit log tells who used it.
    ///
    /// ## Fix
    /// Find out who attached it, and replace the pod. Let few update `pods/ephemeralcontainers`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/>
    CHECK {
        id: "kubernetes-workload-ephemeral-container",
        severity: Severity::Low,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    each_spec(inside, context, |spec| {
        Ok(each_container(spec, |container| {
            let is_attached = container.kind == ContainerKind::Ephemeral;
            is_attached.then(|| format!("its image is {}", container.image))
        }))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::Phase;
    use palisade_scenes::kubernetes::pod_spec;
    use palisade_scenes::running::{debugger, new_pod};

    let debugged = || new_pod(|spec| spec.containers.push(debugger()));
    let mut over = debugged();
    over.phase = Phase::Failed;
    let mut strange = debugged();
    strange.phase = Phase::Other("Paused".to_owned());
    Cases::default()
        .pass(pod_spec(|_| {}))
        .pass(pod_spec(|_| {}).and_pods(vec![new_pod(|_| {}), over]))
        .fail(pod_spec(|_| {}).and_pods(vec![new_pod(|_| {}), debugged()]))
        .fail(pod_spec(|_| {}).and_pods(vec![strange]))
}
