//! Rules of EventBridge that start tasks: found by the clusters that they lead to, bus by bus.

use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use palisade_model::ecs::{Cluster, Launcher, LauncherDetails, LauncherKind, Overrides, Target};
use palisade_model::{Action, Arn, Fact, Gap, Listing, Place, Reason};
use serde_json::Value;

use super::target::{self, Home};
use super::{AT_ONCE, Found, Reader, each, input, most_telling};
use crate::ask::Page;

impl Reader<'_> {
    pub(super) async fn rules(&self, clusters: &[Cluster]) -> Listing<Launcher> {
        let page = |token: Option<String>| async move { self.signed.list_event_buses(token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let buses: Listing<String> = self.ask.list(Action::EventsListEventBuses, &self.place, "", page, read).await;
        let (mut names, mut gaps) = (BTreeSet::new(), Vec::from_iter(buses.gap().cloned()));
        let places = buses.seen().iter().flat_map(|bus| clusters.iter().map(move |cluster| (bus, &cluster.arn)));
        let reads = futures_util::stream::iter(places);
        let reads = reads.map(async |(bus, cluster)| (bus, self.names(bus, cluster).await)).buffer_unordered(AT_ONCE);
        for (bus, listed) in reads.collect::<Vec<_>>().await {
            // A bus that was deleted meanwhile has no rules.
            gaps.extend(listed.gap().filter(|gap| gap.reason != Reason::Gone).cloned());
            names.extend(listed.into_items().into_iter().map(|name| (bus.as_str(), name)));
        }
        let rules = each(names, |(bus, name)| self.rule(bus, name)).await;
        Listing::new(rules, most_telling(gaps))
    }

    /// Names of the rules of a bus that lead to a cluster.
    async fn names(&self, bus: &str, cluster: &Arn) -> Listing<String> {
        let page = |token: Option<String>| async move {
            self.signed.list_rule_names_by_target(bus, cluster, token.as_deref()).await
        };
        let read = |(items, next)| Some(Page { items, next });
        let action = Action::EventsListRuleNamesByTarget;
        self.ask.list(action, &self.place, &format!("{bus} {cluster}"), page, read).await
    }

    async fn rule(&self, bus: &str, name: String) -> Option<Launcher> {
        let found = Found { arn: self.home.rule(bus, &name), kind: LauncherKind::Rule, name };
        let (name, place) = (found.name.as_str(), Place::resource(&found.arn));
        let call = || self.signed.describe_rule(bus, name);
        let page =
            |token: Option<String>| async move { self.signed.list_targets_by_rule(bus, name, token.as_deref()).await };
        let read = |(items, next): (Vec<Value>, _)| {
            let tasks = items.iter().filter(|item| is_task(item)).map(|item| target(&self.home, item));
            Some(Page { items: tasks.collect::<Option<_>>()?, next })
        };
        let (enabled, targets) = tokio::join!(
            self.ask.ask(Action::EventsDescribeRule, &place, call, Some),
            self.ask.list(Action::EventsListTargetsByRule, &place, "", page, read),
        );
        let details = || -> Result<LauncherDetails, Gap> {
            Ok(LauncherDetails { enabled: enabled.known()?.clone(), targets: targets.complete()?.to_vec() })
        };
        let details = details().map_or_else(Fact::Unknown, Fact::Known);
        found.launcher(details)
    }
}

/// Whether a target is a task: it leads to a cluster of ECS, or has the parameters of one.
fn is_task(item: &Value) -> bool {
    let leads_to_cluster = text(item, "Arn").is_some_and(|arn| Arn::from(arn).service() == "ecs");
    leads_to_cluster || item.get("EcsParameters").is_some_and(Value::is_object)
}

/// A task that a rule starts; none when it is not told which.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html>
fn target(home: &Home<'_>, item: &Value) -> Option<Target> {
    let parameters = item.get("EcsParameters").filter(|parameters| parameters.is_object())?;
    let id = text(item, "Id").unwrap_or_default();
    let mut target = target::of_parameters(home, &id, &text(item, "Arn")?, parameters);
    let template = item.get("InputTransformer").and_then(|transformer| text(transformer, "InputTemplate"));
    let mut said = match (text(item, "Input"), template) {
        (Some(input), _) => input::of_text(&input, "Input"),
        (None, Some(template)) => input::of_text(&template, "InputTemplate"),
        (None, None) => Overrides::default(),
    };
    // A part of the event, which may say anything.
    if text(item, "InputPath").is_some_and(|path| path != "$") {
        said.dynamic.push("InputPath".to_owned());
    }
    said.dynamic.append(&mut target.overrides.dynamic);
    Some(Target { overrides: said, role: text(item, "RoleArn").map(Arn::from), ..target })
}

fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use palisade_model::ecs::{LaunchType, Placement};
    use palisade_model::secret::Class;
    use serde_json::json;

    use super::super::tests::home;
    use super::*;

    fn item(more: &Value) -> Value {
        let mut item = json!({
            "Id": "ecs",
            "Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
            "RoleArn": "arn:aws:iam::111122223333:role/events-run",
            "EcsParameters": {
                "TaskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/nightly",
                "TaskCount": 1,
                "LaunchType": "FARGATE",
                "NetworkConfiguration": { "awsvpcConfiguration": {
                    "Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "ENABLED",
                } },
                "PlatformVersion": "1.4.0",
                "EnableExecuteCommand": true,
            },
        });
        for (name, value) in more.as_object().unwrap() {
            item[name] = value.clone();
        }
        item
    }

    #[test]
    fn a_target_tells_the_task_that_it_starts() {
        let target = target(&home(), &item(&json!({}))).unwrap();
        assert_eq!((target.id.as_str(), target.exec), ("ecs", true));
        assert_eq!(target.cluster.unwrap().resource(), "cluster/shop");
        assert_eq!(target.definition.unwrap().resource(), "task-definition/nightly");
        assert_eq!(target.launch.launch_type, Some(LaunchType::Fargate));
        assert_eq!(target.launch.platform_version.as_deref(), Some("1.4.0"));
        let place = Placement {
            subnets: vec!["subnet-1".to_owned()],
            security_groups: vec!["sg-1".to_owned()],
            assigns_public_address: true,
        };
        assert_eq!(target.network, Some(place));
        assert_eq!(target.role.unwrap().resource(), "role/events-run");
        assert!(target.overrides.is_empty());
    }

    #[test]
    fn providers_stand_in_place_of_a_launch_type() {
        let parameters = json!({ "EcsParameters": {
            "TaskDefinitionArn": "nightly:3",
            "CapacityProviderStrategy": [{ "capacityProvider": "machines", "weight": 1 }],
        } });
        let target = target(&home(), &item(&parameters)).unwrap();
        assert_eq!((target.launch.providers.as_slice(), target.network), (["machines".to_owned()].as_slice(), None));
        let definition = target.definition.unwrap();
        assert_eq!(definition.as_str(), "arn:aws:ecs:eu-west-1:111122223333:task-definition/nightly:3");
    }

    #[test]
    fn an_input_is_what_stands_in_place_of_the_definition() {
        let input = r#"{"taskRoleArn":"arn:aws:iam::111122223333:role/wide","containerOverrides":[{"name":"app",
            "environment":[{"name":"DB_PASSWORD","value":"Tr0ub4dor-3xtra"}]}]}"#;
        let overrides = target(&home(), &item(&json!({ "Input": input }))).unwrap().overrides;
        assert_eq!(overrides.task_role.unwrap().resource(), "role/wide");
        assert_eq!(overrides.containers[0].environment[0].secret, Some(Class::Named));
    }

    #[test]
    fn what_the_event_brings_is_named() {
        let template = r#"{"containerOverrides":[{"name":"app","environment":[{"name":"KEY","value":<key>}]}]}"#;
        for (more, expected) in [
            (
                json!({ "InputTransformer": { "InputPathsMap": { "key": "$.detail.key" }, "InputTemplate": template } }),
                "Overrides.ContainerOverrides[app].Environment[KEY]",
            ),
            (json!({ "InputTransformer": { "InputTemplate": "not <json>" } }), "InputTemplate"),
            (json!({ "InputPath": "$.detail" }), "InputPath"),
        ] {
            let overrides = target(&home(), &item(&more)).unwrap().overrides;
            assert_eq!(overrides.dynamic, [expected]);
            assert!(overrides.containers.iter().all(|container| container.texts.is_empty()));
        }
    }

    #[test]
    fn what_is_no_task_is_left_out_and_a_task_without_parameters_is_not_known() {
        assert!(!is_task(&json!({ "Id": "1", "Arn": "arn:aws:sqs:eu-west-1:111122223333:jobs" })));
        let lacking = item(&json!({ "EcsParameters": null }));
        assert!(is_task(&lacking));
        assert_eq!(target(&home(), &lacking), None);
    }
}
