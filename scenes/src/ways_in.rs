//! Scenes with load balancers that are made of ingresses and gateways.

use palisade_model::Listing;
use palisade_model::kubernetes::{
    AllowedRoutes, Gateway, GatewayClass, Ingress, IngressClass, IngressClassParams, IngressRule, Listener,
    LoadBalancerConfiguration, ObjectReference, Route, RouteParent, Selector,
};

use crate::Scene;
use crate::kubernetes::NAMESPACE;

/// An ingress of the namespace `shop` and the class `alb` that leads to the service `web`, with these annotations, each
/// without what the names of all begin with.
pub fn ingress(name: &str, annotations: &[(&str, &str)]) -> Ingress {
    let key = |name: &str| format!("{}{name}", Ingress::KEPT_ANNOTATIONS);
    Ingress {
        namespace: NAMESPACE.to_owned(),
        name: name.to_owned(),
        class: Some("alb".to_owned()),
        annotations: annotations.iter().map(|(name, value)| (key(name), (*value).to_owned())).collect(),
        snippets: vec![],
        tls: vec![],
        rules: vec![IngressRule { host: None, services: vec!["web".to_owned()] }],
        load_balancers: vec![],
    }
}

/// Puts these ingresses in place of those of the cluster.
pub fn with_ingresses(scene: Scene, ingresses: Vec<Ingress>) -> Scene {
    scene.objects(|objects| objects.network.ingresses = Listing::whole(ingresses))
}

/// Adds an ingress with these annotations, whose class this controller serves.
pub fn routed(scene: Scene, controller: &str, annotations: &[(&str, &str)]) -> Scene {
    let class = IngressClass { name: "alb".to_owned(), controller: Some(controller.to_owned()), parameters: None };
    with_ingresses(scene, vec![ingress("web", annotations)])
        .objects(|objects| objects.network.ways_in.ingress_classes = Listing::whole(vec![class]))
}

/// Gives the class `alb` parameters of EKS Auto Mode, then changed.
pub fn class_params(scene: Scene, change: impl FnOnce(&mut IngressClassParams)) -> Scene {
    let group = "eks.amazonaws.com".to_owned();
    let mut params = IngressClassParams {
        group: group.clone(),
        name: "alb".to_owned(),
        scheme: None,
        inbound_cidrs: vec![],
        prefix_lists: vec![],
        certificates: vec![],
        ssl_redirect: None,
        ingress_group: None,
        namespaces: Selector::default(),
    };
    change(&mut params);
    let kind = "IngressClassParams".to_owned();
    let class = IngressClass {
        name: "alb".to_owned(),
        controller: Some("eks.amazonaws.com/alb".to_owned()),
        parameters: Some(ObjectReference { group, kind, namespace: None, name: "alb".to_owned() }),
    };
    scene.objects(|objects| {
        objects.network.ways_in.ingress_classes = Listing::whole(vec![class]);
        objects.network.ways_in.ingress_class_params = Listing::whole(vec![params]);
    })
}

/// A gateway `front` of the namespace `shop` that listens for HTTP, and the configuration of its load balancer with a scheme.
pub fn gateway(scheme: &str) -> (Gateway, LoadBalancerConfiguration) {
    let reference = ObjectReference {
        group: "gateway.k8s.aws".to_owned(),
        kind: "LoadBalancerConfiguration".to_owned(),
        namespace: None,
        name: "front".to_owned(),
    };
    let listener =
        Listener { name: "web".to_owned(), port: 80, protocol: "HTTP".to_owned(), allows: AllowedRoutes::Same };
    let gateway = Gateway {
        namespace: NAMESPACE.to_owned(),
        name: "front".to_owned(),
        class: "aws".to_owned(),
        parameters: Some(reference),
        listeners: vec![listener],
        addresses: vec![],
    };
    let configuration = LoadBalancerConfiguration {
        namespace: NAMESPACE.to_owned(),
        name: "front".to_owned(),
        scheme: Some(scheme.to_owned()),
        source_ranges: vec![],
        merging: None,
    };
    (gateway, configuration)
}

/// A route of the namespace `shop` that leads from the gateway `front` to the service `web`.
pub fn route(name: &str) -> Route {
    let reference = |group: &str, kind: &str, name: &str| ObjectReference {
        group: group.to_owned(),
        kind: kind.to_owned(),
        namespace: None,
        name: name.to_owned(),
    };
    let target = reference("gateway.networking.k8s.io", "Gateway", "front");
    Route {
        kind: "HTTPRoute".to_owned(),
        namespace: NAMESPACE.to_owned(),
        name: name.to_owned(),
        parents: vec![RouteParent { target, section: None, port: None, accepted: None }],
        backends: vec![reference("", "Service", "web")],
        redirects: false,
    }
}

/// Adds a gateway that AWS's controller serves, with the configuration of its load balancer, and routes.
pub fn with_gateway(
    scene: Scene,
    (gateway, configuration): (Gateway, LoadBalancerConfiguration),
    routes: Vec<Route>,
) -> Scene {
    let class = GatewayClass { name: "aws".to_owned(), controller: "gateway.k8s.aws/alb".to_owned(), parameters: None };
    scene.objects(|objects| {
        let ways_in = &mut objects.network.ways_in;
        ways_in.gateway_classes = Listing::whole(vec![class]);
        ways_in.gateways = Listing::whole(vec![gateway]);
        ways_in.load_balancer_configurations = Listing::whole(vec![configuration]);
        ways_in.routes = Listing::whole(routes);
    })
}
