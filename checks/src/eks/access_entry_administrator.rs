use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::{AccessEntry, Cluster};
use palisade_reason::access::entries::{administers, policy_name, scope_name, weakness};

check! {
    /// Cluster is administered by somebody who should not
    ///
    /// ## Why
    /// `AmazonEKSClusterAdminPolicy` and `AmazonEKSAdminPolicy` for the whole cluster give all its Secrets, a shell in
    /// each pod, and with it the roles of all pods and nodes. Such a right belongs to a role that people take on for an
    /// hour. It does not belong to a user with keys that never expire, to an account's root, to foreign accounts, to a
    /// role that everybody or any user of an identity provider may assume, nor to a role as which a function, instance
    /// or pod runs.
    ///
    /// Accounts among `trusted_accounts` count as the account's own. Rights that groups of the entry have by bindings
    /// in the cluster are not looked at here.
    ///
    /// ## Severity
    /// High: one leaked key or one flaw in a workload gives the cluster away, and all roles within.
    ///
    /// ## Fix
    /// Give the access policy to a role that is assumed with a second factor, and to workloads a Kubernetes group bound
    /// to what they do.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html>
    CHECK {
        id: "eks-access-entry-administrator",
        severity: Severity::High,
        controls: &[Control::cis("eks-1.8.0:4.1.1"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    Gathered::of(&cluster.access_entries, |entry| judge(entry, context)).outcome()
}

fn judge(entry: &AccessEntry, context: &Context) -> Result<Option<String>, Gap> {
    let Some(policy) = administers(entry)? else { return Ok(None) };
    let weakness = weakness(&entry.principal, context)?;
    Ok(weakness.map(|weakness| {
        let (name, scope) = (policy_name(policy), scope_name(&policy.scope));
        format!("{}, {weakness}, holds {name} {scope}", entry.principal)
    }))
}

#[cfg(test)]
const ADMINISTRATOR: [(&str, palisade_model::eks::AccessScope); 1] =
    [("AmazonEKSClusterAdminPolicy", palisade_model::eks::AccessScope::Cluster)];

/// A cluster that the role `platform`, which has this trust policy, administers.
#[cfg(test)]
fn administered_by(trust: serde_json::Value) -> palisade_scenes::Scene {
    use palisade_model::Listing;
    use palisade_scenes::clusters::{entered, entry};
    use palisade_scenes::{new_role, policy, role_arn};

    let mut platform = new_role("platform");
    platform.trust = policy(trust);
    let scene = entered(vec![entry(role_arn("platform").as_str(), &ADMINISTRATOR)]);
    scene.iam(|iam| iam.roles = Listing::whole(vec![platform]))
}

/// As [`administered_by`], for a role that tokens of GitHub assume under this condition.
#[cfg(test)]
fn administered_from_github(condition: &serde_json::Value) -> palisade_scenes::Scene {
    let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    administered_by(serde_json::json!({
        "Effect": "Allow", "Principal": { "Federated": provider },
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_model::eks::AccessScope;
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::{entered, entry};

    let by = administered_by;
    let holds = |principal: &str, policy: &str, scope| entered(vec![entry(principal, &[(policy, scope)])]);
    let people = json!({
        "Effect": "Allow", "Principal": { "Federated": "arn:aws:iam::111122223333:saml-provider/staff" },
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": { "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" } }
    });
    let service =
        |name: &str| by(json!({ "Effect": "Allow", "Principal": { "Service": name }, "Action": "sts:AssumeRole" }));
    let subject = |text: &str| json!({ "StringLike": { "token.actions.githubusercontent.com:sub": text } });
    let anywhere = AccessScope::Namespaces(vec!["*".to_owned()]);
    let team = AccessScope::Namespaces(vec!["team-*".to_owned()]);
    let user = "arn:aws:iam::111122223333:user/ada";
    let foreign = "arn:aws:iam::444455556666:role/platform";
    Cases::default()
        .pass(by(people))
        .pass(administered_from_github(&subject("repo:shop/platform:ref:refs/heads/main")))
        .pass(holds(user, "AmazonEKSViewPolicy", AccessScope::Cluster))
        .pass(holds(user, "AmazonEKSAdminPolicy", team))
        .pass(entered(vec![entry(foreign, &ADMINISTRATOR)]).settings(|settings| {
            settings.trusted_accounts = ["444455556666".into()].into();
        }))
        .pass(entered(vec![entry("arn:aws:iam::111122223333:role/gone", &ADMINISTRATOR)]))
        .fail(holds(user, "AmazonEKSClusterAdminPolicy", AccessScope::Cluster))
        .fail(holds(user, "AmazonEKSAdminPolicy", AccessScope::Cluster))
        .fail(holds(user, "AmazonEKSAdminPolicy", anywhere))
        .fail(entered(vec![entry("arn:aws:iam::111122223333:root", &ADMINISTRATOR)]))
        .fail(entered(vec![entry(foreign, &ADMINISTRATOR)]))
        .fail(service("ec2.amazonaws.com"))
        .fail(service("pods.eks.amazonaws.com"))
        .fail(service("capabilities.eks.amazonaws.com"))
        .fail(administered_from_github(&json!({})))
        .fail(administered_from_github(&subject("repo:*")))
        .fail(by(json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" })))
        .unknown(holds(user, "AmazonEKSAdminPolicy", AccessScope::Other("zone".to_owned())))
        .not_applicable(cluster(|_| {}))
}
