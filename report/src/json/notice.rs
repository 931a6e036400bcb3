//! Notices and suppressions in JSON.

use jiff::civil::Date;
use palisade_checks::audit;
use palisade_model::AccountId;
use palisade_model::dated::Dated;
use palisade_model::suppression;
use schemars::JsonSchema;
use serde::Serialize;

/// Something the reader should know that is no finding about a resource.
#[derive(Serialize, JsonSchema)]
pub(super) struct Notice<'a> {
    /// What kind of notice.
    kind: Kind,
    /// The notice in words.
    message: String,
    /// The suppression that it is about; null for other kinds.
    suppression: Option<Suppression<'a>>,
}

/// Kinds of notices.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
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
#[derive(Serialize, JsonSchema)]
pub(super) struct Suppression<'a> {
    /// The check's id.
    check: &'a str,
    /// An ARN pattern with `*` and `?`.
    resource: &'a str,
    /// The account it holds for; null for any.
    account: Option<&'a str>,
    /// Why the finding is accepted.
    reason: &'a str,
    /// The last day (UTC) on which it holds; null when it has no end.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    expires: Option<Date>,
}

impl<'a> Notice<'a> {
    pub(super) fn of(notice: &'a audit::Notice) -> Self {
        let (kind, suppression) = match notice {
            audit::Notice::SuppressionUnused(suppression) => (Kind::SuppressionUnused, Some(suppression)),
            audit::Notice::SuppressionExpired(suppression) => (Kind::SuppressionExpired, Some(suppression)),
            audit::Notice::DataStale(_) => (Kind::DataStale, None),
            audit::Notice::GuardsNotEvaluated(_) => (Kind::GuardsNotEvaluated, None),
            audit::Notice::NotLookedAt(_) => (Kind::NotLookedAt, None),
            audit::Notice::Gone(_) => (Kind::Gone, None),
            audit::Notice::LeftOut { .. } => (Kind::LeftOut, None),
        };
        Self { kind, message: message(notice), suppression: suppression.map(Suppression::of) }
    }
}

impl<'a> Suppression<'a> {
    pub(super) fn of(suppression: &'a suppression::Suppression) -> Self {
        Self {
            check: suppression.check,
            resource: &suppression.resource,
            account: suppression.account.as_ref().map(AccountId::as_str),
            reason: &suppression.reason,
            expires: suppression.expires,
        }
    }
}

/// A notice in words.
pub(crate) fn message(notice: &audit::Notice) -> String {
    match notice {
        audit::Notice::SuppressionUnused(one) => format!(
            "The suppression of {} for {} matched no failure: remove it, or correct its pattern.",
            one.check, one.resource
        ),
        audit::Notice::SuppressionExpired(one) => {
            let end = one.expires.map(|last| format!(" on {last}")).unwrap_or_default();
            format!(
                "The suppression of {} for {} expired{end} and no longer holds: {}",
                one.check, one.resource, one.reason
            )
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
