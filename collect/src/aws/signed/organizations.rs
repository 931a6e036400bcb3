//! Organizations: four reads, for which an SDK crate of a minute's compile time would be too much.

use palisade_model::AccountId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Answer, ORGANIZATIONS, Paged, Signed, read_json};

/// The two kinds of policies that fence accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControlKind {
    Service,
    Resource,
}

impl ControlKind {
    /// Its name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Service => "SERVICE_CONTROL_POLICY",
            Self::Resource => "RESOURCE_CONTROL_POLICY",
        }
    }
}

impl Signed {
    /// The organisation's id and its management account.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html>
    pub(crate) async fn describe_organization(&self) -> Answer<(String, AccountId)> {
        let answer: DescribeOrganization = self.organizations("DescribeOrganization", json!({})).await?;
        Ok((answer.organization.id, AccountId::from(answer.organization.master_account_id)))
    }

    /// The root or organisational unit that a target is in.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html>
    pub(crate) async fn list_parents(&self, child: &str, token: Option<&str>) -> Answer<Paged<String>> {
        let answer: ListParents = self.organizations("ListParents", paged(json!({ "ChildId": child }), token)).await?;
        Ok((answer.parents.into_iter().map(|parent| parent.id).collect(), answer.next_token))
    }

    /// Ids and names of the policies that are attached to a target.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html>
    pub(crate) async fn list_policies_for_target(
        &self,
        target: &str,
        kind: ControlKind,
        token: Option<&str>,
    ) -> Answer<Paged<(String, String)>> {
        let body = paged(json!({ "TargetId": target, "Filter": kind.name() }), token);
        let answer: ListPoliciesForTarget = self.organizations("ListPoliciesForTarget", body).await?;
        Ok((answer.policies.into_iter().map(|policy| (policy.id, policy.name)).collect(), answer.next_token))
    }

    /// The text of a policy.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribePolicy.html>
    pub(crate) async fn describe_policy(&self, id: &str) -> Answer<String> {
        let answer: DescribePolicy = self.organizations("DescribePolicy", json!({ "PolicyId": id })).await?;
        Ok(answer.policy.content)
    }

    async fn organizations<T: DeserializeOwned>(&self, operation: &str, body: Value) -> Answer<T> {
        let target = format!("AWSOrganizationsV20161128.{operation}");
        let body = self.post(&ORGANIZATIONS, &[("x-amz-target", &target)], body.to_string()).await?;
        read_json(&body)
    }
}

fn paged(mut body: Value, token: Option<&str>) -> Value {
    if let Some(token) = token {
        body["NextToken"] = token.into();
    }
    body
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeOrganization {
    organization: OrganizationSummary,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OrganizationSummary {
    id: String,
    master_account_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListParents {
    parents: Vec<Parent>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parent {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListPoliciesForTarget {
    policies: Vec<PolicySummary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicySummary {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribePolicy {
    policy: PolicyContent,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyContent {
    content: String,
}
