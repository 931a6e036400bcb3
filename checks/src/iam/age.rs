//! How long ago a role was made or used.

use jiff::{Timestamp, ToSpan as _};
use palisade_model::iam::Role;
use palisade_model::{Action, Gap};

use crate::context::Context;

/// How far AWS looks back for the last use.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html>
const MOST_DAYS: u32 = 400;

/// Whether a role is too young to be called unused; a gap when AWS did not say since when it exists.
pub(super) fn is_recent(role: &Role, context: &Context) -> Result<bool, Gap> {
    let Some(created) = role.created_at else {
        let why = "the role has no CreateDate";
        return Err(Gap::undecided(Action::IamGetAccountAuthorizationDetails, &role.arn, why));
    };
    Ok(!last_use_before(Some(created), context))
}

/// Whether a last use, or none in the time that AWS looks back, was before the days that the settings allow.
pub(super) fn last_use_before(last: Option<Timestamp>, context: &Context) -> bool {
    let days = context.settings.thresholds.unused_days.min(MOST_DAYS);
    let since = context.settings.now.checked_sub((i64::from(days) * 24).hours());
    last.is_none_or(|last| since.is_ok_and(|since| last < since))
}
