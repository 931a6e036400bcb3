//! What answers are made of, ready to be written as JSON.

use std::borrow::Cow;

use palisade_policy::{Decision, Effect, MatchedStatement, Open, PolicyType, Residual};
use serde::Serialize;

use crate::wording::is_about_time;
use palisade_model::{Gap, Inventory};

/// Whether something is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Whatever is unknown.
    Allowed,
    /// It hangs on the open conditions, or on what was not evaluated: no safety, and no protection.
    AllowedIf,
    /// Nothing denies it, but something that has to allow it does not.
    DeniedImplicit,
    /// A statement denies it.
    DeniedExplicit,
}

/// A statement that decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deciding {
    /// What part its policy plays: `identity`, `boundary`, `resource`, `service_control` …
    pub layer: &'static str,
    /// The policy: an ARN, the name of an inline policy, or the resource whose own policy it is.
    pub policy: String,
    /// The statement's place in the policy, counted from 0.
    pub statement: usize,
    /// Its name.
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    pub effect: &'static str,
}

/// A condition that is left open: what a statement wants, of which the request's value is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The statement; none for what no statement at hand says.
    #[serde(flatten)]
    pub by: Option<Deciding>,
    /// The condition's operator, or in its place `Resource`, `Principal` or `IdentityPolicies`.
    pub operator: String,
    /// The condition's key.
    pub key: String,
    /// The values that the statement wants.
    pub values: Vec<String>,
}

/// Something that was not read and could change the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotEvaluated {
    /// What it is.
    pub what: String,
    /// Why it was not evaluated.
    pub why: String,
    /// What it could do to the request.
    pub could: Could,
    #[serde(skip)]
    pub(super) is_service_control: bool,
}

/// What something unread could do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Could {
    /// Deny, as guard rails do.
    Deny,
    /// Allow or deny, as policies do.
    AllowOrDeny,
}

impl NotEvaluated {
    pub(super) fn policy(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), could: Could::AllowOrDeny, is_service_control: false }
    }

    pub(super) fn gap(what: impl Into<String>, gap: &Gap) -> Self {
        Self::policy(what, gap.to_string())
    }

    pub(super) fn guard(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { could: Could::Deny, ..Self::policy(what, why) }
    }
}

/// A decision as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) decision: Ruling,
    pub(super) by: Vec<Deciding>,
    pub(super) conditions: Vec<Left>,
    pub(super) lacking: Vec<&'static str>,
    /// Whether a condition that is left open begins later than the inventory was made.
    pub(super) begins_later: bool,
}

impl Judged {
    pub(super) fn of(decision: Decision<'_>) -> Self {
        let (decision, by, conditions, lacking) = match decision {
            Decision::DeniedExplicitly { by } => (Ruling::DeniedExplicit, by, vec![], vec![]),
            Decision::DeniedImplicitly { lacking } => (Ruling::DeniedImplicit, vec![], vec![], lacking),
            Decision::Allowed { by } => (Ruling::Allowed, by, vec![], vec![]),
            Decision::AllowedIf { by, conditions } => (Ruling::AllowedIf, by, conditions, vec![]),
        };
        let begins_later = conditions.iter().any(|residual| match residual.open {
            Open::Condition(condition) => is_about_time(condition),
            Open::Resource(_) | Open::Principal(_) | Open::IdentityPolicies => false,
        });
        Self { decision, by: deciding(&by), conditions: left(&conditions), lacking: layers(&lacking), begins_later }
    }

    /// What the reader should know of dates that decide.
    pub(super) fn remark_on_time(&self, inventory: &Inventory) -> Option<String> {
        let at = inventory.collected_at;
        self.begins_later
            .then(|| format!("dates were judged as of {at}: what a condition lets begin later is left open"))
    }

    /// What of all that was not evaluated could change the decision. A decision that it could change becomes open.
    pub(super) fn weigh(&mut self, notes: Vec<NotEvaluated>) -> Vec<NotEvaluated> {
        let lacks_service_control = self.lacking.contains(&SERVICE_CONTROL);
        let matters = |note: &NotEvaluated| match self.decision {
            Ruling::Allowed | Ruling::AllowedIf => true,
            Ruling::DeniedExplicit => false,
            Ruling::DeniedImplicit => {
                note.could == Could::AllowOrDeny && (!lacks_service_control || note.is_service_control)
            }
        };
        let mut seen = Vec::new();
        for note in notes.into_iter().filter(matters) {
            if !seen.contains(&note) {
                seen.push(note);
            }
        }
        if !seen.is_empty() {
            self.decision = Ruling::AllowedIf;
        }
        seen
    }
}

/// A service control policy that is attached to several levels stands here once.
pub(super) fn deciding(reasons: &[MatchedStatement<'_>]) -> Vec<Deciding> {
    let mut once = Vec::new();
    for deciding in reasons.iter().map(Deciding::from) {
        if !once.contains(&deciding) {
            once.push(deciding);
        }
    }
    once
}

pub(super) fn left(residuals: &[Residual<'_>]) -> Vec<Left> {
    residuals.iter().map(Left::from).collect()
}

fn layers(layers: &[PolicyType]) -> Vec<&'static str> {
    let mut names: Vec<_> = layers.iter().map(|layer| name(*layer)).collect();
    names.dedup();
    names
}

const SERVICE_CONTROL: &str = "service_control";

fn name(layer: PolicyType) -> &'static str {
    match layer {
        PolicyType::Identity => "identity",
        PolicyType::Boundary => "boundary",
        PolicyType::Session => "session",
        PolicyType::ServiceControl(_) => SERVICE_CONTROL,
        PolicyType::ResourceControl => "resource_control",
        PolicyType::Resource => "resource",
        PolicyType::Endpoint => "endpoint",
    }
}

impl From<&MatchedStatement<'_>> for Deciding {
    fn from(reason: &MatchedStatement<'_>) -> Self {
        Self {
            layer: name(reason.layer),
            policy: reason.policy.to_owned(),
            statement: reason.index,
            sid: reason.statement.sid.clone(),
            effect: match reason.statement.effect {
                Effect::Allow => "Allow",
                Effect::Deny => "Deny",
            },
        }
    }
}

impl From<&Residual<'_>> for Left {
    fn from(residual: &Residual<'_>) -> Self {
        Self {
            by: residual.by.as_ref().map(Deciding::from),
            operator: residual.open.operator().to_owned(),
            key: residual.open.key().to_owned(),
            values: residual.open.values().into_iter().map(Cow::into_owned).collect(),
        }
    }
}
