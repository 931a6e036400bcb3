//! GuardDuty: whether it is on, and what it covers.

use std::collections::BTreeMap;

use palisade_model::Switch;
use palisade_model::eks::{ClusterCoverage, Detector, FeatureStatus};
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;
use serde_json::json;

use super::client::{Answer, GUARD_DUTY, Paged, RESERVED, Signed, read_json};

impl Signed {
    /// Ids of the detectors; a Region has one or none.
    ///
    /// Source: <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListDetectors.html>
    pub(crate) async fn list_detectors(&self, token: Option<&str>) -> Answer<Paged<String>> {
        let token = token.map(|token| format!("&nextToken={}", utf8_percent_encode(token, RESERVED)));
        let path = format!("/detector?maxResults=50{}", token.unwrap_or_default());
        let answer: ListDetectors = read_json(&self.get(&GUARD_DUTY, &path).await?)?;
        Ok((answer.detector_ids, answer.next_token.filter(|token| !token.is_empty())))
    }

    /// Whether a detector is on, and which of its features.
    ///
    /// Source: <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetDetector.html>
    pub(crate) async fn get_detector(&self, id: &str) -> Answer<Detector> {
        let path = format!("/detector/{}", utf8_percent_encode(id, RESERVED));
        let answer: GetDetector = read_json(&self.get(&GUARD_DUTY, &path).await?)?;
        let features = answer.features.into_iter().map(|feature| {
            let parts = feature.additional_configuration.into_iter();
            let parts = parts.map(|part| (part.name, state(&part.status))).collect();
            (feature.name, FeatureStatus { enabled: state(&feature.status), parts })
        });
        Ok(Detector { enabled: state(&answer.status), features: features.collect::<BTreeMap<_, _>>() })
    }

    /// How runtime monitoring covers the clusters, by their names.
    ///
    /// Source: <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListCoverage.html>
    pub(crate) async fn list_coverage(
        &self,
        detector: &str,
        token: Option<&str>,
    ) -> Answer<Paged<(String, ClusterCoverage)>> {
        let path = format!("/detector/{}/coverage", utf8_percent_encode(detector, RESERVED));
        let of_clusters = json!({ "criterionKey": "RESOURCE_TYPE", "filterCondition": { "equals": ["EKS"] } });
        let mut body = json!({ "maxResults": 50, "filterCriteria": { "filterCriterion": [of_clusters] } });
        if let Some(token) = token {
            body["nextToken"] = token.into();
        }
        let text = self.post_to(&GUARD_DUTY, &path, &[], body.to_string()).await?;
        let answer: ListCoverage = read_json(&text)?;
        // Only clusters were asked for, so that each answer has their details.
        let covered = answer.resources.into_iter().map(|resource| {
            let details = resource.details.eks_cluster_details;
            let coverage = ClusterCoverage {
                status: resource.coverage_status,
                compatible_nodes: details.compatible_nodes,
                covered_nodes: details.covered_nodes,
                issue: resource.issue.filter(|issue| !issue.is_empty()),
            };
            (details.cluster_name, coverage)
        });
        Ok((covered.collect(), answer.next_token.filter(|token| !token.is_empty())))
    }
}

fn state(status: &str) -> Switch {
    Switch::read(status, &["ENABLED"], &["DISABLED"])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListDetectors {
    detector_ids: Vec<String>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetDetector {
    status: String,
    #[serde(default)]
    features: Vec<Feature>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feature {
    name: String,
    status: String,
    #[serde(default)]
    additional_configuration: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    name: String,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListCoverage {
    resources: Vec<Resource>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(rename = "resourceDetails")]
    details: ResourceDetails,
    coverage_status: String,
    issue: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceDetails {
    eks_cluster_details: ClusterDetails,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClusterDetails {
    cluster_name: String,
    covered_nodes: u64,
    compatible_nodes: u64,
}
