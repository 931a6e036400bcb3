//! Settings of the account in the Region.

use serde_json::{Value, json};

use super::{Here, page_of};
use crate::account::ecs::ACCOUNT_SETTINGS;
use crate::services::Ask;
use crate::wire::{Answer, ServiceError};

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let set = &here.ecs().account_settings;
    let is_effective = ask.request.json["effectiveSettings"] == true;
    let (name, value) = (ask.parameter("name"), ask.parameter("value"));
    let mut found: Vec<(&str, &str)> = ACCOUNT_SETTINGS
        .iter()
        .filter(|(name, _)| is_effective || set.contains_key(*name))
        .map(|(name, usual)| (*name, set.get(*name).map_or(*usual, String::as_str)))
        .collect();
    found.retain(|(one, own)| {
        name.as_ref().is_none_or(|wanted| wanted == one) && value.as_ref().is_none_or(|wanted| wanted == own)
    });
    let root = here.world.account.arn("iam", "", "root");
    page_of(ask, "settings", (10, 10), &found, |(name, value)| -> Value {
        // GuardDuty sets this one, not the account.
        let kind = if *name == "guardDutyActivate" { "aws_managed" } else { "user" };
        json!({"name": name, "value": value, "principalArn": root, "type": kind})
    })
}
