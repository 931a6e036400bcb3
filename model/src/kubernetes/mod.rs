//! What a Kubernetes cluster holds, as its own API tells it. Secrets are never read, ConfigMaps only by name.

mod admission;
mod aws_auth;
mod container;
mod controller;
mod engine;
mod managed;
mod namespace;
mod network;
mod node;
mod pod;
mod pod_spec;
mod rbac;
mod saved_pods;
mod security;
mod selector;
mod ways_in;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use admission::{
    AdmissionPolicy, AdmissionPolicyBinding, AdmissionRule, AdmissionScope, FailurePolicy, ParameterNotFound,
    ParameterReference, ValidationAction, Webhook, WebhookConfiguration, WebhookTarget,
};
pub use aws_auth::{AwsAuth, Mapping, MappingText};
pub use container::{
    Amounts, Container, ContainerKind, EnvironmentSource, EnvironmentVariable, HandlerHost, Mount, Port, Reference,
};
pub use controller::{Controller, Owner, WorkloadKind, Workloads};
pub use engine::{
    Demand, Enforcement, EngineExemption, EngineFilter, EnginePolicy, EngineRule, Exempt, ModeOverride, Narrowing,
    PolicyEngine, PolicyException,
};
pub use managed::is_aws_image;
pub use managed::{NAMESPACES_DATED, REGISTRIES};
pub use namespace::{LimitDefaults, LimitRange, Namespace, ObjectName, ServiceAccount};
pub use network::{
    ForeignNetworkPolicy, Ingress, IngressRule, IngressTls, NetworkPolicy, Peer, PolicyForm, PolicyPort, Service,
    ServiceKind, ServicePort, Stance, TrafficRule,
};
pub use node::{MetadataOptions, Node, NodeClass, NodeSoftware, PersistentVolume, StorageClass, Taint};
pub use pod::{Phase, Pod, RunningImage};
pub use pod_spec::{
    HostNamespaces, PodResources, PodSpec, PodSpecs, Projected, TokenProjection, Toleration, Volume, VolumeSource,
    volume_name,
};
pub use rbac::{ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef, Rule, Subject};
pub use security::{Capabilities, ContainerSecurity, PodSecurity, ProcMount, Profile, SeLinux};
pub use selector::{Operator, Requirement, Selector};
pub use ways_in::{
    AllowedRoutes, Gateway, GatewayClass, IngressClass, IngressClassParams, Listener, LoadBalancerConfiguration,
    ObjectReference, ReferenceGrant, Route, RouteParent, TargetGroupBinding, WaysIn,
};

use super::{Fact, Gap, Listing};

/// The objects of a cluster. Each kind is a list of its own, since each can be denied by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Objects {
    /// The version of the API server.
    pub version: Fact<ServerVersion>,
    /// Namespaces.
    pub namespaces: Listing<Namespace>,
    /// What makes pods.
    pub workloads: Workloads,
    /// Pods; saved with each specification once.
    #[serde(with = "saved_pods")]
    pub pods: Listing<Pod>,
    /// Service accounts.
    pub service_accounts: Listing<ServiceAccount>,
    /// Roles, bindings.
    pub access: AccessObjects,
    /// Network policies, services, ingresses.
    pub network: NetworkObjects,
    /// Webhooks, admission policies, policy engines.
    pub admission: AdmissionObjects,
    /// Nodes.
    pub nodes: Listing<Node>,
    /// What Auto Mode and Karpenter make nodes by; empty where neither is installed.
    pub node_classes: Listing<NodeClass>,
    /// Classes of storage.
    pub storage_classes: Listing<StorageClass>,
    /// Volumes that outlive pods.
    pub persistent_volumes: Listing<PersistentVolume>,
    /// Quotas, by namespace and name.
    pub resource_quotas: Listing<ObjectName>,
    /// Default amounts and bounds of namespaces.
    pub limit_ranges: Listing<LimitRange>,
    /// The names of installed resource definitions, such as `clusterpolicies.kyverno.io`.
    pub definitions: Listing<String>,
    /// Fields that objects had and that this version does not know, by the plural of their kind.
    pub newer_fields: BTreeMap<String, Vec<String>>,
    /// `kube-system/aws-auth`; `None` when there is none.
    pub aws_auth: Fact<Option<AwsAuth>>,
    /// `kube-system/amazon-vpc-cni`; `None` when there is none.
    pub vpc_cni: Fact<Option<BTreeMap<String, String>>>,
}

/// Roles and bindings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessObjects {
    /// Roles of namespaces.
    pub roles: Listing<Role>,
    /// Roles of the cluster.
    pub cluster_roles: Listing<ClusterRole>,
    /// Bindings in namespaces.
    pub role_bindings: Listing<RoleBinding>,
    /// Bindings in the whole cluster.
    pub cluster_role_bindings: Listing<ClusterRoleBinding>,
}

/// What concerns traffic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkObjects {
    /// Network policies of Kubernetes itself.
    pub policies: Listing<NetworkPolicy>,
    /// Policies of network plug-ins and of the network policy group; empty where none is installed.
    pub foreign_policies: Listing<ForeignNetworkPolicy>,
    /// Services.
    pub services: Listing<Service>,
    /// Ingresses.
    pub ingresses: Listing<Ingress>,
    /// What else makes load balancers, or leads from them to services.
    pub ways_in: WaysIn,
}

/// What stands between a request and the cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdmissionObjects {
    /// Webhooks that may refuse.
    pub validating_webhooks: Listing<WebhookConfiguration>,
    /// Webhooks that may change.
    pub mutating_webhooks: Listing<WebhookConfiguration>,
    /// Admission policies.
    pub policies: Listing<AdmissionPolicy>,
    /// What puts them into force.
    pub policy_bindings: Listing<AdmissionPolicyBinding>,
    /// Policies of Kyverno; empty where it is not installed.
    pub kyverno: Listing<EnginePolicy>,
    /// Exceptions from Kyverno's policies.
    pub kyverno_exceptions: Listing<PolicyException>,
    /// Constraints of Gatekeeper; empty where it is not installed.
    pub gatekeeper: Listing<EnginePolicy>,
    /// The namespaces that Gatekeeper leaves out of all constraints.
    pub gatekeeper_exemptions: Listing<EngineExemption>,
}

/// The version of an API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ServerVersion {
    /// The first number, 1 to this day.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

impl Objects {
    /// Everything that could not be read.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self {
            version,
            namespaces,
            workloads,
            pods,
            service_accounts,
            access,
            network,
            admission,
            nodes,
            node_classes,
            storage_classes,
            persistent_volumes,
            resource_quotas,
            limit_ranges,
            definitions,
            newer_fields: _,
            aws_auth,
            vpc_cni,
        } = self;
        let facts = [unknown(version), unknown(aws_auth), unknown(vpc_cni)];
        let identities = [namespaces.gap(), pods.gap(), service_accounts.gap(), definitions.gap()];
        let machines = [nodes.gap(), node_classes.gap(), storage_classes.gap(), persistent_volumes.gap()];
        let limits = [resource_quotas.gap(), limit_ranges.gap()];
        let of_workloads = workloads.lists().into_iter().filter_map(Listing::gap);
        let grouped = access.gaps().chain(network.gaps()).chain(admission.gaps());
        let single = facts.into_iter().chain(identities).chain(machines).chain(limits).flatten();
        single.chain(of_workloads).chain(grouped)
    }
}

impl AccessObjects {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { roles, cluster_roles, role_bindings, cluster_role_bindings } = self;
        [roles.gap(), cluster_roles.gap(), role_bindings.gap(), cluster_role_bindings.gap()].into_iter().flatten()
    }
}

impl NetworkObjects {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { policies, foreign_policies, services, ingresses, ways_in } = self;
        let lists = [policies.gap(), foreign_policies.gap(), services.gap(), ingresses.gap()];
        lists.into_iter().flatten().chain(ways_in.gaps())
    }
}

impl AdmissionObjects {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self {
            validating_webhooks,
            mutating_webhooks,
            policies,
            policy_bindings,
            kyverno,
            kyverno_exceptions,
            gatekeeper,
            gatekeeper_exemptions,
        } = self;
        let webhooks = [validating_webhooks.gap(), mutating_webhooks.gap()];
        let own = [policies.gap(), policy_bindings.gap()];
        let engines = [kyverno.gap(), kyverno_exceptions.gap(), gatekeeper.gap(), gatekeeper_exemptions.gap()];
        webhooks.into_iter().chain(own).chain(engines).flatten()
    }
}

fn unknown<T>(fact: &Fact<T>) -> Option<&Gap> {
    match fact {
        Fact::Known(_) => None,
        Fact::Unknown(gap) => Some(gap),
    }
}
