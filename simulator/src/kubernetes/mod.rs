//! The API servers of clusters: what is asked, who asks, and what is answered.

mod controllers;
mod kinds;
mod objects;
mod paging;
mod pods;
mod store;
mod tls;
mod token;

use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::account::{Cluster, Kubernetes};
use crate::calls::Outcome;
use crate::request::Request;
use crate::services::{Service, ThrottleError};
use crate::wire::{Protocol, Response, ServiceError};
use crate::world::World;
pub(crate) use paging::gone;
use store::{Shelf, Store};
pub(crate) use tls::{Identity, identity};

/// An API server, as the gate and the log know it.
pub(crate) static SERVICE: Service = Service {
    name: "k8s",
    prefix: "k8s",
    protocol: Protocol::Kubernetes,
    namespace: "",
    global: false,
    throttle: ThrottleError {
        status: 429,
        code: "TooManyRequests",
        message: "The server has received too many requests and has asked us to try again later",
    },
    broken: "InternalError",
    invalid_token: "Expired",
    operations: &[],
};

/// The only ConfigMaps that may be read, all of them in kube-system.
const CONFIG_MAPS: [&str; 2] = ["aws-auth", "amazon-vpc-cni"];

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Version,
    List {
        resource: Resource,
        namespace: Option<String>,
    },
    Get {
        resource: Resource,
        namespace: Option<String>,
        name: String,
    },
    /// Something else, as method and path.
    Other(String),
}

/// A kind of objects, as paths name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    group: String,
    version: String,
    plural: String,
}

impl Resource {
    /// `deployments.apps`; constraints of Gatekeeper share one name.
    fn name(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
            "constraints.gatekeeper.sh" => "*.constraints.gatekeeper.sh".to_owned(),
            group => format!("{}.{group}", self.plural),
        }
    }
}

impl Wanted {
    pub(crate) fn of(request: &Request) -> Wanted {
        let other = || Wanted::Other(format!("{} {}", request.method, request.path));
        let parts: Vec<&str> = request.path.split('/').skip(1).filter(|part| !part.is_empty()).collect();
        if request.method != "GET" {
            return other();
        }
        match parts.as_slice() {
            ["version"] => Wanted::Version,
            ["api", version, rest @ ..] => Wanted::below("", version, rest).unwrap_or_else(other),
            ["apis", group, version, rest @ ..] => Wanted::below(group, version, rest).unwrap_or_else(other),
            _ => other(),
        }
    }

    fn below(group: &str, version: &str, rest: &[&str]) -> Option<Wanted> {
        let resource =
            |plural: &str| Resource { group: group.to_owned(), version: version.to_owned(), plural: plural.to_owned() };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, inner @ ..] if !inner.is_empty() => (Some((*namespace).to_owned()), inner),
            _ => (None, rest),
        };
        match rest {
            [plural] => Some(Wanted::List { resource: resource(plural), namespace }),
            [plural, name] => Some(Wanted::Get { resource: resource(plural), namespace, name: (*name).to_owned() }),
            _ => None,
        }
    }

    /// The name under which the log and faults know it, such as `k8s:list/deployments.apps`.
    pub(crate) fn action(&self) -> String {
        match self {
            Wanted::Version => "k8s:get/version".to_owned(),
            Wanted::List { resource, .. } => format!("k8s:list/{}", resource.name()),
            Wanted::Get { resource, .. } => format!("k8s:get/{}", resource.name()),
            Wanted::Other(what) => format!("k8s:{what}"),
        }
    }
}

/// The API server of one cluster.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) region: String,
    pub(crate) name: String,
    version: String,
    deny: Vec<String>,
    /// No list answers more than this at once.
    page_size: Option<usize>,
    store: Store,
}

/// Who a request comes from.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) access_key: String,
    pub(crate) user: String,
}

impl Api {
    pub(crate) fn new(world: &World, region: &str, cluster: &Cluster, inside: &Kubernetes) -> Api {
        Api {
            region: region.to_owned(),
            name: cluster.name.clone(),
            version: cluster.version().to_owned(),
            deny: inside.deny.clone(),
            page_size: world.account.page_size,
            store: Store::new(world, region, cluster, inside),
        }
    }

    /// Who asks; an error is the access key of somebody who is not let in, as far as it is known.
    pub(crate) fn caller(&self, world: &World, request: &Request, now: Timestamp) -> Result<Caller, String> {
        let Some(bearer) = &request.bearer else {
            return Ok(Caller { access_key: String::new(), user: "system:anonymous".to_owned() });
        };
        let token = token::read(bearer, &world.account.partition, now).map_err(|_| String::new())?;
        let access_key = token.access_key.clone();
        if world.secret(&access_key).is_some_and(|secret| !token.is_signed(&secret, &self.name)) {
            return Err(access_key);
        }
        let cluster = world.region(&self.region).eks.clusters.iter().find(|cluster| cluster.name == self.name);
        let user = cluster.and_then(|cluster| self.user(world, cluster, &access_key));
        user.map(|user| Caller { access_key: access_key.clone(), user }).ok_or(access_key)
    }

    /// The user that an access entry or `aws-auth` makes of a principal.
    fn user(&self, world: &World, cluster: &Cluster, access_key: &str) -> Option<String> {
        let caller = world.caller(access_key);
        let role = caller.split_once(":assumed-role/").map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
        let is_caller = |principal: &str| match role {
            Some(role) => principal.contains(":role/") && principal.rsplit('/').next() == Some(role),
            None => principal == caller,
        };
        let mode = cluster.authentication();
        let mut entries = cluster.access_entries.iter().filter(|_| mode != "CONFIG_MAP");
        if let Some(entry) = entries.find(|entry| is_caller(&world.role_arn(&entry.principal))) {
            return Some(world.username(entry));
        }
        let name = role.or_else(|| caller.rsplit('/').next())?;
        (mode != "API" && self.store.mapped.contains(name)).then_some(caller.clone())
    }

    /// Answers what nothing has gone wrong with.
    pub(crate) fn answer(&self, wanted: &Wanted, request: &Request, user: &str) -> Result<Response, ServiceError> {
        let forbidden = || Err(forbidden(&wanted.action(), user));
        if user == "system:anonymous" {
            return forbidden();
        }
        match wanted {
            Wanted::Version => Ok(self.version()),
            Wanted::Other(_) => forbidden(),
            Wanted::List { resource, .. } if self.is_denied(&resource.name()) || resource.plural == "configmaps" => {
                forbidden()
            }
            Wanted::List { resource, namespace } => match self.shelf(resource) {
                Some(found) => self.list(found, namespace.as_deref(), request),
                None => Ok(page_not_found()),
            },
            Wanted::Get { resource, namespace, name } => {
                let is_open = resource.plural == "configmaps"
                    && namespace.as_deref() == Some("kube-system")
                    && CONFIG_MAPS.contains(&name.as_str());
                if self.is_denied(&resource.name()) || !is_open {
                    return forbidden();
                }
                self.get(resource, namespace.as_deref().unwrap_or_default(), name)
            }
        }
    }

    fn is_denied(&self, resource: &str) -> bool {
        resource == "secrets" || self.deny.iter().any(|denied| denied == resource)
    }

    fn shelf(&self, resource: &Resource) -> Option<&Shelf> {
        self.store.shelf(&resource.group, &resource.version, &resource.plural)
    }

    fn version(&self) -> Response {
        let (major, minor) = self.version.split_once('.').unwrap_or(("1", "0"));
        Response::json(&json!({
            "major": major,
            "minor": minor,
            "gitVersion": format!("v{}.4-eks-8f14e45", self.version),
            "gitTreeState": "clean",
            "platform": "linux/amd64",
        }))
    }

    fn list(&self, found: &Shelf, namespace: Option<&str>, request: &Request) -> Result<Response, ServiceError> {
        let all: Vec<&str> = found
            .objects
            .iter()
            .filter(|object| namespace.is_none_or(|wanted| object.namespace == wanted))
            .map(|object| object.json.as_ref())
            .collect();
        let seal = format!("{} {} {} {namespace:?}", self.name, found.kind.plural, found.kind.group);
        let page = paging::page(&all, &seal, self.page_size, request, Timestamp::now())?;
        let api = match found.kind.group.as_str() {
            "" => found.kind.version.clone(),
            group => format!("{group}/{}", found.kind.version),
        };
        let head = json!({"kind": format!("{}List", found.kind.name), "apiVersion": api, "metadata": page.metadata});
        let head = head.to_string();
        // The objects are written already.
        let head = head.strip_suffix('}').unwrap_or_default();
        Ok(answered(format!("{head},\"items\":[{}]}}", page.items.join(","))))
    }

    fn get(&self, resource: &Resource, namespace: &str, name: &str) -> Result<Response, ServiceError> {
        let mut objects = self.shelf(resource).into_iter().flat_map(|shelf| &shelf.objects);
        let found = objects.find(|object| object.namespace == namespace && object.name == name);
        let Some(object) = found else {
            let message = format!("{} \"{name}\" not found", resource.name());
            return Err(ServiceError::new(404, "NotFound", message).outcome(Outcome::NotFound));
        };
        let mut value: Value = serde_json::from_str(&object.json).unwrap_or_default();
        value["apiVersion"] = resource.version.as_str().into();
        value["kind"] = "ConfigMap".into();
        Ok(answered(value.to_string()))
    }
}

fn answered(body: String) -> Response {
    let content_type = Protocol::Kubernetes.content_type();
    Response { status: 200, content_type, headers: Vec::new(), body: Bytes::from(body) }
}

/// What the API server answers for kinds it does not know, which is no JSON.
fn page_not_found() -> Response {
    let body = Bytes::from_static(b"404 page not found\n");
    Response { status: 404, content_type: "text/plain; charset=utf-8", headers: Vec::new(), body }
}

/// The caller is nobody that the cluster knows.
pub(crate) fn unauthorized() -> ServiceError {
    ServiceError::new(401, "Unauthorized", "Unauthorized").outcome(Outcome::Denied)
}

/// The user may not do `action` (`k8s:list/deployments.apps`).
pub(crate) fn forbidden(action: &str, user: &str) -> ServiceError {
    let what = action.strip_prefix("k8s:").unwrap_or(action);
    let message = match what.split_once('/') {
        Some((verb @ ("list" | "get"), resource)) if resource != "version" => {
            let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
            format!(
                "{resource} is forbidden: User \"{user}\" cannot {verb} resource \"{plural}\" in API group \"{group}\" \
                 at the cluster scope"
            )
        }
        _ => format!("forbidden: User \"{user}\" cannot {what}"),
    };
    ServiceError::new(403, "Forbidden", message).outcome(Outcome::Denied)
}
