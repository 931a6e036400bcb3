//! What makes load balancers beside services and ingresses: classes of ingresses, gateways and their routes, bindings of
//! target groups.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::selector::Selector;
use crate::{Gap, Listing};

/// What makes load balancers, or leads from them to services.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaysIn {
    /// Classes of ingresses.
    pub ingress_classes: Listing<IngressClass>,
    /// What ingresses of a class have in common; empty where no controller of AWS is installed.
    pub ingress_class_params: Listing<IngressClassParams>,
    /// Classes of gateways; empty where the Gateway API is not installed.
    pub gateway_classes: Listing<GatewayClass>,
    /// Gateways.
    pub gateways: Listing<Gateway>,
    /// How load balancers of gateways are made; empty where AWS's controller is not installed.
    pub load_balancer_configurations: Listing<LoadBalancerConfiguration>,
    /// Routes of all kinds.
    pub routes: Listing<Route>,
    /// Which namespaces let others refer to their objects.
    pub reference_grants: Listing<ReferenceGrant>,
    /// Services that are behind target groups.
    pub target_group_bindings: Listing<TargetGroupBinding>,
}

impl WaysIn {
    pub(super) fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self {
            ingress_classes,
            ingress_class_params,
            gateway_classes,
            gateways,
            load_balancer_configurations,
            routes,
            reference_grants,
            target_group_bindings,
        } = self;
        let of_ingresses = [ingress_classes.gap(), ingress_class_params.gap(), target_group_bindings.gap()];
        let of_gateways = [gateway_classes.gap(), gateways.gap(), load_balancer_configurations.gap()];
        let of_routes = [routes.gap(), reference_grants.gap()];
        of_ingresses.into_iter().chain(of_gateways).chain(of_routes).flatten()
    }
}

/// Another object that an object names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectReference {
    /// Its API group; empty for the core group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its namespace; `None` where it is not said, or for an object of the whole cluster.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

/// A class of ingresses.
///
/// Source: <https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressClass {
    /// Its name.
    pub name: String,
    /// Who serves its ingresses, such as `ingress.k8s.aws/alb`; `None` when it does not say.
    pub controller: Option<String>,
    /// What it names for its controller.
    pub parameters: Option<ObjectReference>,
}

/// What the ingresses of a class have in common: an IngressClassParams of AWS's controller, or of EKS Auto Mode.
///
/// Sources: <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressClassParams {
    /// The API group: `elbv2.k8s.aws` or `eks.amazonaws.com`.
    pub group: String,
    /// Its name.
    pub name: String,
    /// `internal` or `internet-facing`; `None` leaves it to the ingresses.
    pub scheme: Option<String>,
    /// The addresses that load balancers let in; empty leaves it to the ingresses.
    pub inbound_cidrs: Vec<String>,
    /// The prefix lists that load balancers let in.
    pub prefix_lists: Vec<String>,
    /// Certificates of ACM; empty leaves it to the ingresses.
    pub certificates: Vec<String>,
    /// The port that HTTP is redirected to; `None` leaves it to the ingresses.
    pub ssl_redirect: Option<String>,
    /// The group of ingresses that share a load balancer; `None` leaves it to the ingresses.
    pub ingress_group: Option<String>,
    /// The namespaces whose ingresses may be of the class.
    pub namespaces: Selector,
}

/// A class of gateways.
///
/// Source: <https://gateway-api.sigs.k8s.io/reference/spec/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayClass {
    /// Its name.
    pub name: String,
    /// Who serves its gateways, such as `gateway.k8s.aws/alb`.
    pub controller: String,
    /// What it names for its controller.
    pub parameters: Option<ObjectReference>,
}

/// A gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gateway {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its class, by name.
    pub class: String,
    /// What it names for its controller.
    pub parameters: Option<ObjectReference>,
    /// Where it listens.
    pub listeners: Vec<Listener>,
    /// Names and addresses of its load balancer.
    pub addresses: Vec<String>,
}

/// Where a gateway listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// Its name, unique within the gateway.
    pub name: String,
    /// The port.
    pub port: u16,
    /// `HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP`, or another.
    pub protocol: String,
    /// The namespaces whose routes it takes.
    pub allows: AllowedRoutes,
}

/// The namespaces whose routes a listener takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllowedRoutes {
    /// The gateway's own.
    Same,
    /// All.
    All,
    /// Those with labels.
    Selector(Selector),
    /// A choice that is not known here.
    Other(String),
}

/// How load balancers of gateways are made: a LoadBalancerConfiguration of AWS's controller.
///
/// Source: <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/loadbalancerconfig/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancerConfiguration {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// `internal` or `internet-facing`; `None` when it does not say.
    pub scheme: Option<String>,
    /// The addresses that are let in; empty when it does not say.
    pub source_ranges: Vec<String>,
    /// Whose word counts when a class and a gateway both name one: `prefer-gateway-class`, `prefer-gateway`; `None` when it
    /// does not say.
    pub merging: Option<String>,
}

/// A route: what a gateway leads where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Its kind, such as `HTTPRoute`.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The gateways that it hangs on.
    pub parents: Vec<RouteParent>,
    /// Where it leads.
    pub backends: Vec<ObjectReference>,
    /// Whether all that it does is to send callers on to HTTPS.
    pub redirects: bool,
}

/// What a route hangs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteParent {
    /// The object, a gateway as a rule.
    pub target: ObjectReference,
    /// The only listener, by name.
    pub section: Option<String>,
    /// The only listener, by port.
    pub port: Option<u16>,
    /// Whether its controller has taken the route; `None` when it does not say.
    pub accepted: Option<bool>,
}

/// Which namespaces may refer to which objects of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceGrant {
    /// The namespace of the objects.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whose references are let in: group, kind and namespace; the name is empty.
    pub from: Vec<ObjectReference>,
    /// The objects: group, kind and name; an empty name stands for all.
    pub to: Vec<ObjectReference>,
}

/// A service whose pods are behind a target group.
///
/// Source: <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroupBinding {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The service, by name.
    pub service: String,
    /// The target group's ARN or name; `None` when it does not say.
    pub target_group: Option<String>,
    /// Its labels by which AWS's controller knows what it made it for: those that end in one of
    /// [`TargetGroupBinding::KEPT_LABELS`].
    pub labels: BTreeMap<String, String>,
}

impl TargetGroupBinding {
    /// How the names of labels end that are kept.
    pub const KEPT_LABELS: [&str; 3] = ["/stack", "/stack-name", "/stack-namespace"];
}
