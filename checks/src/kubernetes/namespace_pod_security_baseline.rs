use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::standards::verdict;
use palisade_reason::pod_security::NamespaceVerdict;

check! {
    /// Namespace enforces no more than the baseline Pod Security level
    ///
    /// ## Why
    /// The baseline level keeps pods from the worst, and lets them run as root, with the default capabilities and
    /// without a seccomp profile: what an intruder in a container needs for the next step.
    ///
    /// ## Severity
    /// Medium: an intruder in a pod still has root inside of it, and more of the kernel than the pod needs.
    ///
    /// ## Fix
    /// Bring the workloads to the restricted level (`kubernetes-workload-restricted-violated` names what is missing),
    /// and label the namespace `pod-security.kubernetes.io/enforce: restricted`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    CHECK {
        id: "kubernetes-namespace-pod-security-baseline",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.2.5"), Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    Ok(match verdict(inside.object) {
        NamespaceVerdict::Baseline => Verdict::fail("enforce is baseline"),
        NamespaceVerdict::Restricted | NamespaceVerdict::Unwatched => Verdict::Pass,
        NamespaceVerdict::Agents
        | NamespaceVerdict::Violated { .. }
        | NamespaceVerdict::OnlyWatched(_)
        | NamespaceVerdict::Open => Verdict::NotApplicable,
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
    Cases::default()
        .pass(with(&[("enforce", "restricted"), ("audit", "baseline")]))
        .fail(with(&[("enforce", "baseline"), ("audit", "restricted"), ("warn", "restricted")]))
        .not_applicable(with(&[("warn", "baseline")]))
        .not_applicable(with(&[]))
}
