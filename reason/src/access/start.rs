//! Where whoever uses a role comes from, which tells how near an attacker has to be.

use palisade_policy::{Principal, PrincipalForm, Statement};

use super::roles::trust;
use super::trust::ASSUME;
use super::workload::is_workload;
use crate::account::Account;
use palisade_model::Gap;
use palisade_model::iam::Role;

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
    let mut letting =
        trust(role)?.statements.iter().filter(|statement| ASSUME.iter().any(|action| statement.allows_action(action)));
    Ok(if letting.any(|statement| lets_outsiders_in(statement, account)) { Start::Outside } else { Start::Inside })
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
