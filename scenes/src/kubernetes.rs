//! Scenes inside a cluster.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Scene, changed, cluster, cluster_arn};
use palisade_model::kubernetes::{
    AccessObjects, AdmissionObjects, Amounts, Capabilities, Container, ContainerKind, ContainerSecurity, Controller,
    Namespace, NetworkObjects, NetworkPolicy, Objects, PodResources, PodSecurity, PodSpec, Profile, Selector,
    ServerVersion, ServiceAccount, WaysIn, WorkloadKind, Workloads,
};
use palisade_model::{Arn, Fact, Listing};

/// The namespace of all scenes.
pub const NAMESPACE: &str = "shop";

/// A cluster that was looked into and is as it should be: the namespace `shop` with one Deployment `web`; then changed.
/// The cluster is the subject.
pub fn inside(change: impl FnOnce(&mut Objects)) -> Scene {
    cluster(|cluster| cluster.inside = Fact::Known(changed(new_objects(), change)))
}

/// As [`inside`], with the namespace `shop` changed; it is the subject.
pub fn namespace(change: impl FnOnce(&mut Namespace)) -> Scene {
    let namespace = changed(new_namespace(NAMESPACE), change);
    let mut scene = inside(|objects| objects.namespaces = Listing::whole(vec![namespace]));
    scene.subject = format!("{}/namespaces/{NAMESPACE}", cluster_arn("shop")).into();
    scene
}

/// As [`inside`], with the Deployment `web` changed; it is the subject.
pub fn workload(change: impl FnOnce(&mut Controller)) -> Scene {
    let workload = changed(new_workload("web"), change);
    let mut scene = inside(|objects| objects.workloads.deployments = Listing::whole(vec![workload]));
    scene.subject = workload_arn("web");
    scene
}

/// As [`workload`], with what its pods are made of changed.
pub fn pod_spec(change: impl FnOnce(&mut PodSpec)) -> Scene {
    workload(|workload| change(Arc::make_mut(&mut workload.template)))
}

/// As [`workload`], with its one container changed.
pub fn container(change: impl FnOnce(&mut Container)) -> Scene {
    pod_spec(|spec| change(&mut spec.containers[0]))
}

impl Scene {
    /// Changes what is inside the cluster.
    pub fn objects(self, change: impl FnOnce(&mut Objects)) -> Self {
        self.region(|region| {
            let mut clusters = region.eks.clusters.seen().to_vec();
            let Fact::Known(objects) = &mut clusters[0].inside else { panic!("the cluster was not looked into") };
            change(objects);
            region.eks.clusters = Listing::whole(clusters);
        })
    }
}

/// The name of a Deployment of the namespace `shop`.
pub fn workload_arn(name: &str) -> Arn {
    format!("{}/namespaces/{NAMESPACE}/deployments/{name}", cluster_arn("shop")).into()
}

/// A namespace that enforces the restricted level.
pub fn new_namespace(name: &str) -> Namespace {
    let modes = ["enforce", "audit", "warn"];
    let labels = modes.map(|mode| (format!("pod-security.kubernetes.io/{mode}"), "restricted".to_owned()));
    Namespace { name: name.to_owned(), labels: labels.into(), created_at: None, terminating: false }
}

/// A Deployment whose pods keep to the restricted level and run as a service account of their own.
pub fn new_workload(name: &str) -> Controller {
    let labels = BTreeMap::from([("app".to_owned(), name.to_owned())]);
    let spec = PodSpec {
        containers: vec![new_container("main")],
        security: PodSecurity {
            run_as_non_root: Some(true),
            seccomp: Some(Profile::RuntimeDefault),
            ..PodSecurity::default()
        },
        service_account: name.to_owned(),
        automount_token: Some(false),
        resources: Some(PodResources::default()),
        ..PodSpec::default()
    };
    Controller {
        kind: WorkloadKind::Deployment,
        namespace: NAMESPACE.to_owned(),
        name: name.to_owned(),
        labels: labels.clone(),
        pod_labels: labels,
        replicas: Some(2),
        ready: Some(2),
        template: Arc::new(spec),
    }
}

/// A container that the restricted level allows, pinned to a digest.
pub fn new_container(name: &str) -> Container {
    let digest = "5e".repeat(32);
    Container {
        name: name.to_owned(),
        kind: ContainerKind::Regular,
        image: format!("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront@sha256:{digest}"),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        ports: vec![],
        security: ContainerSecurity {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            capabilities: Capabilities { add: vec![], drop: vec!["ALL".to_owned()] },
            ..ContainerSecurity::default()
        },
        environment: vec![],
        environment_from: vec![],
        secrets_in_arguments: vec![],
        flags: BTreeMap::new(),
        settings: BTreeMap::new(),
        mounts: vec![],
        requests: Amounts { cpu: true, memory: true },
        limits: Amounts { cpu: false, memory: true },
        handler_hosts: vec![],
    }
}

pub fn new_service_account(name: &str) -> ServiceAccount {
    ServiceAccount {
        namespace: NAMESPACE.to_owned(),
        name: name.to_owned(),
        role: None,
        audience: None,
        token_expiration_seconds: None,
        automount_token: Some(false),
    }
}

/// Denies all traffic of a namespace that no other policy lets through.
pub fn new_default_deny() -> NetworkPolicy {
    NetworkPolicy {
        namespace: NAMESPACE.to_owned(),
        name: "default-deny".to_owned(),
        pods: Selector::default(),
        ingress: Some(vec![]),
        egress: Some(vec![]),
        other_types: vec![],
    }
}

/// What is inside the cluster of [`inside`].
pub fn new_objects() -> Objects {
    Objects {
        version: Fact::Known(ServerVersion { major: 1, minor: 35 }),
        namespaces: Listing::whole(vec![new_namespace(NAMESPACE)]),
        workloads: Workloads {
            deployments: Listing::whole(vec![new_workload("web")]),
            stateful_sets: Listing::whole(vec![]),
            daemon_sets: Listing::whole(vec![]),
            replica_sets: Listing::whole(vec![]),
            replication_controllers: Listing::whole(vec![]),
            jobs: Listing::whole(vec![]),
            cron_jobs: Listing::whole(vec![]),
            pods: Listing::whole(vec![]),
        },
        pods: Listing::whole(vec![]),
        service_accounts: Listing::whole(vec![new_service_account("default"), new_service_account("web")]),
        access: AccessObjects {
            roles: Listing::whole(vec![]),
            cluster_roles: Listing::whole(vec![]),
            role_bindings: Listing::whole(vec![]),
            cluster_role_bindings: Listing::whole(vec![]),
        },
        network: NetworkObjects {
            policies: Listing::whole(vec![new_default_deny()]),
            foreign_policies: Listing::whole(vec![]),
            services: Listing::whole(vec![]),
            ingresses: Listing::whole(vec![]),
            ways_in: WaysIn {
                ingress_classes: Listing::whole(vec![]),
                ingress_class_params: Listing::whole(vec![]),
                gateway_classes: Listing::whole(vec![]),
                gateways: Listing::whole(vec![]),
                load_balancer_configurations: Listing::whole(vec![]),
                routes: Listing::whole(vec![]),
                reference_grants: Listing::whole(vec![]),
                target_group_bindings: Listing::whole(vec![]),
            },
        },
        admission: AdmissionObjects {
            validating_webhooks: Listing::whole(vec![]),
            mutating_webhooks: Listing::whole(vec![]),
            policies: Listing::whole(vec![]),
            policy_bindings: Listing::whole(vec![]),
            kyverno: Listing::whole(vec![]),
            kyverno_exceptions: Listing::whole(vec![]),
            gatekeeper: Listing::whole(vec![]),
            gatekeeper_exemptions: Listing::whole(vec![]),
        },
        nodes: Listing::whole(vec![]),
        node_classes: Listing::whole(vec![]),
        storage_classes: Listing::whole(vec![]),
        persistent_volumes: Listing::whole(vec![]),
        resource_quotas: Listing::whole(vec![]),
        limit_ranges: Listing::whole(vec![]),
        definitions: Listing::whole(vec![]),
        newer_fields: [].into(),
        aws_auth: Fact::Known(None),
        vpc_cni: Fact::Known(None),
    }
}
