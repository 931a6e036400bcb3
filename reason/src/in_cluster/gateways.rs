//! Gateways and their routes: which of them lead from the internet to a service.
//!
//! Sources: <https://gateway-api.sigs.k8s.io/reference/spec/>,
//! <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/gateway/>

use crate::access::addresses::Addresses;
use crate::account::Account;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{
    AllowedRoutes, Gateway, Listener, LoadBalancerConfiguration, ObjectReference, Objects, ReferenceGrant, Route,
    RouteParent, Service,
};
use palisade_model::{Action, Gap};

/// The API group of gateways and routes.
const GROUP: &str = "gateway.networking.k8s.io";

/// The controllers that make load balancers of AWS of gateways.
const LOAD_BALANCERS: [&str; 2] = ["gateway.k8s.aws/alb", "gateway.k8s.aws/nlb"];

/// The controller that makes services of VPC Lattice of gateways, which the internet does not reach.
///
/// Source: <https://www.gateway-api-controller.eks.aws.dev/>
const LATTICE: &str = "application-networking.k8s.aws/gateway-api-controller";

/// How evidence names a gateway.
pub fn named(gateway: &Gateway) -> String {
    format!("gateway {}/{}", gateway.namespace, gateway.name)
}

/// The gateways through which the internet reaches a service, as evidence tells them; and what cannot be told.
pub fn open_gateways(
    service: &Service,
    objects: &Objects,
    cluster: &Cluster,
    account: &Account,
) -> Vec<Result<String, Gap>> {
    let ways_in = &objects.network.ways_in;
    let mut found: Vec<Result<String, Gap>> = Vec::new();
    for route in ways_in.routes.seen() {
        match leads(route, service, objects) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(gap) => {
                found.push(Err(gap));
                continue;
            }
        }
        for parent in &route.parents {
            match through(route, parent, objects, cluster, account) {
                Ok(Some(told)) => found.push(Ok(told)),
                Ok(None) => {}
                Err(gap) => found.push(Err(gap)),
            }
        }
    }
    found.extend(ways_in.routes.gap().cloned().map(Err));
    found
}

/// Whether a route leads to a service: in its own namespace, or with a grant of the service's.
fn leads(route: &Route, service: &Service, objects: &Objects) -> Result<bool, Gap> {
    let is_it = |backend: &ObjectReference| {
        let namespace = backend.namespace.as_deref().unwrap_or(&route.namespace);
        backend.group.is_empty()
            && backend.kind == "Service"
            && backend.name == service.name
            && namespace == service.namespace
    };
    if !route.backends.iter().any(is_it) {
        return Ok(false);
    }
    if route.namespace == service.namespace {
        return Ok(true);
    }
    let grants = &objects.network.ways_in.reference_grants;
    Ok(grants.find(|grant| lets(grant, route, service))?.is_some())
}

fn lets(grant: &ReferenceGrant, route: &Route, service: &Service) -> bool {
    let is_from = |from: &ObjectReference| {
        from.group == GROUP && from.kind == route.kind && from.namespace.as_ref() == Some(&route.namespace)
    };
    let is_to = |to: &ObjectReference| {
        to.group.is_empty() && to.kind == "Service" && (to.name.is_empty() || to.name == service.name)
    };
    grant.namespace == service.namespace && grant.from.iter().any(is_from) && grant.to.iter().any(is_to)
}

/// How the internet reaches a route through one of its parents; `None` when it does not.
fn through(
    route: &Route,
    parent: &RouteParent,
    objects: &Objects,
    cluster: &Cluster,
    account: &Account,
) -> Result<Option<String>, Gap> {
    let ObjectReference { group, kind, namespace, name } = &parent.target;
    let namespace = namespace.as_deref().unwrap_or(&route.namespace);
    if parent.accepted == Some(false) || kind == "Service" {
        return Ok(None);
    }
    if group != GROUP || kind != "Gateway" {
        let why =
            format!("{} {}/{} hangs on {kind} {name}, which is not read", route.kind, route.namespace, route.name);
        return Err(cluster.unclear(Action::KubernetesListHttpRoutes, why));
    }
    let gateways = &objects.network.ways_in.gateways;
    let Some(gateway) = gateways.find(|gateway| gateway.namespace == namespace && gateway.name == *name)? else {
        return Ok(None);
    };
    let mut unknown = None;
    let is_taken = gateway.listeners.iter().filter(|listener| is_meant(parent, listener)).any(|listener| {
        let takes = takes(listener, gateway, route, objects);
        takes.unwrap_or_else(|gap| {
            unknown = gap.or_else(|| {
                Some(cluster.unclear(
                    Action::KubernetesListGateways,
                    format!("which routes {} takes is not known", named(gateway)),
                ))
            });
            false
        })
    });
    if !is_taken {
        return unknown.map_or(Ok(None), Err);
    }
    let open = open_gateway(gateway, objects, cluster, account)?;
    Ok(open.map(|open| format!("{open}, and {} {}/{} leads from there", route.kind, route.namespace, route.name)))
}

fn is_meant(parent: &RouteParent, listener: &Listener) -> bool {
    let by_name = parent.section.as_ref().is_none_or(|section| *section == listener.name);
    by_name && parent.port.is_none_or(|port| port == listener.port)
}

/// Whether a listener takes a route, by its namespace. An error, with a gap where there is one, when that cannot be told.
fn takes(listener: &Listener, gateway: &Gateway, route: &Route, objects: &Objects) -> Result<bool, Option<Gap>> {
    match &listener.allows {
        AllowedRoutes::Same => Ok(route.namespace == gateway.namespace),
        AllowedRoutes::All => Ok(true),
        AllowedRoutes::Selector(chosen) => {
            let namespace = objects.namespaces.find(|namespace| namespace.name == route.namespace).map_err(Some)?;
            let labels = namespace.map(|namespace| &namespace.labels);
            labels.map_or(Ok(false), |labels| chosen.selects(labels).ok_or(None))
        }
        AllowedRoutes::Other(_) => Err(None),
    }
}

/// Who serves a gateway.
enum Server<'a> {
    /// A load balancer of AWS, with what its class says of it.
    LoadBalancer(Option<&'a LoadBalancerConfiguration>),
    /// Nothing that the internet reaches.
    Nobody,
}

fn server<'a>(gateway: &Gateway, objects: &'a Objects, cluster: &Cluster) -> Result<Server<'a>, Gap> {
    let classes = &objects.network.ways_in.gateway_classes;
    let Some(class) = classes.find(|class| class.name == gateway.class)? else { return Ok(Server::Nobody) };
    if class.controller == LATTICE {
        return Ok(Server::Nobody);
    }
    if LOAD_BALANCERS.contains(&class.controller.as_str()) {
        let configured = configuration(class.parameters.as_ref(), None, objects, cluster)?;
        return Ok(Server::LoadBalancer(configured));
    }
    let why = format!("{} is served by {}, whose ways in are not read", named(gateway), class.controller);
    Err(cluster.unclear(Action::KubernetesListGateways, why))
}

/// The configuration that a class or gateway names; a gap when it is not there.
fn configuration<'a>(
    reference: Option<&ObjectReference>,
    namespace: Option<&str>,
    objects: &'a Objects,
    cluster: &Cluster,
) -> Result<Option<&'a LoadBalancerConfiguration>, Gap> {
    let Some(reference) = reference else { return Ok(None) };
    let within = reference.namespace.as_deref().or(namespace);
    let found = objects
        .network
        .ways_in
        .load_balancer_configurations
        .find(|own| own.name == reference.name && within.is_none_or(|namespace| own.namespace == namespace))?;
    if found.is_some() && reference.kind == "LoadBalancerConfiguration" {
        return Ok(found);
    }
    let why = format!("{} {}, which a gateway names, is not there", reference.kind, reference.name);
    Err(cluster.unclear(Action::KubernetesListLoadBalancerConfigurations, why))
}

/// How the internet reaches a gateway; `None` when it does not.
fn open_gateway(
    gateway: &Gateway,
    objects: &Objects,
    cluster: &Cluster,
    account: &Account,
) -> Result<Option<String>, Gap> {
    let Server::LoadBalancer(of_class) = server(gateway, objects, cluster)? else { return Ok(None) };
    let own = configuration(gateway.parameters.as_ref(), Some(&gateway.namespace), objects, cluster)?;
    let prefers_gateway = of_class.and_then(|of_class| of_class.merging.as_deref()) == Some("prefer-gateway");
    let by_weight = if prefers_gateway { [own, of_class] } else { [of_class, own] };
    let configured = || by_weight.iter().flatten();
    match configured().find_map(|one| one.scheme.as_deref()) {
        // A load balancer is internal unless told otherwise.
        None | Some("internal") => return Ok(None),
        Some("internet-facing") => {}
        Some(other) => {
            let (action, what) =
                (Action::KubernetesListLoadBalancerConfigurations, format!("the scheme of {}", named(gateway)));
            return Err(Gap::not_known(action, &cluster.arn, what, other));
        }
    }
    let ranges = configured().map(|one| &one.source_ranges).find(|ranges| !ranges.is_empty());
    let told = Some(format!("{} is a load balancer (scheme internet-facing)", named(gateway)));
    let Some(ranges) = ranges else { return Ok(told) };
    let (addresses, malformed) = Addresses::of(ranges.iter().map(String::as_str));
    if addresses.too_wide(account.settings.thresholds.public_endpoint_addresses).is_some() {
        return Ok(told);
    }
    let unclear = |text| {
        let why = format!("sourceRanges of {}: {text}", named(gateway));
        cluster.unclear(Action::KubernetesListLoadBalancerConfigurations, why)
    };
    malformed.map_or(Ok(None), |malformed| Err(unclear(malformed)))
}

/// The listeners of AWS's load balancers that take plain HTTP and lead somewhere, as evidence tells them; and what cannot be
/// told.
pub fn plain_listeners(gateway: &Gateway, objects: &Objects, cluster: &Cluster) -> Result<Vec<String>, Gap> {
    let plain: Vec<_> = gateway.listeners.iter().filter(|listener| listener.protocol == "HTTP").collect();
    if plain.is_empty() {
        return Ok(Vec::new());
    }
    match server(gateway, objects, cluster)? {
        Server::LoadBalancer(_) => {}
        Server::Nobody => return Ok(Vec::new()),
    }
    let routes = &objects.network.ways_in.routes;
    let serves = |listener: &Listener| {
        let hangs = |route: &Route, parent: &RouteParent| {
            let namespace = parent.target.namespace.as_deref().unwrap_or(&route.namespace);
            namespace == gateway.namespace && parent.target.name == gateway.name && is_meant(parent, listener)
        };
        let found = routes.find(|route| !route.redirects && route.parents.iter().any(|parent| hangs(route, parent)));
        found.map(|found| found.is_some())
    };
    let mut told = Vec::new();
    for listener in plain {
        if serves(listener)? {
            told.push(format!("{} takes HTTP at port {} without redirecting it", named(gateway), listener.port));
        }
    }
    Ok(told)
}
