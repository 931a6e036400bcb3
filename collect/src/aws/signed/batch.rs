//! Batch: job definitions.

use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Answer, BATCH, Paged, Signed, read_json};

impl Signed {
    /// The job definitions that jobs may be made of, every revision.
    ///
    /// Source: <https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html>
    pub(crate) async fn describe_job_definitions(&self, token: Option<&str>) -> Answer<Paged<Value>> {
        let mut body = json!({ "status": "ACTIVE", "maxResults": 100 });
        if let Some(token) = token {
            body["nextToken"] = token.into();
        }
        let text = self.post_to(&BATCH, "/v1/describejobdefinitions", &[], body.to_string()).await?;
        let answer: DescribeJobDefinitions = read_json(&text)?;
        Ok((answer.job_definitions, answer.next_token.filter(|token| !token.is_empty())))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeJobDefinitions {
    job_definitions: Vec<Value>,
    next_token: Option<String>,
}
