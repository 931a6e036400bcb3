//! Step Functions: state machines.

use palisade_model::Arn;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Answer, Paged, STATES, Signed, read_json};

impl Signed {
    /// ARNs and names of the state machines.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html>
    pub(crate) async fn list_state_machines(&self, token: Option<&str>) -> Answer<Paged<(Arn, String)>> {
        let mut body = json!({ "maxResults": 1000 });
        if let Some(token) = token {
            body["nextToken"] = token.into();
        }
        let answer: ListStateMachines = self.states("ListStateMachines", &body).await?;
        let machines = answer.state_machines.into_iter().map(|one| (one.state_machine_arn.into(), one.name));
        Ok((machines.collect(), answer.next_token.filter(|token| !token.is_empty())))
    }

    /// A state machine with its definition.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>
    pub(crate) async fn describe_state_machine(&self, arn: &Arn) -> Answer<Value> {
        self.states("DescribeStateMachine", &json!({ "stateMachineArn": arn })).await
    }

    async fn states<T: DeserializeOwned>(&self, operation: &str, body: &Value) -> Answer<T> {
        let target = format!("AWSStepFunctions.{operation}");
        let body = self.post(&STATES, &[("x-amz-target", &target)], body.to_string()).await?;
        read_json(&body)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListStateMachines {
    state_machines: Vec<Summary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    state_machine_arn: String,
    name: String,
}
