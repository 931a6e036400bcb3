//! EKS: clusters, what runs them and who may enter.

mod access;
mod clusters;
mod compute;
mod versions;

use serde_json::Value;

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError, object};
use crate::account::Cluster;
use crate::calls::Outcome;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "eks",
    prefix: "eks",
    protocol: Protocol::RestJson,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 429, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "ServerException",
    invalid_token: "InvalidParameterException",
    operations: OPERATIONS,
};

const OPERATIONS: &[Operation] = &[
    Operation::get("ListClusters", "/clusters", clusters::list as Answerer),
    Operation::get("DescribeClusterVersions", "/cluster-versions", versions::describe),
    on_cluster("DescribeCluster", "/clusters/{}", clusters::describe),
    on_cluster("ListNodegroups", "/clusters/{}/node-groups", compute::list_node_groups),
    on_cluster("DescribeNodegroup", "/clusters/{}/node-groups/{}", compute::describe_node_group),
    on_cluster("ListFargateProfiles", "/clusters/{}/fargate-profiles", compute::list_fargate_profiles),
    on_cluster("DescribeFargateProfile", "/clusters/{}/fargate-profiles/{}", compute::describe_fargate_profile),
    on_cluster("ListAddons", "/clusters/{}/addons", compute::list_addons),
    on_cluster("DescribeAddon", "/clusters/{}/addons/{}", compute::describe_addon),
    on_cluster("ListCapabilities", "/clusters/{}/capabilities", compute::list_capabilities),
    on_cluster("DescribeCapability", "/clusters/{}/capabilities/{}", compute::describe_capability),
    on_cluster("ListAccessEntries", "/clusters/{}/access-entries", access::list_entries),
    on_cluster("DescribeAccessEntry", "/clusters/{}/access-entries/{}", access::describe_entry),
    on_cluster("ListAssociatedAccessPolicies", "/clusters/{}/access-entries/{}/access-policies", access::list_policies),
    on_cluster("ListPodIdentityAssociations", "/clusters/{}/pod-identity-associations", access::list_pod_identities),
    on_cluster(
        "DescribePodIdentityAssociation",
        "/clusters/{}/pod-identity-associations/{}",
        access::describe_pod_identity,
    ),
    on_cluster("ListIdentityProviderConfigs", "/clusters/{}/identity-provider-configs", access::list_providers),
    Operation::rest(
        "DescribeIdentityProviderConfig",
        "POST",
        "/clusters/{}/identity-provider-configs/describe",
        access::describe_provider,
    )
    .on(asked_arn),
    Operation::rest("ListInsights", "POST", "/clusters/{}/insights", clusters::list_insights).on(asked_arn),
];

const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 100, most: 100 };

const fn on_cluster(name: &'static str, path: &'static str, answer: Answerer) -> Operation {
    Operation::get(name, path, answer).on(asked_arn)
}

fn asked_arn(ask: &Ask<'_>) -> Option<String> {
    Some(cluster_arn(ask, ask.label(0)))
}

fn cluster_arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("eks", ask.region, &format!("cluster/{name}"))
}

/// The ARN of a part of the cluster that was asked about.
fn part_arn(ask: &Ask<'_>, kind: &str, rest: &str) -> String {
    ask.world.account.arn("eks", ask.region, &format!("{kind}/{}/{rest}", ask.label(0)))
}

fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message).outcome(Outcome::NotFound)
}

/// The cluster that the path names.
fn asked<'a>(ask: &Ask<'a>) -> Result<&'a Cluster, ServiceError> {
    let clusters = &ask.world.region(ask.region).eks.clusters;
    let found = clusters.iter().find(|cluster| cluster.name == ask.label(0));
    found.ok_or_else(|| not_found(format!("No cluster found for name: {}.", ask.label(0))))
}

/// A page of a list under its name, with the token of the next.
fn page_of<T>(
    ask: &Ask<'_>,
    name: &'static str,
    all: &[T],
    write: impl Fn(&T) -> Value,
) -> Result<Answer, ServiceError> {
    let page = ask.page(all, &PAGE)?;
    let items: Value = page.items.iter().map(write).collect();
    Ok(Answer::Json(object([(name, items), ("nextToken", page.next.into())])))
}

/// A single thing under its name.
fn one(name: &'static str, value: Value) -> Answer {
    Answer::Json(object([(name, value)]))
}

fn is_text(text: Option<&str>, otherwise: &str) -> Value {
    text.unwrap_or(otherwise).into()
}
