//! Whether those whom a statement lets in belong to somebody else.

use palisade_policy::{BaseOperator, Condition, Grade, Quantifier};

use super::shares::Share;
use crate::account::Account;
use palisade_model::Gap;

/// The evidence, when a statement lets in accounts or organisations that are neither the account's own nor trusted, by
/// name, by network or through a service. Grants to everybody, and to services for anybody, are not looked at.
pub fn foreigners(share: &Share<'_>, context: &Account<'_>) -> Result<Option<String>, Gap> {
    match share.grade {
        Grade::ListedAccounts if context.trusts(&share.who) => Ok(None),
        Grade::ListedAccounts => Ok((!is_held_to_organization(share, context)?).then(|| share.to_string())),
        Grade::ListedNetworks if share.who.is_empty() => Ok(Some(share.to_string())),
        Grade::Organisation | Grade::ListedNetworks => foreign_organization(share, context),
        Grade::IdentityProvider => {
            let account = share.who.split(':').nth(4).unwrap_or_default();
            Ok((!context.trusts(account)).then(|| share.to_string()))
        }
        Grade::ServiceWithSource => foreign_source(share, context),
        Grade::OwnAccount | Grade::ServiceWithoutSource | Grade::AnyAwsAccount | Grade::AnonymousInternet => Ok(None),
    }
}

/// As [`foreigners`], and services on behalf of anybody.
pub fn outsiders(share: &Share<'_>, account: &Account<'_>) -> Result<Option<String>, Gap> {
    match share.grade {
        Grade::ServiceWithoutSource => Ok(Some(share.to_string())),
        Grade::ServiceWithSource
        | Grade::OwnAccount
        | Grade::ListedAccounts
        | Grade::IdentityProvider
        | Grade::ListedNetworks
        | Grade::Organisation
        | Grade::AnyAwsAccount
        | Grade::AnonymousInternet => foreigners(share, account),
    }
}

fn foreign_organization(share: &Share, account: &Account) -> Result<Option<String>, Gap> {
    let is_own = !share.who.starts_with("o-") || account.is_own_organization(&share.who)?;
    Ok((!is_own).then(|| share.to_string()))
}

/// Whether a condition of the statement lets only callers of the account's organisation through.
fn is_held_to_organization(share: &Share, account: &Account) -> Result<bool, Gap> {
    for condition in fixed(share, &["aws:principalorgid", "aws:principalorgpaths"]) {
        let ids = condition.values().iter().map(|value| value.split('/').next().unwrap_or(value));
        let are_own: Vec<_> = ids.map(|id| account.is_own_organization(id)).collect::<Result<_, _>>()?;
        if are_own.into_iter().all(|is_own| is_own) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn foreign_source(share: &Share, context: &Account) -> Result<Option<String>, Gap> {
    let foreign = foreign_sources(&share.statement.conditions, context)?;
    Ok((!foreign.is_empty()).then(|| format!("{share}: {} is foreign", foreign.join(", "))))
}

/// The accounts and organisations on behalf of which conditions let a service in, if they are foreign: those of the
/// resources that it acts for, and of the clusters that EKS Pod Identity takes a role on for.
pub fn foreign_sources<'s>(conditions: &'s [Condition], context: &Account) -> Result<Vec<&'s str>, Gap> {
    const ACCOUNTS: &[&str] = &["aws:sourceaccount", "aws:sourceowner"];
    const ARNS: &[&str] = &["aws:sourcearn", "aws:requesttag/eks-cluster-arn"];
    let accounts: Vec<_> = wanted(conditions, ACCOUNTS).flat_map(Condition::values).collect();
    let arns = wanted(conditions, ARNS).flat_map(Condition::values);
    let mut foreign: Vec<&str> = match accounts.as_slice() {
        [] => arns.filter_map(|arn| arn.split(':').nth(4)).collect(),
        accounts => accounts.iter().map(|account| account.as_str()).collect(),
    };
    // A pattern for the account names nobody in particular: that anybody is let in is told elsewhere.
    foreign.retain(|account| !account.is_empty() && !account.contains(['*', '?', '$']) && !context.trusts(account));
    for id in wanted(conditions, &["aws:sourceorgid", "aws:sourceorgpaths"]).flat_map(Condition::values) {
        let id = id.split('/').next().unwrap_or(id);
        if !context.is_own_organization(id)? {
            foreign.push(id);
        }
    }
    Ok(foreign)
}

/// The conditions of a statement that want one of these keys to be there, with one of the values.
pub fn fixed<'s>(share: &Share<'s>, folded_keys: &'s [&str]) -> impl Iterator<Item = &'s Condition> {
    wanted(&share.statement.conditions, folded_keys)
}

fn wanted<'s>(conditions: &'s [Condition], folded_keys: &'s [&str]) -> impl Iterator<Item = &'s Condition> {
    conditions.iter().filter(|condition| {
        let operator = condition.operator();
        let is_positive = operator.base().is_some_and(|base| !base.is_negated() && base != BaseOperator::Null);
        let needs_key = !operator.if_exists() && operator.quantifier() != Some(Quantifier::ForAllValues);
        is_positive && needs_key && folded_keys.contains(&condition.key().to_ascii_lowercase().as_str())
    })
}
