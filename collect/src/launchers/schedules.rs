//! Schedules of EventBridge Scheduler that start tasks.

use palisade_model::ecs::{Launcher, LauncherDetails, LauncherKind, Overrides, Target};
use palisade_model::{Action, Arn, Listing, Place, Switch};
use serde_json::Value;

use super::target::{self, Home};
use super::{Found, Reader, each, input};
use crate::ask::Page;
use crate::aws::signed::ScheduleName;

/// The operations of ECS that start tasks, as a target that is an operation names them.
///
/// Source: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html>
const OPERATIONS: [&str; 2] = ["runTask", "startTask"];

impl Reader<'_> {
    pub(super) async fn schedules(&self) -> Listing<Launcher> {
        let page = |token: Option<String>| async move { self.signed.list_schedules(token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let mut found = Vec::new();
        let keep = |page: Vec<ScheduleName>| {
            // One whose target is not told may start tasks.
            found.extend(page.into_iter().filter(|one| one.target.as_ref().is_none_or(starts_tasks)));
        };
        let gap = self.ask.pages(Action::SchedulerListSchedules, &self.place, "", page, read, keep).await;
        Listing::new(each(found, |schedule| self.schedule(schedule)).await, gap)
    }

    async fn schedule(&self, schedule: ScheduleName) -> Option<Launcher> {
        let ScheduleName { arn, group, name, target: _ } = schedule;
        let call = || self.signed.get_schedule(&group, &name);
        let place = Place::resource(&arn);
        let read = |answer: Value| details(&self.home, &name, &answer);
        let details = self.ask.ask(Action::SchedulerGetSchedule, &place, call, read).await;
        Found { arn, kind: LauncherKind::Schedule, name: name.clone() }.launcher(details)
    }
}

/// Whether a target is a cluster of ECS or an operation that starts tasks.
fn starts_tasks(target: &Arn) -> bool {
    target.service() == "ecs" || operation(target.as_str()).is_some()
}

/// The operation of ECS that a target is, if it is one that starts tasks.
fn operation(target: &str) -> Option<&str> {
    let (_, operation) = target.split_once(":aws-sdk:ecs:")?;
    OPERATIONS.into_iter().find(|known| operation.eq_ignore_ascii_case(known))
}

/// What a schedule starts: no target when that is no task, and nothing when the answer does not tell.
fn details(home: &Home<'_>, name: &str, answer: &Value) -> Option<LauncherDetails> {
    let target = answer.get("Target")?;
    let arn = target.get("Arn")?.as_str()?;
    let enabled = Switch::read(answer.get("State")?.as_str()?, &["ENABLED"], &["DISABLED"]);
    let started = match (target.get("EcsParameters"), operation(arn)) {
        (Some(parameters), _) => {
            let mut started = target::of_parameters(home, name, arn, parameters);
            let mut said = input_of(target).map_or_else(Overrides::default, |text| input::of_text(text, "Input"));
            said.dynamic.append(&mut started.overrides.dynamic);
            Some(Target { overrides: said, ..started })
        }
        (None, Some(operation)) => {
            let parsed = |text: &str| input::parsed(text).unwrap_or_else(|| Value::String(text.to_owned()));
            let request = input_of(target).map_or(Value::Null, parsed);
            Some(target::of_request(home, name, &request, operation))
        }
        (None, None) if starts_tasks(&arn.into()) => return None,
        (None, None) => None,
    };
    let role = target.get("RoleArn").and_then(Value::as_str).map(Arn::from);
    let targets = started.into_iter().map(|started| Target { role: role.clone(), ..started });
    Some(LauncherDetails { enabled, targets: targets.collect() })
}

fn input_of(target: &Value) -> Option<&str> {
    target.get("Input").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use palisade_model::ecs::LaunchType;
    use palisade_model::secret::Class;
    use serde_json::json;

    use super::super::tests::home;
    use super::*;

    fn schedule(target: &Value) -> Value {
        json!({ "Arn": "arn:…:schedule/default/report", "Name": "report", "State": "DISABLED", "Target": target })
    }

    #[test]
    fn a_schedule_tells_the_task_that_it_starts() {
        let answer = schedule(&json!({
            "Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
            "RoleArn": "arn:aws:iam::111122223333:role/scheduler-run",
            "EcsParameters": { "TaskDefinitionArn": "report", "LaunchType": "FARGATE" },
            "Input": r#"{"containerOverrides":[{"name":"app","command":["report","--weekly"]}]}"#,
        }));
        let details = details(&home(), "report", &answer).unwrap();
        assert_eq!(details.enabled, Switch::Off);
        let target = &details.targets[0];
        assert_eq!((target.id.as_str(), target.overrides.containers[0].has_command), ("report", true));
        assert_eq!(target.definition.as_ref().unwrap().resource(), "task-definition/report");
        assert_eq!(target.role.as_ref().unwrap().resource(), "role/scheduler-run");
    }

    #[test]
    fn a_target_that_is_an_operation_carries_the_whole_request() {
        let request = json!({
            "Cluster": "shop",
            "TaskDefinition": "report:3",
            "LaunchType": "FARGATE",
            "NetworkConfiguration": { "AwsvpcConfiguration": { "Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED" } },
            "EnableExecuteCommand": true,
            "Overrides": { "TaskRoleArn": "arn:aws:iam::111122223333:role/wide", "ContainerOverrides": [
                { "Name": "app", "Environment": [{ "Name": "SMTP_PASSWORD", "Value": "Tr0ub4dor-3xtra" }] },
            ] },
        });
        let target = json!({ "Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask", "Input": request.to_string() });
        let details = details(&home(), "report", &schedule(&target)).unwrap();
        let target = &details.targets[0];
        assert_eq!(target.cluster.as_ref().unwrap().as_str(), "arn:aws:ecs:eu-west-1:111122223333:cluster/shop");
        assert_eq!(target.definition.as_ref().unwrap().resource(), "task-definition/report:3");
        assert_eq!((&target.launch.launch_type, target.exec), (&Some(LaunchType::Fargate), true));
        assert!(target.network.as_ref().unwrap().assigns_public_address);
        assert_eq!(target.overrides.containers[0].environment[0].secret, Some(Class::Named));
        assert_eq!(target.overrides.containers.len(), 1);
        assert!(target.overrides.task_role.is_some());
    }

    #[test]
    fn a_request_without_a_cluster_goes_to_the_default_one_and_one_that_cannot_be_read_is_not_known() {
        let target = |input: &str| json!({ "Arn": "arn:aws:scheduler:::aws-sdk:ecs:startTask", "Input": input });
        let read = |input: &str| details(&home(), "report", &schedule(&target(input))).unwrap().targets.remove(0);
        let started = read(r#"{"TaskDefinition":"report","ContainerInstances":["0a1b"]}"#);
        assert_eq!(started.cluster.unwrap().resource(), "cluster/default");
        assert_eq!(started.launch.launch_type, Some(LaunchType::Ec2));
        let started = read("{");
        assert_eq!((started.cluster, started.definition), (None, None));
        assert_eq!(started.overrides.dynamic, ["Parameters"]);
    }

    #[test]
    fn what_starts_no_task_is_told_from_what_does() {
        for (target, expected) in [
            ("arn:aws:ecs:eu-west-1:111122223333:cluster/shop", true),
            ("arn:aws:scheduler:::aws-sdk:ecs:runTask", true),
            ("arn:aws:scheduler:::aws-sdk:ecs:updateService", false),
            ("arn:aws:lambda:eu-west-1:111122223333:function:report", false),
        ] {
            assert_eq!(starts_tasks(&target.into()), expected, "{target}");
        }
        let queue = schedule(&json!({ "Arn": "arn:aws:sqs:eu-west-1:111122223333:jobs" }));
        assert!(details(&home(), "report", &queue).unwrap().targets.is_empty());
        assert_eq!(details(&home(), "report", &json!({ "Name": "report" })), None);
        let lacking = schedule(&json!({ "Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop" }));
        assert_eq!(details(&home(), "report", &lacking), None);
    }
}
