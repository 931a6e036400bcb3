//! What access entries let IAM principals do in a cluster, and who those principals are.

use palisade_policy::{PrincipalKind, Statement};

use super::oidc::openness;
use super::roles::trust;
use super::trust::live;
use super::workload::is_workload;
use crate::account::Account;
use palisade_model::eks::{AccessEntry, AccessPolicy, AccessScope};
use palisade_model::iam::{Role, statement_name};
use palisade_model::{Action, Arn, Gap};

/// The access policies that administer whatever their scope holds.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html>
const ADMINISTRATOR: [&str; 2] = ["AmazonEKSAdminPolicy", "AmazonEKSClusterAdminPolicy"];

/// The name of an access policy, `AmazonEKSViewPolicy`.
pub fn policy_name(policy: &AccessPolicy) -> &str {
    let arn = policy.arn.as_str();
    arn.rsplit_once('/').map_or(arn, |(_, name)| name)
}

/// How evidence names where an access policy holds.
pub fn scope_name(scope: &AccessScope) -> String {
    match scope {
        AccessScope::Cluster => "in the cluster".to_owned(),
        AccessScope::Namespaces(patterns) => format!("in namespaces {}", patterns.join(", ")),
        AccessScope::Other(scope) => format!("in scope {scope}"),
    }
}

/// The access policy by which an entry administers the whole cluster, if it does.
pub fn administers(entry: &AccessEntry) -> Result<Option<&AccessPolicy>, Gap> {
    let mut unclear = None;
    for policy in entry.policies.known()?.iter().filter(|policy| ADMINISTRATOR.contains(&policy_name(policy))) {
        match &policy.scope {
            AccessScope::Cluster => return Ok(Some(policy)),
            // Accounts of kube-system write what any role allows: whoever makes pods there has the cluster.
            AccessScope::Namespaces(patterns) if patterns.iter().any(|pattern| matches(pattern, "kube-system")) => {
                return Ok(Some(policy));
            }
            AccessScope::Namespaces(_) => {}
            AccessScope::Other(scope) => {
                let (action, what) =
                    (Action::EksListAssociatedAccessPolicies, format!("the scope of {}", policy_name(policy)));
                unclear = Some(Gap::not_known(action, &entry.principal, what, scope));
            }
        }
    }
    unclear.map_or(Ok(None), Err)
}

/// Whether a pattern matches every namespace.
pub fn is_any(pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*')
}

/// Whether a pattern of namespaces, in which `*` is any text, matches a name.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html>
pub fn matches(pattern: &str, name: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(left) = name.strip_prefix(before) else { return false };
    (0..=left.len()).filter(|at| left.is_char_boundary(*at)).any(|at| matches(rest, &left[at..]))
}

/// Whether a principal belongs to an account that is neither the audited one nor trusted.
pub fn is_foreign(principal: &Arn, account: &Account) -> bool {
    !account.trusts(principal.account())
}

/// What speaks against a principal as an administrator of a cluster. A role or user that is gone is nobody, and a role
/// of a trusted account is that account's matter.
pub fn weakness(principal: &Arn, context: &Account) -> Result<Option<String>, Gap> {
    let resource = principal.resource();
    if is_foreign(principal, context) {
        return Ok(Some(format!("which is of account {}", principal.account())));
    }
    if resource == "root" {
        return Ok(Some("which is the root of its account".to_owned()));
    }
    if resource.starts_with("user/") {
        return Ok(Some("a user, whose credentials do not expire".to_owned()));
    }
    if !resource.starts_with("role/") {
        return Ok(Some("which is neither a role nor a user".to_owned()));
    }
    match context.role(principal)? {
        Some(role) => weakness_of_role(role, context),
        None => Ok(None),
    }
}

fn weakness_of_role(role: &Role, account: &Account) -> Result<Option<String>, Gap> {
    for (index, statement) in live(trust(role)?, account) {
        let name = || statement_name(index, statement);
        if statement.names_everyone() && statement.conditions.is_empty() {
            return Ok(Some(format!("which everybody may assume by {} of its trust policy", name())));
        }
        if let Some(open) = open_provider(role, statement)? {
            return Ok(Some(format!("{} of whose trust policy: {open}", name())));
        }
    }
    Ok(is_workload(role, account)?.then(|| "as which a workload runs".to_owned()))
}

/// The identity provider whose users a statement lets in without saying which, and how.
fn open_provider(role: &Role, statement: &Statement) -> Result<Option<String>, Gap> {
    if !statement.allows_action("sts:AssumeRoleWithWebIdentity") {
        return Ok(None);
    }
    let federated = statement.principals().filter(|principal| principal.kind() == PrincipalKind::Federated);
    for host in federated.filter_map(|principal| Some(principal.as_str().split_once(":oidc-provider/")?.1)) {
        if let Some(open) = openness(role, statement, host)? {
            return Ok(Some(format!("{host}: {open}")));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, name, meant) in [
            ("*", "shop", true),
            ("dev-*", "dev-", true),
            ("dev-*", "prod-dev-", false),
            ("*-dev", "shop-dev", true),
            ("a*b*c", "a-b-b-c", true),
            ("shop", "shop2", false),
        ] {
            assert_eq!(matches(pattern, name), meant, "{pattern} {name}");
        }
    }
}
