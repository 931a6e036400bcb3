//! Scenes of EKS, as AWS describes clusters.

use std::collections::BTreeMap;

use super::{ACCOUNT, REGION, Scene, changed, function, push, role_arn};
use palisade_model::eks::{
    AuthenticationMode, Cluster, ClusterNetwork, ClusterStatus, Configuration, Detector, Eks, LogGroup, Reach, Version,
    VersionSupport,
};
use palisade_model::{Action, Arn, Fact, Listing, Place, Switch};

pub const ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";

pub const VPC: &str = "vpc-0a1b2c3d";

/// An account whose one cluster, `shop`, is as it should be: private, logged, encrypted, supported; then changed.
pub fn cluster(change: impl FnOnce(&mut Cluster)) -> Scene {
    let cluster = changed(new_cluster("shop"), change);
    let mut scene = function(|_| {});
    scene.subject = cluster.arn.clone();
    scene.region(|region| push(&mut region.eks.clusters, cluster))
}

/// As [`cluster`], with its configuration changed.
pub fn configured_cluster(change: impl FnOnce(&mut Configuration)) -> Scene {
    cluster(|cluster| {
        let Fact::Known(configuration) = &mut cluster.configuration else { return };
        change(configuration);
    })
}

pub fn cluster_arn(name: &str) -> Arn {
    format!("arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{name}").into()
}

pub fn new_eks() -> Eks {
    let version = |version: &str, support, until: (&str, &str)| Version {
        version: version.to_owned(),
        support,
        standard_until: Some(until.0.parse().unwrap()),
        extended_until: Some(until.1.parse().unwrap()),
    };
    Eks {
        clusters: Listing::whole(vec![]),
        versions: Fact::Known(vec![
            version("1.34", VersionSupport::Standard, ("2026-12-02", "2027-12-02")),
            version("1.35", VersionSupport::Standard, ("2027-03-27", "2028-03-27")),
            version("1.32", VersionSupport::Extended, ("2026-03-23", "2027-03-23")),
        ]),
        detector: Fact::Known(Some(Detector { enabled: Switch::On, features: BTreeMap::new() })),
        coverage: Fact::Known(BTreeMap::new()),
    }
}

fn new_cluster(name: &str) -> Cluster {
    let configuration = Configuration {
        status: ClusterStatus::Active,
        version: "1.35".to_owned(),
        platform_version: Some("eks.4".to_owned()),
        created_at: None,
        role: Some(role_arn("cluster-role")),
        endpoint: Some("https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com".to_owned()),
        certificate_authority: Some("LS0tLS1CRUdJTg==".to_owned()),
        reach: Reach { public: false, private: true, public_cidrs: vec![] },
        network: ClusterNetwork {
            vpc: Some(VPC.to_owned()),
            subnets: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
            security_groups: vec!["sg-cluster".to_owned()],
        },
        logs: ["api", "audit", "authenticator", "controllerManager", "scheduler"].map(str::to_owned).into(),
        secrets_key: Some(format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d")),
        authentication: AuthenticationMode::Api,
        creator_is_admin: Some(false),
        issuer: Some(ISSUER.to_owned()),
        upgrade_support: Some("STANDARD".to_owned()),
        auto_mode: false,
        auto_mode_role: None,
        deletion_protection: Some(true),
        elsewhere: None,
        id: None,
        tags: BTreeMap::new(),
    };
    Cluster {
        arn: cluster_arn(name),
        name: name.to_owned(),
        configuration: Fact::Known(configuration),
        node_groups: Listing::whole(vec![]),
        fargate_profiles: Listing::whole(vec![]),
        addons: Listing::whole(vec![]),
        access_entries: Listing::whole(vec![]),
        pod_identities: Listing::whole(vec![]),
        identity_providers: Listing::whole(vec![]),
        capabilities: Listing::whole(vec![]),
        insights: Listing::whole(vec![]),
        instances: Listing::whole(vec![]),
        log_group: Fact::Known(Some(LogGroup {
            name: format!("/aws/eks/{name}/cluster"),
            retention_days: Some(365),
            key: None,
        })),
        inside: Fact::not_asked(Action::KubernetesGetVersion, &Place::resource(&cluster_arn(name))),
    }
}
