//! What a role's statements give on more than what was meant: on every resource of a kind, or on resources that nobody
//! named.

use palisade_policy::catalogue::{Catalogue, Catalogued};
use palisade_policy::{Condition, MatchedStatement, ResourceElement, ResourcePattern, Statement};

use super::grants::Grants;
use super::limits::{is_about_resource, limits, limits_action};
use crate::wording::reasons;
use palisade_model::iam::Role;
use palisade_model::{Action, Gap};

/// How many actions of one statement evidence names.
const MOST_NAMES: usize = 5;

/// What a role is allowed on every resource of a kind although it could be limited, of the actions that are judged, each
/// with the statement. A condition that limits the resource counts as naming it.
pub fn on_every_resource(
    grants: &Grants<'_>,
    role: &Role,
    is_judged: impl Fn(Catalogued) -> bool,
) -> Result<Vec<String>, Gap> {
    gathered(grants, role, |allow| excess(grants, allow, &is_judged).into_iter().collect())
}

/// What a role is allowed by these actions on resources that statements name and that are not meant, each with the
/// statement.
pub fn on_others(
    grants: &Grants<'_>,
    role: &Role,
    actions: &[&str],
    is_meant: impl Fn(&ResourcePattern) -> bool,
) -> Result<Vec<String>, Gap> {
    gathered(grants, role, |allow| {
        let Statement { resource, conditions, .. } = allow.statement;
        if conditions.iter().any(limits) {
            return Vec::new();
        }
        let patterns = match resource {
            ResourceElement::Resource(patterns) => patterns.as_slice(),
            ResourceElement::NotResource(_) | ResourceElement::None => &[],
        };
        let others = patterns.iter().filter(|pattern| !is_meant(pattern));
        others.filter_map(|pattern| other(grants, allow.statement, pattern, actions)).collect()
    })
}

/// What is found in the `Allow` statements of a role. A statement that an unknown operator may limit is a gap, unless
/// there is something without it.
fn gathered<'a>(
    grants: &Grants<'a>,
    role: &Role,
    judge: impl Fn(MatchedStatement<'a>) -> Vec<String>,
) -> Result<Vec<String>, Gap> {
    let (mut found, mut gap) = (Vec::new(), None);
    for allow in grants.allows() {
        let more = judge(allow);
        if more.is_empty() {
            continue;
        }
        match unknown_limit(allow.statement, role) {
            None => found.extend(more),
            Some(unknown) => gap = Some(unknown),
        }
    }
    match gap {
        Some(gap) if found.is_empty() => Err(gap),
        Some(_) | None => Ok(found),
    }
}

/// The gap when a statement asks something of the resource by an operator that is not known, which may limit it.
fn unknown_limit(statement: &Statement, role: &Role) -> Option<Gap> {
    let is_strange = |condition: &&Condition| condition.operator().base().is_none() && is_about_resource(condition);
    let strange = statement.conditions.iter().find(is_strange)?;
    let what = format!("the operator of {}", strange.key());
    Some(Gap::not_known(Action::IamGetAccountAuthorizationDetails, &role.arn, what, strange.operator().as_str()))
}

/// The actions that a statement gives on every resource although they could be limited.
fn excess(grants: &Grants<'_>, allow: MatchedStatement<'_>, is_judged: &impl Fn(Catalogued) -> bool) -> Option<String> {
    let Statement { resource, conditions, .. } = allow.statement;
    if conditions.iter().any(limits) {
        return None;
    }
    let everything = [ResourcePattern::new("*")];
    let patterns = match resource {
        ResourceElement::Resource(patterns) => patterns.as_slice(),
        ResourceElement::NotResource(_) => everything.as_slice(),
        ResourceElement::None => return None,
    };
    let is_limited = |action| conditions.iter().any(|condition| limits_action(condition, action));
    let given = grants.on_every(allow.statement, patterns, |action| is_judged(action) && !is_limited(action))?;
    let (shown, rest) = given.names.split_at(given.names.len().min(MOST_NAMES));
    let rest = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    let how = reasons(&grants.decide(given.names.first()?, &given.example));
    Some(format!("{} on every resource{rest}, allowed by {how}", shown.join(", ")))
}

/// The actions that a statement gives on what one of its patterns covers.
fn other(grants: &Grants<'_>, statement: &Statement, pattern: &ResourcePattern, actions: &[&str]) -> Option<String> {
    let covered = actions.iter().filter(|name| statement.allows_action(name));
    let catalogued = covered.filter_map(|name| Catalogue::get().action(name));
    let given: Vec<_> =
        catalogued.filter_map(|action| Some((action.name(), grants.allowed_on(action, pattern)?))).collect();
    let (_, how) = given.first()?;
    let names: Vec<_> = given.iter().map(|(name, _)| name.as_str()).collect();
    Some(format!("{} on {}, allowed by {}", names.join(", "), pattern.as_str(), reasons(how)))
}
