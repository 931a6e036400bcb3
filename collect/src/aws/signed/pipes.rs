//! EventBridge Pipes.

use palisade_model::Arn;
use percent_encoding::utf8_percent_encode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::{Answer, PIPES, Paged, RESERVED, Signed, read_json};

/// A pipe as the list has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PipeName {
    pub(crate) arn: Arn,
    pub(crate) name: String,
    /// What it leads to.
    pub(crate) target: Option<Arn>,
}

impl Signed {
    /// All pipes.
    ///
    /// Source: <https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_ListPipes.html>
    pub(crate) async fn list_pipes(&self, token: Option<&str>) -> Answer<Paged<PipeName>> {
        let token = token.map(|token| format!("&NextToken={}", utf8_percent_encode(token, RESERVED)));
        let path = format!("/v1/pipes?Limit=100{}", token.unwrap_or_default());
        let answer: ListPipes = read_json(&self.get(&PIPES, &path).await?)?;
        let pipes = answer.pipes.into_iter().map(|one| PipeName {
            arn: one.arn.into(),
            name: one.name,
            target: one.target.map(Arn::from),
        });
        Ok((pipes.collect(), answer.next_token.filter(|token| !token.is_empty())))
    }

    /// A pipe.
    ///
    /// Source: <https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_DescribePipe.html>
    pub(crate) async fn describe_pipe(&self, name: &str) -> Answer<Value> {
        let path = format!("/v1/pipes/{}", utf8_percent_encode(name, RESERVED));
        read_json(&self.get(&PIPES, &path).await?)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListPipes {
    pipes: Vec<Summary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    arn: String,
    name: String,
    target: Option<String>,
}
