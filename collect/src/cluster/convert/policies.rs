//! Policies of network plug-ins and of the network policy group, in the terms of Kubernetes' own policies as far as they go.
//! What goes beyond is told as not known, never left out.

use k8s_openapi::api::networking::v1 as networking;
use palisade_model::kubernetes::{
    ForeignNetworkPolicy, Namespace, Operator, Peer, PolicyForm, PolicyPort, Requirement, Selector, Stance, TrafficRule,
};
use palisade_model::{Fact, Gap};
use serde_json::Value;

use super::engines::{Custom, items, texts};
use super::kyverno::{Malformed, parsed};
use super::metadata::{name, selector};
use super::network::network_policy;

/// A policy of a kind that is installed. What cannot be parsed makes its form unknown, with the gap that `unreadable` makes of
/// a reason.
pub(in crate::cluster) fn foreign_policy(
    group: &str,
    kind: &str,
    object: Custom,
    unreadable: impl Fn(&str) -> Gap,
) -> ForeignNetworkPolicy {
    let (namespace, name) = (object.metadata.namespace.clone(), name(&object.metadata));
    let form = match group {
        "cilium.io" => cilium(&object),
        "crd.projectcalico.org" | "projectcalico.org" => Ok(calico(&object)),
        "networking.k8s.aws" if kind == "ApplicationNetworkPolicy" => like_kubernetes(object),
        _ => tiered(&object.spec),
    };
    let form = match form {
        Ok(form) => Fact::Known(form),
        Err(Malformed) => Fact::Unknown(unreadable(&format!("{kind} {name} has a form that is not known"))),
    };
    ForeignNetworkPolicy { group: group.to_owned(), kind: kind.to_owned(), namespace, name, form }
}

fn stance(rules: Option<Vec<TrafficRule>>) -> Stance {
    rules.map_or(Stance::None, Stance::Only)
}

/// EKS's ApplicationNetworkPolicy is a NetworkPolicy whose peers may also be names of domains.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html>
fn like_kubernetes(object: Custom) -> Result<PolicyForm, Malformed> {
    let spec: networking::NetworkPolicySpec = serde_json::from_value(object.spec).map_err(|_| Malformed)?;
    let policy = network_policy(networking::NetworkPolicy { metadata: object.metadata, spec: Some(spec) });
    Ok(PolicyForm {
        namespaces: Some(Selector::default()),
        pods: Some(policy.pods),
        ingress: stance(policy.ingress),
        egress: stance(policy.egress),
    })
}

/// ClusterNetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy: their rules accept, deny or pass, and isolate no
/// pod by being there.
///
/// Sources: <https://network-policy-api.sigs.k8s.io/api-overview/>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html>
fn tiered(spec: &Value) -> Result<PolicyForm, Malformed> {
    let subject = spec.get("subject").unwrap_or(&Value::Null);
    let (namespaces, pods) = match (subject.get("namespaces"), subject.get("pods")) {
        (Some(_), _) => (parsed(subject, "namespaces")?.map(selector), Some(Selector::default())),
        (None, Some(pods)) => {
            let part = |key: &str| parsed(pods, key).map(|part| part.map_or_else(Selector::default, selector));
            (Some(part("namespaceSelector")?), Some(part("podSelector")?))
        }
        (None, None) => (None, None),
    };
    let stance = |direction: &str| {
        let denies = items(spec, direction).any(|rule| rule["action"] == "Deny");
        if denies { Stance::Denies } else { Stance::None }
    };
    Ok(PolicyForm { namespaces, pods, ingress: stance("/ingress"), egress: stance("/egress") })
}

/// Policies of Cilium, in one part. Several parts in one are not put together.
///
/// Source: <https://docs.cilium.io/en/stable/security/policy/language/>
fn cilium(object: &Custom) -> Result<PolicyForm, Malformed> {
    let parts: Vec<&Value> = object.specs.iter().collect();
    let spec = match (&object.spec, parts.as_slice()) {
        (Value::Null, [one]) => *one,
        (spec, []) => spec,
        _ => return Err(Malformed),
    };
    if spec.get("nodeSelector").is_some() {
        // It is about nodes.
        let nobody = Selector::label(Namespace::NAME, "");
        let none = || Stance::None;
        return Ok(PolicyForm { namespaces: Some(nobody), pods: None, ingress: none(), egress: none() });
    }
    let chosen = parsed(spec, "endpointSelector")?.map_or_else(Selector::default, selector);
    let is_wide = object.metadata.namespace.is_none();
    let (namespaces, pods) = endpoints(chosen).ok_or(Malformed)?;
    let direction = |key: &str, denied: &str, default: &str| {
        let rules = spec.get(key).and_then(Value::as_array);
        let is_default = spec.pointer(default).and_then(Value::as_bool) != Some(false);
        let denies = items(spec, denied).next().is_some();
        match rules {
            Some(rules) if is_default => {
                Stance::Only(rules.iter().filter_map(|rule| cilium_rule(rule, is_wide)).collect())
            }
            _ if denies => Stance::Denies,
            Some(_) | None => Stance::None,
        }
    };
    Ok(PolicyForm {
        namespaces: Some(namespaces),
        pods: Some(pods),
        ingress: direction("ingress", "/ingressDeny", "/enableDefaultDeny/ingress"),
        egress: direction("egress", "/egressDeny", "/enableDefaultDeny/egress"),
    })
}

/// Splits the labels of endpoints into those of namespaces and those of pods; `None` for an operator or a source of labels
/// that is not read.
fn endpoints(chosen: Selector) -> Option<(Selector, Selector)> {
    let (mut namespaces, mut pods) = (Selector::default(), Selector::default());
    for (key, value) in chosen.labels {
        match endpoint_label(&key)? {
            (true, key) => namespaces.labels.insert(key, value),
            (false, key) => pods.labels.insert(key, value),
        };
    }
    for requirement in chosen.requirements {
        let (is_namespace, key) = endpoint_label(&requirement.key)?;
        let list = if is_namespace { &mut namespaces.requirements } else { &mut pods.requirements };
        list.push(Requirement { key, ..requirement });
    }
    Some((namespaces, pods))
}

/// A label of an endpoint: whether it is one of its namespace, and its key there.
fn endpoint_label(key: &str) -> Option<(bool, String)> {
    let key = match key.split_once(':') {
        Some(("k8s" | "any", rest)) => rest,
        Some(_) => return None,
        None => key,
    };
    if key == "io.kubernetes.pod.namespace" {
        return Some((true, Namespace::NAME.to_owned()));
    }
    Some(match key.strip_prefix("io.cilium.k8s.namespace.labels.") {
        Some(label) => (true, label.to_owned()),
        None => (false, key.to_owned()),
    })
}

/// A rule of Cilium; `None` for one that names nothing, which lets nothing through.
fn cilium_rule(rule: &Value, is_wide: bool) -> Option<TrafficRule> {
    let members = rule.as_object()?;
    let ports = ports_of_cilium(rule);
    let mut peers = Vec::new();
    for (key, value) in members {
        let values = value.as_array().into_iter().flatten();
        match key.as_str() {
            "toPorts" | "icmps" | "authentication" => {}
            "fromEndpoints" | "toEndpoints" => peers.extend(values.map(|one| endpoint_peer(one, is_wide))),
            "fromEntities" | "toEntities" => peers.extend(values.flat_map(entity)),
            "fromCIDR" | "toCIDR" => peers.extend(
                values.filter_map(|one| Some(Peer::Addresses { cidr: one.as_str()?.to_owned(), except: Vec::new() })),
            ),
            "fromCIDRSet" | "toCIDRSet" => peers.extend(values.map(|one| match one["cidr"].as_str() {
                Some(cidr) => Peer::Addresses { cidr: cidr.to_owned(), except: texts(one, "/except") },
                None => Peer::Other(key.clone()),
            })),
            other => peers.push(Peer::Other(other.to_owned())),
        }
    }
    let says_nothing = peers.is_empty() && ports.is_empty();
    // A list of peers that is empty lets nothing through, as Cilium reads it.
    let has_peers = members.keys().any(|key| key.starts_with("from") || key.starts_with("to") && key != "toPorts");
    if says_nothing || has_peers && peers.is_empty() {
        return None;
    }
    Some(TrafficRule { peers, ports })
}

fn endpoint_peer(chosen: &Value, is_wide: bool) -> Peer {
    let known = serde_json::from_value(chosen.clone()).ok().and_then(|chosen| endpoints(selector(chosen)));
    let Some((namespaces, pods)) = known else { return Peer::Other("endpoints".to_owned()) };
    // A policy of a namespace means endpoints of that namespace, unless it names others.
    let is_own = !is_wide && namespaces.is_everything();
    Peer::Pods { namespaces: (!is_own).then_some(namespaces), pods: Some(pods) }
}

fn entity(entity: &Value) -> Vec<Peer> {
    let everywhere = || ["0.0.0.0/0", "::/0"].map(|cidr| Peer::Addresses { cidr: cidr.to_owned(), except: Vec::new() });
    let cluster = || Peer::Pods { namespaces: Some(Selector::default()), pods: None };
    match entity.as_str().unwrap_or_default() {
        "all" => everywhere().into_iter().chain([cluster()]).collect(),
        "world" => everywhere().into(),
        "world-ipv4" => everywhere()[..1].to_vec(),
        "world-ipv6" => everywhere()[1..].to_vec(),
        "cluster" => vec![cluster()],
        // Parts of the cluster itself: no pod of a user.
        "host" | "remote-node" | "kube-apiserver" | "health" | "init" | "ingress" | "none" => {
            vec![Peer::Pods { namespaces: Some(Selector::label(Namespace::NAME, "")), pods: None }]
        }
        other => vec![Peer::Other(other.to_owned())],
    }
}

fn ports_of_cilium(rule: &Value) -> Vec<PolicyPort> {
    let listed = items(rule, "/toPorts").flat_map(|entry| items(entry, "/ports"));
    let ports = listed.map(|port| PolicyPort {
        protocol: match port["protocol"].as_str() {
            None | Some("ANY") => "TCP".to_owned(),
            Some(protocol) => protocol.to_owned(),
        },
        // Port 0 stands for all.
        port: port["port"].as_str().filter(|port| *port != "0").map(str::to_owned),
        end_port: port["endPort"].as_u64().and_then(|port| u16::try_from(port).ok()),
    });
    let of_icmp = items(rule, "/icmps").map(|_| PolicyPort { protocol: "ICMP".to_owned(), port: None, end_port: None });
    ports.chain(of_icmp).collect()
}

/// Policies of Calico: those of a namespace, and those of the whole cluster.
///
/// Source: <https://docs.tigera.io/calico/latest/reference/resources/networkpolicy>
fn calico(object: &Custom) -> PolicyForm {
    let spec = &object.spec;
    let text = |key: &str| spec.get(key).and_then(Value::as_str).unwrap_or_default();
    let (in_namespaces, pods) =
        expression(text("selector")).map_or((None, None), |(namespaces, pods)| (Some(namespaces), Some(pods)));
    let namespaces = match text("namespaceSelector") {
        "" => in_namespaces,
        chosen => expression(chosen).filter(|(own, _)| own.is_everything()).map(|(_, labels)| labels),
    };
    let by_account = spec.get("serviceAccountSelector").is_some();
    let types = texts(spec, "/types");
    let direction = |name: &str, key: &str| {
        let rules: Vec<_> = items(spec, key).collect();
        let is_about = types.iter().any(|kind| kind == name)
            || types.is_empty() && (!rules.is_empty() || name == "Ingress" && items(spec, "/egress").next().is_none());
        if is_about { Stance::Only(calico_rules(&rules, name)) } else { Stance::None }
    };
    PolicyForm {
        namespaces,
        pods: pods.filter(|_| !by_account),
        ingress: direction("Ingress", "/ingress"),
        egress: direction("Egress", "/egress"),
    }
}

/// The rules of Calico that let traffic through. What stands behind a rule that denies or passes on may be held back by it.
fn calico_rules(rules: &[&Value], direction: &str) -> Vec<TrafficRule> {
    let (mut found, mut is_after) = (Vec::new(), None::<String>);
    for rule in rules {
        match rule["action"].as_str() {
            Some("Allow") => {
                let mut rule = calico_rule(rule, direction);
                if let Some(action) = &is_after {
                    rule.peers = vec![Peer::Other(format!("behind a rule that says {action}"))];
                }
                found.push(rule);
            }
            Some("Log") => {}
            action => is_after = Some(action.unwrap_or("nothing").to_owned()),
        }
    }
    found
}

fn calico_rule(rule: &Value, direction: &str) -> TrafficRule {
    let other_side = if direction == "Ingress" { "source" } else { "destination" };
    let side = rule.get(other_side).unwrap_or(&Value::Null);
    let text = |key: &str| side.get(key).and_then(Value::as_str);
    let mut peers: Vec<Peer> = texts(side, "/nets")
        .into_iter()
        .map(|cidr| Peer::Addresses { cidr, except: texts(side, "/notNets") })
        .collect();
    if text("selector").is_some() || text("namespaceSelector").is_some() {
        let pods = expression(text("selector").unwrap_or_default());
        let namespaces = text("namespaceSelector").map(expression);
        peers.push(match (pods, namespaces) {
            (Some((own, pods)), None) if own.is_everything() => Peer::Pods { namespaces: None, pods: Some(pods) },
            (Some((_, pods)), Some(Some((_, labels)))) => Peer::Pods { namespaces: Some(labels), pods: Some(pods) },
            _ => Peer::Other("a selector that is not read".to_owned()),
        });
    }
    let read = ["nets", "notNets", "selector", "namespaceSelector", "ports", "notPorts"];
    let members = side.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let unread = members.filter(|key| !read.contains(key)).map(|key| Peer::Other(key.to_owned()));
    peers.extend(unread);
    if side.get("notNets").is_some() && side.get("nets").is_none() {
        peers.push(Peer::Addresses { cidr: "0.0.0.0/0".to_owned(), except: texts(side, "/notNets") });
    }
    let protocol = rule["protocol"].as_str().unwrap_or("TCP").to_owned();
    let listed = rule.pointer("/destination/ports").and_then(Value::as_array).into_iter().flatten();
    let mut ports: Vec<_> = listed.map(|port| calico_port(port, &protocol)).collect();
    if ports.is_empty() && rule.get("protocol").is_some() {
        ports.push(PolicyPort { protocol, port: None, end_port: None });
    }
    TrafficRule { peers, ports }
}

/// A number, a range `1:65535`, or a name.
fn calico_port(port: &Value, protocol: &str) -> PolicyPort {
    let text = port.as_u64().map_or_else(|| port.as_str().unwrap_or_default().to_owned(), |number| number.to_string());
    let (first, last) = match text.split_once(':') {
        Some((first, last)) => (first.to_owned(), last.parse().ok()),
        None => (text, None),
    };
    PolicyPort { protocol: protocol.to_owned(), port: Some(first), end_port: last }
}

/// An expression of Calico that is made of `all()`, `has(label)`, `label == 'value'`, `label != 'value'` and `&&`, as
/// conditions on the labels of namespaces and on those of pods; `None` for any other.
fn expression(text: &str) -> Option<(Selector, Selector)> {
    let (mut namespaces, mut pods) = (Selector::default(), Selector::default());
    for part in text.split("&&").map(str::trim).filter(|part| !part.is_empty() && *part != "all()") {
        let quoted = |value: &str| {
            let value = value.trim();
            let inner = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
            inner.or_else(|| value.strip_prefix('"')?.strip_suffix('"')).map(str::to_owned)
        };
        let is_key =
            |key: &str| !key.is_empty() && key.chars().all(|it| it.is_ascii_alphanumeric() || "-_./".contains(it));
        let has = part.strip_prefix("has(").and_then(|rest| rest.strip_suffix(')'));
        let lacks = part.strip_prefix("!has(").and_then(|rest| rest.strip_suffix(')'));
        let (key, operator, values) = if let Some(key) = has {
            (key, Operator::Exists, vec![])
        } else if let Some(key) = lacks {
            (key, Operator::DoesNotExist, vec![])
        } else if let Some((key, value)) = part.split_once("==") {
            (key, Operator::In, vec![quoted(value)?])
        } else {
            let (key, value) = part.split_once("!=")?;
            (key, Operator::NotIn, vec![quoted(value)?])
        };
        let key = key.trim();
        if !is_key(key) {
            return None;
        }
        let (list, key) = match key {
            "projectcalico.org/namespace" => (&mut namespaces, Namespace::NAME),
            "projectcalico.org/name" => (&mut pods, Namespace::NAME),
            key => (&mut pods, key),
        };
        list.requirements.push(Requirement { key: key.to_owned(), operator, values });
    }
    Some((namespaces, pods))
}

#[cfg(test)]
mod tests;
