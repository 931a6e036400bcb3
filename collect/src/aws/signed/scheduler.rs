//! EventBridge Scheduler: schedules.

use palisade_model::Arn;
use percent_encoding::utf8_percent_encode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::{Answer, Paged, RESERVED, SCHEDULER, Signed, read_json};

/// A schedule as the list has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScheduleName {
    pub(crate) arn: Arn,
    pub(crate) group: String,
    pub(crate) name: String,
    /// What it starts: a resource, or an operation such as `arn:aws:scheduler:::aws-sdk:ecs:runTask`.
    pub(crate) target: Option<Arn>,
}

impl Signed {
    /// All schedules, those of every group.
    ///
    /// Source: <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html>
    pub(crate) async fn list_schedules(&self, token: Option<&str>) -> Answer<Paged<ScheduleName>> {
        let token = token.map(|token| format!("&NextToken={}", utf8_percent_encode(token, RESERVED)));
        let path = format!("/schedules?MaxResults=100{}", token.unwrap_or_default());
        let answer: ListSchedules = read_json(&self.get(&SCHEDULER, &path).await?)?;
        let schedules = answer.schedules.into_iter().map(|one| ScheduleName {
            arn: one.arn.into(),
            group: one.group_name,
            name: one.name,
            target: one.target.map(|target| target.arn.into()),
        });
        Ok((schedules.collect(), answer.next_token.filter(|token| !token.is_empty())))
    }

    /// A schedule.
    ///
    /// Source: <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html>
    pub(crate) async fn get_schedule(&self, group: &str, name: &str) -> Answer<Value> {
        let [group, name] = [group, name].map(|text| utf8_percent_encode(text, RESERVED));
        read_json(&self.get(&SCHEDULER, &format!("/schedules/{name}?groupName={group}")).await?)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListSchedules {
    schedules: Vec<Summary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    arn: String,
    group_name: String,
    name: String,
    target: Option<TargetSummary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TargetSummary {
    arn: String,
}
