//! A path that is open, as what is asked of each of its calls, and how that is told of one identity.

use std::borrow::Cow;

use palisade_policy::{Attached, Decision, MatchedStatement, PolicyType, RequestContext};

use super::paths::Path;
use super::{Escalation, Gain};
use crate::wording::reasons;
use palisade_model::Arn;

/// A path that is open to whoever has a policy set.
#[derive(Clone)]
pub(super) struct Opening<'a> {
    pub(super) path: &'static Path,
    pub(super) target: Arn,
    /// The target's place in the index; none for what does not exist yet, and for groups.
    pub(super) place: Option<usize>,
    pub(super) through: Option<Arn>,
    pub(super) gain: Gain,
    pub(super) calls: Vec<Call<'a>>,
}

/// One call, and what is known of it.
#[derive(Clone)]
pub(super) struct Call<'a> {
    pub(super) action: &'static str,
    pub(super) resource: String,
    /// Context keys with their value, or known to be absent.
    pub(super) context: Vec<(&'static str, Option<String>)>,
    /// The policy of the resource.
    pub(super) trust: Option<Attached<'a>>,
    /// What the call takes away.
    pub(super) note: Option<String>,
}

/// A call of a path, as an identity may make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The action.
    pub action: &'static str,
    /// The resource, one that exists or an example of what could be made.
    pub resource: String,
    /// The statements that allow it: the policy's name, and the statement's place in it from 0.
    pub by: Vec<(String, usize)>,
    /// Whether it is allowed whatever is unknown.
    pub is_certain: bool,
    /// How it is allowed, in words.
    pub how: String,
    /// What it takes away, in words.
    pub note: Option<String>,
}

impl<'a> Call<'a> {
    pub(super) fn new(action: &'static str, resource: impl Into<String>) -> Self {
        Self { action, resource: resource.into(), context: Vec::new(), trust: None, note: None }
    }

    pub(super) fn known(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.context.push((key, Some(value.into())));
        self
    }

    pub(super) fn absent(mut self, key: &'static str) -> Self {
        self.context.push((key, None));
        self
    }

    pub(super) fn trusted_by(self, trust: Attached<'a>) -> Self {
        Self { trust: Some(trust), ..self }
    }

    /// What is known of the request, given what is of every request of the caller.
    pub(super) fn context_over<'c>(&self, of_caller: &'c RequestContext) -> Cow<'c, RequestContext> {
        if self.context.is_empty() {
            return Cow::Borrowed(of_caller);
        }
        let add = |context: RequestContext, (key, value): &(&'static str, Option<String>)| match value {
            Some(value) => context.known(key, [value.as_str()]),
            None => context.absent(key),
        };
        Cow::Owned(self.context.iter().fold(of_caller.clone(), add))
    }

    /// The call as a decision allows it.
    pub(super) fn step(&self, decision: &Decision<'_>) -> Step {
        let by = match decision {
            Decision::Allowed { by } | Decision::AllowedIf { by, .. } => by.as_slice(),
            Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => &[],
        };
        let is_own = |reason: &&MatchedStatement<'_>| reason.layer == PolicyType::Identity;
        let own: Vec<_> = by.iter().filter(is_own).collect();
        let granting = if own.is_empty() { by.iter().collect() } else { own };
        Step {
            action: self.action,
            resource: self.resource.clone(),
            by: granting.into_iter().map(|reason| (reason.policy.to_owned(), reason.index)).collect(),
            is_certain: decision.is_allowed(),
            how: reasons(decision),
            note: self.note.clone(),
        }
    }
}

impl<'a> Opening<'a> {
    pub(super) fn new(path: &'static Path, target: &Arn, gain: Gain, calls: Vec<Call<'a>>) -> Self {
        Self { path, target: target.clone(), place: None, through: None, gain, calls }
    }

    pub(super) fn at(self, place: usize) -> Self {
        Self { place: Some(place), ..self }
    }

    pub(super) fn through(self, through: &Arn) -> Self {
        Self { through: Some(through.clone()), ..self }
    }

    /// The path as it is told, with these steps.
    pub(super) fn told(&self, steps: Vec<Step>) -> Escalation {
        let Self { path, target, through, gain, .. } = self;
        Escalation { path, target: target.clone(), through: through.clone(), gain: gain.clone(), steps }
    }
}
