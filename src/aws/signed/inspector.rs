//! Amazon Inspector: four reads about container images, for which an SDK crate would be too much.

use jiff::Timestamp;
use palisade_checks::facts::{AccountId, Arn};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Answer, INSPECTOR, Paged, Signed, moment, read_json};

/// Items on a page of findings and of their aggregation; Inspector gives no more.
const PAGE: u32 = 100;
/// Items on a page of coverage; Inspector gives no more.
const COVERAGE_PAGE: u32 = 200;

/// An image as the aggregation of findings has it: only images with findings are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scored {
    /// The repository's ARN, a slash and the digest.
    pub(crate) image: Arn,
    /// All findings.
    pub(crate) all: u64,
    /// Of these, the critical ones.
    pub(crate) critical: u64,
    /// The high ones.
    pub(crate) high: u64,
    /// The medium ones.
    pub(crate) medium: u64,
    /// Tasks and pods that run the image.
    pub(crate) in_use: u64,
    /// When one last did.
    pub(crate) last_in_use_at: Option<Timestamp>,
}

/// An image that Inspector watches, or has watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Covered {
    /// The repository's ARN, a slash and the digest.
    pub(crate) image: Arn,
    /// `ACTIVE` or `INACTIVE`.
    pub(crate) status: String,
    /// Why.
    pub(crate) reason: String,
    pub(crate) last_scanned_at: Option<Timestamp>,
    /// Tasks and pods that run the image.
    pub(crate) in_use: u64,
    /// When one last did.
    pub(crate) last_in_use_at: Option<Timestamp>,
}

/// One vulnerability of one or more images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// The images, by the names that [`Covered::image`] has.
    pub(crate) images: Vec<Arn>,
    /// The vulnerability's name, or else the finding's title.
    pub(crate) id: String,
    /// `CRITICAL`, `HIGH` …
    pub(crate) severity: String,
    /// Names and versions.
    pub(crate) packages: Vec<String>,
    /// `YES`, `NO` or `PARTIAL`.
    pub(crate) fix: Option<String>,
    /// `YES` or `NO`.
    pub(crate) exploit: Option<String>,
}

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
        let rows = answer.responses.into_iter().map(|response| response.aws_ecr_container_aggregation.into());
        Ok((rows.collect(), following(answer.next_token)))
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
        Ok((answer.findings.into_iter().map(Finding::from).collect(), following(answer.next_token)))
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

impl From<ImageAggregation> for Scored {
    fn from(row: ImageAggregation) -> Self {
        let counts = row.severity_counts.unwrap_or_default();
        Self {
            image: row.resource_id.into(),
            all: counts.all,
            critical: counts.critical,
            high: counts.high,
            medium: counts.medium,
            in_use: row.in_use_count,
            last_in_use_at: moment(row.last_in_use_at),
        }
    }
}

impl From<CoveredResource> for Covered {
    fn from(resource: CoveredResource) -> Self {
        let image = resource.resource_metadata.and_then(|metadata| metadata.ecr_image).unwrap_or_default();
        let status = resource.scan_status.unwrap_or_default();
        Self {
            image: resource.resource_id.into(),
            status: status.status_code,
            reason: status.reason,
            last_scanned_at: moment(resource.last_scanned_at),
            in_use: image.in_use_count,
            last_in_use_at: moment(image.last_in_use_at),
        }
    }
}

impl From<FindingItem> for Finding {
    fn from(item: FindingItem) -> Self {
        let details = item.package_vulnerability_details.unwrap_or_default();
        let package = |package: Package| match package.version {
            Some(version) => format!("{} {version}", package.name),
            None => package.name,
        };
        let images = item.resources.into_iter().filter(|resource| resource.kind == "AWS_ECR_CONTAINER_IMAGE");
        Self {
            images: images.map(|image| image.id.into()).collect(),
            id: details.vulnerability_id.or(item.title).unwrap_or_else(|| item.finding_arn.clone()),
            severity: item.severity,
            packages: details.vulnerable_packages.into_iter().map(package).collect(),
            fix: item.fix_available,
            exploit: item.exploit_available,
        }
    }
}

#[derive(Deserialize)]
struct BatchGetAccountStatus {
    accounts: Vec<AccountItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountItem {
    account_id: String,
    resource_state: ResourceState,
}

#[derive(Deserialize)]
struct ResourceState {
    ecr: Option<StateItem>,
}

#[derive(Deserialize)]
struct StateItem {
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListFindingAggregations {
    responses: Vec<AggregationResponse>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AggregationResponse {
    aws_ecr_container_aggregation: ImageAggregation,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImageAggregation {
    resource_id: String,
    severity_counts: Option<SeverityCounts>,
    #[serde(default)]
    in_use_count: u64,
    last_in_use_at: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SeverityCounts {
    all: u64,
    critical: u64,
    high: u64,
    medium: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListCoverage {
    covered_resources: Vec<CoveredResource>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoveredResource {
    resource_id: String,
    scan_status: Option<CoverageStatus>,
    last_scanned_at: Option<f64>,
    resource_metadata: Option<ResourceMetadata>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoverageStatus {
    status_code: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceMetadata {
    ecr_image: Option<CoveredImage>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoveredImage {
    #[serde(default)]
    in_use_count: u64,
    last_in_use_at: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListFindings {
    findings: Vec<FindingItem>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FindingItem {
    finding_arn: String,
    title: Option<String>,
    severity: String,
    fix_available: Option<String>,
    exploit_available: Option<String>,
    package_vulnerability_details: Option<VulnerabilityDetails>,
    #[serde(default)]
    resources: Vec<FindingResource>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VulnerabilityDetails {
    vulnerability_id: Option<String>,
    #[serde(default)]
    vulnerable_packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
}

#[derive(Deserialize)]
struct FindingResource {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_aggregation_is_read() {
        let text = r#"{"responses":[{"awsEcrContainerAggregation":{"resourceId":"arn:aws:ecr:eu-west-1:1:repository/a/sha256:0",
            "imageSha":"sha256:0","severityCounts":{"all":9,"critical":1,"high":2,"medium":3},"inUseCount":2,
            "lastInUseAt":1795000000.5}}]}"#;
        let answer: ListFindingAggregations = serde_json::from_str(text).unwrap();
        let rows: Vec<Scored> =
            answer.responses.into_iter().map(|response| response.aws_ecr_container_aggregation.into()).collect();
        assert_eq!((rows[0].all, rows[0].critical, rows[0].high, rows[0].medium, rows[0].in_use), (9, 1, 2, 3, 2));
        assert_eq!(rows[0].last_in_use_at, Timestamp::from_second(1_795_000_000).ok());
    }

    #[test]
    fn a_finding_names_its_images_and_packages() {
        let text = r#"{"findings":[{"findingArn":"f","severity":"HIGH","title":"CVE-1 - openssl","fixAvailable":"YES",
            "packageVulnerabilityDetails":{"vulnerabilityId":"CVE-1","vulnerablePackages":[{"name":"openssl",
            "version":"3.0.1"},{"name":"libssl"}]},"resources":[{"type":"AWS_ECR_CONTAINER_IMAGE","id":"image"},
            {"type":"OTHER","id":"no"}]}]}"#;
        let answer: ListFindings = serde_json::from_str(text).unwrap();
        let finding = Finding::from(answer.findings.into_iter().next().unwrap());
        assert_eq!((finding.id.as_str(), finding.fix.as_deref()), ("CVE-1", Some("YES")));
        assert_eq!(finding.packages, ["openssl 3.0.1", "libssl"]);
        assert_eq!(finding.images, [Arn::from("image")]);
    }
}
