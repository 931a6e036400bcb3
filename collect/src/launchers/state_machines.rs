//! State machines of Step Functions that start tasks: the states of their definitions that run one.

use palisade_model::ecs::{Launcher, LauncherDetails, LauncherKind, Target};
use palisade_model::{Action, Arn, Listing, Place, Switch};
use serde_json::Value;

use super::target::{self, Home};
use super::{Found, Reader, each};
use crate::ask::Page;

/// How deep machines within the states of machines are looked into; a definition that goes deeper is not known.
const DEEPEST: usize = 32;

impl Reader<'_> {
    pub(super) async fn state_machines(&self) -> Listing<Launcher> {
        let page = |token: Option<String>| async move { self.signed.list_state_machines(token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let action = Action::StatesListStateMachines;
        let machines: Listing<(Arn, String)> = self.ask.list(action, &self.place, "", page, read).await;
        let (machines, gap) = machines.into_parts();
        Listing::new(each(machines, |(arn, name)| self.state_machine(arn, name)).await, gap)
    }

    async fn state_machine(&self, arn: Arn, name: String) -> Option<Launcher> {
        let call = || self.signed.describe_state_machine(&arn);
        let place = Place::resource(&arn);
        let read = |answer: Value| details(&self.home, &answer);
        let details = self.ask.ask(Action::StatesDescribeStateMachine, &place, call, read).await;
        Found { arn: arn.clone(), kind: LauncherKind::StateMachine, name }.launcher(details)
    }
}

/// What a state machine starts; nothing when there is no definition that can be read.
fn details(home: &Home<'_>, answer: &Value) -> Option<LauncherDetails> {
    let definition: Value = serde_json::from_str(answer.get("definition")?.as_str()?).ok()?;
    // One for which AWS says nothing is active.
    let status = answer.get("status").and_then(Value::as_str).unwrap_or("ACTIVE");
    let enabled = Switch::read(status, &["ACTIVE"], &["DELETING"]);
    let mut targets = Vec::new();
    states(home, &definition, DEEPEST, &mut targets)?;
    let role = answer.get("roleArn").and_then(Value::as_str).map(Arn::from);
    let targets = targets.into_iter().map(|target| Target { role: role.clone(), ..target });
    Some(LauncherDetails { enabled, targets: targets.collect() })
}

/// Goes through the states of a machine, and of the machines within its states; none when they go too deep.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html>
fn states(home: &Home<'_>, machine: &Value, deeper: usize, targets: &mut Vec<Target>) -> Option<()> {
    let deeper = deeper.checked_sub(1)?;
    for (name, state) in machine.get("States").and_then(Value::as_object).into_iter().flatten() {
        targets.extend(started(home, name, state));
        let branches = state.get("Branches").and_then(Value::as_array).into_iter().flatten();
        let repeated = ["ItemProcessor", "Iterator"].into_iter().filter_map(|inside| state.get(inside));
        for machine in branches.chain(repeated) {
            states(home, machine, deeper, targets)?;
        }
    }
    Some(())
}

/// The task that a state starts, if it starts one. Without parameters its request is what the state before gave.
fn started(home: &Home<'_>, name: &str, state: &Value) -> Option<Target> {
    let operation = operation(state.get("Resource")?.as_str()?)?;
    let request = state.get("Parameters").or_else(|| state.get("Arguments")).unwrap_or(&Value::Null);
    Some(target::of_request(home, name, request, operation))
}

/// The operation of ECS that a resource is, if it starts tasks: `arn:aws:states:::ecs:runTask.sync`,
/// `arn:aws:states:::aws-sdk:ecs:runTask`.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html>
fn operation(resource: &str) -> Option<&str> {
    let (_, service) = resource.split_once(":states:::")?;
    let operation = service.strip_prefix("aws-sdk:").unwrap_or(service).strip_prefix("ecs:")?;
    let operation = operation.split_once('.').map_or(operation, |(name, _)| name);
    ["runTask", "startTask"].into_iter().find(|known| *known == operation)
}

#[cfg(test)]
mod tests {
    use palisade_model::ecs::LaunchType;
    use palisade_model::secret::Class;
    use serde_json::json;

    use super::super::target::BROUGHT;
    use super::super::tests::home;
    use super::*;

    fn machine(definition: &Value) -> Value {
        json!({
            "stateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:import",
            "name": "import",
            "status": "ACTIVE",
            "definition": definition.to_string(),
            "roleArn": "arn:aws:iam::111122223333:role/states",
            "type": "STANDARD",
        })
    }

    fn run(parameters: &Value) -> Value {
        json!({ "Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": parameters, "End": true })
    }

    fn targets(definition: &Value) -> Vec<Target> {
        details(&home(), &machine(definition)).unwrap().targets
    }

    #[test]
    fn states_are_found_wherever_they_are() {
        let one = || run(&json!({ "Cluster": "shop", "TaskDefinition": "import:3", "LaunchType": "FARGATE" }));
        let inside = |name: &str| json!({ "StartAt": name, "States": { name: one() } });
        let definition = json!({ "StartAt": "First", "States": {
            "First": one(),
            "Both": { "Type": "Parallel", "Branches": [inside("Left"), inside("Right")] },
            "Each": { "Type": "Map", "ItemProcessor": inside("Item") },
            "Old": { "Type": "Map", "Iterator": { "StartAt": "Deep", "States": {
                "Deep": { "Type": "Parallel", "Branches": [inside("Deepest")] },
            } } },
            "Other": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke" },
            "Pass": { "Type": "Pass" },
        } });
        let details = details(&home(), &machine(&definition)).unwrap();
        let mut names: Vec<_> = details.targets.iter().map(|target| target.id.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Deepest", "First", "Item", "Left", "Right"]);
        let target = &details.targets[0];
        assert_eq!(target.cluster.as_ref().unwrap().resource(), "cluster/shop");
        assert_eq!(target.definition.as_ref().unwrap().resource(), "task-definition/import:3");
        assert_eq!(target.role.as_ref().unwrap().resource(), "role/states");
        assert_eq!(details.enabled, Switch::On);
    }

    #[test]
    fn what_the_machine_is_given_is_named() {
        let parameters = json!({
            "Cluster.$": "$.cluster",
            "TaskDefinition.$": "$.definition",
            "LaunchType.$": "$.kind",
            "NetworkConfiguration": { "AwsvpcConfiguration": {
                "Subnets.$": "$.subnets", "SecurityGroups": ["$.group"], "AssignPublicIp": "ENABLED",
            } },
            "Overrides": { "ContainerOverrides": [
                { "Name": "app", "Command.$": "$.command", "Environment": [
                    { "Name": "TOKEN", "Value.$": "$.token" },
                    { "Name": "DB_PASSWORD", "Value": "Tr0ub4dor-3xtra" },
                ] },
            ] },
        });
        let target = targets(&json!({ "States": { "Run": run(&parameters) } })).remove(0);
        assert_eq!((&target.cluster, &target.definition), (&None, &None));
        assert_eq!(target.launch.launch_type, Some(LaunchType::Other(BROUGHT.to_owned())));
        let network = target.network.unwrap();
        assert_eq!(
            (network.subnets.as_slice(), network.security_groups.as_slice()),
            (&[BROUGHT.to_owned()][..], &[BROUGHT.to_owned()][..])
        );
        let dynamic = &target.overrides.dynamic;
        for name in ["TaskDefinition", "Cluster", "LaunchType", "Subnets", "SecurityGroups"] {
            assert!(dynamic.iter().any(|one| one == name), "{name}: {dynamic:?}");
        }
        assert!(dynamic.iter().any(|one| one.starts_with("Overrides.ContainerOverrides[app].Environment[TOKEN]")));
        let secrets: Vec<_> = target.overrides.containers[0].environment.iter().filter_map(|one| one.secret).collect();
        assert_eq!((secrets.as_slice(), target.overrides.containers.len()), ([Class::Named].as_slice(), 1));
    }

    #[test]
    fn arguments_in_the_newer_language_are_read_too() {
        let state = |arguments: &Value| {
            json!({ "States": { "Run": {
                "Type": "Task", "QueryLanguage": "JSONata", "Arguments": arguments,
                "Resource": "arn:aws-cn:states:::aws-sdk:ecs:runTask",
            } } })
        };
        let target = targets(&state(&json!({ "Cluster": "shop", "TaskDefinition": "{% $states.input.task %}" })));
        assert_eq!(
            (target[0].definition.as_ref(), &target[0].overrides.dynamic[0]),
            (None, &"TaskDefinition".to_owned())
        );
        let target = targets(&state(&json!("{% $states.input %}")));
        assert_eq!((&target[0].cluster, &target[0].overrides.dynamic[0]), (&None, &"Parameters".to_owned()));
    }

    #[test]
    fn a_definition_that_cannot_be_read_is_not_known() {
        assert_eq!(details(&home(), &json!({ "name": "sealed" })), None);
        assert_eq!(details(&home(), &json!({ "definition": "{" })), None);
        assert!(targets(&json!({ "States": {} })).is_empty());
    }

    #[test]
    fn resources_that_start_tasks_are_told_from_others() {
        for (resource, expected) in [
            ("arn:aws:states:::ecs:runTask", true),
            ("arn:aws:states:::ecs:runTask.sync", true),
            ("arn:aws:states:::ecs:runTask.waitForTaskToken", true),
            ("arn:aws:states:::aws-sdk:ecs:runTask", true),
            ("arn:aws:states:::aws-sdk:ecs:startTask", true),
            ("arn:aws:states:::aws-sdk:ecs:describeTasks", false),
            ("arn:aws:states:::batch:submitJob.sync", false),
            ("arn:aws:lambda:eu-west-1:111122223333:function:runTask", false),
        ] {
            assert_eq!(operation(resource).is_some(), expected, "{resource}");
        }
    }
}
