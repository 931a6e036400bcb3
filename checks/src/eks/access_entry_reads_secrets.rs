use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::{AccessEntry, AccessPolicy, AccessScope, Cluster};
use palisade_reason::access::entries::{is_any, policy_name, scope_name};

check! {
    /// Access meant for viewing reads all Secrets
    ///
    /// ## Why
    /// `AmazonEKSAdminViewPolicy` reads every object of its scope, Secrets included, and every subresource: reading
    /// `nodes/proxy` is enough to run commands in pods. Auditors, dashboards and support tools are often given it as if
    /// it could do no harm. `AmazonEKSSecretReaderPolicy` is made for reading Secrets; for the whole cluster it reads
    /// all of them.
    ///
    /// ## Severity
    /// Medium: whoever holds it has all passwords and tokens of its scope, though no right to change anything by name.
    ///
    /// ## Fix
    /// Use `AmazonEKSViewPolicy`, and a Kubernetes group with a role of its own for what is missing there.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "eks-access-entry-reads-secrets",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.1.2"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    Gathered::of(&cluster.access_entries, judge).outcome()
}

fn judge(entry: &AccessEntry) -> Result<Vec<String>, Gap> {
    let policies = entry.policies.known()?.iter();
    let told = policies
        .filter(|policy| reads(policy))
        .map(|policy| format!("{} holds {} {}", entry.principal, policy_name(policy), scope_name(&policy.scope)));
    Ok(told.collect())
}

/// Whether an access policy reads more Secrets than it says.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html>
fn reads(policy: &AccessPolicy) -> bool {
    match (policy_name(policy), &policy.scope) {
        ("AmazonEKSAdminViewPolicy", _) => true,
        ("AmazonEKSSecretReaderPolicy", AccessScope::Namespaces(patterns)) => patterns.iter().any(|name| is_any(name)),
        (name, AccessScope::Cluster | AccessScope::Other(_)) => name == "AmazonEKSSecretReaderPolicy",
        (_, AccessScope::Namespaces(_)) => false,
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::{entered, entry};

    let holds =
        |policy: &str, scope| entered(vec![entry("arn:aws:iam::111122223333:role/auditor", &[(policy, scope)])]);
    let team = || AccessScope::Namespaces(vec!["team-*".to_owned()]);
    Cases::default()
        .pass(holds("AmazonEKSViewPolicy", AccessScope::Cluster))
        .pass(entered(vec![entry("arn:aws:iam::111122223333:role/auditor", &[])]))
        .fail(holds("AmazonEKSAdminViewPolicy", AccessScope::Cluster))
        .fail(holds("AmazonEKSAdminViewPolicy", team()))
        .pass(holds("AmazonEKSSecretReaderPolicy", team()))
        .fail(holds("AmazonEKSSecretReaderPolicy", AccessScope::Cluster))
        .fail(holds("AmazonEKSSecretReaderPolicy", AccessScope::Namespaces(vec!["*".to_owned()])))
        .fail(holds("AmazonEKSAdminViewPolicy", AccessScope::Other("zone".to_owned())))
        .not_applicable(cluster(|_| {}))
}
