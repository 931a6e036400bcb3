use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::standards::{labelled, server_minor};
use palisade_reason::pod_security::{Level, Version};

check! {
    /// Namespace is held to an old version of the Pod Security Standards
    ///
    /// ## Why
    /// A version that is pinned leaves out every control that came later: `restricted` of v1.21 asks nothing of
    /// capabilities. The standards are pinned for an upgrade, and then forgotten.
    ///
    /// Reported is a version more than three behind the API server's, which is how far the kubelet may stay behind.
    ///
    /// ## Severity
    /// Low: the older versions lack a few controls, and most still hold.
    ///
    /// ## Fix
    /// Set `pod-security.kubernetes.io/enforce-version` to `latest` or to the version of the cluster.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    /// - <https://kubernetes.io/releases/version-skew-policy/>
    CHECK {
        id: "kubernetes-namespace-pod-security-version-old",
        severity: Severity::Low,
        controls: &[Control::checklist("pods-restricted")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

/// How many versions a pinned one may stay behind the API server.
const MOST_BEHIND: u32 = 3;

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let enforce = labelled(inside.object).modes.enforce;
    if enforce.level == Level::Privileged {
        return Ok(Verdict::NotApplicable);
    }
    match enforce.version {
        Version::Latest => Ok(Verdict::Pass),
        Version::Minor(_) => {
            let server = server_minor(inside)?;
            Ok(Verdict::fail_when(enforce.version.behind(server) > MOST_BEHIND, || {
                format!("enforce-version is {}, the API server is of v1.{server}", enforce.version)
            }))
        }
    }
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
        .pass(with(&[("enforce", "restricted")]))
        .pass(with(&[("enforce", "restricted"), ("enforce-version", "v1.32")]))
        .pass(with(&[("enforce", "restricted"), ("enforce-version", "v1.99")]))
        .pass(with(&[("enforce", "restricted"), ("enforce-version", "v1.x")]))
        .fail(with(&[("enforce", "restricted"), ("enforce-version", "v1.31")]))
        .fail(with(&[("enforce", "baseline"), ("enforce-version", "v1.0")]))
        .not_applicable(with(&[("enforce", "privileged"), ("enforce-version", "v1.0")]))
}
