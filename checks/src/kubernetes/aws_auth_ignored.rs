use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::aws_auth::{counts, mappings};

check! {
    /// ConfigMap aws-auth is still there, and counts for nothing
    ///
    /// ## Why
    /// In the mode `API` access entries alone let principals in. A ConfigMap that is left over misleads whoever reads
    /// it, and tools that write to it believe that they changed something.
    ///
    /// ## Severity
    /// Informational: it lets nobody in.
    ///
    /// ## Fix
    /// Delete the ConfigMap `aws-auth` in `kube-system`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/migrating-access-entries.html>
    CHECK {
        id: "kubernetes-aws-auth-ignored",
        severity: Severity::Informational,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    if cluster.control_plane()?.is_none() || counts(cluster)? {
        return Ok(Verdict::NotApplicable);
    }
    Ok(match objects.aws_auth.known()? {
        None => Verdict::Pass,
        Some(auth) => {
            let entries = mappings(auth).count();
            Verdict::fail(format!("authenticationMode is API, and aws-auth has {entries} entries for roles and users"))
        }
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::eks::AuthenticationMode;
    use palisade_scenes::in_cluster::{authenticated_by, mapped};
    use palisade_scenes::kubernetes::inside;

    let none = || mapped(|_| {}).objects(|objects| objects.aws_auth = Fact::Known(None));
    Cases::default()
        .pass(inside(|_| {}))
        .pass(authenticated_by(none(), AuthenticationMode::Api))
        .fail(authenticated_by(mapped(|_| {}), AuthenticationMode::Api))
        .not_applicable(mapped(|_| {}))
        .not_applicable(authenticated_by(mapped(|_| {}), AuthenticationMode::ApiAndConfigMap))
        .unknown(authenticated_by(mapped(|_| {}), AuthenticationMode::Other("IDENTITY_CENTER".to_owned())))
}
