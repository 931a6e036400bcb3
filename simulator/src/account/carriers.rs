//! What starts tasks and jobs in an account file: rules, schedules, pipes, state machines and job definitions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Document, Moment, Region};

/// A part of the file that has the API's own form; what is short in it is completed when it is served.
pub(crate) type Form = Map<String, Value>;

/// An event bus of EventBridge besides `default`, or that one to say more of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EventBus {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) policy: Option<Document>,
    pub(crate) created: Moment,
}

/// A rule of EventBridge.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EventRule {
    pub(crate) name: String,
    /// `default` when left out.
    pub(crate) bus: Option<String>,
    pub(crate) description: Option<String>,
    /// Such as `cron(0 2 * * ? *)`.
    pub(crate) schedule: Option<String>,
    /// A map, or text that is served as it stands.
    pub(crate) pattern: Option<Value>,
    /// `ENABLED` when left out.
    pub(crate) state: Option<String>,
    pub(crate) role: Option<String>,
    /// The service of AWS that made it.
    pub(crate) managed_by: Option<String>,
    pub(crate) targets: Vec<Form>,
}

impl EventRule {
    pub(crate) fn bus(&self) -> &str {
        self.bus.as_deref().unwrap_or("default")
    }
}

/// A schedule of EventBridge Scheduler.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Schedule {
    pub(crate) name: String,
    /// `default` when left out.
    pub(crate) group: Option<String>,
    pub(crate) description: Option<String>,
    /// `rate(1 day)` when left out.
    pub(crate) expression: Option<String>,
    pub(crate) timezone: Option<String>,
    /// `ENABLED` when left out.
    pub(crate) state: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) target: Form,
    pub(crate) created: Moment,
}

impl Schedule {
    pub(crate) fn group(&self) -> &str {
        self.group.as_deref().unwrap_or("default")
    }
}

/// A pipe of EventBridge Pipes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Pipe {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) enrichment: Option<String>,
    /// The role; `<name>-pipe` when left out.
    pub(crate) role: Option<String>,
    /// `RUNNING` when left out.
    pub(crate) state: Option<String>,
    pub(crate) source_parameters: Option<Form>,
    pub(crate) target_parameters: Option<Form>,
    pub(crate) key: Option<String>,
    pub(crate) created: Moment,
    pub(crate) tags: BTreeMap<String, String>,
}

/// A state machine of Step Functions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StateMachine {
    pub(crate) name: String,
    /// `STANDARD` when left out.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// The role; `<name>-states` when left out.
    pub(crate) role: Option<String>,
    /// `ACTIVE` when left out.
    pub(crate) status: Option<String>,
    /// A map, or text that is served as it stands.
    pub(crate) definition: Value,
    /// The key of KMS that encrypts the definition.
    pub(crate) key: Option<String>,
    /// Whether the key is out of the caller's reach.
    pub(crate) key_denied: bool,
    pub(crate) logging: Option<Form>,
    pub(crate) tracing: bool,
    pub(crate) created: Moment,
}

/// A job definition of Batch.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JobDefinition {
    pub(crate) name: String,
    /// 1 when left out.
    pub(crate) revision: Option<u32>,
    /// `ACTIVE` when left out.
    pub(crate) status: Option<String>,
    /// `EC2` or `FARGATE`.
    pub(crate) platforms: Vec<String>,
    /// The `containerProperties`.
    pub(crate) container: Option<Form>,
    /// The `ecsProperties`.
    pub(crate) ecs: Option<Form>,
    /// The `nodeProperties`.
    pub(crate) nodes: Option<Form>,
    /// The `eksProperties`.
    pub(crate) eks: Option<Form>,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl JobDefinition {
    pub(crate) fn revision(&self) -> u32 {
        self.revision.unwrap_or(1)
    }
}

/// Refuses what EventBridge and its like would not take.
pub(super) fn check(region: &Region) -> Result<(), String> {
    let buses: BTreeSet<&str> = region.event_buses.iter().map(|bus| bus.name.as_str()).chain(["default"]).collect();
    for rule in &region.rules {
        let name = &rule.name;
        if !buses.contains(rule.bus()) {
            return Err(format!("the rule `{name}` is on the bus `{}`, which is not in `event_buses`", rule.bus()));
        }
        if let Some(member) = missing(rule.targets.iter(), &["Id", "Arn"]) {
            return Err(format!("a target of the rule `{name}` has no `{member}`"));
        }
    }
    for schedule in &region.schedules {
        if let Some(member) = missing([&schedule.target], &["Arn", "RoleArn"]) {
            return Err(format!("the target of the schedule `{}` has no `{member}`", schedule.name));
        }
    }
    if let Some(pipe) = region.pipes.iter().find(|pipe| pipe.source.is_empty() || pipe.target.is_empty()) {
        return Err(format!("the pipe `{}` has no source or no target", pipe.name));
    }
    if let Some(machine) = region.state_machines.iter().find(|machine| machine.definition.is_null()) {
        return Err(format!("the state machine `{}` has no definition", machine.name));
    }
    for job in &region.job_definitions {
        let properties = [&job.container, &job.ecs, &job.nodes, &job.eks];
        if properties.into_iter().flatten().count() != 1 {
            return Err(format!(
                "the job definition `{}` needs one of `container`, `ecs`, `nodes` and `eks`",
                job.name
            ));
        }
    }
    one_of_each("event buses", region.event_buses.iter().map(|bus| bus.name.clone()))?;
    one_of_each("rules", region.rules.iter().map(|rule| format!("{}/{}", rule.bus(), rule.name)))?;
    one_of_each("schedules", region.schedules.iter().map(|one| format!("{}/{}", one.group(), one.name)))?;
    one_of_each("pipes", region.pipes.iter().map(|pipe| pipe.name.clone()))?;
    one_of_each("state machines", region.state_machines.iter().map(|machine| machine.name.clone()))?;
    one_of_each("job definitions", region.job_definitions.iter().map(|job| format!("{}:{}", job.name, job.revision())))
}

/// The first of `members` that one of the forms doesn't have as text.
fn missing<'a>(forms: impl IntoIterator<Item = &'a Form>, members: &[&'static str]) -> Option<&'static str> {
    let lacks = |form: &Form| members.iter().find(|&&member| !form.get(member).is_some_and(Value::is_string)).copied();
    forms.into_iter().find_map(lacks)
}

/// Refuses things of one kind without a name, and two with the same.
pub(super) fn one_of_each(what: &str, names: impl Iterator<Item = String>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if name.is_empty() || name.ends_with('/') || name.starts_with(':') {
            return Err(format!("one of the {what} has no name"));
        }
        if !seen.insert(name.clone()) {
            return Err(format!("there are two {what} called `{name}`"));
        }
    }
    Ok(())
}
