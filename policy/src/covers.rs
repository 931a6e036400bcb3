//! Whether one set of policies gives no more than another.
//!
//! The answer is proven from the texts: patterns are compared with patterns, conditions with
//! conditions. What cannot be proven is reported as not covered, never the other way round.

use crate::condition::Condition;
use crate::document::{ActionElement, Effect, PrincipalElement, Principals, ResourceElement, Statement};
use crate::evaluate::Attached;
use crate::pattern::{ActionPattern, ResourcePattern};

/// A statement whose access could not be shown to be covered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncovered<'a> {
    /// The policy's name.
    pub policy: &'a str,
    /// The statement's place in the policy, counted from 0.
    pub index: usize,
    /// The statement.
    pub statement: &'a Statement,
    /// Why.
    pub gap: Gap,
}

/// What is in the way of showing that a statement is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// No statement of the wider policies allows all of it.
    NotAllowed,
    /// A denial of the wider policies may concern it, and the narrower ones have no such denial.
    Denied,
}

/// A statement with what its document's version says of it.
#[derive(Clone, Copy)]
struct Versioned<'a> {
    policy: &'a str,
    index: usize,
    statement: &'a Statement,
    has_variables: bool,
}

/// Whether `narrower` allows nothing that `wider` does not allow; if not, because of which
/// statements.
///
/// ```
/// use palisade_policy::{Attached, Document, covers};
/// let wider = Document::parse(r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#)?;
/// let narrower = Document::parse(
///     r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*"}}"#,
/// )?;
/// let wider = [Attached { name: "wider", document: &wider }];
/// let narrower = [Attached { name: "narrower", document: &narrower }];
/// assert!(covers(&wider, &narrower).is_ok());
/// assert!(covers(&narrower, &wider).is_err());
/// # Ok::<(), palisade_policy::ParseError>(())
/// ```
pub fn covers<'a>(wider: &[Attached<'_>], narrower: &[Attached<'a>]) -> Result<(), Vec<Uncovered<'a>>> {
    let (wide_allows, wide_denies) = by_effect(wider);
    let (narrow_allows, narrow_denies) = by_effect(narrower);
    let mut uncovered = Vec::new();
    for allow in &narrow_allows {
        let gap = if !is_allowed(*allow, &wide_allows) {
            Gap::NotAllowed
        } else if wide_denies.iter().any(|deny| overlap(*allow, *deny) && !is_denied_too(*deny, &narrow_denies)) {
            Gap::Denied
        } else {
            continue;
        };
        let Versioned { policy, index, statement, .. } = *allow;
        uncovered.push(Uncovered { policy, index, statement, gap });
    }
    if uncovered.is_empty() { Ok(()) } else { Err(uncovered) }
}

fn by_effect<'a>(policies: &[Attached<'a>]) -> (Vec<Versioned<'a>>, Vec<Versioned<'a>>) {
    let all = policies.iter().flat_map(|policy| {
        policy.document.statements.iter().enumerate().map(|(index, statement)| Versioned {
            policy: policy.name,
            index,
            statement,
            has_variables: policy.document.version.has_variables(),
        })
    });
    all.partition(|versioned| versioned.statement.effect == Effect::Allow)
}

/// Whether each pair of action and resource of an `Allow` is allowed by some one statement.
fn is_allowed(allow: Versioned<'_>, wide: &[Versioned<'_>]) -> bool {
    pieces(allow.statement).iter().all(|piece| {
        let piece = Versioned { statement: piece, ..allow };
        wide.iter().any(|wide| contains(*wide, piece))
    })
}

/// The statement cut into statements about one action pattern and one resource pattern each.
fn pieces(statement: &Statement) -> Vec<Statement> {
    let actions: Vec<ActionElement> = match &statement.action {
        ActionElement::Action(patterns) => {
            patterns.iter().map(|pattern| ActionElement::Action(vec![pattern.clone()])).collect()
        }
        ActionElement::NotAction(_) => vec![statement.action.clone()],
    };
    let resources: Vec<ResourceElement> = match &statement.resource {
        ResourceElement::Resource(patterns) => {
            patterns.iter().map(|pattern| ResourceElement::Resource(vec![pattern.clone()])).collect()
        }
        ResourceElement::None | ResourceElement::NotResource(_) => vec![statement.resource.clone()],
    };
    let pairs = actions.iter().flat_map(|action| resources.iter().map(move |resource| (action, resource)));
    pairs
        .map(|(action, resource)| Statement { action: action.clone(), resource: resource.clone(), ..statement.clone() })
        .collect()
}

/// Whether a denial of the wider policies is one of the narrower policies too.
fn is_denied_too(deny: Versioned<'_>, narrow_denies: &[Versioned<'_>]) -> bool {
    narrow_denies.iter().any(|narrow| contains(*narrow, deny))
}

/// Whether `wide` applies to every request `narrow` applies to.
fn contains(wide: Versioned<'_>, narrow: Versioned<'_>) -> bool {
    principals_contain(&wide.statement.principal, &narrow.statement.principal)
        && actions_contain(&wide.statement.action, &narrow.statement.action)
        && resources_contain(wide, narrow)
        && wide.statement.conditions.iter().all(|wanted| {
            let conditions = &narrow.statement.conditions;
            conditions.iter().any(|given| implies(given, narrow.has_variables, wanted, wide.has_variables))
        })
}

fn principals_contain(wide: &PrincipalElement, narrow: &PrincipalElement) -> bool {
    wide == narrow || *wide == PrincipalElement::Principal(Principals::Everyone)
}

fn actions_contain(wide: &ActionElement, narrow: &ActionElement) -> bool {
    match (wide, narrow) {
        (ActionElement::Action(wide), ActionElement::Action(narrow)) => {
            narrow.iter().all(|narrow| wide.iter().any(|wide| wide.covers(narrow)))
        }
        (ActionElement::NotAction(excluded), ActionElement::Action(narrow)) => {
            !narrow.iter().any(|narrow| excluded.iter().any(|excluded| excluded.overlaps(narrow)))
        }
        (ActionElement::Action(wide), ActionElement::NotAction(_)) => wide.iter().any(ActionPattern::is_everything),
        // All but these are among all but those if each of those is among these.
        (ActionElement::NotAction(wide), ActionElement::NotAction(narrow)) => {
            wide.iter().all(|wide| narrow.iter().any(|narrow| narrow.covers(wide)))
        }
    }
}

fn resources_contain(wide: Versioned<'_>, narrow: Versioned<'_>) -> bool {
    let (wide_variables, narrow_variables) = (wide.has_variables, narrow.has_variables);
    match (&wide.statement.resource, &narrow.statement.resource) {
        (ResourceElement::None, ResourceElement::None) => true,
        (ResourceElement::None, ResourceElement::Resource(_) | ResourceElement::NotResource(_)) => false,
        (ResourceElement::Resource(wide), ResourceElement::Resource(narrow)) => {
            narrow.iter().all(|narrow| wide.iter().any(|wide| wide.covers(wide_variables, narrow, narrow_variables)))
        }
        (ResourceElement::Resource(wide), ResourceElement::None | ResourceElement::NotResource(_)) => {
            wide.iter().any(ResourcePattern::is_everything)
        }
        // A variable without value makes the wide statement concern nothing; that does no harm if
        // it does the same to the narrow one.
        (ResourceElement::NotResource(excluded), narrow_element)
            if wide_variables
                && excluded.iter().any(|pattern| {
                    let is_shared = narrow_variables && narrow_element.excludes(pattern);
                    pattern.as_str().contains("${") && !is_shared
                }) =>
        {
            false
        }
        (ResourceElement::NotResource(excluded), ResourceElement::Resource(narrow)) => !narrow
            .iter()
            .any(|narrow| excluded.iter().any(|excluded| excluded.overlaps(wide_variables, narrow, narrow_variables))),
        (ResourceElement::NotResource(wide), ResourceElement::NotResource(narrow)) => {
            wide.iter().all(|wide| narrow.iter().any(|narrow| narrow.covers(narrow_variables, wide, wide_variables)))
        }
        (ResourceElement::NotResource(excluded), ResourceElement::None) => excluded.is_empty(),
    }
}

impl ResourceElement {
    fn excludes(&self, pattern: &ResourcePattern) -> bool {
        match self {
            ResourceElement::NotResource(excluded) => excluded.contains(pattern),
            ResourceElement::Resource(_) | ResourceElement::None => false,
        }
    }
}

/// Whether the two statements may concern one request.
fn overlap(left: Versioned<'_>, right: Versioned<'_>) -> bool {
    actions_overlap(&left.statement.action, &right.statement.action) && resources_overlap(left, right)
}

fn actions_overlap(left: &ActionElement, right: &ActionElement) -> bool {
    match (left, right) {
        (ActionElement::Action(left), ActionElement::Action(right)) => {
            left.iter().any(|left| right.iter().any(|right| left.overlaps(right)))
        }
        (ActionElement::Action(listed), ActionElement::NotAction(excluded))
        | (ActionElement::NotAction(excluded), ActionElement::Action(listed)) => {
            listed.iter().any(|listed| !excluded.iter().any(|excluded| excluded.covers(listed)))
        }
        (ActionElement::NotAction(_), ActionElement::NotAction(_)) => true,
    }
}

fn resources_overlap(left: Versioned<'_>, right: Versioned<'_>) -> bool {
    match (&left.statement.resource, &right.statement.resource) {
        (ResourceElement::Resource(listed), ResourceElement::Resource(others)) => listed
            .iter()
            .any(|pattern| others.iter().any(|other| pattern.overlaps(left.has_variables, other, right.has_variables))),
        (ResourceElement::Resource(listed), ResourceElement::NotResource(excluded)) => {
            any_left(listed, left.has_variables, excluded, right.has_variables)
        }
        (ResourceElement::NotResource(excluded), ResourceElement::Resource(listed)) => {
            any_left(listed, right.has_variables, excluded, left.has_variables)
        }
        (ResourceElement::None, _)
        | (_, ResourceElement::None)
        | (ResourceElement::NotResource(_), ResourceElement::NotResource(_)) => true,
    }
}

fn any_left(
    listed: &[ResourcePattern],
    listed_variables: bool,
    excluded: &[ResourcePattern],
    excluded_variables: bool,
) -> bool {
    let is_excluded = |pattern: &ResourcePattern| {
        excluded.iter().any(|excluded| excluded.covers(excluded_variables, pattern, listed_variables))
    };
    !listed.iter().all(is_excluded)
}

/// Whether a request that meets `given` meets `wanted`.
fn implies(given: &Condition, given_variables: bool, wanted: &Condition, wanted_variables: bool) -> bool {
    let (given_operator, wanted_operator) = (given.operator(), wanted.operator());
    let reads_the_same = |value: &String| given_variables == wanted_variables || !value.contains("${");
    let same_key = given.folded_key() == wanted.folded_key();
    if !same_key || !given.values().iter().chain(wanted.values()).all(reads_the_same) {
        return false;
    }
    let (Some(base), Some(wanted_base)) = (given_operator.base(), wanted_operator.base()) else {
        // Whatever an operator that is not known compares, it answers the same twice.
        let same_name = given_operator.as_str().eq_ignore_ascii_case(wanted_operator.as_str());
        return same_name && given.values() == wanted.values();
    };
    let same_comparison = base.is_same_comparison(wanted_base)
        && given_operator.quantifier() == wanted_operator.quantifier()
        && (wanted_operator.if_exists() || !given_operator.if_exists());
    if !same_comparison {
        return false;
    }
    let (fewer, more) = if base.is_negated() { (wanted, given) } else { (given, wanted) };
    fewer.values().iter().all(|value| more.values().contains(value))
}
