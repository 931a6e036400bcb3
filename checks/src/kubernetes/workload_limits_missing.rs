use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::kubernetes::{
    Container, ContainerKind, Controller, LimitDefaults, LimitRange, PodResources, PodSpec,
};
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::workloads::{each_container, each_spec, pods_gap, running};

check! {
    /// Container asks for no resources, or has no limit of memory
    ///
    /// ## Why
    /// Without requests the scheduler fills a node beyond what it has; without a limit of memory one container takes
    /// that of its neighbours, which are then killed. An intruder who mines, or a leak, becomes everybody's trouble.
    ///
    /// Wanted are requests of processor and memory and a limit of memory, at the container or at the pod. What a
    /// LimitRange of the namespace gives to containers counts as well; one about pods or claims gives nothing. Pods
    /// that run are judged beside the template. Ephemeral containers cannot have any.
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
    let none = LimitDefaults::default();
    let defaults = defaults(inside)?;
    if defaults == none {
        return each_spec(inside, context, |spec| judge(spec, none, inside));
    }
    // What a LimitRange gives stands in pods that run, if it was there when they were made.
    let mut gathered = Gathered::default();
    gathered.add(judge(&inside.object.template, defaults, inside));
    for running in running(inside, context) {
        let texts = judge(&running.pod.spec, none, inside);
        gathered.add(texts.map(|texts| texts.into_iter().map(|text| format!("{running}: {text}")).collect::<Vec<_>>()));
    }
    if let Some(gap) = pods_gap(inside) {
        gathered.add(Err::<Vec<_>, _>(gap.clone()));
    }
    gathered.outcome()
}

/// What the containers of a pod lack, defaults considered. A gap when what they share was not collected, and matters.
fn judge(spec: &PodSpec, defaults: LimitDefaults, inside: &Inside<'_, Controller>) -> Result<Vec<String>, Gap> {
    let lacking = |shared| each_container(spec, |container| missing(container, defaults, shared));
    if let Some(shared) = spec.resources {
        return Ok(lacking(shared));
    }
    let alone = lacking(PodResources::default());
    if alone.is_empty() {
        return Ok(alone);
    }
    let why = "what the containers of pods share was not collected";
    Err(Gap::undecided(Action::KubernetesListPods, &inside.cluster.arn, why))
}

/// What LimitRanges of the namespace give to containers that say nothing.
fn defaults(inside: &Inside<'_, Controller>) -> Result<LimitDefaults, Gap> {
    let mut defaults = LimitDefaults::default();
    let is_here = |range: &&LimitRange| range.namespace.as_ref() == Some(&inside.object.namespace);
    for range in inside.objects.limit_ranges.complete()?.iter().filter(is_here) {
        let LimitDefaults { requests, limits } = range.defaults.known()?;
        defaults.requests = defaults.requests.or(*requests);
        defaults.limits = defaults.limits.or(*limits);
    }
    Ok(defaults)
}

fn missing(container: &Container, defaults: LimitDefaults, shared: PodResources) -> Option<String> {
    let limits = container.limits.or(defaults.limits).or(shared.limits);
    // What is limited and not requested is requested up to the limit.
    let requests = container.requests.or(defaults.requests).or(shared.requests).or(limits);
    let wanted =
        [("requests.cpu", requests.cpu), ("requests.memory", requests.memory), ("limits.memory", limits.memory)];
    let missing: Vec<_> = wanted.into_iter().filter(|(_, is_there)| !is_there).map(|(name, _)| name).collect();
    let counts = container.kind != ContainerKind::Ephemeral && !missing.is_empty();
    counts.then(|| format!("resources lack {}", missing.join(", ")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::Amounts;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{container, pod_spec};
    use palisade_scenes::running::new_pod;

    let none = || container(|container| container.limits = Amounts::default());
    let memory = Amounts { cpu: false, memory: true };
    let with_defaults = |scene: Scene, limits: Amounts| {
        let range = LimitRange {
            namespace: Some("shop".to_owned()),
            name: "defaults".to_owned(),
            defaults: Fact::Known(LimitDefaults { requests: limits, limits }),
        };
        scene.objects(|objects| objects.limit_ranges = Listing::whole(vec![range]))
    };
    let sharing = |shared: Option<PodResources>| {
        pod_spec(|spec| {
            (spec.containers[0].requests, spec.containers[0].limits) = (Amounts::default(), Amounts::default());
            spec.resources = shared;
        })
    };
    let all = Amounts { cpu: true, memory: true };
    Cases::default()
        .pass(container(|_| {}))
        .pass(container(|container| {
            container.requests = Amounts::default();
            container.limits = Amounts { cpu: true, memory: true };
        }))
        .pass(sharing(Some(PodResources { requests: all, limits: memory })))
        .pass(with_defaults(none(), memory))
        .pass(with_defaults(none(), memory).and_pods(vec![new_pod(|_| {})]))
        .fail(none())
        .fail(container(|container| container.requests = memory))
        .fail(sharing(Some(PodResources { requests: all, limits: Amounts::default() })))
        .fail(with_defaults(none(), Amounts::default()))
        .fail(
            with_defaults(none(), memory)
                .and_pods(vec![new_pod(|spec| spec.containers[0].limits = Amounts::default())]),
        )
        .unknown(sharing(None))
}
