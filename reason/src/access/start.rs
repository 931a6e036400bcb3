//! Where whoever uses a role comes from, which tells how near an attacker has to be.

use palisade_policy::{Principal, PrincipalForm, Statement};

use super::roles::trust;
use super::trust::ASSUME;
use super::workload::is_workload;
use crate::account::Account;
use palisade_model::Gap;
use palisade_model::iam::Role;

/// How many of those who start are named.
const MOST: usize = 5;

/// Where a role's credentials are first had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// In a workload: whoever breaks into it, or gets code to run there.
    Workload,
    /// Outside of the account: everybody, another account that is not trusted, a pipeline or whoever else an OpenID Connect
    /// provider vouches for.
    Outside,
    /// Within the account and its organisation's directory: people, and services that run no code of others.
    Inside,
}

/// Where a role's credentials are first had; a gap when it is not known whether a workload runs as it.
pub fn start(role: &Role, account: &Account) -> Result<Start, Gap> {
    if is_workload(role, account)? {
        return Ok(Start::Workload);
    }
    Ok(if letting(role)?.any(|statement| lets_outsiders_in(statement, account)) {
        Start::Outside
    } else {
        Start::Inside
    })
}

/// Who is there first, in words: what runs as the role, and whom its trust policy names.
pub fn starters(role: &Role, account: &Account) -> Result<String, Gap> {
    let workloads = account.workloads_of_role(&role.arn).iter().map(|workload| workload.arn.resource().to_owned());
    let (uses, _) = account.cluster_uses_of_role(&role.arn);
    let uses = uses.iter().filter(|used| used.purpose.is_workload()).map(ToString::to_string);
    let mut names: Vec<String> = workloads.chain(uses).collect();
    for statement in letting(role)? {
        names.extend(statement.names_everyone().then(|| "everybody".to_owned()));
        names.extend(statement.principals().map(|principal| principal.as_str().to_owned()));
    }
    names.dedup();
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    Ok(format!("starts from {}{more}", names.join(", ")))
}

/// The statements that let somebody have the role's credentials.
fn letting(role: &Role) -> Result<impl Iterator<Item = &Statement>, Gap> {
    let lets = |statement: &&Statement| ASSUME.iter().any(|action| statement.allows_action(action));
    Ok(trust(role)?.statements.iter().filter(lets))
}

fn lets_outsiders_in(statement: &Statement, account: &Account) -> bool {
    let is_outsider = |principal: &Principal| match principal.form() {
        PrincipalForm::Everyone => true,
        PrincipalForm::Account(of)
        | PrincipalForm::User { account: of, .. }
        | PrincipalForm::Role { account: of, .. }
        | PrincipalForm::Session { account: of, .. }
        | PrincipalForm::FederatedUser { account: of, .. } => !account.trusts(of),
        // SAML providers are the organisation's directory.
        PrincipalForm::Federated(provider) => !provider.contains(":saml-provider/"),
        PrincipalForm::Service(_)
        | PrincipalForm::CanonicalUser(_)
        | PrincipalForm::Dangling(_)
        | PrincipalForm::Invalid => false,
    };
    statement.names_everyone() || statement.principals().any(is_outsider)
}
