//! The load balancers that AWS's controllers make of ingresses: which ingresses share one, and how it is set.
//!
//! Sources: <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/>,
//! <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/>,
//! <https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html>, and `pkg/ingress` of
//! <https://github.com/kubernetes-sigs/aws-load-balancer-controller>

use std::collections::BTreeMap;

use crate::access::addresses::Addresses;
use crate::account::Account;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Ingress, IngressClassParams, ObjectReference, Objects, Service};
use palisade_model::{Action, Gap};

/// The controllers that serve ingresses with load balancers of AWS, each with the API group of its parameters.
const CONTROLLERS: [(&str, &str); 2] =
    [("ingress.k8s.aws/alb", "elbv2.k8s.aws"), ("eks.amazonaws.com/alb", "eks.amazonaws.com")];

/// An annotation of an ingress, by what follows the name's beginning.
pub fn annotation<'a>(ingress: &'a Ingress, name: &str) -> Option<&'a str> {
    let value = ingress.annotations.get(&format!("{}{name}", Ingress::KEPT_ANNOTATIONS))?;
    Some(value.trim())
}

/// The parts of an annotation with commas.
fn parts<'a>(ingress: &'a Ingress, name: &str) -> Vec<&'a str> {
    let value = annotation(ingress, name).unwrap_or_default();
    value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Who serves an ingress.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Server<'a> {
    /// A load balancer of AWS, with what the ingresses of the class have in common.
    LoadBalancer(Option<&'a IngressClassParams>),
    /// Another controller, or nobody.
    Other,
}

/// Who serves an ingress. A gap when its class cannot be told.
pub fn server<'a>(ingress: &Ingress, objects: &'a Objects, cluster: &Cluster) -> Result<Server<'a>, Gap> {
    let has_annotations = ingress.annotations.keys().any(|key| key.starts_with(Ingress::KEPT_ANNOTATIONS));
    let by_name =
        |name: &str| if name == "alb" || has_annotations { Server::LoadBalancer(None) } else { Server::Other };
    // Classes that an annotation names have no parameters.
    if let Some(name) = ingress.annotations.get(Ingress::CLASS) {
        return Ok(by_name(name));
    }
    let Some(name) = ingress.class.as_deref() else { return Ok(by_name("")) };
    let ways_in = &objects.network.ways_in;
    let Some(class) = ways_in.ingress_classes.find(|class| class.name == name)? else { return Ok(by_name(name)) };
    let Some(controller) = class.controller.as_deref() else { return Ok(by_name(name)) };
    let Some((_, group)) = CONTROLLERS.iter().find(|(own, _)| *own == controller) else { return Ok(Server::Other) };
    let Some(parameters) = &class.parameters else { return Ok(Server::LoadBalancer(None)) };
    let is_meant =
        |params: &IngressClassParams| names(parameters, &params.group, &params.name) && params.group == *group;
    match ways_in.ingress_class_params.find(is_meant)? {
        Some(params) if is_selected(ingress, params, objects)? => Ok(Server::LoadBalancer(Some(params))),
        Some(_) => Ok(Server::Other),
        None => {
            let why = format!("IngressClass {name} names {} {}, which is not there", parameters.kind, parameters.name);
            Err(cluster.unclear(Action::KubernetesListIngressClassParams, why))
        }
    }
}

fn names(reference: &ObjectReference, group: &str, name: &str) -> bool {
    reference.group == group && reference.kind == "IngressClassParams" && reference.name == name
}

/// Whether the namespace of an ingress may use parameters; one that may not is served by nobody.
fn is_selected(ingress: &Ingress, params: &IngressClassParams, objects: &Objects) -> Result<bool, Gap> {
    if params.namespaces.is_everything() {
        return Ok(true);
    }
    let namespace = objects.namespaces.find(|namespace| namespace.name == ingress.namespace)?;
    Ok(namespace.is_none_or(|namespace| params.namespaces.selects(&namespace.labels) != Some(false)))
}

/// An ingress of a load balancer.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The ingress.
    pub ingress: &'a Ingress,
    /// What the ingresses of its class have in common.
    pub params: Option<&'a IngressClassParams>,
}

/// A load balancer of AWS: one ingress, or those of one group.
#[derive(Clone, Debug)]
pub struct Balancer<'a> {
    /// Its ingresses.
    pub members: Vec<Member<'a>>,
}

/// The load balancers of all ingresses, and the gap when there may be more, or more in one.
pub fn balancers<'a>(objects: &'a Objects, cluster: &Cluster) -> (Vec<Balancer<'a>>, Option<Gap>) {
    let mut groups: BTreeMap<(String, String), Vec<Member<'a>>> = BTreeMap::new();
    let ingresses = &objects.network.ingresses;
    let mut gap = ingresses.gap().cloned();
    for ingress in ingresses.seen() {
        match server(ingress, objects, cluster) {
            Ok(Server::LoadBalancer(params)) => {
                let member = Member { ingress, params };
                groups.entry(member.group()).or_default().push(member);
            }
            Ok(Server::Other) => {}
            Err(unknown) => _ = gap.get_or_insert(unknown),
        }
    }
    (groups.into_values().map(|members| Balancer { members }).collect(), gap)
}

/// The load balancers of ingresses that lead to a service, and the gap when there may be more. Others of their groups are looked
/// for only where there is a group: most ingresses stand alone.
pub fn leading_to<'a>(service: &Service, objects: &'a Objects, cluster: &Cluster) -> (Vec<Balancer<'a>>, Option<Gap>) {
    let ingresses = &objects.network.ingresses;
    let (mut found, mut gap) = (BTreeMap::new(), ingresses.gap().cloned());
    for ingress in ingresses.seen().iter().filter(|ingress| ingress.namespace == service.namespace) {
        let member = match server(ingress, objects, cluster) {
            Ok(Server::LoadBalancer(params)) => Member { ingress, params },
            Ok(Server::Other) => continue,
            Err(unknown) => {
                gap.get_or_insert(unknown);
                continue;
            }
        };
        let group = member.group();
        if !member.leads_to(&service.name) || found.contains_key(&group) {
            continue;
        }
        let is_alone = !group.0.is_empty();
        let members = if is_alone {
            vec![member]
        } else {
            let (all, unknown) = balancers(objects, cluster);
            gap = gap.or(unknown);
            let same = |balancer: &Balancer<'_>| balancer.members.first().is_some_and(|one| one.group() == group);
            all.into_iter().find(same).map_or_else(|| vec![member], |balancer| balancer.members)
        };
        found.insert(group, Balancer { members });
    }
    (found.into_values().collect(), gap)
}

/// Where a load balancer listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// The number.
    pub number: u16,
    /// Whether it takes HTTPS rather than HTTP.
    pub is_https: bool,
}

impl<'a> Member<'a> {
    /// How evidence names it.
    pub fn name(&self) -> String {
        format!("ingress {}/{}", self.ingress.namespace, self.ingress.name)
    }

    /// The group that it belongs to: one with a name is of the whole cluster, any other its own.
    fn group(&self) -> (String, String) {
        let params = self.params.and_then(|params| params.ingress_group.as_deref());
        match params.or_else(|| annotation(self.ingress, "group.name")) {
            Some(group) => (String::new(), group.to_owned()),
            None => (self.ingress.namespace.clone(), self.ingress.name.clone()),
        }
    }

    /// The certificates that are named; what the class has goes before.
    pub fn certificates(&self) -> Vec<&'a str> {
        match self.params {
            Some(params) if !params.certificates.is_empty() => params.certificates.iter().map(String::as_str).collect(),
            Some(_) | None => parts(self.ingress, "certificate-arn"),
        }
    }

    /// The hosts by which a certificate is looked for when none is named.
    pub fn hosts(&self) -> Vec<&'a str> {
        let of_rules = self.ingress.rules.iter().filter_map(|rule| rule.host.as_deref());
        let of_tls = self.ingress.tls.iter().flat_map(|tls| tls.hosts.iter().map(String::as_str));
        let mut hosts: Vec<_> = of_rules.chain(of_tls).filter(|host| !host.is_empty()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }

    /// Where it has the load balancer listen: as `listen-ports` says; without it for HTTPS when a certificate is named, and
    /// for HTTP when none is. Hosts under `tls` make no difference.
    pub fn ports(&self, cluster: &Cluster) -> Result<Vec<Port>, Gap> {
        let Some(listens) = annotation(self.ingress, "listen-ports") else {
            let is_https = !self.certificates().is_empty();
            return Ok(vec![Port { number: if is_https { 443 } else { 80 }, is_https }]);
        };
        let unclear = || {
            let why = format!("listen-ports of {} cannot be parsed", self.name());
            cluster.unclear(Action::KubernetesListIngresses, why)
        };
        let entries: Vec<BTreeMap<String, u16>> = serde_json::from_str(listens).map_err(|_| unclear())?;
        let port = |(protocol, number): (String, u16)| match protocol.as_str() {
            "HTTP" => Ok(Port { number, is_https: false }),
            "HTTPS" => Ok(Port { number, is_https: true }),
            _ => Err(unclear()),
        };
        entries.into_iter().flatten().map(port).collect()
    }

    /// The scheme that it asks for, with the parameters that say so; what the class has goes before.
    fn scheme(&self) -> Option<(&'a str, Option<&'a IngressClassParams>)> {
        let of_class = self.params.and_then(|params| Some((params.scheme.as_deref()?, Some(params))));
        of_class.or_else(|| Some((annotation(self.ingress, "scheme")?, None)))
    }

    /// Whether it redirects what comes over HTTP: all of it, by a port that it names.
    fn redirects_all(&self) -> bool {
        let of_class = self.params.is_some_and(|params| params.ssl_redirect.is_some());
        of_class || annotation(self.ingress, "ssl-redirect").is_some_and(|port| !port.is_empty())
    }

    /// Whether one of its rules redirects to HTTPS by an action of its own.
    pub fn redirects_by_rule(&self) -> bool {
        let mut services = self.ingress.rules.iter().flat_map(|rule| &rule.services);
        services.any(|service| {
            let action = annotation(self.ingress, &format!("actions.{service}")).unwrap_or_default();
            serde_json::from_str::<serde_json::Value>(action).is_ok_and(|action| {
                let redirect = ["/redirectConfig/protocol", "/redirectConfig/Protocol", "/RedirectConfig/Protocol"];
                redirect.iter().any(|path| action.pointer(path).is_some_and(|it| it == "HTTPS"))
            })
        })
    }

    /// The services that it leads to, those that its actions name included; all are of its namespace.
    pub fn leads_to(&self, service: &str) -> bool {
        let by_rule = self.ingress.rules.iter().flat_map(|rule| &rule.services).any(|name| name == service);
        let start = format!("{}actions.", Ingress::KEPT_ANNOTATIONS);
        let forwards = |action: &String| {
            let read = serde_json::from_str::<serde_json::Value>(action).unwrap_or_default();
            let groups = read.pointer("/forwardConfig/targetGroups").and_then(serde_json::Value::as_array);
            groups.into_iter().flatten().any(|group| group["serviceName"] == service)
        };
        by_rule || self.ingress.annotations.iter().any(|(key, action)| key.starts_with(&start) && forwards(action))
    }
}

impl Balancer<'_> {
    /// How evidence names it.
    pub fn name(&self) -> String {
        let names: Vec<_> = self.members.iter().map(Member::name).collect();
        names.join(" and ")
    }

    /// Whether all that comes over HTTP is redirected. What one ingress of a group says holds for all its listeners.
    pub fn redirects_all(&self) -> bool {
        self.members.iter().any(Member::redirects_all)
    }

    /// How it is reached from the internet, as evidence tells it; `None` when it is not. A gap when that cannot be told.
    pub fn open(&self, cluster: &Cluster, account: &Account) -> Result<Option<String>, Gap> {
        let unclear = |why: String| cluster.unclear(Action::KubernetesListIngresses, format!("{}: {why}", self.name()));
        let mut schemes: Vec<_> = self.members.iter().filter_map(Member::scheme).collect();
        schemes.dedup_by(|left, right| left.0 == right.0);
        let Some((scheme, of_class)) = schemes.first() else { return Ok(None) };
        if let Some((other, _)) = schemes.iter().find(|(other, _)| other != scheme) {
            return Err(unclear(format!("the schemes {scheme} and {other} contradict each other")));
        }
        match *scheme {
            "internal" => return Ok(None),
            "internet-facing" => {}
            other => {
                let (action, what) = (Action::KubernetesListIngresses, format!("the scheme of {}", self.name()));
                return Err(Gap::not_known(action, &cluster.arn, what, other));
            }
        }
        let by = of_class.map_or_else(String::new, |params| format!(" by IngressClassParams {}", params.name));
        let told = Some(format!("{} is a load balancer (scheme internet-facing{by})", self.name()));
        let ranges = self.ranges().map_err(unclear)?;
        let has_lists = self.members.iter().any(|member| {
            !parts(member.ingress, "security-group-prefix-lists").is_empty()
                || member.params.is_some_and(|params| !params.prefix_lists.is_empty())
        });
        let has_groups = self.members.iter().any(|member| !parts(member.ingress, "security-groups").is_empty());
        // Security groups that are named are not looked at, and inbound-cidrs are then not used.
        if ranges.is_empty() && !has_lists || has_groups {
            return Ok(told);
        }
        let (addresses, malformed) = Addresses::of(ranges.iter().copied());
        if addresses.too_wide(account.settings.thresholds.public_endpoint_addresses).is_some() {
            return Ok(told);
        }
        if has_lists {
            return Err(unclear("whom its prefix lists let in is not read".to_owned()));
        }
        malformed.map_or(Ok(None), |malformed| Err(unclear(format!("inbound-cidrs: {malformed}"))))
    }

    /// The addresses that it lets in; none stands for all. What several ingresses say must be the same.
    fn ranges(&self) -> Result<Vec<&str>, String> {
        let of = |member: &Member<'_>| {
            let mut ranges: Vec<String> = match member.params {
                Some(params) if !params.inbound_cidrs.is_empty() => params.inbound_cidrs.clone(),
                Some(_) | None => parts(member.ingress, "inbound-cidrs").into_iter().map(str::to_owned).collect(),
            };
            ranges.sort_unstable();
            ranges
        };
        let mut said: Vec<_> = self.members.iter().map(|member| (member, of(member))).collect();
        said.retain(|(_, ranges)| !ranges.is_empty());
        let Some((first, ranges)) = said.first() else { return Ok(Vec::new()) };
        if said.iter().any(|(_, other)| other != ranges) {
            return Err("its inbound-cidrs contradict each other".to_owned());
        }
        Ok(match first.params {
            Some(params) if !params.inbound_cidrs.is_empty() => {
                params.inbound_cidrs.iter().map(String::as_str).collect()
            }
            Some(_) | None => parts(first.ingress, "inbound-cidrs"),
        })
    }
}
