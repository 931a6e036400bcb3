use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::standards::labelled;

check! {
    /// Pod Security label of a namespace cannot be read
    ///
    /// ## Why
    /// A level that the API server cannot read means `restricted` for `enforce`, and `privileged` for `audit` and
    /// `warn`; a version that it cannot read means `latest`. It refuses such labels now, so that these were set before
    /// it knew them. What the namespace does is then not what its labels say, and the label cannot be changed by
    /// halves.
    ///
    /// ## Severity
    /// Low: what holds is mostly stricter than what was meant, and for `audit` and `warn` it is nothing.
    ///
    /// ## Fix
    /// Set the label to `privileged`, `baseline` or `restricted`, and a version to `latest` or `v1.N`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    CHECK {
        id: "kubernetes-namespace-pod-security-label-malformed",
        severity: Severity::Low,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let bad = labelled(inside.object).bad_labels;
    Ok(Verdict::fail_if_any(bad.iter().map(|label| format!("label {} is {:?}", label.key, label.value))))
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
        .pass(with(&[]))
        .pass(with(&[("enforce", "baseline"), ("enforce-version", "v1.99"), ("level", "strict")]))
        .fail(with(&[("enforce", "Restricted")]))
        .fail(with(&[("warn", "baseline"), ("warn-version", "1.25")]))
        .fail(with(&[("audit", "")]))
}
