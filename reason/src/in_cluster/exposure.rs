//! Which services are reached from the internet.

use std::collections::BTreeMap;

use crate::access::addresses::Addresses;
use crate::account::Account;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Controller, Ingress, Service, ServiceKind};
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

/// An annotation of an ingress, by what follows the name's beginning.
pub fn ingress_annotation<'a>(ingress: &'a Ingress, name: &str) -> Option<&'a str> {
    let value = ingress.annotations.get(&format!("{}{name}", Ingress::KEPT_ANNOTATIONS))?;
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
    match annotation(service, "scheme") {
        Some("internal") => return Ok(None),
        Some("internet-facing") => return Ok(Some("scheme internet-facing".to_owned())),
        Some(scheme) => return Err(strange(service, cluster, "the scheme", scheme)),
        None => {}
    }
    match annotation(service, "internal") {
        // The older annotation held a network before it held `true`.
        Some("true" | "0.0.0.0/0") => return Ok(None),
        Some("false" | "") | None => {}
        Some(value) => return Err(strange(service, cluster, "the annotation internal", value)),
    }
    let is_external = annotation(service, "type").is_some_and(|kind| EXTERNAL_TYPES.contains(&kind));
    match service.load_balancer_class.as_deref() {
        Some(class) if INTERNAL_CLASSES.contains(&class) => Ok(None),
        Some(class) => Err(strange(service, cluster, "the load balancer class", class)),
        None if is_external => Ok(None),
        None => Ok(Some("no scheme, which means internet-facing".to_owned())),
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

/// Whether AWS's load balancers serve an ingress.
pub fn is_by_load_balancer(ingress: &Ingress) -> bool {
    match ingress.class.as_deref() {
        Some("alb") => true,
        Some(_) | None => !ingress.annotations.is_empty(),
    }
}

/// How an ingress of AWS's load balancers is reached from the internet; `None` when it is not. Other controllers stand
/// behind services of their own.
pub fn open_ingress(ingress: &Ingress, cluster: &Cluster, account: &Account) -> Result<Option<String>, Gap> {
    let name = format!("ingress {}/{}", ingress.namespace, ingress.name);
    match ingress_annotation(ingress, "scheme") {
        Some("internal") | None => return Ok(None),
        Some("internet-facing") => {}
        Some(scheme) => {
            let (action, what) = (Action::KubernetesListIngresses, format!("the scheme of {name}"));
            return Err(Gap::not_known(action, &cluster.arn, what, scheme));
        }
    }
    let ranges = ingress_annotation(ingress, "inbound-cidrs").unwrap_or_default();
    let ranges: Vec<_> = ranges.split(',').map(str::trim).filter(|range| !range.is_empty()).collect();
    let (addresses, malformed) = Addresses::of(ranges.iter().copied());
    let is_wide = addresses.too_wide(account.settings.thresholds.public_endpoint_addresses).is_some();
    if ranges.is_empty() || is_wide {
        return Ok(Some(format!("{name} is a load balancer (scheme internet-facing)")));
    }
    let unclear = |text| cluster.unclear(Action::KubernetesListIngresses, format!("inbound-cidrs of {name}: {text}"));
    malformed.map_or(Ok(None), |malformed| Err(unclear(malformed)))
}

/// A way from the internet to a workload in a cluster, as evidence tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// A service with a load balancer of its own.
    Service(String),
    /// A load balancer that serves an ingress.
    Ingress(String),
}

/// The ways in which a workload is reached from the internet, and the gap when there may be more.
pub fn entrances(inside: Inside<'_, Controller>, account: &Account) -> (Vec<Entrance>, Option<Gap>) {
    let Inside { object: workload, cluster, objects } = inside;
    let (mut entrances, mut gap) = (Vec::new(), None);
    let network = &objects.network;
    let own = |service: &&Service| {
        service.namespace == workload.namespace && leads_to(&service.selector, &workload.pod_labels)
    };
    let mut add = |found: Result<Option<String>, Gap>, kind: fn(String) -> Entrance| match found {
        Ok(found) => entrances.extend(found.map(kind)),
        Err(unknown) => _ = gap.get_or_insert(unknown),
    };
    for service in network.services.seen().iter().filter(own) {
        add(open_service(service, cluster, account), Entrance::Service);
        let routes = |ingress: &&Ingress| {
            let mut services = ingress.rules.iter().flat_map(|rule| &rule.services);
            ingress.namespace == service.namespace && services.any(|name| *name == service.name)
        };
        for ingress in network.ingresses.seen().iter().filter(routes) {
            add(open_ingress(ingress, cluster, account), Entrance::Ingress);
        }
    }
    let unread = network.services.gap().or(network.ingresses.gap()).cloned();
    (entrances, gap.or(unread))
}

/// Whether a service leads to pods with these labels; one without a selector leads to none by itself.
fn leads_to(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> bool {
    !selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}
