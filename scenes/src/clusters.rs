//! Scenes about clusters: what they are made of, each part as it should be and then changed.

use std::collections::BTreeMap;

use crate::{ACCOUNT, REGION, Scene, VPC, cluster, role_arn};
use palisade_model::eks::{
    AccessEntry, AccessPolicy, AccessScope, Addon, AddonDetails, EntryDetails, Instance, MetadataOptions, NodeGroup,
    NodeGroupDetails, PodIdentity, PodIdentityDetails, SessionTags, Tokens,
};
use palisade_model::network::{Network, RouteTable, SecurityGroup, Subnet};
use palisade_model::{Fact, Listing};

/// An access entry whose principal holds these access policies, each with its scope.
pub fn entry(principal: &str, policies: &[(&str, AccessScope)]) -> AccessEntry {
    let policies = policies.iter().map(|(name, scope)| AccessPolicy {
        arn: format!("arn:aws:eks::aws:cluster-access-policy/{name}").into(),
        scope: scope.clone(),
    });
    AccessEntry {
        principal: principal.into(),
        details: Fact::Known(EntryDetails {
            arn: None,
            kind: "STANDARD".to_owned(),
            groups: vec![],
            username: Some(principal.to_owned()),
        }),
        policies: Fact::Known(policies.collect()),
    }
}

/// A cluster with these access entries.
pub fn entered(entries: Vec<AccessEntry>) -> Scene {
    cluster(|cluster| cluster.access_entries = Listing::whole(entries))
}

/// A managed node group `workers` in private subnets, of Amazon Linux 2023 three weeks old; then changed.
pub fn node_group(change: impl FnOnce(&mut NodeGroupDetails)) -> NodeGroup {
    let arn = format!("arn:aws:eks:{REGION}:{ACCOUNT}:nodegroup/shop/workers/0a1b2c3d");
    let mut details = NodeGroupDetails {
        arn: arn.into(),
        role: Some(role_arn("workers-role")),
        version: Some("1.35".to_owned()),
        release: Some("1.35.2-20261101".to_owned()),
        ami_type: Some("AL2023_x86_64_STANDARD".to_owned()),
        subnets: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
        ssh_key: None,
        ssh_sources: vec![],
        launch_template: None,
        modified_at: Some("2026-11-02T08:00:00Z".parse().unwrap()),
        issues: vec![],
    };
    change(&mut details);
    NodeGroup { name: "workers".to_owned(), details: Fact::Known(details) }
}

/// A cluster with the node group `workers`, changed.
pub fn grouped(change: impl FnOnce(&mut NodeGroupDetails)) -> Scene {
    let group = node_group(change);
    networked(cluster(|cluster| cluster.node_groups = Listing::whole(vec![group])))
}

/// A node whose metadata service asks for a token and answers no container; then changed.
pub fn instance(change: impl FnOnce(&mut Instance)) -> Instance {
    let mut instance = Instance {
        id: "i-0a1b2c3d".to_owned(),
        metadata: MetadataOptions {
            enabled: Some(palisade_model::Switch::On),
            tokens: Some(Tokens::Required),
            hop_limit: Some(1),
        },
        has_public_address: false,
        subnet: Some("subnet-a".to_owned()),
        profile: None,
        node_group: None,
    };
    change(&mut instance);
    instance
}

/// An active add-on; then changed.
pub fn addon(name: &str, change: impl FnOnce(&mut AddonDetails)) -> Addon {
    let mut details = AddonDetails {
        arn: format!("arn:aws:eks:{REGION}:{ACCOUNT}:addon/shop/{name}/0a1b2c3d").into(),
        version: Some("v1.21.1-eksbuild.1".to_owned()),
        status: "ACTIVE".to_owned(),
        role: None,
        pod_identities: vec![],
        network_policy: None,
        issues: vec![],
    };
    change(&mut details);
    Addon { name: name.to_owned(), details: Fact::Known(details) }
}

/// A role that EKS gives to the pods of a service account.
pub fn pods(namespace: &str, service_account: &str, role: &str) -> PodIdentity {
    let arn = format!("arn:aws:eks:{REGION}:{ACCOUNT}:podidentityassociation/shop/a-{namespace}-{service_account}");
    let role = role_arn(role);
    PodIdentity {
        arn: arn.into(),
        namespace: namespace.to_owned(),
        service_account: service_account.to_owned(),
        owner: None,
        details: Fact::Known(PodIdentityDetails {
            role,
            target_role: None,
            session_tags: SessionTags::Set,
            policy: None,
        }),
    }
}

/// Adds the network of the cluster `shop`: private subnets `subnet-a` and `subnet-b`, public ones `subnet-public`
/// (which gives addresses) and `subnet-front` (which gives none), and a closed security group.
pub fn networked(scene: Scene) -> Scene {
    let subnet = |zone: &str, gives| Subnet {
        zone: zone.to_owned(),
        vpc: Some(VPC.to_owned()),
        gives_public_addresses: Some(gives),
    };
    let subnets = [
        ("subnet-a", subnet("euw1-az1", false)),
        ("subnet-b", subnet("euw1-az2", false)),
        ("subnet-public", subnet("euw1-az1", true)),
        ("subnet-front", subnet("euw1-az2", false)),
    ];
    let table = |subnets: &[&str], leads_to_internet| RouteTable {
        vpc: VPC.to_owned(),
        is_main: subnets.is_empty(),
        subnets: subnets.iter().map(|&id| id.to_owned()).collect(),
        leads_to_internet,
        leads_to_internet_by_ipv6: false,
    };
    let group = |name: &str| SecurityGroup { name: name.to_owned(), vpc: None, ingress: vec![] };
    scene.region(|region| {
        region.network = Network {
            subnets: Fact::Known(subnets.map(|(id, subnet)| (id.to_owned(), subnet)).into()),
            route_tables: Fact::Known(vec![table(&[], false), table(&["subnet-public", "subnet-front"], true)]),
            security_groups: Fact::Known(BTreeMap::from([("sg-cluster".to_owned(), group("eks-cluster-sg-shop"))])),
            flow_logs: Fact::Known([(VPC.to_owned(), palisade_model::Switch::On)].into_iter().collect()),
            interfaces: Fact::Known(BTreeMap::new()),
            instances: Fact::Known(BTreeMap::new()),
        };
    })
}
