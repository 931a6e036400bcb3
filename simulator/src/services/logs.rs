//! CloudWatch Logs: how long logs are kept.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::{LogGroup, Moment};
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "logs",
    prefix: "logs",
    protocol: Protocol::Json11,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "ServiceUnavailableException",
    invalid_token: "InvalidParameterException",
    operations: &[Operation::rpc("DescribeLogGroups", describe_log_groups as Answerer)],
};

const PAGE: PageRule = PageRule { token: "nextToken", size: "limit", default: 50, most: 50 };

fn describe_log_groups(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let prefix = ask.parameter("logGroupNamePrefix").unwrap_or_default();
    let all = ask.world.region(ask.region).log_groups.iter();
    let wanted: Vec<&LogGroup> = all.filter(|group| group.name.starts_with(&prefix)).collect();
    let page = ask.page(&wanted, &PAGE)?;
    let groups: Value = page.items.iter().map(|group| written(ask, group)).collect();
    Ok(Answer::Json(object([("logGroups", groups), ("nextToken", page.next.into())])))
}

fn written(ask: &Ask<'_>, group: &LogGroup) -> Value {
    let account = &ask.world.account;
    let arn = account.arn("logs", ask.region, &format!("log-group:{}", group.name));
    object([
        ("logGroupName", group.name.as_str().into()),
        ("creationTime", json!(ask.world.time(Moment::default()).as_millisecond())),
        ("retentionInDays", group.retention_days.into()),
        ("metricFilterCount", 0.into()),
        ("arn", format!("{arn}:*").into()),
        ("logGroupArn", arn.into()),
        ("storedBytes", 1_048_576.into()),
        ("kmsKeyId", group.key.as_ref().map(|key| account.complete_arn(key, ask.region)).into()),
        ("logGroupClass", "STANDARD".into()),
    ])
}
