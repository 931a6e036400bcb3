//! Account management: which Regions are on.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Ask, Operation, Service, ThrottleError};
use crate::account::OptStatus;
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "account",
    prefix: "account",
    protocol: Protocol::RestJson,
    namespace: "",
    global: true,
    throttle: ThrottleError { status: 429, code: "TooManyRequestsException", message: "Rate exceeded" },
    broken: "InternalServerException",
    invalid_token: "ValidationException",
    operations: &[Operation::rest("ListRegions", "POST", "/listRegions", list_regions)],
};

/// Regions that were there before Regions had to be opted in to.
const OLD_REGIONS: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
];

fn list_regions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let wanted = ask.request.list("RegionOptStatusContains");
    let regions: Vec<(&str, &str)> = ask
        .world
        .account
        .regions
        .iter()
        .map(|(name, region)| (name.as_str(), region.status.unwrap_or_else(|| default_status(name)).name()))
        .filter(|(_, status)| wanted.is_empty() || wanted.iter().any(|one| one == status))
        .collect();
    let rule = PageRule { token: "NextToken", size: "MaxResults", default: 20, most: 50 };
    let page = ask.page(&regions, &rule)?;
    let items: Vec<Value> =
        page.items.iter().map(|(name, status)| json!({"RegionName": name, "RegionOptStatus": status})).collect();
    Ok(Answer::Json(object([("Regions", items.into()), ("NextToken", page.next.into())])))
}

fn default_status(region: &str) -> OptStatus {
    if OLD_REGIONS.contains(&region) { OptStatus::EnabledByDefault } else { OptStatus::Enabled }
}
