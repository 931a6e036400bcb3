//! Pipes of EventBridge that start tasks. Roles and definitions may be paths into what passes through.

use palisade_model::ecs::{Launcher, LauncherDetails, LauncherKind, Overrides, Target};
use palisade_model::{Action, Arn, Listing, Place, Switch};
use serde_json::Value;

use super::target::{self, Home, Member, member};
use super::{Found, Reader, each, input};
use crate::ask::Page;
use crate::aws::signed::PipeName;
use crate::ecs::convert::overrides::overrides;

impl Reader<'_> {
    pub(super) async fn pipes(&self) -> Listing<Launcher> {
        let page = |token: Option<String>| async move { self.signed.list_pipes(token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let mut found = Vec::new();
        let keep = |page: Vec<PipeName>| {
            // One whose target is not told may start tasks.
            found.extend(page.into_iter().filter(|one| one.target.as_ref().is_none_or(starts_tasks)));
        };
        let gap = self.ask.pages(Action::PipesListPipes, &self.place, "", page, read, keep).await;
        Listing::new(each(found, |pipe| self.pipe(pipe)).await, gap)
    }

    async fn pipe(&self, pipe: PipeName) -> Option<Launcher> {
        let PipeName { arn, name, target: _ } = pipe;
        let call = || self.signed.describe_pipe(&name);
        let place = Place::resource(&arn);
        let read = |answer: Value| details(&self.home, &name, &answer);
        let details = self.ask.ask(Action::PipesDescribePipe, &place, call, read).await;
        Found { arn, kind: LauncherKind::Pipe, name: name.clone() }.launcher(details)
    }
}

/// Whether a pipe leads to a cluster of ECS.
fn starts_tasks(target: &Arn) -> bool {
    target.service() == "ecs"
}

/// What a pipe starts: no target when that is no task, and nothing when the answer does not tell.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetEcsTaskParameters.html>
fn details(home: &Home<'_>, name: &str, answer: &Value) -> Option<LauncherDetails> {
    let cluster = answer.get("Target")?.as_str()?;
    let enabled = Switch::read(answer.get("DesiredState")?.as_str()?, &["RUNNING"], &["STOPPED", "DELETED"]);
    let role = answer.get("RoleArn").and_then(Value::as_str).map(Arn::from);
    let all = answer.get("TargetParameters");
    let parameters = all.and_then(|all| all.get("EcsTaskParameters"));
    if parameters.is_none() && starts_tasks(&cluster.into()) {
        return None;
    }
    let targets = parameters.into_iter().map(|parameters| {
        let mut started = target::of_parameters(home, name, cluster, parameters);
        let mut said = match member(parameters, "Overrides") {
            Member::Said(said) => overrides(said),
            Member::Brought | Member::Absent => Overrides::default(),
        };
        input::add(&mut said, input::texts(parameters));
        let template = all.and_then(|all| all.get("InputTemplate")).and_then(Value::as_str);
        let template = template.map(|text| input::of_text(text, "InputTemplate"));
        said.containers.extend(template.into_iter().flat_map(|template| template.containers));
        said.dynamic.append(&mut started.overrides.dynamic);
        Target { overrides: said, role: role.clone(), ..started }
    });
    Some(LauncherDetails { enabled, targets: targets.collect() })
}

#[cfg(test)]
mod tests {
    use palisade_model::secret::Class;
    use serde_json::json;

    use super::super::tests::home;
    use super::*;

    fn pipe(parameters: &Value) -> Value {
        json!({
            "Arn": "arn:aws:pipes:eu-west-1:111122223333:pipe/orders",
            "Name": "orders",
            "DesiredState": "RUNNING",
            "Source": "arn:aws:sqs:eu-west-1:111122223333:orders",
            "Target": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
            "RoleArn": "arn:aws:iam::111122223333:role/pipe",
            "TargetParameters": { "EcsTaskParameters": parameters },
        })
    }

    #[test]
    fn a_pipe_tells_the_task_that_it_starts() {
        let parameters = json!({
            "TaskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:2",
            "LaunchType": "FARGATE",
            "NetworkConfiguration": { "awsvpcConfiguration": { "Subnets": ["subnet-1"] } },
            "Overrides": { "ContainerOverrides": [
                { "Name": "app", "Environment": [{ "Name": "DB_PASSWORD", "Value": "Tr0ub4dor-3xtra" }] },
            ] },
        });
        let details = details(&home(), "orders", &pipe(&parameters)).unwrap();
        let target = &details.targets[0];
        assert_eq!((details.enabled, target.id.as_str()), (Switch::On, "orders"));
        assert_eq!(target.definition.as_ref().unwrap().resource(), "task-definition/orders:2");
        assert_eq!(target.network.as_ref().unwrap().subnets, ["subnet-1"]);
        assert_eq!(target.overrides.containers.len(), 1);
        assert_eq!(target.overrides.containers[0].environment[0].secret, Some(Class::Named));
    }

    #[test]
    fn what_passes_through_may_name_the_definition_and_the_roles() {
        let parameters = json!({
            "TaskDefinitionArn": "$.body.definition",
            "Overrides": { "TaskRoleArn": "$.body.role", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/run" },
        });
        let details = details(&home(), "orders", &pipe(&parameters)).unwrap();
        let target = &details.targets[0];
        assert_eq!((&target.definition, &target.overrides.task_role), (&None, &None));
        assert_eq!(target.overrides.dynamic, ["Overrides.TaskRoleArn", "TaskDefinitionArn"]);
        assert_eq!(target.overrides.execution_role.as_ref().unwrap().resource(), "role/run");
    }

    #[test]
    fn a_pipe_that_rests_is_off_and_one_without_a_task_starts_none() {
        let mut answer = pipe(&json!({ "TaskDefinitionArn": "orders" }));
        answer["DesiredState"] = "STOPPED".into();
        assert_eq!(details(&home(), "orders", &answer).unwrap().enabled, Switch::Off);
        answer["TargetParameters"] = json!({});
        assert_eq!(details(&home(), "orders", &answer), None);
        answer["Target"] = "arn:aws:lambda:eu-west-1:111122223333:function:orders".into();
        assert!(details(&home(), "orders", &answer).unwrap().targets.is_empty());
        assert_eq!(details(&home(), "orders", &json!({ "Target": "arn:x" })), None);
    }
}
