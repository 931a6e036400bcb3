//! Conditions: an operator, a context key and the values the policy wants.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

mod binary;
mod foreign;
mod network;
mod number;
mod operator;
mod wanted;

use std::hash::{Hash, Hasher};

pub use operator::{BaseOperator, Operator, Quantifier};

use crate::catalogue::Catalogue;
use crate::date::Moment;
use crate::request_context::{Lookup, RequestContext, Scope};
use crate::truth::Truth;
use crate::version::Version;
use wanted::Wanted;

/// One operator applied to one key: `"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}`.
///
/// A statement's conditions must all hold.
#[derive(Debug, Clone)]
pub struct Condition {
    operator: Operator,
    key: String,
    values: Vec<String>,
    folded_key: String,
    /// `None` for a key the catalogue does not have.
    multi_valued: Option<bool>,
    /// `None` for an operator that is not known.
    compiled: Option<(BaseOperator, Wanted)>,
}

impl Condition {
    /// A condition from its three parts; numbers and booleans are given in their text form.
    pub fn new(operator: Operator, key: impl Into<String>, values: Vec<String>) -> Condition {
        let key = key.into();
        let folded_key = key.to_ascii_lowercase();
        let multi_valued = Catalogue::get().condition_key(&folded_key).map(|known| known.multi_valued);
        let compiled = operator.base().map(|base| (base, Wanted::compile(base, &values)));
        Condition { operator, key, values, folded_key, multi_valued, compiled }
    }

    /// The operator with its prefix and suffix.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The key as the policy writes it; keys are compared without regard to case.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The values as the policy writes them.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The key in lower case.
    pub(crate) fn folded_key(&self) -> &str {
        &self.folded_key
    }

    /// Whether the condition holds for every request that fits what is known, for none, or (`None`) for some, in a
    /// document of this version.
    pub fn holds_in(&self, context: &RequestContext, version: Version) -> Option<bool> {
        match self.holds(Scope { context, version }) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        }
    }

    pub(crate) fn holds(&self, scope: Scope<'_>) -> Truth {
        let Some((base, wanted)) = &self.compiled else {
            // AWS stores no operator that it does not know: one that is not known here may have come since, and nobody can
            // tell what it compares.
            return Truth::Unknown;
        };
        let lookup = scope.context.lookup(&self.folded_key);
        if let Wanted::Presence(absences) = wanted {
            return presence(lookup, absences);
        }
        let test = Test { condition: self, negated: base.is_negated(), wanted, scope };
        match lookup {
            Lookup::Values(values) => test.values(values),
            Lookup::Absent => test.absent(),
            Lookup::Unknown => test.unknown(),
            Lookup::Foreign => test.foreign(),
            Lookup::Like(pattern) => test.like(pattern),
            Lookup::Since(moment) => test.since(moment),
        }
    }
}

/// `Null`: `true` asks for the key to be absent, `false` for it to be there.
fn presence(lookup: Lookup<'_>, absences: &[Option<bool>]) -> Truth {
    let is_absent = match lookup {
        Lookup::Absent => Truth::True,
        Lookup::Values(_) | Lookup::Foreign | Lookup::Like(_) | Lookup::Since(_) => Truth::False,
        Lookup::Unknown => Truth::Unknown,
    };
    Truth::any(absences.iter().flatten().map(|&absence| if absence { is_absent } else { !is_absent }))
}

/// A condition about to be held against what is known of its key.
struct Test<'a> {
    condition: &'a Condition,
    negated: bool,
    wanted: &'a Wanted,
    scope: Scope<'a>,
}

impl Test<'_> {
    fn absent(&self) -> Truth {
        if self.condition.operator.if_exists() {
            return Truth::True;
        }
        match self.condition.operator.quantifier() {
            Some(Quantifier::ForAllValues) => Truth::True,
            Some(Quantifier::ForAnyValue) => Truth::False,
            None => self.negated.into(),
        }
    }

    fn unknown(&self) -> Truth {
        let holds_when_present = self.wanted.includes_everything()
            && !self.negated
            && (self.condition.multi_valued == Some(false) || self.condition.operator.quantifier().is_some());
        if holds_when_present && self.absent() == Truth::True { Truth::True } else { Truth::Unknown }
    }

    fn values(&self, values: &[String]) -> Truth {
        // A set operator takes an empty text for no value.
        let present = || values.iter().filter(|value| !value.is_empty());
        match self.condition.operator.quantifier() {
            Some(Quantifier::ForAllValues | Quantifier::ForAnyValue) if present().next().is_none() => self.absent(),
            Some(Quantifier::ForAllValues) => Truth::all(present().map(|value| self.value(value))),
            Some(Quantifier::ForAnyValue) => Truth::any(present().map(|value| self.value(value))),
            None => match values {
                [single] if self.condition.multi_valued != Some(true) => self.value(single),
                _ => Truth::False,
            },
        }
    }

    fn value(&self, value: &str) -> Truth {
        match self.wanted.includes(value, self.scope) {
            Some(included) if self.negated => !included,
            Some(included) => included,
            None => Truth::False,
        }
    }

    /// One value of which only a pattern is known.
    fn like(&self, pattern: &str) -> Truth {
        if self.condition.multi_valued == Some(true) && self.condition.operator.quantifier().is_none() {
            return Truth::False;
        }
        let included = self.wanted.includes_like(pattern, &self.condition.values, self.scope);
        if self.negated { !included } else { included }
    }

    /// The time. What will come true is left open.
    fn since(&self, now: Moment) -> Truth {
        let Some((at_once, later)) = self.wanted.includes_since(now) else { return Truth::Unknown };
        // What a negated operator excludes is one moment, which passes.
        match (at_once != self.negated, later || self.negated) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::False,
        }
    }

    fn foreign(&self) -> Truth {
        if self.condition.multi_valued == Some(true) && self.condition.operator.quantifier().is_none() {
            return Truth::False;
        }
        let Condition { folded_key, values, .. } = self.condition;
        let included = self.wanted.includes_foreign(folded_key, values, self.scope);
        if self.negated { !included } else { included }
    }
}

impl Eq for Condition {}

impl Hash for Condition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.operator, &self.key, &self.values).hash(state);
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        (&self.operator, &self.key, &self.values) == (&other.operator, &other.key, &other.values)
    }
}
