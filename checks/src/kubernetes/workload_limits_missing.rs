use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::kubernetes::{Container, ContainerKind, Controller};
use palisade_reason::in_cluster::workloads::{each_container, each_spec, pods_gap, running};

check! {
    /// Container asks for no resources, or has no limit of memory
    ///
    /// ## Why
    /// Without requests the scheduler fills a node beyond what it has; without a limit of memory one container takes
    /// that of its neighbours, which are then killed. An intruder who mines, or a leak, becomes everybody's trouble.
    ///
    /// Wanted are requests of processor and memory and a limit of memory. Where the namespace has a LimitRange, which
    /// fills in what is missing, the pods that run are judged in place of the template. Ephemeral containers cannot
    /// have any.
    ///
    /// ## Severity
    /// Low: it costs others their service, and gives nobody access.
    ///
    /// ## Fix
    /// Set `resources.requests.cpu`, `resources.requests.memory` and `resources.limits.memory`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/tenant-isolation.html>
    CHECK {
        id: "kubernetes-workload-limits-missing",
        severity: Severity::Low,
        controls: &[Control::checklist("namespaces-separate")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    let namespace = &inside.object.namespace;
    let has_defaults = inside.objects.limit_ranges.find(|range| range.namespace.as_ref() == Some(namespace))?.is_some();
    if !has_defaults {
        return each_spec(inside, context, |spec| Ok(each_container(spec, missing)));
    }
    let mut gathered = Gathered::default();
    for running in running(inside, context) {
        let texts = each_container(&running.pod.spec, missing).into_iter();
        gathered.add(Ok::<_, Gap>(texts.map(|text| format!("{running}: {text}"))));
    }
    if let Some(gap) = pods_gap(inside) {
        gathered.add(Err::<Vec<_>, _>(gap.clone()));
    }
    gathered.outcome()
}

fn missing(container: &Container) -> Option<String> {
    let Container { requests, limits, .. } = container;
    // What is limited and not requested is requested up to the limit.
    let wanted = [
        ("requests.cpu", requests.cpu || limits.cpu),
        ("requests.memory", requests.memory || limits.memory),
        ("limits.memory", limits.memory),
    ];
    let missing: Vec<_> = wanted.into_iter().filter(|(_, is_there)| !is_there).map(|(name, _)| name).collect();
    let counts = container.kind != ContainerKind::Ephemeral && !missing.is_empty();
    counts.then(|| format!("resources lack {}", missing.join(", ")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{Amounts, ObjectName};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::container;
    use palisade_scenes::running::new_pod;

    let none = || container(|container| container.limits = Amounts::default());
    let with_defaults = |scene: Scene| {
        let range = ObjectName { namespace: Some("shop".to_owned()), name: "defaults".to_owned() };
        scene.objects(|objects| objects.limit_ranges = Listing::whole(vec![range]))
    };
    Cases::default()
        .pass(container(|_| {}))
        .pass(container(|container| {
            container.requests = Amounts::default();
            container.limits = Amounts { cpu: true, memory: true };
        }))
        .fail(none())
        .fail(container(|container| container.requests = Amounts { cpu: false, memory: true }))
        .pass(with_defaults(none()).and_pods(vec![new_pod(|_| {})]))
        .fail(with_defaults(none()).and_pods(vec![new_pod(|spec| spec.containers[0].limits = Amounts::default())]))
        .not_applicable(with_defaults(none()))
}
