//! Where a policy stands in an evaluation, and which of its statements concern a request.

use crate::action::FoldedAction;
use crate::document::{Document, Effect, ResourceElement, Statement};
use crate::pattern::{Match, ShortArns};
use crate::request_context::Scope;
use crate::truth::Truth;

use super::naming::{Named, Naming};

/// A policy with the name that evidence shows: an ARN, an inline policy's name, a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attached<'a> {
    /// The name.
    pub name: &'a str,
    /// The policy.
    pub document: &'a Document,
}

/// What part a policy plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyType {
    /// Attached to the caller, or to one of its groups.
    Identity,
    /// The caller's permissions boundary.
    Boundary,
    /// Given when the caller's session was made.
    Session,
    /// A service control policy, at this level of the organisation, the root being 0.
    ServiceControl(usize),
    /// A resource control policy.
    ResourceControl,
    /// Attached to the resource: also a role's trust policy or a key's policy.
    Resource,
    /// The policy of the VPC endpoint the request goes through.
    Endpoint,
}

impl PolicyType {
    fn short_arns(self) -> ShortArns {
        match self {
            PolicyType::Identity | PolicyType::Boundary | PolicyType::Session => ShortArns::Completed,
            PolicyType::ServiceControl(_) => ShortArns::CompletedAfterStar,
            PolicyType::ResourceControl => ShortArns::Refused,
            PolicyType::Resource | PolicyType::Endpoint => ShortArns::CompletedWithWildcard,
        }
    }

    /// Whether the layer's statements say whom they are about.
    pub(crate) fn names_principals(self) -> bool {
        match self {
            PolicyType::Identity | PolicyType::Boundary | PolicyType::Session | PolicyType::ServiceControl(_) => false,
            PolicyType::ResourceControl | PolicyType::Resource | PolicyType::Endpoint => true,
        }
    }

    /// A statement without a resource is about the resource its policy is attached to. Policies
    /// attached to no resource have no such statements.
    fn is_attached_to_resource(self) -> bool {
        match self {
            PolicyType::Resource | PolicyType::Endpoint => true,
            PolicyType::Identity
            | PolicyType::Boundary
            | PolicyType::Session
            | PolicyType::ServiceControl(_)
            | PolicyType::ResourceControl => false,
        }
    }
}

/// A statement that concerns a request, for certain or perhaps.
#[derive(Clone, Copy)]
pub(crate) struct Hit<'a> {
    pub(crate) layer: PolicyType,
    pub(crate) policy: Attached<'a>,
    pub(crate) index: usize,
    pub(crate) statement: &'a Statement,
    /// Whether and how it applies: names the caller, covers the resource, its conditions hold.
    pub(crate) applies: Named,
}

/// The request as the statements see it.
#[derive(Clone, Copy)]
pub(crate) struct Question<'q> {
    pub(crate) action: &'q FoldedAction,
    pub(crate) resource: &'q str,
    pub(crate) naming: Naming<'q>,
}

impl Question<'_> {
    /// Collects the statements of a policy that concern the request.
    pub(crate) fn collect<'a>(self, layer: PolicyType, policy: Attached<'a>, hits: &mut Vec<Hit<'a>>) {
        let scope = Scope { context: self.naming.context, version: policy.document.version };
        for (index, statement) in policy.document.statements.iter().enumerate() {
            if !statement.action.covers_folded(self.action) {
                continue;
            }
            let covered = resource_is_covered(&statement.resource, layer, self.resource, scope);
            if covered == Truth::False {
                continue;
            }
            let named = if layer.names_principals() {
                self.naming.named_by(&statement.principal, statement.effect)
            } else {
                Named::DIRECTLY
            };
            if named.in_any_way() == Truth::False {
                continue;
            }
            let conditions = Truth::all(statement.conditions.iter().map(|condition| condition.holds(scope)));
            if conditions != Truth::False {
                hits.push(Hit { layer, policy, index, statement, applies: named.and(covered & conditions) });
            }
        }
    }
}

/// Whether a resource element covers a resource.
pub(crate) fn resource_is_covered(
    element: &ResourceElement,
    layer: PolicyType,
    resource: &str,
    scope: Scope<'_>,
) -> Truth {
    let short_arns = layer.short_arns();
    let mut sum = Truth::False;
    // A variable without value makes `NotResource` concern no resource at all.
    let mut has_values = Truth::True;
    for pattern in element.patterns() {
        match pattern.matches_in(short_arns, resource, scope) {
            Match::No => {}
            Match::Yes => sum = Truth::True,
            Match::Perhaps => sum = sum | Truth::Unknown,
            Match::NoValue => has_values = Truth::False,
            Match::NoOrNoValue => has_values = has_values & Truth::Unknown,
        }
    }
    match element {
        ResourceElement::None => layer.is_attached_to_resource().into(),
        ResourceElement::Resource(_) => sum,
        ResourceElement::NotResource(_) => !sum & has_values,
    }
}

impl Hit<'_> {
    pub(crate) fn denies(&self) -> bool {
        self.statement.effect == Effect::Deny
    }

    /// Whether the statement applies, however it names the caller.
    pub(crate) fn truth(&self) -> Truth {
        self.applies.in_any_way()
    }
}
