//! Scenes inside clusters: what maps principals of AWS, what enforces, what is exposed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Scene;
use crate::kubernetes::{inside, new_workload};
use palisade_model::eks::{AuthenticationMode, Cluster};
use palisade_model::kubernetes::{
    AwsAuth, Controller, Mapping, MappingText, Node, NodeSoftware, Service, ServiceKind, ServicePort, WorkloadKind,
};
use palisade_model::{Fact, Listing};

/// Changes the mode in which principals are let in.
pub fn authenticated_by(scene: Scene, mode: AuthenticationMode) -> Scene {
    scene.and_cluster(|cluster| configure(cluster, |configuration| configuration.authentication = mode))
}

/// Changes the configuration of a cluster.
pub fn configure(cluster: &mut Cluster, change: impl FnOnce(&mut palisade_model::eks::Configuration)) {
    let Fact::Known(configuration) = &mut cluster.configuration else { panic!("the configuration is not known") };
    change(configuration);
}

/// An entry of `aws-auth`.
pub fn mapping(arn: &str, username: &str, groups: &[&str]) -> Mapping {
    Mapping {
        arn: arn.into(),
        username: Some(username.to_owned()),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
    }
}

/// The entry that EKS makes for a node group.
pub fn node_mapping() -> Mapping {
    let groups = ["system:bootstrappers", "system:nodes"];
    mapping("arn:aws:iam::111122223333:role/orders-role", "system:node:{{EC2PrivateDNSName}}", &groups)
}

/// A cluster whose one way in is the ConfigMap `aws-auth`, with nothing but an entry for nodes; then changed.
pub fn mapped(change: impl FnOnce(&mut AwsAuth)) -> Scene {
    let mut auth = AwsAuth {
        roles: MappingText::Parsed(vec![node_mapping()]),
        users: MappingText::Parsed(vec![]),
        accounts: MappingText::Parsed(vec![]),
    };
    change(&mut auth);
    let scene = inside(|objects| objects.aws_auth = Fact::Known(Some(auth)));
    authenticated_by(scene, AuthenticationMode::ConfigMap)
}

/// As [`mapped`], with one more entry for a role.
pub fn mapped_role(arn: &str, username: &str, groups: &[&str]) -> Scene {
    let entries = vec![node_mapping(), mapping(arn, username, groups)];
    mapped(|auth| auth.roles = MappingText::Parsed(entries))
}

/// A daemon set of a namespace with this image, ready on all of two nodes; then changed.
pub fn daemon_set(namespace: &str, name: &str, image: &str, change: impl FnOnce(&mut Controller)) -> Controller {
    let mut workload = new_workload(name);
    workload.kind = WorkloadKind::DaemonSet;
    namespace.clone_into(&mut workload.namespace);
    image.clone_into(&mut Arc::make_mut(&mut workload.template).containers[0].image);
    change(&mut workload);
    workload
}

/// A ready Linux node; then changed.
pub fn node(name: &str, change: impl FnOnce(&mut Node)) -> Node {
    let software = NodeSoftware { operating_system: "linux".to_owned(), ..NodeSoftware::default() };
    let mut node = Node {
        name: name.to_owned(),
        labels: BTreeMap::new(),
        taints: vec![],
        provider_id: Some(format!("aws:///eu-west-1a/{name}")),
        ready: Some(true),
        unschedulable: false,
        created_at: None,
        software,
    };
    change(&mut node);
    node
}

/// A service `web` of the namespace `shop` that leads to the pods of the Deployment `web` at port 443; then changed.
pub fn service(change: impl FnOnce(&mut Service)) -> Service {
    let mut service = Service {
        namespace: "shop".to_owned(),
        name: "web".to_owned(),
        kind: ServiceKind::ClusterIp,
        annotations: BTreeMap::new(),
        load_balancer_class: None,
        source_ranges: vec![],
        load_balancers: vec![],
        external_addresses: vec![],
        ports: vec![ServicePort { name: None, protocol: "TCP".to_owned(), port: 443, node_port: None }],
        selector: [("app".to_owned(), "web".to_owned())].into(),
    };
    change(&mut service);
    service
}

/// As [`service`], with a load balancer and these annotations, each without what the names of all begin with.
pub fn balanced(annotations: &[(&str, &str)]) -> Service {
    service(|service| {
        service.kind = ServiceKind::LoadBalancer;
        let name = |name: &str| format!("{}{name}", Service::KEPT_ANNOTATIONS);
        service.annotations = annotations.iter().map(|(key, value)| (name(key), (*value).to_owned())).collect();
    })
}

/// A cluster with this service.
pub fn served(service: Service) -> Scene {
    inside(|objects| objects.network.services = Listing::whole(vec![service]))
}
