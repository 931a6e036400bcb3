use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::kubernetes::{Namespace, Owner, Pod};
use palisade_reason::in_cluster::running::workload_of;
use palisade_reason::in_cluster::standards::{labelled, server_minor};
use palisade_reason::in_cluster::workloads::is_for_agents;
use palisade_reason::pod_security;
use palisade_reason::pod_security::{Level, Policy};

check! {
    /// Pods run that their namespace would refuse today
    ///
    /// ## Why
    /// The label `enforce` is asked when a pod is made. Pods that are older than the label run on, whatever they do,
    /// until somebody deletes them; a label that looks like protection does not hold them.
    ///
    /// Each pod is judged in the version of the standards that the namespace names, at most that of the API server.
    ///
    /// ## Severity
    /// Medium: the pods have what the namespace is meant to keep from them.
    ///
    /// ## Fix
    /// Change the templates of the workloads, and have their pods made anew (`kubectl rollout restart`).
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    CHECK {
        id: "kubernetes-namespace-pod-security-violated",
        severity: Severity::Medium,
        controls: &[
            Control::cis("eks-1.8.0:4.2.1"),
            Control::cis("eks-1.8.0:4.2.2"),
            Control::cis("eks-1.8.0:4.2.3"),
            Control::cis("eks-1.8.0:4.2.4"),
            Control::cis("eks-1.8.0:4.2.5"),
            Control::checklist("pods-restricted"),
        ],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let namespace = inside.object;
    let policy = labelled(namespace).modes.enforce;
    if policy.level == Level::Privileged || is_for_agents(&namespace.name) {
        return Ok(Verdict::NotApplicable);
    }
    let policy = Policy { version: policy.version.on(server_minor(inside)?), ..policy };
    let mut violating: BTreeMap<Owner, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let pods = &inside.objects.pods;
    let own = |pod: &&Pod| pod.namespace == namespace.name && !pod.phase.is_over();
    for pod in pods.seen().iter().filter(own) {
        let violations = pod_security::evaluate(policy.level, policy.version, &pod.spec);
        if !violations.is_empty() {
            let (count, controls) = violating.entry(workload_of(pod)).or_default();
            *count += 1;
            controls.extend(violations.iter().map(|violation| violation.control.id()));
        }
    }
    let mut gathered = Gathered::default();
    gathered.add(pods.complete().map(|_| Vec::new()));
    gathered.add(Ok::<_, Gap>(violating.iter().map(|found| told(&policy, found))));
    gathered.outcome()
}

fn told(policy: &Policy, (owner, (count, controls)): (&Owner, &(usize, BTreeSet<&str>))) -> String {
    let pods = if *count == 1 { "a pod".to_owned() } else { format!("{count} pods") };
    let controls: Vec<_> = controls.iter().copied().collect();
    format!("enforce is {}; {pods} of {owner} violate it: {}", policy.level, controls.join(", "))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::kubernetes::{Phase, PodSpec, ServerVersion};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::namespace;
    use palisade_scenes::running::new_pod;

    let enforcing = |level: &str, version: &str, change: fn(&mut PodSpec)| -> Scene {
        let labels = [("enforce", level), ("enforce-version", version)];
        let labels = labels.map(|(mode, value)| (format!("pod-security.kubernetes.io/{mode}"), value.to_owned()));
        namespace(|namespace| namespace.labels = labels.into()).and_pods(vec![new_pod(change)])
    };
    let as_root: fn(&mut PodSpec) = |spec| spec.security.run_as_non_root = None;
    let all_capabilities: fn(&mut PodSpec) = |spec| spec.containers[0].security.capabilities.drop.clear();
    let on_host: fn(&mut PodSpec) = |spec| spec.host.network = true;
    let over = |scene: Scene| {
        scene.objects(|objects| {
            let mut pods = objects.pods.seen().to_vec();
            pods[0].phase = Phase::Succeeded;
            objects.pods = palisade_model::Listing::whole(pods);
        })
    };
    let unknown_version =
        |scene: Scene| scene.objects(|objects| objects.version = Fact::Known(ServerVersion { major: 2, minor: 0 }));
    Cases::default()
        .pass(enforcing("restricted", "latest", |_| {}))
        .pass(enforcing("baseline", "latest", as_root))
        .pass(over(enforcing("baseline", "latest", on_host)))
        // The version that the namespace names did not ask for it yet.
        .pass(enforcing("restricted", "v1.21", all_capabilities))
        .fail(enforcing("restricted", "v1.22", all_capabilities))
        .fail(enforcing("restricted", "latest", as_root))
        .fail(enforcing("baseline", "latest", on_host))
        .fail(enforcing("strict", "latest", as_root))
        .not_applicable(enforcing("privileged", "latest", on_host))
        .unknown(unknown_version(enforcing("restricted", "latest", as_root)))
}
