//! The session tags that EKS Pod Identity gives, and what policies do with them.
//!
//! Source: <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>

use std::collections::BTreeSet;

use palisade_policy::{Effect, ResourcePattern, Statement};

use crate::access::Actor;
use crate::access::roles::{is_service, trust};
use crate::access::trust::{asks_for, entrances, strange};
use palisade_model::iam::{Role, statement_name};
use palisade_model::{Action, Gap};

/// The keys of the tags that say which cluster a pod is of.
pub const OF_CLUSTER: [&str; 2] = ["eks-cluster-arn", "eks-cluster-name"];

/// The keys of the tags that say which pod it is within its cluster.
pub const WITHIN_CLUSTER: [&str; 4] =
    ["kubernetes-namespace", "kubernetes-pod-name", "kubernetes-pod-uid", "kubernetes-service-account"];

/// A statement of a policy of a role that reads tags of the session.
pub struct Reading {
    /// How evidence names the statement.
    pub statement: String,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// The keys of the tags.
    pub tags: BTreeSet<&'static str>,
}

/// The statements of an identity's policies, its boundary included, that read tags of Pod Identity.
pub fn readings(principal: &Actor<'_>) -> Vec<Reading> {
    let policies = principal.identity.iter().chain(&principal.boundary);
    let statements = policies.flat_map(|policy| {
        let statements = policy.document.statements.iter().enumerate();
        statements.map(|(index, statement)| (policy.name, index, statement))
    });
    let reading = |(policy, index, statement): (&str, usize, &Statement)| {
        let tags = tags_of(statement);
        let name = format!("policy {policy}, {}", statement_name(index, statement));
        (!tags.is_empty()).then_some(Reading { statement: name, effect: statement.effect, tags })
    };
    statements.filter_map(reading).collect()
}

/// The tags that a statement reads: by the key of a condition, or by a variable in a value or a resource.
fn tags_of(statement: &Statement) -> BTreeSet<&'static str> {
    let conditions = statement.conditions.iter();
    let values = conditions.clone().flat_map(|condition| condition.values().iter().map(String::as_str));
    let resources = statement.resource.patterns().iter().map(ResourcePattern::as_str);
    let texts: Vec<_> = values.chain(resources).map(str::to_ascii_lowercase).collect();
    let keys: BTreeSet<_> = conditions.map(|condition| condition.key().to_ascii_lowercase()).collect();
    let is_read = |tag: &&str| {
        let key = format!("aws:principaltag/{tag}");
        let variable = format!("${{{key}");
        // A variable ends, or goes on with its default.
        let is_variable = |text: &String| {
            text.match_indices(&variable).any(|(start, _)| text[start + variable.len()..].starts_with(['}', ',', ' ']))
        };
        keys.contains(&key) || texts.iter().any(is_variable)
    };
    OF_CLUSTER.into_iter().chain(WITHIN_CLUSTER).filter(|tag| is_read(tag)).collect()
}

/// Whether a role's trust policy lets EKS Pod Identity assume it for certain clusters only.
pub fn is_bound_to_cluster(role: &Role) -> Result<bool, Gap> {
    let entrances = entrances(trust(role)?);
    let mut pods = entrances.iter().filter_map(|entrance| entrance.statement()).filter(|statement| {
        let mut services = statement.service_principals();
        statement.allows_action("sts:AssumeRole") && services.any(|service| is_service(service, "pods.eks"))
    });
    let is_bound = |statement: &Statement| {
        statement.conditions.iter().any(|condition| {
            let is_exact = condition.values().iter().all(|value| !value.contains(['*', '?']));
            is_exact && BINDING.iter().any(|key| asks_for(condition, key))
        })
    };
    let Some(unbound) = pods.find(|statement| !is_bound(statement)) else { return Ok(true) };
    for key in BINDING {
        strange(unbound.conditions.iter(), key, Action::IamGetAccountAuthorizationDetails, &role.arn)?;
    }
    Ok(false)
}

/// The keys of a request of Pod Identity that say for which cluster it is.
const BINDING: [&str; 3] = ["aws:RequestTag/eks-cluster-arn", "aws:RequestTag/eks-cluster-name", "aws:SourceArn"];
