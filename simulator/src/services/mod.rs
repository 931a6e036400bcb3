//! The services: one file each, and one line in the list below.

mod account;
mod ec2;
mod ecr;
mod ecr_public;
mod eks;
mod guard_duty;
mod iam;
mod inspector;
mod lambda;
mod logs;
mod organizations;
mod paging;
mod sqs;
mod sts;
mod tagging;

use serde_json::Value;

use crate::request::Request;
use crate::wire::{Answer, Protocol, ServiceError, percent};
use crate::world::World;

/// The services the simulator knows.
static SERVICES: &[&Service] = &[
    &sts::SERVICE,
    &account::SERVICE,
    &iam::SERVICE,
    &organizations::SERVICE,
    &lambda::SERVICE,
    &ec2::SERVICE,
    &sqs::SERVICE,
    &tagging::SERVICE,
    &ecr::SERVICE,
    &ecr_public::SERVICE,
    &inspector::SERVICE,
    &eks::SERVICE,
    &guard_duty::SERVICE,
    &logs::SERVICE,
];

/// A service of AWS.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its name in credential scopes.
    pub(crate) name: &'static str,
    /// The prefix of its IAM actions.
    pub(crate) prefix: &'static str,
    pub(crate) protocol: Protocol,
    /// The namespace of its XML.
    pub(crate) namespace: &'static str,
    /// Whether it has one endpoint for all Regions.
    pub(crate) global: bool,
    pub(crate) throttle: ThrottleError,
    /// The code of its errors with status 500.
    pub(crate) broken: &'static str,
    /// The code it refuses a paging token with.
    pub(crate) invalid_token: &'static str,
    pub(crate) operations: &'static [Operation],
}

/// How a service says that it is called too often.
#[derive(Debug)]
pub(crate) struct ThrottleError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

type Answerer = fn(&Ask<'_>) -> Result<Answer, ServiceError>;
type Resource = fn(&Ask<'_>) -> Option<String>;

/// An operation of a service.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// Method and path, with `{}` for a label; RPC protocols name the operation itself.
    route: Option<(&'static str, &'static str)>,
    /// An action it needs besides the one of its own name.
    also: Option<&'static str>,
    resource: Resource,
    answer: Answerer,
}

impl Operation {
    /// An operation that the request names.
    const fn rpc(name: &'static str, answer: Answerer) -> Operation {
        Operation { name, route: None, also: None, resource: |_| None, answer }
    }

    /// An operation that a path names.
    const fn rest(name: &'static str, method: &'static str, path: &'static str, answer: Answerer) -> Operation {
        Operation { route: Some((method, path)), ..Operation::rpc(name, answer) }
    }

    const fn get(name: &'static str, path: &'static str, answer: Answerer) -> Operation {
        Operation::rest(name, "GET", path, answer)
    }

    /// Says which resource a call is about.
    const fn on(mut self, resource: Resource) -> Operation {
        self.resource = resource;
        self
    }

    const fn also(mut self, action: &'static str) -> Operation {
        self.also = Some(action);
        self
    }
}

/// A call that has found its operation.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) world: &'a World,
    pub(crate) request: &'a Request,
    pub(crate) service: &'static Service,
    pub(crate) operation: &'static Operation,
    pub(crate) region: &'a str,
    pub(crate) access_key: &'a str,
    labels: Vec<String>,
}

impl Ask<'_> {
    /// The `index`-th label of the path, decoded.
    pub(crate) fn label(&self, index: usize) -> &str {
        self.labels.get(index).map_or("", String::as_str)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.request.parameter(name)
    }

    /// The IAM actions the call needs, its own first.
    pub(crate) fn actions(&self) -> Vec<String> {
        std::iter::once(self.operation.name)
            .chain(self.operation.also)
            .map(|action| format!("{}:{action}", self.service.prefix))
            .collect()
    }

    pub(crate) fn resource(&self) -> Option<String> {
        (self.operation.resource)(self)
    }

    pub(crate) fn answer(&self) -> Result<Answer, ServiceError> {
        (self.operation.answer)(self)
    }
}

/// All operations that are answered, by the service's name in credential scopes.
pub(crate) fn operations() -> Value {
    let of_service = |service: &&Service| {
        let names: Value = service.operations.iter().map(|operation| operation.name).collect();
        (service.name.to_owned(), names)
    };
    Value::Object(SERVICES.iter().map(of_service).collect())
}

/// The service a credential scope names.
pub(crate) fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().copied().find(|service| service.name == name)
}

/// Finds the operation of a call; an error is what the request named instead.
pub(crate) fn find<'a>(
    service: &'static Service,
    world: &'a World,
    request: &'a Request,
    region: &'a str,
    access_key: &'a str,
) -> Result<Ask<'a>, String> {
    let (operation, labels) = recognise(service, request)?;
    Ok(Ask { world, request, service, operation, region, access_key, labels })
}

fn recognise(service: &'static Service, request: &Request) -> Result<(&'static Operation, Vec<String>), String> {
    let named = match service.protocol {
        Protocol::RestJson => {
            return service
                .operations
                .iter()
                .find_map(|operation| Some((operation, labels(operation, request)?)))
                .ok_or_else(|| format!("{}:{} {}", service.prefix, request.method, request.path));
        }
        Protocol::Json10 | Protocol::Json11 => {
            let target = request.target.as_deref().unwrap_or("");
            target.rsplit('.').next().unwrap_or(target).to_owned()
        }
        Protocol::Query | Protocol::Ec2Query => request.parameter("Action").unwrap_or_default(),
        Protocol::Kubernetes => String::new(),
    };
    let found = service.operations.iter().find(|operation| operation.name == named);
    found.map(|operation| (operation, Vec::new())).ok_or_else(|| format!("{}:{named}", service.prefix))
}

/// The labels of a path that fits the operation's.
fn labels(operation: &Operation, request: &Request) -> Option<Vec<String>> {
    let (method, pattern) = operation.route?;
    if method != request.method {
        return None;
    }
    // Some clients end paths with a slash, and AWS takes both.
    let path = request.path.strip_suffix('/').unwrap_or(&request.path);
    let mut parts = path.split('/');
    let mut labels = Vec::new();
    for expected in pattern.split('/') {
        let part = parts.next()?;
        if expected == "{}" {
            labels.push(percent::decode(part));
        } else if expected != part {
            return None;
        }
    }
    parts.next().is_none().then_some(labels)
}

/// The answer to an operation the simulator doesn't know.
pub(crate) fn unknown_operation(protocol: Protocol, named: &str) -> ServiceError {
    let error = match protocol {
        Protocol::RestJson | Protocol::Kubernetes => {
            ServiceError::new(404, "UnknownOperationException", "Unknown operation")
        }
        Protocol::Json10 | Protocol::Json11 => ServiceError::new(400, "UnknownOperationException", "Unknown operation"),
        Protocol::Query | Protocol::Ec2Query => ServiceError::new(
            400,
            "InvalidAction",
            format!("Could not find operation {} ", named.split_once(':').map_or(named, |(_, name)| name)),
        ),
    };
    error.outcome(crate::calls::Outcome::Unknown)
}

/// A JSON object of the members that have a value: AWS leaves the others out.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(
        members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
