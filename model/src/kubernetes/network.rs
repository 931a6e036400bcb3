//! What may talk to pods, and how they are reached.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::selector::Selector;
use crate::Fact;

/// A NetworkPolicy of Kubernetes itself.
///
/// Source: <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPolicy {
    /// Its namespace, in which alone it holds.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The pods that it is for.
    pub pods: Selector,
    /// What may come in; `None` when the policy is not about incoming traffic.
    pub ingress: Option<Vec<TrafficRule>>,
    /// What may go out; `None` when the policy is not about outgoing traffic.
    pub egress: Option<Vec<TrafficRule>>,
    /// Policy types that are not known here.
    pub other_types: Vec<String>,
}

impl NetworkPolicy {
    /// Fills [`Self::ingress`] and [`Self::egress`] as Kubernetes reads them: without policy types a policy is about
    /// incoming traffic, and about outgoing traffic only if it has a rule for it.
    pub fn directed(
        mut self,
        types: &[&str],
        ingress: Option<Vec<TrafficRule>>,
        egress: Option<Vec<TrafficRule>>,
    ) -> Self {
        let no_types = types.is_empty();
        let about_egress =
            types.contains(&"Egress") || no_types && egress.as_ref().is_some_and(|rules| !rules.is_empty());
        self.ingress = (types.contains(&"Ingress") || no_types).then(|| ingress.unwrap_or_default());
        self.egress = about_egress.then(|| egress.unwrap_or_default());
        let known = ["Ingress", "Egress"];
        self.other_types = types.iter().filter(|kind| !known.contains(kind)).map(|kind| (*kind).to_owned()).collect();
        self
    }
}

/// Traffic that a policy lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrafficRule {
    /// From or to whom; empty for everybody.
    pub peers: Vec<Peer>,
    /// Over which ports; empty for all.
    pub ports: Vec<PolicyPort>,
}

/// From or to whom traffic goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// Addresses.
    Addresses {
        /// The block, in CIDR notation.
        cidr: String,
        /// Blocks inside it that are left out.
        except: Vec<String>,
    },
    /// Pods.
    Pods {
        /// Their namespaces; `None` for the policy's own.
        namespaces: Option<Selector>,
        /// The pods in these; `None` for all.
        pods: Option<Selector>,
    },
    /// A kind that is not known here.
    Other(String),
}

impl TrafficRule {
    /// Whether it is about all ports, at least of TCP.
    pub fn has_all_ports(&self) -> bool {
        self.ports.is_empty() || self.ports.iter().any(PolicyPort::is_all_of_tcp)
    }
}

impl PolicyPort {
    fn is_all_of_tcp(&self) -> bool {
        let first = self.port.as_deref().map(str::parse::<u16>);
        self.protocol == "TCP"
            && match first {
                None => true,
                Some(Ok(0 | 1)) => self.end_port == Some(u16::MAX),
                Some(_) => false,
            }
    }
}

/// Ports that a policy speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPort {
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// The number or name; `None` for all.
    pub port: Option<String>,
    /// The last number of a range.
    pub end_port: Option<u16>,
}

/// A policy of a network plug-in, or of the network policy group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignNetworkPolicy {
    /// The API group, such as `cilium.io`.
    pub group: String,
    /// The kind, such as `CiliumNetworkPolicy`.
    pub kind: String,
    /// Its namespace; `None` when it is for the whole cluster.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// What it does, in the terms of Kubernetes' own policies.
    pub form: Fact<PolicyForm>,
}

/// What a policy does, in the terms of Kubernetes' own policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyForm {
    /// The labels of the namespaces whose pods it is for, within its own where it has one; `None` when its way of choosing
    /// them is not read.
    pub namespaces: Option<Selector>,
    /// The pods that it is for; `None` when its way of choosing them is not read.
    pub pods: Option<Selector>,
    /// What it does with incoming traffic.
    pub ingress: Stance,
    /// What it does with outgoing traffic.
    pub egress: Stance,
}

/// What a policy does with traffic of one direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Nothing, or nothing that holds it back.
    None,
    /// It lets through what these rules name, as a NetworkPolicy does, and nothing else.
    Only(Vec<TrafficRule>),
    /// It denies some, and leaves the rest to other policies.
    Denies,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub kind: ServiceKind,
    /// The annotations that steer load balancers: those that begin with [`Service::KEPT_ANNOTATIONS`].
    pub annotations: BTreeMap<String, String>,
    /// Who makes its load balancer; `None` for the default.
    pub load_balancer_class: Option<String>,
    /// The addresses that its load balancer lets in; empty for all.
    pub source_ranges: Vec<String>,
    /// Names and addresses of its load balancer.
    pub load_balancers: Vec<String>,
    /// Addresses outside the cluster that lead to it.
    pub external_addresses: Vec<String>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// The labels of its pods; empty when it has none of its own.
    pub selector: BTreeMap<String, String>,
}

impl Service {
    /// How the names of annotations begin that are kept.
    pub const KEPT_ANNOTATIONS: &str = "service.beta.kubernetes.io/aws-load-balancer-";
}

/// How a service is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Inside the cluster.
    ClusterIp,
    /// At a port of every node.
    NodePort,
    /// Through a load balancer.
    LoadBalancer,
    /// Not at all: it stands for a name elsewhere.
    ExternalName,
    /// A kind that is not known here.
    Other(String),
}

/// A port of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServicePort {
    /// Its name.
    pub name: Option<String>,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// The number.
    pub port: u16,
    /// The port of every node that leads to it.
    pub node_port: Option<u16>,
}

/// A way in for HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingress {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Who serves it: the older annotation, or the class.
    pub class: Option<String>,
    /// The annotations of AWS's load balancer controller: those that begin with [`Ingress::KEPT_ANNOTATIONS`], and
    /// [`Ingress::CLASS`].
    pub annotations: BTreeMap<String, String>,
    /// The names of its annotations that put text into a server's configuration; their values are not kept.
    pub snippets: Vec<String>,
    /// The hosts with a certificate of their own; an empty list of hosts is for all.
    pub tls: Vec<IngressTls>,
    /// Where requests go.
    pub rules: Vec<IngressRule>,
    /// Names and addresses of its load balancer.
    pub load_balancers: Vec<String>,
}

impl Ingress {
    /// How the names of annotations begin whose values are kept.
    pub const KEPT_ANNOTATIONS: &str = "alb.ingress.kubernetes.io/";

    /// The annotation that named an ingress's class before there was a field for it; it is kept as well.
    pub const CLASS: &str = "kubernetes.io/ingress.class";
}

/// A certificate of an ingress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressTls {
    /// The hosts.
    pub hosts: Vec<String>,
    /// The Secret with the certificate, by its name.
    pub secret: Option<String>,
}

/// Where requests to a host go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressRule {
    /// The host; `None` for all.
    pub host: Option<String>,
    /// The services behind it, by their names.
    pub services: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_without_types_is_about_what_it_has_rules_for() {
        let rule = || Some(vec![TrafficRule::default()]);
        for (types, ingress, egress, about) in [
            (&[][..], None, None, (Some(0), None)),
            (&[], rule(), None, (Some(1), None)),
            (&[], None, rule(), (Some(0), Some(1))),
            (&[], None, Some(vec![]), (Some(0), None)),
            (&["Egress"], None, None, (None, Some(0))),
            (&["Ingress", "Egress"], rule(), None, (Some(1), Some(0))),
            (&["Sideways"], rule(), None, (None, None)),
        ] {
            let policy = NetworkPolicy {
                namespace: "shop".to_owned(),
                name: "policy".to_owned(),
                pods: Selector::default(),
                ingress: None,
                egress: None,
                other_types: vec![],
            };
            let policy = policy.directed(types, ingress, egress);
            let count = |rules: &Option<Vec<TrafficRule>>| rules.as_ref().map(Vec::len);
            assert_eq!((count(&policy.ingress), count(&policy.egress)), about, "{types:?}");
            assert_eq!(
                policy.other_types,
                types.iter().filter(|kind| **kind == "Sideways").copied().collect::<Vec<_>>()
            );
        }
    }
}
