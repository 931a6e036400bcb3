//! Inspector's answers as they arrive, and what is taken from them.

use palisade_model::ecr::Vulnerability;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::items::{Covered, Details, Finding, Scored};
use crate::aws::signed::client::moment;

impl ImageAggregation {
    /// The row; none when a count that was left out may be more than nothing.
    pub(super) fn scored(self) -> Option<Scored> {
        let SeverityCounts { all, critical, high, medium } = self.severity_counts;
        let named = [critical, high, medium].into_iter().flatten().sum::<u64>();
        let is_whole = critical.is_some() && high.is_some();
        (is_whole || named == all).then(|| Scored {
            image: self.resource_id.into(),
            all,
            critical: critical.unwrap_or_default(),
            high: high.unwrap_or_default(),
            medium: medium.unwrap_or_default(),
            in_use: self.in_use_count,
            last_in_use_at: moment(self.last_in_use_at),
        })
    }
}

impl From<CoveredResource> for Covered {
    fn from(resource: CoveredResource) -> Self {
        let image = resource.resource_metadata.and_then(|metadata| metadata.ecr_image).unwrap_or_default();
        Self {
            image: resource.resource_id.into(),
            status: resource.scan_status.status_code,
            reason: resource.scan_status.reason,
            last_scanned_at: moment(resource.last_scanned_at),
            in_use: image.in_use_count,
            last_in_use_at: moment(image.last_in_use_at),
        }
    }
}

impl FindingItem {
    /// The finding; none when it is of no image, or neither critical nor high: only such were asked for, so that another
    /// word is one that is not known here.
    pub(super) fn finding(self) -> Option<Finding> {
        let details = self.package_vulnerability_details.unwrap_or_default();
        let package = |package: Package| {
            Vulnerability::package(&package.name, package.version.as_deref(), package.fixed_in_version.as_deref())
        };
        let images = self.resources.into_iter().filter(|resource| resource.kind == "AWS_ECR_CONTAINER_IMAGE");
        let images: Vec<_> = images.map(|image| image.id.into()).collect();
        let is_known = !images.is_empty() && ["CRITICAL", "HIGH"].contains(&self.severity.as_str());
        is_known.then(|| Finding {
            arn: self.finding_arn.as_str().into(),
            images,
            id: details.vulnerability_id.or(self.title).unwrap_or(self.finding_arn),
            severity: self.severity,
            packages: details.vulnerable_packages.into_iter().map(package).collect(),
            fix: self.fix_available,
            exploit: self.exploit_available,
            score: self.inspector_score.map(|score| format!("{score:.1}")),
        })
    }
}

impl From<BatchGetFindingDetails> for Details {
    fn from(answer: BatchGetFindingDetails) -> Self {
        let details = answer.finding_details.into_iter();
        let failed = answer.errors.into_iter();
        Self {
            known_exploited: details.map(|one| (one.finding_arn.into(), one.cisa_data.is_some())).collect(),
            failed: failed.map(|one| (one.finding_arn.into(), one.error_code)).collect(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct BatchGetAccountStatus {
    pub(super) accounts: Vec<AccountItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountItem {
    pub(super) account_id: String,
    pub(super) resource_state: ResourceState,
}

#[derive(Deserialize)]
pub(super) struct ResourceState {
    pub(super) ecr: Option<StateItem>,
}

#[derive(Deserialize)]
pub(super) struct StateItem {
    pub(super) status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListFindingAggregations {
    pub(super) responses: Vec<AggregationResponse>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AggregationResponse {
    pub(super) aws_ecr_container_aggregation: ImageAggregation,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageAggregation {
    resource_id: String,
    severity_counts: SeverityCounts,
    #[serde(default)]
    in_use_count: u64,
    last_in_use_at: Option<f64>,
}

#[derive(Deserialize)]
struct SeverityCounts {
    all: u64,
    critical: Option<u64>,
    high: Option<u64>,
    medium: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListCoverage {
    pub(super) covered_resources: Vec<CoveredResource>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CoveredResource {
    resource_id: String,
    scan_status: CoverageStatus,
    last_scanned_at: Option<f64>,
    resource_metadata: Option<ResourceMetadata>,
}

#[derive(Deserialize)]
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
pub(super) struct ListFindings {
    pub(super) findings: Vec<FindingItem>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingItem {
    finding_arn: String,
    title: Option<String>,
    severity: String,
    fix_available: Option<String>,
    exploit_available: Option<String>,
    inspector_score: Option<f64>,
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
#[serde(rename_all = "camelCase")]
struct Package {
    name: String,
    version: Option<String>,
    fixed_in_version: Option<String>,
}

#[derive(Deserialize)]
struct FindingResource {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BatchGetFindingDetails {
    #[serde(default)]
    finding_details: Vec<DetailsItem>,
    #[serde(default)]
    errors: Vec<DetailsError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailsItem {
    finding_arn: String,
    cisa_data: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailsError {
    finding_arn: String,
    error_code: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use palisade_model::Arn;

    use super::*;

    #[test]
    fn a_row_of_the_aggregation_is_read() {
        let text = r#"{"responses":[{"awsEcrContainerAggregation":{"resourceId":"arn:aws:ecr:eu-west-1:1:repository/a/sha256:0",
            "imageSha":"sha256:0","severityCounts":{"all":9,"critical":1,"high":2,"medium":3},"inUseCount":2,
            "lastInUseAt":1795000000.5}}]}"#;
        let answer: ListFindingAggregations = serde_json::from_str(text).unwrap();
        let rows: Vec<Scored> = answer
            .responses
            .into_iter()
            .map(|response| response.aws_ecr_container_aggregation.scored().unwrap())
            .collect();
        assert_eq!((rows[0].all, rows[0].critical, rows[0].high, rows[0].medium, rows[0].in_use), (9, 1, 2, 3, 2));
        assert_eq!(rows[0].last_in_use_at, Timestamp::from_second(1_795_000_000).ok());
    }

    #[test]
    fn a_finding_names_its_images_and_packages() {
        let text = r#"{"findings":[{"findingArn":"f","severity":"HIGH","title":"CVE-1 - openssl","fixAvailable":"YES","inspectorScore":7.5,
            "packageVulnerabilityDetails":{"vulnerabilityId":"CVE-1","vulnerablePackages":[{"name":"openssl",
            "version":"3.0.1","fixedInVersion":"3.0.2"},{"name":"libssl"}]},"resources":[{"type":"AWS_ECR_CONTAINER_IMAGE","id":"image"},
            {"type":"OTHER","id":"no"}]}]}"#;
        let answer: ListFindings = serde_json::from_str(text).unwrap();
        let finding = answer.findings.into_iter().next().unwrap().finding().unwrap();
        assert_eq!((finding.id.as_str(), finding.fix.as_deref()), ("CVE-1", Some("YES")));
        assert_eq!(finding.packages, ["openssl 3.0.1 (fixed in 3.0.2)", "libssl"]);
        assert_eq!(finding.score.as_deref(), Some("7.5"));
        assert_eq!(finding.images, [Arn::from("image")]);
    }

    #[test]
    fn a_finding_of_a_severity_or_a_resource_that_is_not_known_is_not_read() {
        for (severity, kind) in [("SEVERE", "AWS_ECR_CONTAINER_IMAGE"), ("HIGH", "AWS_ECR_ARTIFACT")] {
            let item = serde_json::json!({ "findingArn": "f", "severity": severity, "resources": [{ "type": kind, "id": "i" }] });
            let item: FindingItem = serde_json::from_value(item).unwrap();
            assert_eq!(item.finding(), None, "{severity} {kind}");
        }
    }

    #[test]
    fn details_tell_what_is_exploited_and_what_failed() {
        let text = r#"{"findingDetails":[{"findingArn":"a","cisaData":{"dateAdded":1795000000.5,"action":"Update"}},
            {"findingArn":"b","epssScore":0.9,"cisaData":null}],"errors":[{"findingArn":"c","errorCode":"INTERNAL_ERROR",
            "errorMessage":"no"}]}"#;
        let details = Details::from(serde_json::from_str::<BatchGetFindingDetails>(text).unwrap());
        assert_eq!(details.known_exploited, BTreeMap::from([("a".into(), true), ("b".into(), false)]));
        assert_eq!(details.failed, BTreeMap::from([("c".into(), "INTERNAL_ERROR".to_owned())]));
    }
}
