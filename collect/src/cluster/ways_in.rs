//! What makes load balancers beside services and ingresses.

use futures_util::future::join_all;
use k8s_openapi::api::networking::v1 as networking;
use palisade_model::kubernetes::{IngressClassParams, Route, TargetGroupBinding, WaysIn};
use palisade_model::{Action, Listing};

use super::convert::{self, Definition};
use super::objects::joined;
use super::read::Reader;

/// The API group of gateways.
const GATEWAYS: &str = "gateway.networking.k8s.io";

/// The kinds of routes: the action and the plural.
const ROUTES: [(Action, &str); 5] = [
    (Action::KubernetesListGrpcRoutes, "grpcroutes"),
    (Action::KubernetesListHttpRoutes, "httproutes"),
    (Action::KubernetesListTcpRoutes, "tcproutes"),
    (Action::KubernetesListTlsRoutes, "tlsroutes"),
    (Action::KubernetesListUdpRoutes, "udproutes"),
];

/// The API groups of AWS's controller and of Auto Mode's, with the action for parameters of classes and that for bindings.
const CONTROLLERS: [(&str, Action, Action); 2] = [
    ("elbv2.k8s.aws", Action::KubernetesListIngressClassParams, Action::KubernetesListTargetGroupBindings),
    (
        "eks.amazonaws.com",
        Action::KubernetesListAutoModeIngressClassParams,
        Action::KubernetesListAutoModeTargetGroupBindings,
    ),
];

impl Reader<'_> {
    pub(super) async fn ways_in(&self, definitions: &Listing<Definition>) -> WaysIn {
        let classes = "/apis/networking.k8s.io/v1/ingressclasses";
        let (ingress_classes, ingress_class_params, target_group_bindings, routes) = tokio::join!(
            self.list(Action::KubernetesListIngressClasses, classes, |it: networking::IngressClass| {
                convert::ingress_class(it)
            }),
            self.ingress_class_params(definitions),
            self.target_group_bindings(definitions),
            self.routes(definitions),
        );
        let (gateway_classes, gateways, reference_grants, load_balancer_configurations) = tokio::join!(
            self.installed(
                definitions,
                Action::KubernetesListGatewayClasses,
                GATEWAYS,
                "gatewayclasses",
                |_, object| { convert::gateway_class(&object) }
            ),
            self.installed(definitions, Action::KubernetesListGateways, GATEWAYS, "gateways", |_, object| {
                convert::gateway(&object)
            }),
            self.installed(
                definitions,
                Action::KubernetesListReferenceGrants,
                GATEWAYS,
                "referencegrants",
                |_, object| { convert::reference_grant(&object) }
            ),
            self.installed(
                definitions,
                Action::KubernetesListLoadBalancerConfigurations,
                "gateway.k8s.aws",
                "loadbalancerconfigurations",
                |_, object| convert::load_balancer_configuration(&object),
            ),
        );
        WaysIn {
            ingress_classes,
            ingress_class_params,
            gateway_classes,
            gateways,
            load_balancer_configurations,
            routes,
            reference_grants,
            target_group_bindings,
        }
    }

    async fn ingress_class_params(&self, definitions: &Listing<Definition>) -> Listing<IngressClassParams> {
        let lists = CONTROLLERS.iter().map(async |(group, action, _)| {
            self.installed(definitions, *action, group, "ingressclassparams", |_, object| {
                convert::ingress_class_params(group, &object)
            })
            .await
        });
        joined(&join_all(lists).await)
    }

    async fn target_group_bindings(&self, definitions: &Listing<Definition>) -> Listing<TargetGroupBinding> {
        let lists = CONTROLLERS.iter().map(async |(group, _, action)| {
            self.installed(definitions, *action, group, "targetgroupbindings", |_, object| {
                convert::target_group_binding(&object)
            })
            .await
        });
        joined(&join_all(lists).await)
    }

    async fn routes(&self, definitions: &Listing<Definition>) -> Listing<Route> {
        let lists = ROUTES.iter().map(async |(action, plural)| {
            self.installed(definitions, *action, GATEWAYS, plural, |kind, object| convert::route(kind, &object)).await
        });
        joined(&join_all(lists).await)
    }
}
