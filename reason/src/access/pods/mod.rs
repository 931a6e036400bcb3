//! Pods and the roles that they can take on: through the identity provider of their cluster (IRSA), or through EKS Pod
//! Identity.
//!
//! A pod takes a role on by IRSA with a token of its service account. Whether it may is asked of the policy evaluator
//! with the very request that it would send; nothing is concluded from how a condition is spelled. How far a trust policy
//! reaches is found with canaries: service accounts that nobody has ([`CANARIES`]). A policy that lets one in lets in
//! whoever may make up a service account of that kind.
//!
//! Sources: <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>

pub mod association;
pub mod judgement;
pub mod opening;
pub mod pod_identity;
pub mod probe;
mod sample;
pub mod tags;
pub mod target;
#[cfg(test)]
mod tests;

use std::fmt;

use palisade_policy::{Attached, Caller, Decision, Document, Policies, Request, RequestContext, evaluate};

use super::issuers::Provider;
use super::roles::trust;
use crate::account::Account;
use palisade_model::iam::Role;
use palisade_model::{Arn, Gap};

/// The action by which a token is exchanged for a role's credentials.
pub const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// The audience of tokens for AWS, unless a service account is annotated otherwise.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/configure-sts-endpoint.html>
pub const AUDIENCE: &str = "sts.amazonaws.com";

/// An audience that no provider is registered with.
pub const CANARY_AUDIENCE: &str = "zz-canary-audience-c05d";

/// Two namespaces and service accounts that nobody has, unlike each other, so that a policy which happens to speak of one
/// still shows itself by the other.
pub const CANARIES: [Canary; 2] = [
    Canary { namespace: "zz-canary-ns-7f3a", name: "zz-canary-sa-91bc", letter: 'z' },
    Canary { namespace: "qx-canary-ns-2d8e", name: "qx-canary-sa-64c0", letter: 'q' },
];

/// Names that nobody has.
#[derive(Clone, Copy, Debug)]
pub struct Canary {
    /// The namespace.
    pub namespace: &'static str,
    /// The service account.
    pub name: &'static str,
    /// What stands in for a single character.
    pub letter: char,
}

/// A service account of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceAccount {
    /// Its namespace.
    pub namespace: String,
    /// Its name within the namespace.
    pub name: String,
}

impl ServiceAccount {
    /// The service account of this name in a namespace.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }

    /// How tokens name it: `system:serviceaccount:NAMESPACE:NAME`.
    pub fn subject(&self) -> String {
        format!("{}{}:{}", sample::PREFIX, self.namespace, self.name)
    }
}

/// `NAMESPACE/NAME`.
impl fmt::Display for ServiceAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.namespace, self.name)
    }
}

/// A role's trust policy, with the guard rails over the role, ready to be asked.
#[derive(Clone, Debug)]
pub struct TrustPolicy<'a> {
    /// The role.
    pub role: &'a Arn,
    /// The policy.
    pub document: &'a Document,
    /// The organisation's resource control policies, as far as they could be read.
    pub resource_control: Vec<Attached<'a>>,
    /// The time as of which dates are judged, in seconds since 1970.
    pub now: i64,
}

impl<'a> TrustPolicy<'a> {
    /// The trust policy of a role; a gap when it cannot be parsed.
    pub fn of<'c: 'a>(role: &'a Role, account: &Account<'c>) -> Result<Self, Gap> {
        Ok(Self::with(role, trust(role)?, account))
    }

    /// A part of a role's trust policy.
    pub fn with<'c: 'a>(role: &'a Role, document: &'a Document, account: &Account<'c>) -> Self {
        let now = account.inventory().collected_at.as_second();
        Self { role: &role.arn, document, resource_control: account.access.resource_control(), now }
    }

    /// Whether somebody who shows a token of a service account, made by a provider for an audience, may assume the role.
    /// What a caller decides at the time (addresses, the session's name) is unknown.
    pub fn can_assume(&self, provider: &Provider, account: &ServiceAccount, audience: &str) -> Decision<'a> {
        let caller = Caller::federated(provider.arn.as_str());
        let context = self.request_context(&caller, provider, &account.subject(), audience);
        let request = Request {
            caller: &caller,
            action: WEB_IDENTITY,
            resource: self.role.as_str(),
            resource_account: None,
            context: &context,
        };
        let policies = Policies {
            resource: vec![Attached { name: "the trust policy", document: self.document }],
            resource_control: self.resource_control.clone(),
            ..Policies::default()
        };
        evaluate(&request, &policies)
    }

    /// What is known of such a request: the token's claims, and that neither other providers' claims nor session tags nor
    /// an external id come with it.
    fn request_context(&self, caller: &Caller, provider: &Provider, subject: &str, audience: &str) -> RequestContext {
        let control = self.resource_control.iter().map(|policy| policy.document);
        let statements = std::iter::once(self.document).chain(control).flat_map(|document| &document.statements);
        let keys = statements.flat_map(|statement| &statement.conditions).map(palisade_policy::Condition::key);
        let absent = keys.filter(|key| is_foreign_claim(key, provider) || is_request_tag(key));
        ["aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:TagKeys", "sts:ExternalId"]
            .into_iter()
            .chain(absent)
            .fold(RequestContext::of(caller).as_of(self.now), RequestContext::absent)
            .known(&provider.key("sub"), [subject])
            .known(&provider.key("aud"), [audience])
    }
}

/// Whether a condition key is a claim of some other provider's tokens. Keys of AWS itself have no dot before their colon.
fn is_foreign_claim(key: &str, provider: &Provider) -> bool {
    key.rsplit_once(':').is_some_and(|(host, _)| host.contains('.') && !host.eq_ignore_ascii_case(&provider.issuer))
}

fn is_request_tag(key: &str) -> bool {
    key.to_ascii_lowercase().starts_with("aws:requesttag/")
}
