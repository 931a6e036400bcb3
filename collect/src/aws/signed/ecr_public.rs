//! ECR Public: two reads. It has one endpoint, in `us-east-1`, whatever Regions an account uses.

use palisade_model::Arn;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Answer, ECR_PUBLIC, Paged, Signed, read_json};

/// A public repository: its ARN, its name and its address.
pub(crate) type PublicName = (Arn, String, String);

impl Signed {
    /// The account's public repositories.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_DescribeRepositories.html>
    pub(crate) async fn describe_public_repositories(&self, token: Option<&str>) -> Answer<Paged<PublicName>> {
        let mut body = json!({ "maxResults": 1000 });
        if let Some(token) = token {
            body["nextToken"] = token.into();
        }
        let answer: DescribeRepositories = self.ecr_public("DescribeRepositories", &body).await?;
        let repositories = answer.repositories.into_iter();
        let repositories = repositories.map(|one| (one.arn.into(), one.name, one.uri));
        Ok((repositories.collect(), answer.next_token.filter(|token| !token.is_empty())))
    }

    /// The text of a public repository's policy.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_GetRepositoryPolicy.html>
    pub(crate) async fn get_public_repository_policy(&self, name: &str) -> Answer<Option<String>> {
        let body = json!({ "repositoryName": name });
        let answer: GetRepositoryPolicy = self.ecr_public("GetRepositoryPolicy", &body).await?;
        Ok(answer.policy_text)
    }

    async fn ecr_public<T: DeserializeOwned>(&self, operation: &str, body: &Value) -> Answer<T> {
        let target = format!("SpencerFrontendService.{operation}");
        let body = self.post(&ECR_PUBLIC, &[("x-amz-target", &target)], body.to_string()).await?;
        read_json(&body)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeRepositories {
    repositories: Vec<RepositoryItem>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct RepositoryItem {
    #[serde(rename = "repositoryArn")]
    arn: String,
    #[serde(rename = "repositoryName")]
    name: String,
    #[serde(rename = "repositoryUri")]
    uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetRepositoryPolicy {
    policy_text: Option<String>,
}
