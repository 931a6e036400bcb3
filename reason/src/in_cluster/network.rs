//! What the network policies of a namespace come to.

use crate::access::addresses::{Addresses, Span};
use crate::in_cluster::is_in_use;
use palisade_model::Inside;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{
    ForeignNetworkPolicy, Namespace, NetworkPolicy, Objects, Peer, Selector, TrafficRule,
};
use palisade_model::verdict::{Outcome, Verdict};
use palisade_model::{Action, Gap};

/// A direction of traffic, seen from a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into the pod.
    Incoming,
    /// Out of it.
    Outgoing,
}

impl Direction {
    /// `incoming`, `outgoing`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
        }
    }

    /// What a policy lets through in this direction; `None` when it is not about it.
    pub fn rules(self, policy: &NetworkPolicy) -> Option<&[TrafficRule]> {
        match self {
            Self::Incoming => policy.ingress.as_deref(),
            Self::Outgoing => policy.egress.as_deref(),
        }
    }
}

/// The policies of a namespace; a gap when some may be missing.
pub fn policies<'a>(namespace: &str, objects: &'a Objects) -> Result<Vec<&'a NetworkPolicy>, Gap> {
    let all = objects.network.policies.complete()?;
    Ok(all.iter().filter(|policy| policy.namespace == namespace).collect())
}

/// The first policy of a network plug-in that is for a namespace, or for the whole cluster.
pub fn foreign<'a>(namespace: &str, objects: &'a Objects) -> Result<Option<&'a ForeignNetworkPolicy>, Gap> {
    objects.network.foreign_policies.find(|policy| policy.namespace.as_deref().is_none_or(|own| own == namespace))
}

/// The gap where a policy of a network plug-in may do what Kubernetes' own policies do not.
pub fn unevaluated(policy: &ForeignNetworkPolicy, cluster: &Cluster) -> Gap {
    let ForeignNetworkPolicy { group, kind, name, .. } = policy;
    let action = match group.as_str() {
        "cilium.io" if kind.starts_with("CiliumClusterwide") => Action::KubernetesListCiliumClusterwideNetworkPolicies,
        "cilium.io" => Action::KubernetesListCiliumNetworkPolicies,
        "crd.projectcalico.org" if kind.starts_with("Global") => Action::KubernetesListGlobalNetworkPolicies,
        "crd.projectcalico.org" => Action::KubernetesListCalicoNetworkPolicies,
        "networking.k8s.aws" => Action::KubernetesListClusterNetworkPolicies,
        _ => Action::KubernetesListAdminNetworkPolicies,
    };
    cluster.unclear(action, format!("{kind} {name} is there; what it allows is not evaluated"))
}

/// Judges whether a namespace holds back all traffic of one direction that no policy lets through: some policy for all
/// its pods is about the direction, and none for all its pods lets everything through.
pub fn default_deny(inside: &Inside<'_, Namespace>, direction: Direction) -> Outcome {
    let Inside { object: namespace, objects, cluster } = inside;
    if namespace.terminating || !is_in_use(&namespace.name, objects)? {
        return Ok(Verdict::NotApplicable);
    }
    let policies = policies(&namespace.name, objects)?;
    let for_all = policies.iter().filter(|policy| policy.pods.is_everything());
    let rules: Vec<_> = for_all.filter_map(|policy| Some((policy, direction.rules(policy)?))).collect();
    let open = rules.iter().find(|(_, rules)| rules.iter().any(is_unlimited));
    let evidence = match open {
        Some((policy, _)) => format!("network policy {} lets all {} traffic through", policy.name, direction.name()),
        None if !rules.is_empty() => return Ok(Verdict::Pass),
        None => {
            let count = policies.len();
            format!("none of {count} network policies is about the {} traffic of all pods", direction.name())
        }
    };
    match foreign(&namespace.name, objects)? {
        Some(policy) => Err(unevaluated(policy, cluster)),
        None => Ok(Verdict::fail(evidence)),
    }
}

/// Whether a rule lets everything through.
pub fn is_unlimited(rule: &TrafficRule) -> bool {
    rule.peers.is_empty() && rule.ports.is_empty()
}

/// From or to where a rule lets everybody through: everybody, the whole internet, or all pods of the cluster. A gap when
/// a peer is not known here, or is no network.
pub fn openness(rule: &TrafficRule, cluster: &Cluster) -> Result<Option<&'static str>, Gap> {
    if rule.peers.is_empty() {
        return Ok(Some("everywhere"));
    }
    let every = |selector: &Option<Selector>| selector.as_ref().is_none_or(Selector::is_everything);
    let (mut networks, mut unknown) = (Vec::new(), None);
    for peer in &rule.peers {
        match peer {
            Peer::Addresses { cidr, .. } => networks.push(cidr.as_str()),
            Peer::Pods { namespaces: Some(namespaces), pods } if namespaces.is_everything() && every(pods) => {
                return Ok(Some("all pods of the cluster"));
            }
            Peer::Pods { .. } => {}
            Peer::Other(kind) => unknown = Some(kind.clone()),
        }
    }
    let (addresses, malformed) = Addresses::of(networks);
    if addresses.span() == Span::Internet {
        return Ok(Some("the whole internet"));
    }
    match unknown.or(malformed.map(|malformed| malformed.to_string())) {
        None => Ok(None),
        Some(why) => Err(cluster.unclear(Action::KubernetesListNetworkPolicies, format!("peer not known: {why}"))),
    }
}
