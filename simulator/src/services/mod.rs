//! The services, a file or folder each, and what they have in common: operations, and the calls that ask for them.

mod account;
mod balancing;
mod batch;
mod ec2;
mod ecr;
mod ecr_public;
mod ecs;
mod eks;
mod event_bridge;
mod form;
mod guard_duty;
mod iam;
mod inspector;
mod lambda;
pub(crate) mod list;
mod logs;
mod organizations;
mod paging;
mod pipes;
pub(crate) mod routing;
mod s3;
mod scheduler;
mod sqs;
mod step_functions;
mod sts;
mod tagging;
mod waf;

use crate::account::Account;
use crate::request::Request;
use crate::wire::{Answer, Protocol, ServiceError};
use crate::world::World;

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

impl Service {
    /// Whether it answers in a Region: of the Regions not in the file, only the home Region is on, and STS answers
    /// everywhere.
    pub(crate) fn answers_in(&self, account: &Account, region: &str) -> bool {
        match account.regions.get(region) {
            _ if self.global => true,
            Some(region) => region.is_on(),
            None => self.name == "sts" || region == account.home_region(),
        }
    }
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
    /// The action it needs, where that has another name.
    action: Option<&'static str>,
    /// An action it needs besides its own.
    also: Option<&'static str>,
    resource: Resource,
    answer: Answerer,
}

impl Operation {
    /// An operation that the request names.
    const fn rpc(name: &'static str, answer: Answerer) -> Operation {
        Operation { name, route: None, action: None, also: None, resource: |_| None, answer }
    }

    /// An operation that a path names.
    const fn rest(name: &'static str, method: &'static str, path: &'static str, answer: Answerer) -> Operation {
        Operation { route: Some((method, path)), ..Operation::rpc(name, answer) }
    }

    const fn get(name: &'static str, path: &'static str, answer: Answerer) -> Operation {
        Operation::rest(name, "GET", path, answer)
    }

    /// The action it needs, without the prefix.
    pub(crate) fn action(&self) -> &'static str {
        self.action.unwrap_or(self.name)
    }

    /// Says which resource a call is about.
    const fn on(mut self, resource: Resource) -> Operation {
        self.resource = resource;
        self
    }

    /// Gives the name of the action it needs.
    const fn called(mut self, action: &'static str) -> Operation {
        self.action = Some(action);
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
        std::iter::once(self.operation.action())
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
