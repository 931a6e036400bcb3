//! CloudWatch Logs: how long logs are kept.

use palisade_model::eks::LogGroup;
use serde::Deserialize;
use serde_json::json;

use super::client::{Answer, LOGS, Paged, Signed, read_json};

impl Signed {
    /// The log groups whose names begin so.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>
    pub(crate) async fn describe_log_groups(&self, prefix: &str, token: Option<&str>) -> Answer<Paged<LogGroup>> {
        let mut body = json!({ "logGroupNamePrefix": prefix, "limit": 50 });
        if let Some(token) = token {
            body["nextToken"] = token.into();
        }
        let target = ("x-amz-target", "Logs_20140328.DescribeLogGroups");
        let text = self.post(&LOGS, &[target], body.to_string()).await?;
        let answer: DescribeLogGroups = read_json(&text)?;
        let groups = answer.log_groups.into_iter().map(|group| LogGroup {
            name: group.log_group_name,
            retention_days: group.retention_in_days,
            key: group.kms_key_id,
        });
        Ok((groups.collect(), answer.next_token.filter(|token| !token.is_empty())))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeLogGroups {
    log_groups: Vec<Group>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    log_group_name: String,
    retention_in_days: Option<u32>,
    kms_key_id: Option<String>,
}
