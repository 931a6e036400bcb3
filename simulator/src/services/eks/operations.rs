//! The operations of EKS.

use super::{access, cluster_arn, clusters, compute, versions};
use crate::services::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::wire::Protocol;

pub(crate) static SERVICE: Service = Service {
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

const fn on_cluster(name: &'static str, path: &'static str, answer: Answerer) -> Operation {
    Operation::get(name, path, answer).on(asked_arn)
}

fn asked_arn(ask: &Ask<'_>) -> Option<String> {
    Some(cluster_arn(ask, ask.label(0)))
}
