use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::standards::{labelled, verdict};
use palisade_reason::pod_security::{Modes, NamespaceVerdict};

check! {
    /// Namespace enforces no Pod Security level
    ///
    /// ## Why
    /// Without the label `pod-security.kubernetes.io/enforce` a namespace takes every pod: privileged ones, with paths
    /// and processes of their node. Whoever may make pods there, or changes one that is deployed there, has the node
    /// and every credential on it. The levels `audit` and `warn` write that down, and stop nothing.
    ///
    /// Namespaces of node agents (`kube-system`, `falco`, `cilium` and the like) are told of by
    /// `kubernetes-namespace-agents-unrestricted`. Other admission controls, such as Kyverno, are not weighed here.
    ///
    /// ## Severity
    /// High: whoever may make pods in the namespace can take over nodes.
    ///
    /// ## Fix
    /// Label the namespace `pod-security.kubernetes.io/enforce: restricted`, or `baseline` for a start; `kubectl label
    /// --dry-run=server` tells which pods would be refused.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    CHECK {
        id: "kubernetes-namespace-pod-security-unenforced",
        severity: Severity::High,
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
    Ok(match verdict(namespace) {
        NamespaceVerdict::Open | NamespaceVerdict::OnlyWatched(_) => {
            let Modes { enforce, audit, warn } = labelled(namespace).modes;
            let (enforce, audit, warn) = (enforce.level, audit.level, warn.level);
            Verdict::fail(format!("enforce is {enforce}, audit is {audit}, warn is {warn}"))
        }
        NamespaceVerdict::Agents => Verdict::NotApplicable,
        NamespaceVerdict::Restricted
        | NamespaceVerdict::Unwatched
        | NamespaceVerdict::Violated { .. }
        | NamespaceVerdict::Baseline => Verdict::Pass,
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::kubernetes::namespace;

    let with = |pairs: &[(&str, &str)]| {
        let label = |(mode, value): &(&str, &str)| (format!("pod-security.kubernetes.io/{mode}"), (*value).to_owned());
        let labels = pairs.iter().map(label).collect();
        namespace(|namespace| namespace.labels = labels)
    };
    let named = |name: &str, pairs| {
        let mut scene = with(pairs);
        scene.subject = scene.subject.as_str().replace("namespaces/shop", &format!("namespaces/{name}")).into();
        scene.objects(|objects| {
            let mut namespaces = objects.namespaces.seen().to_vec();
            name.clone_into(&mut namespaces[0].name);
            objects.namespaces = palisade_model::Listing::whole(namespaces);
        })
    };
    Cases::default()
        .pass(with(&[("enforce", "restricted")]))
        .pass(with(&[("enforce", "baseline"), ("enforce-version", "v1.25")]))
        // The API server reads a level that it does not know as restricted.
        .pass(with(&[("enforce", "strict")]))
        .fail(with(&[]))
        .fail(with(&[("enforce", "privileged")]))
        .fail(with(&[("audit", "restricted"), ("warn", "restricted")]))
        .fail(with(&[("warn", "privileged")]))
        .fail(with(&[("enforce-version", "v1.30")]))
        .fail(named("falcon", &[]))
        .not_applicable(named("kube-system", &[]))
        .pass(named("kube-system", &[("enforce", "restricted")]))
}
