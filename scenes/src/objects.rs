//! Clusters for tests: one that holds nothing, and one of which nothing could be read.

use std::sync::Arc;

use crate::specs;
use palisade_model::kubernetes::{
    AccessObjects, AdmissionObjects, NetworkObjects, Objects, Owner, Phase, Pod, RunningImage, ServerVersion, WaysIn,
    WorkloadKind, Workloads,
};
use palisade_model::{Action, By, Fact, Gap, Listing, Place, Reason};

/// A cluster of version 1.33 that holds nothing.
pub fn empty() -> Objects {
    with_gap(None)
}

/// A cluster of which nothing could be read.
pub fn unread() -> Objects {
    with_gap(Some(&Gap {
        action: Action::KubernetesListPods,
        place: Place::account(),
        reason: Reason::Denied(By::Identity),
    }))
}

/// A running pod of the deployment `orders`.
pub fn pod(name: &str) -> Pod {
    Pod {
        namespace: "shop".to_owned(),
        name: name.to_owned(),
        created_at: None,
        labels: [("app".to_owned(), "orders".to_owned())].into(),
        owner: Some(Owner { kind: WorkloadKind::Deployment, name: "orders".to_owned() }),
        node: Some("ip-10-0-1-7.eu-west-1.compute.internal".to_owned()),
        phase: Phase::Running,
        ready: true,
        images: vec![RunningImage {
            container: "app".to_owned(),
            image: "registry.example:5000/shop/app:1.4.2".to_owned(),
            digest: Some(format!("sha256:{}", "5e".repeat(32))),
        }],
        spec: Arc::new(specs::pod()),
    }
}

fn with_gap(gap: Option<&Gap>) -> Objects {
    Objects {
        version: fact(ServerVersion { major: 1, minor: 33 }, gap),
        namespaces: list(gap),
        workloads: Workloads {
            deployments: list(gap),
            stateful_sets: list(gap),
            daemon_sets: list(gap),
            replica_sets: list(gap),
            replication_controllers: list(gap),
            jobs: list(gap),
            cron_jobs: list(gap),
            pods: list(gap),
        },
        pods: list(gap),
        service_accounts: list(gap),
        access: AccessObjects {
            roles: list(gap),
            cluster_roles: list(gap),
            role_bindings: list(gap),
            cluster_role_bindings: list(gap),
        },
        network: NetworkObjects {
            policies: list(gap),
            foreign_policies: list(gap),
            services: list(gap),
            ingresses: list(gap),
            ways_in: WaysIn {
                ingress_classes: list(gap),
                ingress_class_params: list(gap),
                gateway_classes: list(gap),
                gateways: list(gap),
                load_balancer_configurations: list(gap),
                routes: list(gap),
                reference_grants: list(gap),
                target_group_bindings: list(gap),
            },
        },
        admission: AdmissionObjects {
            validating_webhooks: list(gap),
            mutating_webhooks: list(gap),
            policies: list(gap),
            policy_bindings: list(gap),
            kyverno: list(gap),
            kyverno_exceptions: list(gap),
            gatekeeper: list(gap),
            gatekeeper_exemptions: list(gap),
        },
        nodes: list(gap),
        node_classes: list(gap),
        storage_classes: list(gap),
        persistent_volumes: list(gap),
        resource_quotas: list(gap),
        limit_ranges: list(gap),
        definitions: list(gap),
        newer_fields: [].into(),
        aws_auth: fact(None, gap),
        vpc_cni: fact(None, gap),
    }
}

fn list<T>(gap: Option<&Gap>) -> Listing<T> {
    Listing::new(vec![], gap.cloned())
}

fn fact<T>(known: T, gap: Option<&Gap>) -> Fact<T> {
    gap.map_or(Fact::Known(known), |gap| Fact::Unknown(gap.clone()))
}
