//! Which operation of a service a request asks for.

use super::{Ask, Operation, Service};
use crate::calls::Outcome;
use crate::request::Request;
use crate::wire::{Protocol, ServiceError, percent};
use crate::world::World;

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
        Protocol::RestJson | Protocol::RestXml => {
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
    for expected in pattern.strip_suffix('/').unwrap_or(pattern).split('/') {
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
        Protocol::RestXml => {
            let message = "The specified method is not allowed against this resource.";
            ServiceError::new(405, "MethodNotAllowed", message)
        }
        Protocol::Query | Protocol::Ec2Query => ServiceError::new(
            400,
            "InvalidAction",
            format!("Could not find operation {} ", named.split_once(':').map_or(named, |(_, name)| name)),
        ),
    };
    error.outcome(Outcome::Unknown)
}
