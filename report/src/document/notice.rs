//! Notices and suppressions in JSON.

use std::borrow::Cow;

use jiff::civil::Date;
use palisade_checks::audit;
use palisade_model::dated::Dated;
use palisade_model::suppression::{self, Accepted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something the reader should know that is no finding about a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// What kind of notice.
    pub kind: Kind,
    /// The notice in words.
    pub message: String,
    /// The suppression that it is about; null for other kinds.
    pub suppression: Option<Suppression>,
    /// The id of the check that did not judge resources by choice; null for other kinds.
    pub check: Option<Cow<'static, str>>,
}

/// Kinds of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A suppression that matched no failure.
    SuppressionUnused,
    /// A suppression whose end has passed, and which no longer holds.
    SuppressionExpired,
    /// Dated data that has grown old.
    DataStale,
    /// Guard rails of the organisation that could not be read.
    GuardsNotEvaluated,
    /// What this depth leaves out, so that nobody takes its silence for a pass.
    NotLookedAt,
    /// Resources that were deleted while the account was read.
    Gone,
    /// Resources that a check did not judge because the run chose not to read what it takes.
    LeftOut,
}

/// An accepted finding, or a pattern of them, as the configuration has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suppression {
    /// The check's id; empty in a notice about a suppression that names a fingerprint.
    pub check: Cow<'static, str>,
    /// An ARN pattern with `*` and `?`; empty in a notice about a suppression that names a fingerprint.
    pub resource: String,
    /// The uid of the one finding that is accepted; null where check and resource say what is.
    pub fingerprint: Option<String>,
    /// The account it holds for; null for any.
    pub account: Option<String>,
    /// Why the finding is accepted.
    pub reason: String,
    /// Who accepted it; null when the configuration does not say.
    pub by: Option<String>,
    /// The last day (UTC) on which it holds; null when it has no end.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub expires: Option<Date>,
}

impl Notice {
    pub(super) fn of(notice: &audit::Notice) -> Self {
        let (kind, suppression) = match notice {
            audit::Notice::SuppressionUnused(suppression) => (Kind::SuppressionUnused, Some(suppression)),
            audit::Notice::SuppressionExpired(suppression) => (Kind::SuppressionExpired, Some(suppression)),
            audit::Notice::DataStale(_) => (Kind::DataStale, None),
            audit::Notice::GuardsNotEvaluated(_) => (Kind::GuardsNotEvaluated, None),
            audit::Notice::NotLookedAt(_) => (Kind::NotLookedAt, None),
            audit::Notice::Gone(_) => (Kind::Gone, None),
            audit::Notice::LeftOut { .. } => (Kind::LeftOut, None),
        };
        let check = match notice {
            audit::Notice::LeftOut { check, .. } => Some((*check).into()),
            audit::Notice::SuppressionUnused(_)
            | audit::Notice::SuppressionExpired(_)
            | audit::Notice::DataStale(_)
            | audit::Notice::GuardsNotEvaluated(_)
            | audit::Notice::NotLookedAt(_)
            | audit::Notice::Gone(_) => None,
        };
        Self { kind, message: message(notice), suppression: suppression.map(Suppression::of), check }
    }
}

impl Suppression {
    pub(super) fn of(suppression: &suppression::Suppression) -> Self {
        let (check, resource, fingerprint) = match &suppression.what {
            Accepted::Matching { check, resource } => ((*check).into(), resource.clone(), None),
            Accepted::Finding(uid) => (Cow::default(), String::new(), Some(uid.clone())),
        };
        Self {
            check,
            resource,
            fingerprint,
            account: suppression.account.as_ref().map(ToString::to_string),
            reason: suppression.reason.to_string(),
            by: suppression.by.as_ref().map(ToString::to_string),
            expires: suppression.expires,
        }
    }

    /// The same where it is known which finding has the fingerprint.
    pub(super) fn in_finding(suppression: &suppression::Suppression, finding: &audit::Finding) -> Self {
        let told = Self::of(suppression);
        if told.fingerprint.is_none() {
            return told;
        }
        Self { check: finding.check.id.into(), resource: finding.resource.to_string(), ..told }
    }
}

/// A notice in words.
pub(crate) fn message(notice: &audit::Notice) -> String {
    match notice {
        audit::Notice::SuppressionUnused(one) => {
            let correct = match one.what {
                Accepted::Matching { .. } => ", or correct its pattern",
                Accepted::Finding(_) => "",
            };
            format!("The suppression of {} matched no failure: remove it{correct}.", one.what)
        }
        audit::Notice::SuppressionExpired(one) => {
            let end = one.expires.map(|last| format!(" on {last}")).unwrap_or_default();
            format!("The suppression of {} expired{end} and no longer holds: {}", one.what, one.reason)
        }
        audit::Notice::DataStale(Dated { name, as_of, source }) => {
            format!("The table of {name} is true as of {as_of} and may have grown old; see {source}.")
        }
        audit::Notice::GuardsNotEvaluated(gap) => format!(
            "The organisation's control policies were not evaluated ({gap}): what they forbid counts as allowed."
        ),
        audit::Notice::NotLookedAt(what) => format!("Not looked at: {what}."),
        audit::Notice::Gone(resources) => {
            let names: Vec<_> = resources.iter().map(palisade_model::Arn::as_str).collect();
            format!("Deleted while the account was read, and not judged ({}): {}.", names.len(), names.join(", "))
        }
        audit::Notice::LeftOut { check, gap, resources } => {
            let resources = if *resources == 1 { "1 resource".to_owned() } else { format!("{resources} resources") };
            format!("{check} did not judge {resources}: {gap}.")
        }
    }
}
