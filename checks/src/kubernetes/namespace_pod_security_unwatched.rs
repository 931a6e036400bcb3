use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::standards::{labelled, verdict};
use palisade_reason::pod_security::NamespaceVerdict;

check! {
    /// Namespace does not tell of templates beyond its Pod Security level
    ///
    /// ## Why
    /// The level `enforce` looks at pods alone. A Deployment whose pods will be refused is taken without a word, and
    /// its owner learns of it when nothing starts; an attempt to run more than the level allows leaves no mark. `audit`
    /// and `warn` look at templates too. `warn` follows `enforce` where it is not set, `audit` does not.
    ///
    /// ## Severity
    /// Informational: nothing that is refused gets in; only nobody hears of it.
    ///
    /// ## Fix
    /// Label the namespace `pod-security.kubernetes.io/audit` and `warn` with the level of `enforce`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    CHECK {
        id: "kubernetes-namespace-pod-security-unwatched",
        severity: Severity::Informational,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let modes = labelled(inside.object).modes;
    let (enforce, audit, warn) = (modes.enforce.level, modes.audit.level, modes.warn.level);
    Ok(match verdict(inside.object) {
        NamespaceVerdict::Unwatched => Verdict::fail(format!("enforce is {enforce}, audit is {audit}, warn is {warn}")),
        NamespaceVerdict::Restricted => Verdict::Pass,
        NamespaceVerdict::Baseline => Verdict::fail_when(audit.min(warn) < enforce, || {
            format!("enforce is {enforce}, audit is {audit}, warn is {warn}")
        }),
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
        .pass(with(&[("enforce", "restricted"), ("audit", "restricted")]))
        .pass(with(&[("enforce", "baseline"), ("audit", "restricted")]))
        .fail(with(&[("enforce", "restricted")]))
        .fail(with(&[("enforce", "baseline"), ("audit", "baseline"), ("warn", "privileged")]))
        .fail(with(&[("enforce", "restricted"), ("audit", "restricted"), ("warn", "strict")]))
        .not_applicable(with(&[("audit", "baseline")]))
}
