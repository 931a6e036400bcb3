//! Amazon Inspector: five reads about container images, for which an SDK crate would be too much.

mod items;
mod shapes;

use palisade_model::{AccountId, Arn};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Answer, INSPECTOR, Paged, Signed, read, read_json};
pub(crate) use items::{Covered, Details, Finding, Scored};
use shapes::{
    BatchGetAccountStatus, BatchGetFindingDetails, FindingItem, ListCoverage, ListFindingAggregations, ListFindings,
};

/// Items on a page of findings and of their aggregation; Inspector gives no more.
const PAGE: u32 = 100;
/// Items on a page of coverage; Inspector gives no more.
const COVERAGE_PAGE: u32 = 200;

impl Signed {
    /// Whether Inspector scans the images of an account, in its own word, such as `ENABLED`.
    ///
    /// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_BatchGetAccountStatus.html>
    pub(crate) async fn inspector_status(&self, account: &AccountId) -> Answer<Option<String>> {
        let body = json!({ "accountIds": [account.as_str()] });
        let answer: BatchGetAccountStatus = self.inspector("/status/batch/get", &body).await?;
        let own = answer.accounts.into_iter().find(|one| one.account_id == account.as_str());
        Ok(own.and_then(|one| one.resource_state.ecr).map(|state| state.status))
    }

    /// How many findings images have whose digest begins like this; those of this account, not of others that it
    /// administers.
    ///
    /// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindingAggregations.html>
    pub(crate) async fn list_image_aggregations(
        &self,
        account: &AccountId,
        prefix: Option<&str>,
        token: Option<&str>,
    ) -> Answer<Paged<Scored>> {
        let of_images = match prefix {
            Some(prefix) => json!({ "imageShas": [{ "comparison": "PREFIX", "value": prefix }] }),
            None => json!({}),
        };
        let body = json!({
            "aggregationType": "AWS_ECR_CONTAINER",
            "accountIds": equal(&[account.as_str()]),
            "aggregationRequest": { "awsEcrContainerAggregation": of_images },
            "maxResults": PAGE,
        });
        let answer: ListFindingAggregations = self.inspector("/findings/aggregation/list", &paged(body, token)).await?;
        let rows = answer.responses.into_iter().map(|response| response.aws_ecr_container_aggregation.scored());
        let rows: Option<Vec<_>> = rows.collect();
        Ok((read("", |_| rows)?, following(answer.next_token)))
    }

    /// What Inspector says of the images of up to ten repositories.
    ///
    /// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListCoverage.html>
    pub(crate) async fn list_image_coverage(
        &self,
        account: &AccountId,
        repositories: &[&str],
        token: Option<&str>,
    ) -> Answer<Paged<Covered>> {
        let body = json!({
            "filterCriteria": {
                "accountId": equal(&[account.as_str()]),
                "resourceType": equal(&["AWS_ECR_CONTAINER_IMAGE"]),
                "ecrRepositoryName": equal(repositories),
            },
            "maxResults": COVERAGE_PAGE,
        });
        let answer: ListCoverage = self.inspector("/coverage/list", &paged(body, token)).await?;
        let covered = answer.covered_resources.into_iter().map(Covered::from);
        Ok((covered.collect(), following(answer.next_token)))
    }

    /// The critical and high findings of up to ten images, by their digests.
    ///
    /// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html>
    pub(crate) async fn list_image_findings(
        &self,
        account: &AccountId,
        digests: &[&str],
        token: Option<&str>,
    ) -> Answer<Paged<Finding>> {
        let body = json!({
            "filterCriteria": {
                "awsAccountId": equal(&[account.as_str()]),
                "ecrImageHash": equal(digests),
                "findingStatus": equal(&["ACTIVE"]),
                "severity": equal(&["CRITICAL", "HIGH"]),
            },
            "maxResults": PAGE,
        });
        let answer: ListFindings = self.inspector("/findings/list", &paged(body, token)).await?;
        let findings: Option<Vec<_>> = answer.findings.into_iter().map(FindingItem::finding).collect();
        Ok((read("", |_| findings)?, following(answer.next_token)))
    }

    /// Details of up to ten findings.
    ///
    /// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_BatchGetFindingDetails.html>
    pub(crate) async fn finding_details(&self, findings: &[&Arn]) -> Answer<Details> {
        let body = json!({ "findingArns": findings });
        let answer: BatchGetFindingDetails = self.inspector("/findings/details/batch/get", &body).await?;
        Ok(answer.into())
    }

    async fn inspector<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Answer<T> {
        let body = self.post_to(&INSPECTOR, path, &[], body.to_string()).await?;
        read_json(&body)
    }
}

/// A filter that lets any of these values pass.
fn equal(values: &[&str]) -> Value {
    values.iter().map(|value| json!({ "comparison": "EQUALS", "value": value })).collect()
}

fn paged(mut body: Value, token: Option<&str>) -> Value {
    if let Some(token) = token {
        body["nextToken"] = token.into();
    }
    body
}

fn following(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}
