//! Entries of policies that match nobody.

use palisade_policy::{Document, PrincipalForm, Principals, Statement};

use palisade_model::Arn;
use palisade_model::iam::statement_name;

/// Evidence of each principal in the policy of a resource that is nobody: one that was deleted, or that never was.
pub fn nobodies(resource: &Arn, policy: &Document) -> Vec<String> {
    let statements = policy.statements.iter().enumerate();
    let told = |(index, statement): (usize, &Statement)| {
        let name = format!("{} of the policy of {}", statement_name(index, statement), resource.resource());
        entries(statement).map(|entry| format!("{name} names {entry}")).collect::<Vec<_>>()
    };
    statements.flat_map(told).collect()
}

/// The entries that match nobody, and why.
fn entries(statement: &Statement) -> impl Iterator<Item = String> {
    let listed = match statement.principal.principals() {
        Some(Principals::Listed(listed)) => listed.as_slice(),
        Some(Principals::Everyone) | None => &[],
    };
    listed.iter().filter_map(|principal| match principal.form() {
        PrincipalForm::Dangling(id) => Some(format!("{id}, the id of a user or role that was deleted")),
        PrincipalForm::Invalid => Some(format!("{}, which is no principal", principal.as_str())),
        PrincipalForm::Everyone
        | PrincipalForm::Account(_)
        | PrincipalForm::User { .. }
        | PrincipalForm::Role { .. }
        | PrincipalForm::Session { .. }
        | PrincipalForm::FederatedUser { .. }
        | PrincipalForm::Service(_)
        | PrincipalForm::Federated(_)
        | PrincipalForm::CanonicalUser(_) => None,
    })
}
