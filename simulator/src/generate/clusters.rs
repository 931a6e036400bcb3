//! Clusters of made-up accounts.

use std::collections::BTreeMap;

use serde_json::json;

use super::{ID, Size, TEAMS, is_among, pick, subnet_id};
use crate::account::{
    AccessEntry, AccessPolicy, Addon, Cluster, Document, Endpoint, FargateProfile, Instance, Kubernetes, LogGroup,
    Metadata, Moment, NodeGroup, PodCount, PodIdentity, Region, Role, SecurityGroup, Selector, Trust,
};
use crate::ids;

const NODE_GROUPS: usize = 5;
const FARGATE_PROFILES: usize = 2;
const ACCESS_ENTRIES: usize = 20;
const POD_IDENTITIES: usize = 10;
const ADDONS: [&str; 6] =
    ["vpc-cni", "coredns", "kube-proxy", "eks-pod-identity-agent", "aws-ebs-csi-driver", "metrics-server"];
/// Pods of one deployment of those that are made up.
const PODS_OF_A_DEPLOYMENT: usize = 20;

/// The roles that all made-up clusters share.
pub(super) fn roles() -> Vec<Role> {
    let role = |name: &str, service: &str, policies: &[&str]| {
        let mut role = Role::named(name);
        role.trust = Trust::Service(service.to_owned());
        role.policies = policies.iter().map(|&policy| policy.to_owned()).collect();
        role
    };
    let mut all = vec![
        role("cluster", "eks", &["AmazonEKSClusterPolicy"]),
        role("cluster-node", "ec2", &["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"]),
        role("cluster-fargate", "eks-fargate-pods", &["AmazonEKSFargatePodExecutionRolePolicy"]),
    ];
    all.extend((0..ACCESS_ENTRIES).map(|number| role(&engineer(number), "codebuild", &[])));
    all.extend((0..POD_IDENTITIES).map(|number| {
        let mut role = role(&pod_role(number), "pods.eks.amazonaws.com", &[]);
        let statement = json!([{"Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": format!("arn:aws:dynamodb:*:{ID}:table/{}-data", pick(number, "team", TEAMS))}]);
        role.inline = BTreeMap::from([("data".to_owned(), Document::new(json!({"Statement": statement})))]);
        role
    }));
    all
}

fn engineer(number: usize) -> String {
    format!("engineer-{number:02}")
}

fn pod_role(number: usize) -> String {
    format!("pods-{number:02}")
}

/// Adds the `index`-th cluster and what surrounds it; the first holds the pods.
pub(super) fn add(place: &mut Region, region: &str, index: usize, size: &Size) {
    let name = format!("{}-{index:03}", pick(index, "team", TEAMS));
    let vpc = format!("vpc-{}", ids::hexadecimal(region, 17));
    let group = format!("sg-{}", ids::hexadecimal(&name, 17));
    place.security_groups.push(SecurityGroup {
        id: group.clone(),
        name: format!("eks-cluster-sg-{name}"),
        vpc: vpc.clone(),
        ingress: Vec::new(),
    });
    place.log_groups.push(LogGroup {
        name: format!("/aws/eks/{name}/cluster"),
        retention_days: is_among(index, "retention", 60).then_some(90),
        key: None,
    });
    place.instances.extend((0..NODE_GROUPS).map(|number| Instance {
        id: format!("i-{}", ids::hexadecimal(&format!("{name} {number}"), 17)),
        cluster: Some(name.clone()),
        node_group: Some(format!("general-{number}")),
        subnet: Some(subnet_id(region, number % 2)),
        metadata: Metadata { hop_limit: Some(1), ..Metadata::default() },
        ..Instance::default()
    }));
    let pods = PodCount { count: size.pods, deployments: size.pods.div_ceil(PODS_OF_A_DEPLOYMENT) };
    place.eks.clusters.push(Cluster {
        role: Some("cluster".to_owned()),
        endpoint: Endpoint { private: true, public: is_among(index, "public", 40), ..Endpoint::default() },
        vpc: Some(vpc),
        subnets: vec![subnet_id(region, 0), subnet_id(region, 1)],
        own_security_group: Some(group),
        logs: if is_among(index, "logs", 70) {
            vec!["audit".to_owned(), "authenticator".to_owned()]
        } else {
            Vec::new()
        },
        node_groups: (0..NODE_GROUPS).map(node_group).collect(),
        fargate_profiles: (0..FARGATE_PROFILES).map(fargate_profile).collect(),
        addons: ADDONS.iter().map(|&name| Addon { name: name.to_owned(), ..Addon::default() }).collect(),
        access_entries: access_entries(),
        pod_identities: (0..POD_IDENTITIES).map(pod_identity).collect(),
        kubernetes: (index == 0 && size.pods > 0).then(|| Kubernetes { pods: Some(pods), ..Kubernetes::default() }),
        name,
        ..Cluster::default()
    });
}

fn node_group(number: usize) -> NodeGroup {
    NodeGroup {
        name: format!("general-{number}"),
        role: Some("cluster-node".to_owned()),
        modified: Some(Moment::DaysAgo(20)),
        ..NodeGroup::default()
    }
}

fn fargate_profile(number: usize) -> FargateProfile {
    FargateProfile {
        name: format!("serverless-{number}"),
        role: Some("cluster-fargate".to_owned()),
        selectors: vec![Selector { namespace: format!("serverless-{number}"), labels: BTreeMap::new() }],
        ..FargateProfile::default()
    }
}

/// One of whoever audits, the others of people and pipelines.
fn access_entries() -> Vec<AccessEntry> {
    let auditor = AccessEntry {
        principal: format!("arn:aws:iam::{ID}:user/auditor"),
        groups: vec!["auditors".to_owned()],
        ..AccessEntry::default()
    };
    let others = (0..ACCESS_ENTRIES - 1).map(|number| AccessEntry {
        principal: engineer(number),
        policies: match number {
            0 => vec![AccessPolicy::Cluster("AmazonEKSClusterAdminPolicy".to_owned())],
            1..=4 => vec![AccessPolicy::Namespaces {
                policy: "AmazonEKSEditPolicy".to_owned(),
                namespaces: vec!["team-000".to_owned()],
            }],
            _ => Vec::new(),
        },
        groups: if number > 4 { vec!["developers".to_owned()] } else { Vec::new() },
        ..AccessEntry::default()
    });
    std::iter::once(auditor).chain(others).collect()
}

fn pod_identity(number: usize) -> PodIdentity {
    PodIdentity {
        namespace: "team-000".to_owned(),
        service_account: format!("service-{number:04}"),
        role: pod_role(number),
        ..PodIdentity::default()
    }
}
