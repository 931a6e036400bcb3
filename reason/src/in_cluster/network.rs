//! What the network policies of a namespace come to.

use std::collections::BTreeMap;

use crate::access::addresses::{Addresses, Span};
use crate::in_cluster::is_in_use;
use palisade_model::Inside;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{
    ForeignNetworkPolicy, Namespace, NetworkPolicy, Objects, Peer, PolicyForm, Selector, Stance, TrafficRule,
};
use palisade_model::verdict::{Outcome, Verdict};
use palisade_model::{Action, Gap, Listing};

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

/// What a policy that is for a namespace does with traffic of one direction.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// How evidence names the policy.
    pub name: String,
    /// The pods that it is for; `None` when that is not read.
    pub pods: Option<&'a Selector>,
    /// What it lets through; `None` when it denies some traffic, and leaves the rest to other policies.
    pub rules: Option<&'a [TrafficRule]>,
    foreign: Option<&'a ForeignNetworkPolicy>,
}

impl Held<'_> {
    /// Whether it is for all pods of the namespace.
    pub fn is_for_all(&self) -> bool {
        self.pods.is_some_and(Selector::is_everything)
    }

    /// The gap where what it does is not read far enough.
    pub fn unevaluated(&self, cluster: &Cluster) -> Gap {
        match self.foreign {
            Some(policy) => unevaluated(policy, cluster),
            None => {
                cluster.unclear(Action::KubernetesListNetworkPolicies, format!("what {} does is not known", self.name))
            }
        }
    }
}

/// The policies that are for a namespace and hold back traffic of one direction, and the gap when there may be more.
pub fn holding<'a>(
    namespace: &str,
    direction: Direction,
    objects: &'a Objects,
    cluster: &Cluster,
) -> (Vec<Held<'a>>, Option<Gap>) {
    let network = &objects.network;
    let own = network.policies.seen().iter().filter(|policy| policy.namespace == namespace);
    let mut held: Vec<_> = own
        .filter_map(|policy| {
            let name = format!("network policy {}", policy.name);
            Some(Held { name, pods: Some(&policy.pods), rules: Some(direction.rules(policy)?), foreign: None })
        })
        .collect();
    let mut gap = network.policies.gap().or(network.foreign_policies.gap()).cloned();
    for policy in network.foreign_policies.seen() {
        match of_namespace(policy, namespace, objects, cluster) {
            Err(unknown) => _ = gap.get_or_insert(unknown),
            Ok(None) => {}
            Ok(Some(form)) => {
                let stance = match direction {
                    Direction::Incoming => &form.ingress,
                    Direction::Outgoing => &form.egress,
                };
                let rules = match stance {
                    Stance::None => continue,
                    Stance::Only(rules) => Some(rules.as_slice()),
                    Stance::Denies => None,
                };
                let name = format!("{} {}", policy.kind, policy.name);
                held.push(Held { name, pods: form.pods.as_ref(), rules, foreign: Some(policy) });
            }
        }
    }
    (held, gap)
}

/// What a policy of a network plug-in does; `None` when it is for other namespaces. A gap when that cannot be told.
fn of_namespace<'a>(
    policy: &'a ForeignNetworkPolicy,
    namespace: &str,
    objects: &Objects,
    cluster: &Cluster,
) -> Result<Option<&'a PolicyForm>, Gap> {
    if policy.namespace.as_ref().is_some_and(|own| own != namespace) {
        return Ok(None);
    }
    let form = policy.form.known()?;
    let Some(namespaces) = &form.namespaces else { return Err(unevaluated(policy, cluster)) };
    if policy.namespace.is_some() && namespaces.is_everything() {
        return Ok(Some(form));
    }
    let own = objects.namespaces.find(|one| one.name == namespace)?;
    let labels = own.map_or_else(|| labels(namespace, &BTreeMap::new()), |own| labels(namespace, &own.labels));
    match namespaces.selects(&labels) {
        Some(is) => Ok(is.then_some(form)),
        None => Err(unevaluated(policy, cluster)),
    }
}

/// The labels of a namespace, with the one that every namespace has.
fn labels(name: &str, own: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut labels = own.clone();
    labels.entry(Namespace::NAME.to_owned()).or_insert_with(|| name.to_owned());
    labels
}

/// The gap where a policy of a network plug-in is not read far enough.
fn unevaluated(policy: &ForeignNetworkPolicy, cluster: &Cluster) -> Gap {
    let ForeignNetworkPolicy { group, kind, name, .. } = policy;
    let action = match group.as_str() {
        "cilium.io" if kind.starts_with("CiliumClusterwide") => Action::KubernetesListCiliumClusterwideNetworkPolicies,
        "cilium.io" => Action::KubernetesListCiliumNetworkPolicies,
        "crd.projectcalico.org" if kind.starts_with("Global") => Action::KubernetesListGlobalNetworkPolicies,
        "crd.projectcalico.org" => Action::KubernetesListCalicoNetworkPolicies,
        "projectcalico.org" if kind.starts_with("Global") => Action::KubernetesListCalicoGlobalPolicies,
        "projectcalico.org" => Action::KubernetesListCalicoPolicies,
        "networking.k8s.aws" if kind.starts_with("Application") => Action::KubernetesListApplicationNetworkPolicies,
        "networking.k8s.aws" => Action::KubernetesListClusterNetworkPolicies,
        _ if kind.starts_with("Cluster") => Action::KubernetesListPolicyClusterNetworkPolicies,
        _ if kind.starts_with("Baseline") => Action::KubernetesListBaselineAdminNetworkPolicies,
        _ => Action::KubernetesListAdminNetworkPolicies,
    };
    cluster.unclear(action, format!("{kind} {name} is there; what it holds back here is not evaluated"))
}

/// Judges whether a namespace holds back all traffic of one direction that no policy lets through: some policy for all
/// its pods is about the direction, and none for all its pods lets everything through.
pub fn default_deny(inside: &Inside<'_, Namespace>, direction: Direction) -> Outcome {
    let Inside { object: namespace, objects, cluster } = inside;
    if namespace.terminating || !is_in_use(&namespace.name, objects)? {
        return Ok(Verdict::NotApplicable);
    }
    let (held, gap) = holding(&namespace.name, direction, objects, cluster);
    let mut unclear = held.iter().find(|held| held.pods.is_none() || held.rules.is_none());
    let mut closed = false;
    for one in held.iter().filter(|held| held.is_for_all()) {
        for rule in one.rules.unwrap_or_default().iter().filter(|rule| rule.has_all_ports()) {
            match openness(rule, objects, cluster) {
                Ok(Some(whom @ (EVERYWHERE | INTERNET))) => {
                    let direction = direction.name();
                    let what = if whom == EVERYWHERE { "all" } else { "all of the internet's" };
                    let evidence = format!("{} lets {what} {direction} traffic through", one.name);
                    // What denies goes before, whatever else lets it through.
                    return match unclear {
                        Some(unclear) => Err(unclear.unevaluated(cluster)),
                        None => gap.map_or_else(|| Ok(Verdict::fail(evidence)), Err),
                    };
                }
                Ok(_) => {}
                Err(_) => _ = unclear.get_or_insert(one),
            }
        }
        closed |= one.rules.is_some();
    }
    match (closed, unclear, gap) {
        (true, _, None) => Ok(Verdict::Pass),
        (_, _, Some(gap)) => Err(gap),
        (false, Some(unclear), None) => Err(unclear.unevaluated(cluster)),
        (false, None, None) => {
            let own = objects.network.policies.seen().iter().filter(|policy| policy.namespace == namespace.name);
            let foreign = held.iter().filter(|held| held.foreign.is_some());
            let (count, direction) = (own.count() + foreign.count(), direction.name());
            Ok(Verdict::fail(format!("none of {count} network policies is about the {direction} traffic of all pods")))
        }
    }
}

/// What [`openness`] says of a rule that names nobody, and so everybody.
pub const EVERYWHERE: &str = "everywhere";
/// What [`openness`] says of a rule for all addresses of the internet.
pub const INTERNET: &str = "the whole internet";

/// From or to where a rule lets everybody through: everybody, the whole internet, or all pods of the cluster. A gap when
/// a peer is not known here, or is no network.
pub fn openness(rule: &TrafficRule, objects: &Objects, cluster: &Cluster) -> Result<Option<&'static str>, Gap> {
    if rule.peers.is_empty() {
        return Ok(Some(EVERYWHERE));
    }
    let (mut addresses, mut malformed) = (Addresses::default(), None);
    let (mut namespaces, mut unknown) = (Vec::new(), None);
    for peer in &rule.peers {
        match peer {
            Peer::Addresses { cidr, except } => {
                let (block, odd) = Addresses::of([cidr.as_str()]);
                let (left_out, odd_within) = Addresses::of(except.iter().map(String::as_str));
                malformed = malformed.or(odd).or(odd_within);
                addresses = addresses.and(&block.without(&left_out));
            }
            Peer::Pods { namespaces: Some(chosen), pods } => match is_every_pod(pods.as_ref(), objects) {
                Some(true) => namespaces.push(chosen),
                Some(false) => {}
                None => unknown = Some("a selector".to_owned()),
            },
            Peer::Pods { namespaces: None, .. } => {}
            Peer::Other(kind) => unknown = Some(kind.clone()),
        }
    }
    if addresses.span() == Span::Internet {
        return Ok(Some(INTERNET));
    }
    match are_every_namespace(&namespaces, objects) {
        Ok(Some(true)) => return Ok(Some("all pods of the cluster")),
        Ok(Some(false)) => {}
        Ok(None) => unknown = Some("a selector".to_owned()),
        Err(gap) => return Err(gap),
    }
    match unknown.or(malformed.map(|malformed| malformed.to_string())) {
        None => Ok(None),
        Some(why) => Err(cluster.unclear(Action::KubernetesListNetworkPolicies, format!("peer not known: {why}"))),
    }
}

/// Whether selectors together select every namespace, those that are there and one that is made next.
fn are_every_namespace(selectors: &[&Selector], objects: &Objects) -> Result<Option<bool>, Gap> {
    if selectors.is_empty() {
        return Ok(Some(false));
    }
    if selectors.iter().any(|selector| selector.is_everything()) {
        return Ok(Some(true));
    }
    let list = &objects.namespaces;
    let next = labels("palisade-asks-about-a-namespace-to-come", &BTreeMap::new());
    let there = list.seen().iter().map(|namespace| labels(&namespace.name, &namespace.labels));
    let mut answer = Some(true);
    for labels in there.chain([next]) {
        let answers: Vec<_> = selectors.iter().map(|selector| selector.selects(&labels)).collect();
        if answers.contains(&Some(true)) {
            continue;
        }
        if !answers.contains(&None) {
            return Ok(Some(false));
        }
        answer = None;
    }
    list.complete().map(|_| answer)
}

/// Whether a selector of pods selects all: those that are there, and one without labels.
fn is_every_pod(selector: Option<&Selector>, objects: &Objects) -> Option<bool> {
    let Some(selector) = selector.filter(|selector| !selector.is_everything()) else { return Some(true) };
    if selector.selects(&BTreeMap::new()) == Some(false) {
        return Some(false);
    }
    let templates = objects.workloads.lists().into_iter().flat_map(Listing::seen).map(|own| &own.pod_labels);
    let mut answers =
        templates.chain(objects.pods.seen().iter().map(|pod| &pod.labels)).map(|own| selector.selects(own));
    if answers.any(|answer| answer == Some(false)) {
        return Some(false);
    }
    selector.selects(&BTreeMap::new())
}
