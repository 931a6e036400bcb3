//! Elastic Load Balancing: load balancers, and what they do with requests.

mod balancers;
mod groups;
mod listeners;

use serde_json::Value;

use super::paging::{Page, PageRule};
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::calls::Outcome;
use crate::wire::xml::Xml;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "elasticloadbalancing",
    prefix: "elasticloadbalancing",
    protocol: Protocol::Query,
    namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    global: false,
    throttle: ThrottleError { status: 400, code: "Throttling", message: "Rate exceeded" },
    broken: "InternalFailure",
    invalid_token: "ValidationError",
    operations: &[
        Operation::rpc("DescribeLoadBalancers", balancers::describe as Answerer).on(asked_balancers),
        Operation::rpc("DescribeListeners", listeners::describe).on(asked_balancer_or_listeners),
        Operation::rpc("DescribeRules", listeners::describe_rules).on(asked_listener),
        Operation::rpc("DescribeTargetGroups", groups::describe).on(asked_balancer_or_groups),
    ],
};

const PAGE: PageRule = PageRule { token: "Marker", size: "PageSize", default: 400, most: 400 };

/// All that a list names, or everything.
fn asked(ask: &Ask<'_>, list: &str) -> Option<String> {
    Some(ask.request.list(list).join(" ")).filter(|all| !all.is_empty())
}

fn asked_balancers(ask: &Ask<'_>) -> Option<String> {
    asked(ask, "LoadBalancerArns").or_else(|| asked(ask, "Names"))
}

fn asked_balancer_or_listeners(ask: &Ask<'_>) -> Option<String> {
    ask.parameter("LoadBalancerArn").or_else(|| asked(ask, "ListenerArns"))
}

fn asked_listener(ask: &Ask<'_>) -> Option<String> {
    ask.parameter("ListenerArn").or_else(|| asked(ask, "RuleArns"))
}

fn asked_balancer_or_groups(ask: &Ask<'_>) -> Option<String> {
    ask.parameter("LoadBalancerArn").or_else(|| asked(ask, "TargetGroupArns")).or_else(|| asked(ask, "Names"))
}

fn missing(code: &'static str, message: String) -> ServiceError {
    ServiceError::new(400, code, message).outcome(Outcome::NotFound)
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::new(400, "ValidationError", message)
}

fn no_balancer() -> ServiceError {
    missing("LoadBalancerNotFound", "One or more load balancers not found".to_owned())
}

fn no_listener() -> ServiceError {
    missing("ListenerNotFound", "One or more listeners not found".to_owned())
}

/// An answer of one list, `NextMarker` after it.
fn listed(name: &str, page: &Page<'_, Value>) -> Answer {
    let mut xml = Xml::default();
    xml.tree(name, &page.items.iter().cloned().collect());
    xml.text_if("NextMarker", page.next.as_deref());
    Answer::Xml(xml)
}
