//! Whom a statement lets in by way of an OpenID Connect provider: what its conditions fix of the claims that the provider
//! documents.
//!
//! Every condition must hold and any of its values will do, so that the least of what the values fix counts, and what
//! several conditions fix counts together. Negated conditions, and those that are true of a token without the claim, fix
//! nothing.

mod fixed;
mod grammar;
mod providers;

use std::collections::BTreeSet;

use palisade_policy::{BaseOperator, Condition, Statement};

pub use fixed::Fixed;
pub use providers::{DATED, Provider, provider};

use super::trust;
use crate::wording::written;
use palisade_model::iam::Role;
use palisade_model::{Action, Gap};

/// Claims of every provider's tokens that say for whom a token was made, and not of whom.
const OF_THE_AUDIENCE: [&str; 4] = ["amr", "aud", "azp", "oaud"];

/// How far a statement limits who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To one project, pipeline, user or service, or to those of one tenant that run one file.
    Limited,
    /// Further, for this reason.
    Wider(String),
    /// Nobody can tell, as this is not known.
    Unknown(String),
}

/// Why a statement of a role's trust policy lets in more than one project of the provider with this host, if it does.
pub fn openness(role: &Role, statement: &Statement, host: &str) -> Result<Option<String>, Gap> {
    let action = Action::IamGetAccountAuthorizationDetails;
    match reach(statement, host) {
        Reach::Limited => Ok(None),
        Reach::Unknown(what) => Err(Gap::failed(action, &role.arn, format!("it is not known {what}"))),
        Reach::Wider(why) => {
            let claims = statement.conditions.iter().filter(|condition| is_claim(condition, host));
            let strange = claims.map(Condition::key).collect::<BTreeSet<_>>();
            strange
                .into_iter()
                .try_for_each(|key| trust::strange(statement.conditions.iter(), key, action, &role.arn))?;
            Ok(Some(why))
        }
    }
}

/// How far a statement limits who may come in by the provider with this host.
pub fn reach(statement: &Statement, host: &str) -> Reach {
    let conditions: Vec<_> = statement.conditions.iter().filter_map(|condition| claim(condition, host)).collect();
    match provider(host) {
        Some(provider) => of_provider(provider, &conditions, &statement.conditions),
        None => of_stranger(host, &conditions),
    }
}

/// Whether a condition is about a claim of the provider that says who comes.
fn is_claim(condition: &Condition, host: &str) -> bool {
    name(condition, host).is_some_and(|name| !OF_THE_AUDIENCE.contains(&name.as_str()))
}

/// The name of the provider's claim that a condition is about, in lower case.
fn name(condition: &Condition, host: &str) -> Option<String> {
    let key = condition.key().to_ascii_lowercase();
    Some(key.strip_prefix(&host.to_ascii_lowercase())?.strip_prefix(':')?.to_owned())
}

/// A condition that asks for a claim of the provider, with the claim's name.
fn claim<'s>(condition: &'s Condition, host: &str) -> Option<(&'s Condition, String)> {
    let asks = is_claim(condition, host) && trust::asks_for(condition, condition.key());
    Some((condition, name(condition, host).filter(|_| asks)?))
}

/// A condition that asks for a session tag, with the tag's name in lower case.
fn tag(condition: &Condition) -> Option<(&Condition, String)> {
    let key = condition.key().to_ascii_lowercase();
    let tag = key.strip_prefix("aws:requesttag/")?;
    trust::asks_for(condition, condition.key()).then(|| (condition, tag.to_owned()))
}

fn of_provider(provider: &Provider, asked: &[(&Condition, String)], all: &[Condition]) -> Reach {
    // A provider that puts claims into session tags signs them with the token.
    let tags: Vec<_> = if provider.tags_are_claims { all.iter().filter_map(tag).collect() } else { Vec::new() };
    let mut possible = BTreeSet::from([provider.fixed]);
    let (mut strange, mut counted) = (Vec::new(), Vec::new());
    for (condition, name) in asked.iter().chain(&tags) {
        match provider.grammar(name).and_then(|grammar| fixed_by(condition, grammar)) {
            Some(fixed) => {
                possible = possible.iter().flat_map(|one| fixed.iter().map(move |other| *one | *other)).collect();
                counted.push(written(condition));
            }
            None => strange.push(written(condition)),
        }
    }
    let Some(least) = possible.into_iter().find(|fixed| !fixed.is_enough()) else { return Reach::Limited };
    if !strange.is_empty() {
        return Reach::Unknown(format!("whom {} lets in of {}", strange.join(" and "), provider.name));
    }
    if counted.is_empty() {
        return Reach::Wider("no condition asks for sub".to_owned());
    }
    let (tenant, project) = provider.words;
    let spans = if least.has(Fixed::TENANT) {
        format!("more than one {project} of the {tenant}")
    } else {
        format!("more than one {tenant}")
    };
    Reach::Wider(format!("{} spans {spans}", counted.join(" and ")))
}

/// What a condition fixes, for each way in which a claim can meet it; `None` when one of its values has no form that the
/// provider documents.
fn fixed_by(condition: &Condition, grammar: grammar::Grammar) -> Option<BTreeSet<Fixed>> {
    let each = condition.values().iter().map(|value| grammar.fixed_by(value, has_wildcards(condition)));
    let each: Vec<_> = each.collect();
    let is_whole = !each.is_empty() && each.iter().all(|fixed| !fixed.is_empty());
    is_whole.then(|| each.into_iter().flatten().collect())
}

fn has_wildcards(condition: &Condition) -> bool {
    condition
        .operator()
        .base()
        .is_some_and(|base| matches!(base, BaseOperator::StringLike | BaseOperator::ArnLike | BaseOperator::ArnEquals))
}

/// A provider that is not in the table. One exact subject is one identity, by the standard; what else its claims mean
/// is its own matter.
///
/// Source: <https://openid.net/specs/openid-connect-core-1_0.html#IDToken>
fn of_stranger(host: &str, asked: &[(&Condition, String)]) -> Reach {
    let is_open = |condition: &Condition| {
        has_wildcards(condition) && condition.values().iter().any(|value| value.chars().all(|one| one == '*'))
    };
    let limiting: Vec<_> = asked.iter().filter(|(condition, _)| !is_open(condition)).collect();
    let is_exact = |condition: &Condition| {
        condition.values().iter().all(|value| !value.contains("${"))
            && (!has_wildcards(condition) || condition.values().iter().all(|value| !value.contains(['*', '?'])))
    };
    if limiting.iter().any(|(condition, name)| name == "sub" && is_exact(condition)) {
        return Reach::Limited;
    }
    match (limiting.first(), asked.first()) {
        (Some((condition, _)), _) => Reach::Unknown(format!("whom {} lets in of {host}", written(condition))),
        (None, Some((condition, _))) => Reach::Wider(format!("{} spans everybody", written(condition))),
        (None, None) => Reach::Wider("no condition asks for sub".to_owned()),
    }
}
