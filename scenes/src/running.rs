//! Scenes about workloads and the pods that run for them.

use std::sync::Arc;

use serde_json::Value;

use crate::Scene;
use crate::kubernetes::{NAMESPACE, new_container, new_objects, new_service_account, new_workload};
use crate::pods::trusting_pods;
use palisade_model::kubernetes::{
    Container, ContainerKind, Owner, Phase, Pod, PodSpec, ServiceAccount, Volume, VolumeSource, WorkloadKind,
};
use palisade_model::{Fact, Listing};

/// A running pod of the Deployment `web`, as its template makes it; then changed.
pub fn new_pod(change: impl FnOnce(&mut PodSpec)) -> Pod {
    let mut spec = Arc::unwrap_or_clone(new_workload("web").template);
    change(&mut spec);
    Pod {
        namespace: NAMESPACE.to_owned(),
        name: "web-7d9f-x2k".to_owned(),
        created_at: None,
        labels: [("app".to_owned(), "web".to_owned())].into(),
        owner: Some(Owner { kind: WorkloadKind::Deployment, name: "web".to_owned() }),
        node: Some("ip-10-0-1-7.eu-west-1.compute.internal".to_owned()),
        phase: Phase::Running,
        ready: true,
        images: vec![],
        spec: Arc::new(spec),
    }
}

impl Scene {
    /// Adds running pods of the Deployment `web`.
    pub fn and_pods(self, pods: Vec<Pod>) -> Self {
        self.objects(|objects| objects.pods = Listing::whole([objects.pods.seen().to_vec(), pods].concat()))
    }

    /// Puts these service accounts in place of those of the cluster.
    pub fn with_accounts(self, accounts: Vec<ServiceAccount>) -> Self {
        self.objects(|objects| objects.service_accounts = Listing::whole(accounts))
    }
}

/// A volume that is a path of the node.
pub fn host_path(path: &str) -> Volume {
    Volume { name: "host".to_owned(), source: VolumeSource::HostPath(path.to_owned()) }
}

/// An ephemeral container in order.
pub fn debugger() -> Container {
    Container { kind: ContainerKind::Ephemeral, ..new_container("debugger") }
}

/// A service account that is annotated with a role.
pub fn annotated(name: &str, role: &str) -> ServiceAccount {
    ServiceAccount { role: Some(role.into()), ..new_service_account(name) }
}

/// The cluster `shop`, looked into and with its provider in IAM, beside the role `orders-role` with these statements as its
/// trust policy; its namespace `shop` holds these service accounts. The cluster is the subject.
pub fn trusted_by_role(statements: &[Value], accounts: Vec<ServiceAccount>) -> Scene {
    let looked_into = |scene: Scene| scene.and_cluster(|cluster| cluster.inside = Fact::Known(new_objects()));
    looked_into(trusting_pods(statements)).of_cluster().with_accounts(accounts)
}
