//! Which services are reached from the internet.

use std::collections::BTreeMap;

use crate::access::addresses::Addresses;
use crate::account::Account;
use crate::in_cluster::gateways::open_gateways;
use crate::in_cluster::ingresses::leading_to;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Controller, Objects, Service, ServiceKind, TargetGroupBinding};
use palisade_model::{Action, Gap, Inside};

/// Classes of load balancers that AWS's own controllers make; they are internal unless told otherwise.
///
/// Sources: <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html>
const INTERNAL_CLASSES: [&str; 2] = ["eks.amazonaws.com/nlb", "service.k8s.aws/nlb"];

/// Values of the annotation `…-type` that hand a service to AWS's own controller.
const EXTERNAL_TYPES: [&str; 3] = ["external", "nlb-ip", "nlb-instance"];

/// An annotation of a service, by what follows the name's beginning.
pub fn annotation<'a>(service: &'a Service, name: &str) -> Option<&'a str> {
    let value = service.annotations.get(&format!("{}{name}", Service::KEPT_ANNOTATIONS))?;
    Some(value.trim())
}

/// How a service is reached from the internet, as evidence tells it; `None` when it is not. A gap when that cannot be
/// told.
pub fn open_service(service: &Service, cluster: &Cluster, account: &Account) -> Result<Option<String>, Gap> {
    match &service.kind {
        ServiceKind::LoadBalancer => {}
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::ExternalName => return Ok(None),
        ServiceKind::Other(kind) => return Err(strange(service, cluster, "the type", kind)),
    }
    let Some(why) = faces_internet(service, cluster)? else { return Ok(None) };
    let annotated = annotation(service, "source-ranges").unwrap_or_default();
    let ranges = service.source_ranges.iter().map(String::as_str).chain(annotated.split(','));
    let ranges: Vec<_> = ranges.map(str::trim).filter(|range| !range.is_empty()).collect();
    let name = format!("service {}/{}", service.namespace, service.name);
    if ranges.is_empty() {
        return Ok(Some(format!("{name} is a load balancer ({why}) that lets in every address")));
    }
    let (addresses, malformed) = Addresses::of(ranges);
    if let Some(wide) = addresses.too_wide(account.settings.thresholds.public_endpoint_addresses) {
        return Ok(Some(format!("{name} is a load balancer ({why}) that lets in {wide}")));
    }
    malformed.map_or(Ok(None), |malformed| Err(unclear(service, cluster, &malformed.to_string())))
}

/// Why the load balancer of a service faces the internet; `None` when it is internal.
fn faces_internet(service: &Service, cluster: &Cluster) -> Result<Option<String>, Gap> {
    let is_external = annotation(service, "type").is_some_and(|kind| EXTERNAL_TYPES.contains(&kind));
    let by_aws = match service.load_balancer_class.as_deref() {
        Some(class) if INTERNAL_CLASSES.contains(&class) => true,
        Some(class) => return Err(strange(service, cluster, "the load balancer class", class)),
        None => is_external,
    };
    match annotation(service, "scheme") {
        // The controller that Kubernetes brings does not know this annotation.
        Some("internal") if !by_aws => {
            let starts = |place: &String| place.starts_with("internal-");
            let is_certain = service.load_balancers.iter().any(starts) || is_internal(service, cluster)?;
            return if is_certain { Ok(None) } else { Err(unclear(service, cluster, "who makes the load balancer")) };
        }
        Some("internal") => return Ok(None),
        Some("internet-facing") => return Ok(Some("scheme internet-facing".to_owned())),
        Some(scheme) => return Err(strange(service, cluster, "the scheme", scheme)),
        None => {}
    }
    if is_internal(service, cluster)? || by_aws {
        return Ok(None);
    }
    Ok(Some("no scheme, which means internet-facing".to_owned()))
}

/// What the older annotation says, which all controllers know.
fn is_internal(service: &Service, cluster: &Cluster) -> Result<bool, Gap> {
    match annotation(service, "internal") {
        // It held a network before it held `true`.
        Some("true" | "0.0.0.0/0") => Ok(true),
        Some("false" | "") | None => Ok(false),
        Some(value) => Err(strange(service, cluster, "the annotation internal", value)),
    }
}

fn strange(service: &Service, cluster: &Cluster, what: &str, value: &str) -> Gap {
    let what = format!("{what} of service {}/{}", service.namespace, service.name);
    Gap::not_known(Action::KubernetesListServices, &cluster.arn, what, value)
}

fn unclear(service: &Service, cluster: &Cluster, what: &str) -> Gap {
    let why = format!("{what} of service {}/{} is not known", service.namespace, service.name);
    cluster.unclear(Action::KubernetesListServices, why)
}

/// A way from the internet to a workload in a cluster, as evidence tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// A service with a load balancer of its own.
    Service(String),
    /// A load balancer that serves ingresses.
    Ingress(String),
    /// A load balancer that serves a gateway.
    Gateway(String),
}

/// The ways in which a workload is reached from the internet, and the gap when there may be more.
pub fn entrances(inside: Inside<'_, Controller>, account: &Account) -> (Vec<Entrance>, Option<Gap>) {
    let Inside { object: workload, cluster, objects } = inside;
    let (mut entrances, mut gap) = (Vec::new(), None);
    let network = &objects.network;
    let own = |service: &&Service| {
        service.namespace == workload.namespace && leads_to(&service.selector, &workload.pod_labels)
    };
    let services = network.services.seen().iter().filter(own);
    let mut add = |found: Result<Option<Entrance>, Gap>| match found {
        Ok(found) => entrances.extend(found),
        Err(unknown) => _ = gap.get_or_insert(unknown),
    };
    for service in services {
        add(open_service(service, cluster, account).map(|told| told.map(Entrance::Service)));
        let (balancers, unserved) = leading_to(service, objects, cluster);
        for balancer in &balancers {
            add(balancer.open(cluster, account).map(|told| told.map(Entrance::Ingress)));
        }
        if let Some(unserved) = unserved {
            add(Err(unserved));
        }
        for found in open_gateways(service, objects, cluster, account) {
            add(found.map(|told| Some(Entrance::Gateway(told))));
        }
        for found in bound(service, objects, cluster) {
            add(Err(found));
        }
    }
    let unread = network.services.gap().or(network.ingresses.gap()).cloned();
    (entrances, gap.or(unread))
}

/// The gaps for target groups that lead to a service and whose load balancers are made by others, which are not read.
fn bound(service: &Service, objects: &Objects, cluster: &Cluster) -> Vec<Gap> {
    let bindings = &objects.network.ways_in.target_group_bindings;
    let own = bindings.seen().iter().filter(|binding| {
        binding.namespace == service.namespace && binding.service == service.name && !is_of_controller(binding, objects)
    });
    let unclear = own.map(|binding| {
        let group = binding.target_group.as_deref().unwrap_or("none");
        let why = format!(
            "TargetGroupBinding {}/{} puts service {} behind target group {group}, whose load balancer is not read",
            binding.namespace, binding.name, service.name
        );
        cluster.unclear(Action::KubernetesListTargetGroupBindings, why)
    });
    unclear.chain(bindings.gap().cloned()).collect()
}

/// Whether a controller of AWS made a binding for a service, an ingress or a gateway that is there, and is judged itself.
///
/// Source: `pkg/deploy/tracking` of <https://github.com/kubernetes-sigs/aws-load-balancer-controller>
fn is_of_controller(binding: &TargetGroupBinding, objects: &Objects) -> bool {
    let network = &objects.network;
    let part =
        |end: &str| binding.labels.iter().find_map(|(key, value)| Some((key.strip_suffix(end)?, value.as_str())));
    if let (Some((prefix, name)), Some((_, namespace))) = (part("/stack-name"), part("/stack-namespace")) {
        return if prefix.starts_with("service") {
            network.services.seen().iter().any(|one| one.namespace == namespace && one.name == name)
        } else if prefix.starts_with("ingress") {
            network.ingresses.seen().iter().any(|one| one.namespace == namespace && one.name == name)
        } else {
            network.ways_in.gateways.seen().iter().any(|one| one.namespace == namespace && one.name == name)
        };
    }
    // A group of ingresses has a name alone.
    part("/stack").is_some() && network.ingresses.seen().iter().any(|one| one.namespace == binding.namespace)
}

/// Whether a service leads to pods with these labels; one without a selector leads to none by itself.
fn leads_to(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> bool {
    !selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}
