//! EventBridge: rules and what they start.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::{EventBus, EventRule};
use crate::calls::Outcome;
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "events",
    prefix: "events",
    protocol: Protocol::Json11,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "InternalException",
    invalid_token: "ValidationException",
    operations: &[
        Operation::rpc("ListEventBuses", list_event_buses as Answerer).on(all_buses),
        Operation::rpc("ListRuleNamesByTarget", list_rule_names_by_target).on(asked_bus_arn),
        Operation::rpc("DescribeRule", describe_rule).on(asked_rule_arn),
        Operation::rpc("ListTargetsByRule", list_targets_by_rule).on(asked_rule_arn),
    ],
};

const PAGE: PageRule = PageRule { token: "NextToken", size: "Limit", default: 100, most: 100 };

fn all_buses(ask: &Ask<'_>) -> Option<String> {
    Some(bus_arn(ask, "*"))
}

fn bus_arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("events", ask.region, &format!("event-bus/{name}"))
}

/// The bus that a call is about, given by name or ARN.
fn asked_bus(ask: &Ask<'_>) -> String {
    let given = ask.parameter("EventBusName").unwrap_or_else(|| "default".to_owned());
    given.rsplit_once(":event-bus/").map(|(_, name)| name.to_owned()).unwrap_or(given)
}

fn asked_bus_arn(ask: &Ask<'_>) -> Option<String> {
    Some(bus_arn(ask, &asked_bus(ask)))
}

/// The name is called `Name` in one operation and `Rule` in the other.
fn asked_rule(ask: &Ask<'_>) -> String {
    ask.parameter("Name").or_else(|| ask.parameter("Rule")).unwrap_or_default()
}

fn asked_rule_arn(ask: &Ask<'_>) -> Option<String> {
    Some(rule_arn(ask, &asked_bus(ask), &asked_rule(ask)))
}

fn rule_arn(ask: &Ask<'_>, bus: &str, name: &str) -> String {
    let path = if bus == "default" { format!("rule/{name}") } else { format!("rule/{bus}/{name}") };
    ask.world.account.arn("events", ask.region, &path)
}

fn list_event_buses(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let usual = EventBus { name: "default".to_owned(), ..EventBus::default() };
    let own = &ask.world.region(ask.region).event_buses;
    let prefix = ask.parameter("NamePrefix").unwrap_or_default();
    let usual = (!own.iter().any(|bus| bus.name == "default")).then_some(&usual);
    let all: Vec<&EventBus> = usual.into_iter().chain(own).filter(|bus| bus.name.starts_with(&prefix)).collect();
    let page = ask.page(&all, &PAGE)?;
    let buses = page.items.iter().map(|bus| {
        let arn = bus_arn(ask, &bus.name);
        object([
            ("Name", bus.name.as_str().into()),
            ("Description", bus.description.clone().into()),
            ("Policy", bus.policy.as_ref().map(|policy| policy.text_on(&arn)).into()),
            ("CreationTime", ask.world.seconds(bus.created).into()),
            ("LastModifiedTime", ask.world.seconds(bus.created).into()),
            ("Arn", arn.into()),
        ])
    });
    Ok(Answer::Json(object([("EventBuses", buses.collect()), ("NextToken", page.next.into())])))
}

/// The rules of the bus that is asked about.
fn rules<'a>(ask: &Ask<'a>) -> Result<Vec<&'a EventRule>, ServiceError> {
    let bus = asked_bus(ask);
    let region = ask.world.region(ask.region);
    if bus != "default" && !region.event_buses.iter().any(|one| one.name == bus) {
        return Err(missing(format!("Event bus {bus} does not exist.")));
    }
    Ok(region.rules.iter().filter(|rule| rule.bus() == bus).collect())
}

fn missing(message: String) -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", message).outcome(Outcome::NotFound)
}

fn find<'a>(ask: &Ask<'a>) -> Result<&'a EventRule, ServiceError> {
    let name = asked_rule(ask);
    let found = rules(ask)?.into_iter().find(|rule| rule.name == name);
    found.ok_or_else(|| missing(format!("Rule {name} does not exist on EventBus {}.", asked_bus(ask))))
}

fn list_rule_names_by_target(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let target = ask.parameter("TargetArn").unwrap_or_default();
    let leads_there = |rule: &&EventRule| {
        rule.targets
            .iter()
            .any(|one| one.get("Arn").and_then(Value::as_str).is_some_and(|arn| ask.short_arn(arn) == target))
    };
    let names: Vec<&str> = rules(ask)?.into_iter().filter(leads_there).map(|rule| rule.name.as_str()).collect();
    let page = ask.page(&names, &PAGE)?;
    Ok(Answer::Json(object([("RuleNames", json!(page.items)), ("NextToken", page.next.into())])))
}

fn describe_rule(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let rule = find(ask)?;
    Ok(Answer::Json(object([
        ("Name", rule.name.as_str().into()),
        ("Arn", rule_arn(ask, rule.bus(), &rule.name).into()),
        ("EventPattern", rule.pattern.as_ref().map(|pattern| ask.document(pattern)).into()),
        ("ScheduleExpression", rule.schedule.clone().into()),
        ("State", rule.state.as_deref().unwrap_or("ENABLED").into()),
        ("Description", rule.description.clone().into()),
        ("RoleArn", rule.role.as_ref().map(|role| ask.world.role_arn(role)).into()),
        ("ManagedBy", rule.managed_by.clone().into()),
        ("EventBusName", rule.bus().into()),
        ("CreatedBy", ask.world.account.id.as_str().into()),
    ])))
}

fn list_targets_by_rule(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let rule = find(ask)?;
    let page = ask.page(&rule.targets, &PAGE)?;
    let targets: Value = page.items.iter().map(|target| ask.form(target)).collect();
    Ok(Answer::Json(object([("Targets", targets), ("NextToken", page.next.into())])))
}
