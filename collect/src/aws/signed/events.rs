//! EventBridge: buses, rules and what rules start.

use palisade_model::{Arn, Switch};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Answer, EVENTS, Paged, Signed, read_json};

/// Items on a page of any list; EventBridge gives no more.
const PAGE: u32 = 100;

impl Signed {
    /// Names of the event buses.
    ///
    /// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html>
    pub(crate) async fn list_event_buses(&self, token: Option<&str>) -> Answer<Paged<String>> {
        let answer: ListEventBuses = self.events("ListEventBuses", paged(json!({}), token)).await?;
        Ok((answer.event_buses.into_iter().map(|bus| bus.name).collect(), following(answer.next_token)))
    }

    /// Names of a bus's rules that have this target.
    ///
    /// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html>
    pub(crate) async fn list_rule_names_by_target(
        &self,
        bus: &str,
        target: &Arn,
        token: Option<&str>,
    ) -> Answer<Paged<String>> {
        let body = json!({ "TargetArn": target, "EventBusName": bus });
        let answer: ListRuleNamesByTarget = self.events("ListRuleNamesByTarget", paged(body, token)).await?;
        Ok((answer.rule_names, following(answer.next_token)))
    }

    /// Whether a rule is on.
    ///
    /// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html>
    pub(crate) async fn describe_rule(&self, bus: &str, name: &str) -> Answer<Switch> {
        const ON: &[&str] = &["ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"];
        let answer: DescribeRule = self.events("DescribeRule", json!({ "Name": name, "EventBusName": bus })).await?;
        Ok(Switch::read(&answer.state, ON, &["DISABLED"]))
    }

    /// The targets of a rule.
    ///
    /// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html>
    pub(crate) async fn list_targets_by_rule(
        &self,
        bus: &str,
        rule: &str,
        token: Option<&str>,
    ) -> Answer<Paged<Value>> {
        let body = json!({ "Rule": rule, "EventBusName": bus });
        let answer: ListTargetsByRule = self.events("ListTargetsByRule", paged(body, token)).await?;
        Ok((answer.targets, following(answer.next_token)))
    }

    async fn events<T: DeserializeOwned>(&self, operation: &str, body: Value) -> Answer<T> {
        let target = format!("AWSEvents.{operation}");
        let body = self.post(&EVENTS, &[("x-amz-target", &target)], body.to_string()).await?;
        read_json(&body)
    }
}

fn paged(mut body: Value, token: Option<&str>) -> Value {
    body["Limit"] = PAGE.into();
    if let Some(token) = token {
        body["NextToken"] = token.into();
    }
    body
}

fn following(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListEventBuses {
    event_buses: Vec<Bus>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bus {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRuleNamesByTarget {
    rule_names: Vec<String>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeRule {
    state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListTargetsByRule {
    targets: Vec<Value>,
    next_token: Option<String>,
}
