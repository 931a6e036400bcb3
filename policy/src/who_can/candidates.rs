//! Whom the policies mention.

use std::collections::BTreeSet;

use super::door::Door;
use super::stranger;
use crate::condition::Condition;
use crate::document::{Effect, PrincipalElement, Principals, Statement};
use crate::principal::{Principal, PrincipalForm, PrincipalKind, is_account_id};

/// A service that no policy names, for those that let in everybody.
const ANY_SERVICE: &str = "any service";

#[derive(Default)]
pub(super) struct Candidates {
    /// Whether some statement allows more than those it lists.
    pub(super) everybody: bool,
    pub(super) organisations: BTreeSet<String>,
    /// Without the resource's own.
    pub(super) accounts: BTreeSet<String>,
    pub(super) providers: BTreeSet<String>,
    pub(super) services: BTreeSet<String>,
}

impl Candidates {
    pub(super) fn of(door: &Door<'_, '_>) -> Candidates {
        let mut candidates = Candidates::default();
        let own_organisation = door.organisation.unwrap_or(stranger::OWN_ORGANISATION);
        candidates.organisations.insert(own_organisation.to_owned());
        for statement in door.policies.iter().flat_map(|policy| &policy.document.statements) {
            candidates.add_statement(statement);
        }
        candidates.accounts.remove(door.account);
        candidates
    }

    fn add_statement(&mut self, statement: &Statement) {
        if is_about_everybody(statement) {
            self.services.insert(ANY_SERVICE.to_owned());
            self.everybody |= statement.effect == Effect::Allow;
        }
        // Whom a statement names as those it is not about may be the only ones whom another lets in.
        if let Some(Principals::Listed(named)) = statement.principal.principals() {
            for principal in named {
                self.add_principal(principal);
            }
        }
        statement.conditions.iter().for_each(|condition| self.add_condition(condition));
    }

    fn add_principal(&mut self, principal: &Principal) {
        match principal.form() {
            PrincipalForm::Account(account)
            | PrincipalForm::User { account, .. }
            | PrincipalForm::Role { account, .. }
            | PrincipalForm::Session { account, .. }
            | PrincipalForm::FederatedUser { account, .. } => self.accounts.insert(account.clone()),
            PrincipalForm::CanonicalUser(id) => self.accounts.insert(id.clone()),
            PrincipalForm::Service(service) => self.services.insert(service.clone()),
            PrincipalForm::Federated(provider) => self.providers.insert(provider.clone()),
            PrincipalForm::Everyone => match principal.kind() {
                PrincipalKind::Aws | PrincipalKind::CanonicalUser => false,
                PrincipalKind::Service => self.services.insert(ANY_SERVICE.to_owned()),
                PrincipalKind::Federated => self.providers.insert(stranger::ANY_PROVIDER.to_owned()),
            },
            PrincipalForm::Dangling(_) | PrincipalForm::Invalid => false,
        };
    }

    fn add_condition(&mut self, condition: &Condition) {
        for value in condition.values() {
            match condition.folded_key() {
                "aws:principalorgid" | "aws:principalorgpaths" => {
                    let organisation = value.split('/').next().unwrap_or(value);
                    if organisation.starts_with("o-") && !organisation.contains(['*', '?', '$']) {
                        self.organisations.insert(organisation.to_owned());
                    }
                }
                "aws:principalaccount" | "aws:principalarn" | "aws:userid" | "kms:calleraccount" => {
                    let account = value.split(':').find(|part| is_account_id(part));
                    self.accounts.extend(account.map(str::to_owned));
                }
                // A pattern stands for the services that it covers, and covers itself.
                "aws:principalservicename" | "aws:principalservicenameslist" if !value.contains('$') => {
                    self.services.insert(value.clone());
                }
                _ => {}
            }
        }
    }
}

/// Whether a statement is about more than those it lists.
pub(super) fn is_about_everybody(statement: &Statement) -> bool {
    match statement.principal {
        PrincipalElement::NotPrincipal(_) => true,
        PrincipalElement::Principal(_) | PrincipalElement::None => statement.names_everyone(),
    }
}
