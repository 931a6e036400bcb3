//! Network policies, services, ingresses.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1;
use k8s_openapi::api::networking::v1 as networking;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use palisade_model::kubernetes::{
    Ingress, IngressRule, IngressTls, NetworkPolicy, Peer, PolicyPort, Selector, Service, ServiceKind, ServicePort,
    TrafficRule,
};

use super::metadata::{name, namespace_of, selector};

pub(in crate::cluster) fn network_policy(object: networking::NetworkPolicy) -> NetworkPolicy {
    let spec = object.spec.unwrap_or_default();
    let types = spec.policy_types.unwrap_or_default();
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    let ingress = spec.ingress.map(|rules| {
        let rule = |rule: networking::NetworkPolicyIngressRule| traffic(rule.from, rule.ports);
        rules.into_iter().map(rule).collect()
    });
    let egress = spec.egress.map(|rules| {
        let rule = |rule: networking::NetworkPolicyEgressRule| traffic(rule.to, rule.ports);
        rules.into_iter().map(rule).collect()
    });
    NetworkPolicy {
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        pods: spec.pod_selector.map_or_else(Selector::default, selector),
        ingress: None,
        egress: None,
        other_types: Vec::new(),
    }
    .directed(&types, ingress, egress)
}

fn traffic(
    peers: Option<Vec<networking::NetworkPolicyPeer>>,
    ports: Option<Vec<networking::NetworkPolicyPort>>,
) -> TrafficRule {
    TrafficRule {
        peers: peers.unwrap_or_default().into_iter().map(peer).collect(),
        ports: ports.unwrap_or_default().into_iter().map(policy_port).collect(),
    }
}

fn peer(peer: networking::NetworkPolicyPeer) -> Peer {
    if let Some(block) = peer.ip_block {
        return Peer::Addresses { cidr: block.cidr, except: block.except.unwrap_or_default() };
    }
    match (peer.namespace_selector, peer.pod_selector) {
        (None, None) => Peer::Other("neither addresses nor selectors".to_owned()),
        (namespaces, pods) => Peer::Pods { namespaces: namespaces.map(selector), pods: pods.map(selector) },
    }
}

fn policy_port(port: networking::NetworkPolicyPort) -> PolicyPort {
    PolicyPort {
        protocol: port.protocol.unwrap_or_else(|| "TCP".to_owned()),
        port: port.port.map(|port| match port {
            IntOrString::Int(number) => number.to_string(),
            IntOrString::String(name) => name,
        }),
        end_port: port.end_port.and_then(|last| u16::try_from(last).ok()),
    }
}

pub(in crate::cluster) fn service(object: v1::Service) -> Service {
    let spec = object.spec.unwrap_or_default();
    let balancers = object.status.and_then(|status| status.load_balancer).and_then(|status| status.ingress);
    let places = balancers.unwrap_or_default().into_iter().filter_map(|place| place.hostname.or(place.ip));
    Service {
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        kind: match spec.type_.as_deref() {
            Some("ClusterIP") | None => ServiceKind::ClusterIp,
            Some("NodePort") => ServiceKind::NodePort,
            Some("LoadBalancer") => ServiceKind::LoadBalancer,
            Some("ExternalName") => ServiceKind::ExternalName,
            Some(other) => ServiceKind::Other(other.to_owned()),
        },
        annotations: kept(object.metadata.annotations, Service::KEPT_ANNOTATIONS),
        load_balancer_class: spec.load_balancer_class,
        source_ranges: spec.load_balancer_source_ranges.unwrap_or_default(),
        load_balancers: places.collect(),
        external_addresses: spec.external_ips.unwrap_or_default(),
        ports: spec.ports.unwrap_or_default().into_iter().map(service_port).collect(),
        selector: spec.selector.unwrap_or_default(),
    }
}

fn service_port(port: v1::ServicePort) -> ServicePort {
    ServicePort {
        name: port.name,
        protocol: port.protocol.unwrap_or_else(|| "TCP".to_owned()),
        port: u16::try_from(port.port).unwrap_or_default(),
        node_port: port.node_port.and_then(|port| u16::try_from(port).ok()),
    }
}

pub(in crate::cluster) fn ingress(object: networking::Ingress) -> Ingress {
    let spec = object.spec.unwrap_or_default();
    let annotations = object.metadata.annotations.clone().unwrap_or_default();
    let balancers = object.status.and_then(|status| status.load_balancer).and_then(|status| status.ingress);
    let places = balancers.unwrap_or_default().into_iter().filter_map(|place| place.hostname.or(place.ip));
    let otherwise = spec.default_backend.and_then(|backend| backend.service).map(|service| service.name);
    let otherwise = otherwise.map(|service| IngressRule { host: None, services: vec![service] });
    Ingress {
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        // The older annotation goes before the field for AWS's controller.
        class: annotations.get(Ingress::CLASS).cloned().or(spec.ingress_class_name),
        snippets: annotations.keys().filter(|key| key.contains("snippet")).cloned().collect(),
        annotations: kept_of_ingress(annotations),
        tls: spec.tls.unwrap_or_default().into_iter().map(tls).collect(),
        rules: spec.rules.unwrap_or_default().into_iter().map(ingress_rule).chain(otherwise).collect(),
        load_balancers: places.collect(),
    }
}

fn tls(tls: networking::IngressTLS) -> IngressTls {
    IngressTls { hosts: tls.hosts.unwrap_or_default(), secret: tls.secret_name }
}

fn ingress_rule(rule: networking::IngressRule) -> IngressRule {
    let paths = rule.http.map(|http| http.paths).unwrap_or_default();
    let services = paths.into_iter().filter_map(|path| path.backend.service).map(|service| service.name);
    IngressRule { host: rule.host, services: services.collect() }
}

/// Those of AWS's controller, and the one that names a class.
fn kept_of_ingress(annotations: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_kept = |name: &str| name == Ingress::CLASS || name.starts_with(Ingress::KEPT_ANNOTATIONS);
    annotations.into_iter().filter(|(name, _)| is_kept(name)).collect()
}

fn kept(annotations: Option<BTreeMap<String, String>>, start: &str) -> BTreeMap<String, String> {
    let annotations = annotations.unwrap_or_default().into_iter();
    annotations.filter(|(name, _)| name.starts_with(start)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_is_read_with_the_defaults_of_kubernetes() {
        let policy = json!({ "metadata": { "name": "web", "namespace": "shop" }, "spec": {
            "podSelector": {},
            "ingress": [{ "from": [
                { "ipBlock": { "cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"] } },
                { "podSelector": { "matchLabels": { "app": "web" } } },
            ], "ports": [{ "port": 8080 }, { "port": "http", "protocol": "UDP" }] }],
        } });
        let policy = network_policy(serde_json::from_value(policy).unwrap());
        assert!(policy.pods.is_everything() && policy.egress.is_none());
        let rule = &policy.ingress.unwrap()[0];
        assert!(matches!(&rule.peers[0], Peer::Addresses { cidr, .. } if cidr == "0.0.0.0/0"));
        assert!(matches!(&rule.peers[1], Peer::Pods { namespaces: None, pods: Some(_) }));
        assert_eq!((rule.ports[0].port.as_deref(), rule.ports[1].protocol.as_str()), (Some("8080"), "UDP"));
    }

    #[test]
    fn only_the_annotations_of_load_balancers_are_kept() {
        let service = json!({ "metadata": { "name": "web", "namespace": "shop", "annotations": {
            "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal", "kubectl.kubernetes.io/last-applied": "…",
        } }, "spec": { "type": "LoadBalancer" } });
        let service = super::service(serde_json::from_value(service).unwrap());
        assert_eq!((service.annotations.len(), service.kind), (1, ServiceKind::LoadBalancer));
    }
}
