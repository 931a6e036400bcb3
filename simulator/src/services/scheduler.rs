//! EventBridge Scheduler: schedules and what they start.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::Schedule;
use crate::calls::Outcome;
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "scheduler",
    prefix: "scheduler",
    protocol: Protocol::RestJson,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 429, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "InternalServerException",
    invalid_token: "ValidationException",
    operations: &[
        Operation::get("ListSchedules", "/schedules", list_schedules as Answerer).on(all_schedules),
        Operation::get("GetSchedule", "/schedules/{}", get_schedule).on(asked_arn),
    ],
};

const PAGE: PageRule = PageRule { token: "NextToken", size: "MaxResults", default: 100, most: 100 };

fn arn(ask: &Ask<'_>, group: &str, name: &str) -> String {
    ask.world.account.arn("scheduler", ask.region, &format!("schedule/{group}/{name}"))
}

fn all_schedules(ask: &Ask<'_>) -> Option<String> {
    Some(arn(ask, ask.parameter("ScheduleGroup").as_deref().unwrap_or("*"), "*"))
}

fn asked_group(ask: &Ask<'_>) -> String {
    ask.parameter("groupName").unwrap_or_else(|| "default".to_owned())
}

fn asked_arn(ask: &Ask<'_>) -> Option<String> {
    Some(arn(ask, &asked_group(ask), ask.label(0)))
}

fn state(schedule: &Schedule) -> &str {
    schedule.state.as_deref().unwrap_or("ENABLED")
}

fn list_schedules(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (group, wanted) = (ask.parameter("ScheduleGroup"), ask.parameter("State"));
    let prefix = ask.parameter("NamePrefix").unwrap_or_default();
    let all = &ask.world.region(ask.region).schedules;
    if let Some(group) = group.as_deref().filter(|group| *group != "default")
        && !all.iter().any(|schedule| schedule.group() == group)
    {
        return Err(missing(format!("Schedule group {group} does not exist.")));
    }
    let is_wanted = |schedule: &&Schedule| {
        group.as_deref().is_none_or(|group| group == schedule.group())
            && wanted.as_deref().is_none_or(|wanted| wanted == state(schedule))
            && schedule.name.starts_with(&prefix)
    };
    let schedules: Vec<&Schedule> = all.iter().filter(is_wanted).collect();
    let page = ask.page(&schedules, &PAGE)?;
    let summaries: Value = page.items.iter().map(|schedule| summary(ask, schedule)).collect();
    Ok(Answer::Json(object([("Schedules", summaries), ("NextToken", page.next.into())])))
}

fn summary(ask: &Ask<'_>, schedule: &Schedule) -> Value {
    let created = ask.world.seconds(schedule.created);
    json!({
        "Arn": arn(ask, schedule.group(), &schedule.name),
        "Name": schedule.name,
        "GroupName": schedule.group(),
        "State": state(schedule),
        "CreationDate": created,
        "LastModificationDate": created,
        "Target": {"Arn": ask.form(&schedule.target)["Arn"]},
    })
}

fn missing(message: String) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message).outcome(Outcome::NotFound)
}

fn get_schedule(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (group, name) = (asked_group(ask), ask.label(0));
    let all = &ask.world.region(ask.region).schedules;
    let schedule = all.iter().find(|schedule| schedule.name == name && schedule.group() == group);
    let schedule = schedule.ok_or_else(|| missing(format!("Schedule {name} does not exist.")))?;
    let created = ask.world.seconds(schedule.created);
    Ok(Answer::Json(object([
        ("Arn", arn(ask, schedule.group(), &schedule.name).into()),
        ("GroupName", schedule.group().into()),
        ("Name", schedule.name.as_str().into()),
        ("Description", schedule.description.clone().into()),
        ("ScheduleExpression", schedule.expression.as_deref().unwrap_or("rate(1 day)").into()),
        ("ScheduleExpressionTimezone", schedule.timezone.as_deref().unwrap_or("UTC").into()),
        ("State", state(schedule).into()),
        ("CreationDate", created.into()),
        ("LastModificationDate", created.into()),
        ("KmsKeyArn", schedule.key.as_ref().map(|key| ask.short_arn(key)).into()),
        ("Target", ask.form(&schedule.target)),
        ("FlexibleTimeWindow", json!({"Mode": "OFF"})),
        ("ActionAfterCompletion", "NONE".into()),
    ])))
}
