use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::standards::{labelled, verdict};
use palisade_reason::in_cluster::workloads::is_for_agents;
use palisade_reason::pod_security::NamespaceVerdict;

check! {
    /// Namespace for node agents takes pods without restriction
    ///
    /// ## Why
    /// Agents that run on every node need what ordinary pods must not have, so that the namespaces in which they are
    /// usually installed are not held to the restricted level. Whoever may make pods in one of them has the nodes.
    ///
    /// Told of are `kube-system`, `kube-public`, `kube-node-lease`, and those of well-known agents, which the check
    /// `kubernetes-namespace-pod-security-unenforced` leaves out.
    ///
    /// ## Severity
    /// Informational: that is how agents are run; it matters who may make pods there.
    ///
    /// ## Fix
    /// Give nobody but the cluster's administrators the right to make pods there, and run nothing else in these
    /// namespaces.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    CHECK {
        id: "kubernetes-namespace-agents-unrestricted",
        severity: Severity::Informational,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let namespace = inside.object;
    if !is_for_agents(&namespace.name) {
        return Ok(Verdict::NotApplicable);
    }
    let is_open = verdict(namespace) == NamespaceVerdict::Agents;
    Ok(Verdict::fail_when(is_open, || format!("enforce is {}", labelled(namespace).modes.enforce.level)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::namespace;

    let named = |name: &str, enforce: Option<&str>| -> Scene {
        let label = enforce.map(|level| ("pod-security.kubernetes.io/enforce".to_owned(), level.to_owned()));
        let mut scene = namespace(|_| {});
        scene.subject = scene.subject.as_str().replace("namespaces/shop", &format!("namespaces/{name}")).into();
        scene.objects(|objects| {
            let mut namespaces = objects.namespaces.seen().to_vec();
            namespaces[0].labels = label.into_iter().collect();
            name.clone_into(&mut namespaces[0].name);
            objects.namespaces = Listing::whole(namespaces);
        })
    };
    Cases::default()
        .pass(named("kyverno", Some("restricted")))
        .fail(named("kube-system", None))
        .fail(named("falco", Some("baseline")))
        .not_applicable(named("shop", None))
        .not_applicable(named("falcon", Some("privileged")))
}
