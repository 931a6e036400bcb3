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

/// A statement, or a piece of it, with what its document's version says of it.
#[derive(Clone, Copy)]
struct Versioned<'a> {
    policy: &'a str,
    index: usize,
    statement: &'a Statement,
    actions: Listed<'a, ActionPattern>,
    resources: Listed<'a, ResourcePattern>,
    has_variables: bool,
}

/// An action or resource element.
enum Listed<'a, T> {
    /// It is not written.
    Unsaid,
    /// These.
    These(&'a [T]),
    /// All but these.
    AllBut(&'a [T]),
}

impl<T> Clone for Listed<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Listed<'_, T> {}

impl<'a, T> Listed<'a, T> {
    /// The element cut into elements of one entry each, where it lists what it is about.
    fn pieces(self) -> Vec<Listed<'a, T>> {
        match self {
            Listed::These(entries) => entries.iter().map(|entry| Listed::These(std::slice::from_ref(entry))).collect(),
            Listed::Unsaid | Listed::AllBut(_) => vec![self],
        }
    }
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
            actions: match &statement.action {
                ActionElement::Action(patterns) => Listed::These(patterns),
                ActionElement::NotAction(patterns) => Listed::AllBut(patterns),
            },
            resources: match &statement.resource {
                ResourceElement::None => Listed::Unsaid,
                ResourceElement::Resource(patterns) => Listed::These(patterns),
                ResourceElement::NotResource(patterns) => Listed::AllBut(patterns),
            },
            has_variables: policy.document.version.has_variables(),
        })
    });
    all.partition(|versioned| versioned.statement.effect == Effect::Allow)
}

/// Whether each pair of action and resource of an `Allow` is allowed by some one statement.
fn is_allowed(allow: Versioned<'_>, wide: &[Versioned<'_>]) -> bool {
    let candidates: Vec<_> = wide.iter().filter(|wide| conditions_contain(**wide, allow)).collect();
    allow.actions.pieces().into_iter().all(|actions| {
        let of_action: Vec<_> = candidates.iter().filter(|wide| actions_contain(wide.actions, actions)).collect();
        let pieces = allow.resources.pieces().into_iter();
        pieces
            .map(|resources| Versioned { actions, resources, ..allow })
            .all(|piece| of_action.iter().any(|wide| resources_contain(***wide, piece)))
    })
}

/// Whether a denial of the wider policies is one of the narrower policies too.
fn is_denied_too(deny: Versioned<'_>, narrow_denies: &[Versioned<'_>]) -> bool {
    narrow_denies.iter().any(|narrow| contains(*narrow, deny))
}

/// Whether `wide` applies to every request `narrow` applies to.
fn contains(wide: Versioned<'_>, narrow: Versioned<'_>) -> bool {
    conditions_contain(wide, narrow) && actions_contain(wide.actions, narrow.actions) && resources_contain(wide, narrow)
}

/// Whether whoever and whatever meets the principal element and the conditions of `narrow` meets those of `wide`.
fn conditions_contain(wide: Versioned<'_>, narrow: Versioned<'_>) -> bool {
    principals_contain(&wide.statement.principal, &narrow.statement.principal)
        && wide.statement.conditions.iter().all(|wanted| {
            let conditions = &narrow.statement.conditions;
            conditions.iter().any(|given| implies(given, narrow.has_variables, wanted, wide.has_variables))
        })
}

fn principals_contain(wide: &PrincipalElement, narrow: &PrincipalElement) -> bool {
    wide == narrow || *wide == PrincipalElement::Principal(Principals::Everyone)
}

fn actions_contain(wide: Listed<'_, ActionPattern>, narrow: Listed<'_, ActionPattern>) -> bool {
    match (wide, narrow) {
        (Listed::These(wide), Listed::These(narrow)) => {
            narrow.iter().all(|narrow| wide.iter().any(|wide| wide.covers(narrow)))
        }
        (Listed::AllBut(excluded), Listed::These(narrow)) => {
            !narrow.iter().any(|narrow| excluded.iter().any(|excluded| excluded.overlaps(narrow)))
        }
        (Listed::These(wide), Listed::AllBut(_)) => wide.iter().any(ActionPattern::is_everything),
        // All but these are among all but those if each of those is among these.
        (Listed::AllBut(wide), Listed::AllBut(narrow)) => {
            wide.iter().all(|wide| narrow.iter().any(|narrow| narrow.covers(wide)))
        }
        (Listed::Unsaid, _) | (_, Listed::Unsaid) => false,
    }
}

fn resources_contain(wide: Versioned<'_>, narrow: Versioned<'_>) -> bool {
    let (wide_variables, narrow_variables) = (wide.has_variables, narrow.has_variables);
    match (wide.resources, narrow.resources) {
        (Listed::Unsaid, Listed::Unsaid) => true,
        (Listed::Unsaid, Listed::These(_) | Listed::AllBut(_)) => false,
        (Listed::These(wide), Listed::These(narrow)) => {
            narrow.iter().all(|narrow| wide.iter().any(|wide| wide.covers(wide_variables, narrow, narrow_variables)))
        }
        (Listed::These(wide), Listed::Unsaid | Listed::AllBut(_)) => wide.iter().any(ResourcePattern::is_everything),
        // A variable without value makes the wide statement concern nothing; that does no harm if
        // it does the same to the narrow one.
        (Listed::AllBut(excluded), narrow)
            if wide_variables
                && excluded.iter().any(|pattern| {
                    let is_shared = narrow_variables && narrow.excludes(pattern);
                    pattern.as_str().contains("${") && !is_shared
                }) =>
        {
            false
        }
        (Listed::AllBut(excluded), Listed::These(narrow)) => !narrow
            .iter()
            .any(|narrow| excluded.iter().any(|excluded| excluded.overlaps(wide_variables, narrow, narrow_variables))),
        (Listed::AllBut(wide), Listed::AllBut(narrow)) => {
            wide.iter().all(|wide| narrow.iter().any(|narrow| narrow.covers(narrow_variables, wide, wide_variables)))
        }
        (Listed::AllBut(excluded), Listed::Unsaid) => excluded.is_empty(),
    }
}

impl Listed<'_, ResourcePattern> {
    fn excludes(self, pattern: &ResourcePattern) -> bool {
        match self {
            Listed::AllBut(excluded) => excluded.contains(pattern),
            Listed::These(_) | Listed::Unsaid => false,
        }
    }
}

/// Whether the two statements may concern one request.
fn overlap(left: Versioned<'_>, right: Versioned<'_>) -> bool {
    actions_overlap(left.actions, right.actions) && resources_overlap(left, right)
}

fn actions_overlap(left: Listed<'_, ActionPattern>, right: Listed<'_, ActionPattern>) -> bool {
    match (left, right) {
        (Listed::These(left), Listed::These(right)) => {
            left.iter().any(|left| right.iter().any(|right| left.overlaps(right)))
        }
        (Listed::These(listed), Listed::AllBut(excluded)) | (Listed::AllBut(excluded), Listed::These(listed)) => {
            listed.iter().any(|listed| !excluded.iter().any(|excluded| excluded.covers(listed)))
        }
        (Listed::AllBut(_), Listed::AllBut(_)) | (Listed::Unsaid, _) | (_, Listed::Unsaid) => true,
    }
}

fn resources_overlap(left: Versioned<'_>, right: Versioned<'_>) -> bool {
    match (left.resources, right.resources) {
        (Listed::These(listed), Listed::These(others)) => listed
            .iter()
            .any(|pattern| others.iter().any(|other| pattern.overlaps(left.has_variables, other, right.has_variables))),
        (Listed::These(listed), Listed::AllBut(excluded)) => {
            any_left(listed, left.has_variables, excluded, right.has_variables)
        }
        (Listed::AllBut(excluded), Listed::These(listed)) => {
            any_left(listed, right.has_variables, excluded, left.has_variables)
        }
        (Listed::Unsaid, _) | (_, Listed::Unsaid) | (Listed::AllBut(_), Listed::AllBut(_)) => true,
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
