//! Who may take on a role, as far as its trust policy and the organisation's guard rails say.

use palisade_policy::{
    Attached, Condition, Document, Door, Effect, LetIn, Principal, PrincipalForm, Quantifier, RequestContext,
    Statement, who_can,
};

use crate::account::Account;
use palisade_model::iam::{Role, statement_name};
use palisade_model::{Action, Arn, Gap};

/// The actions that give a role's credentials.
pub const ASSUME: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// One `Allow` statement of a trust policy, with all that the policy denies.
pub struct Entrance {
    /// How evidence names the statement.
    pub name: String,
    document: Document,
}

impl Entrance {
    /// The statement itself.
    pub fn statement(&self) -> Option<&Statement> {
        self.document.statements.first()
    }

    /// The statement, and behind it all that the policy denies.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Whom the entrance lets assume the role, the widest grade first.
    pub fn who_can<'d, 'a: 'd>(&'d self, role: &Role, context: &Account<'a>) -> Vec<LetIn<'d>> {
        who_can(&Door {
            action: "sts:AssumeRole",
            resource: role.arn.as_str(),
            account: role.arn.account(),
            organisation: context.organization(),
            accepts_anonymous: false,
            known: context.access.at_this_time(RequestContext::partial()),
            policies: vec![Attached { name: "the trust policy", document: &self.document }],
            resource_control: context.access.resource_control(),
        })
    }
}

/// The `Allow` statements of a trust policy, one by one: what one asks for does not limit what another lets in.
pub fn entrances(trust: &Document) -> Vec<Entrance> {
    let denials = || trust.statements.iter().filter(|statement| statement.effect == Effect::Deny);
    allows(trust)
        .map(|(index, statement)| Entrance {
            name: statement_name(index, statement),
            document: Document {
                version: trust.version,
                id: None,
                statements: std::iter::once(statement).chain(denials()).cloned().collect(),
            },
        })
        .collect()
}

/// The `Allow` statements of a policy, with their places.
pub fn allows(trust: &Document) -> impl Iterator<Item = (usize, &Statement)> {
    trust.statements.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow)
}

/// As [`allows`], without those that never apply, such as one whose date has passed.
pub fn live<'t>(trust: &'t Document, account: &Account<'_>) -> impl Iterator<Item = (usize, &'t Statement)> {
    let context = account.access.at_this_time(RequestContext::partial());
    allows(trust).filter(move |(_, statement)| statement.may_apply(trust.version, &context))
}

/// Whether a condition asks for a key to have one of its values: neither negated, nor true of a request without the key.
pub fn asks_for(condition: &Condition, key: &str) -> bool {
    let operator = condition.operator();
    let compares =
        operator.base().is_some_and(|base| !base.is_negated() && base != palisade_policy::BaseOperator::Null);
    compares
        && condition.key().eq_ignore_ascii_case(key)
        && !operator.if_exists()
        && operator.quantifier() != Some(Quantifier::ForAllValues)
}

/// The gap when a condition on a key has an operator that is not known, so that nobody can tell what it asks for.
pub fn strange<'c>(
    mut conditions: impl Iterator<Item = &'c Condition>,
    key: &str,
    action: Action,
    resource: &Arn,
) -> Result<(), Gap> {
    let strange =
        conditions.find(|condition| condition.operator().base().is_none() && condition.key().eq_ignore_ascii_case(key));
    strange.map_or(Ok(()), |condition| {
        Err(Gap::not_known(action, resource, format!("the operator of {key}"), condition.operator().as_str()))
    })
}

/// Whether a principal names anybody: not one that was deleted, nor a text that names nobody.
pub fn names_somebody(principal: &Principal) -> bool {
    match principal.form() {
        PrincipalForm::Dangling(_) | PrincipalForm::Invalid => false,
        PrincipalForm::Everyone
        | PrincipalForm::Account(_)
        | PrincipalForm::User { .. }
        | PrincipalForm::Role { .. }
        | PrincipalForm::Session { .. }
        | PrincipalForm::FederatedUser { .. }
        | PrincipalForm::Service(_)
        | PrincipalForm::Federated(_)
        | PrincipalForm::CanonicalUser(_) => true,
    }
}
