//! Associations of EKS Pod Identity: which service accounts are given which roles.

use std::collections::BTreeSet;

use super::judgement::judge;
use super::{ServiceAccount, TrustPolicy};
use crate::access::roles::is_service;
use crate::access::roles::trusted_services;
use crate::account::Account;
use palisade_model::eks::{Cluster, PodIdentity};
use palisade_model::iam::Role;
use palisade_model::verdict::{Outcome, Verdict};
use palisade_model::{Arn, Gap, Listing};

/// A service account of a cluster: by the cluster's ARN, or by the issuer where its cluster was not seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct User {
    /// The cluster's ARN, or its issuer.
    pub cluster: String,
    /// The service account.
    pub account: ServiceAccount,
}

/// Who takes a role on from within clusters, as far as its trust policy and the associations tell by name.
#[derive(Clone, Debug, Default)]
pub struct Users {
    /// Those seen.
    pub seen: BTreeSet<User>,
    /// Set when there may be more, or when clusters may be the same.
    pub gap: Option<Gap>,
    /// Whether some cluster is known by its issuer only.
    pub has_unseen_cluster: bool,
}

/// The principal of EKS Pod Identity that a role trusts, if it trusts it.
pub fn trusted_principal<'a>(trust: &TrustPolicy<'a>) -> Option<&'a str> {
    trusted_services(trust.document).into_iter().find(|service| is_service(service, "pods.eks"))
}

/// The associations that give a role, with their clusters; and the gap when there may be more.
pub fn associations_of<'a>(role: &Arn, account: &Account<'a>) -> (Vec<(&'a Cluster, &'a PodIdentity)>, Option<Gap>) {
    let inventory = account.inventory();
    let lists = inventory.regions.values().map(|region| &region.eks.clusters);
    let mut gap = lists.clone().find_map(Listing::gap).or(inventory.regions_gap.as_ref()).cloned();
    let mut found = Vec::new();
    for cluster in lists.flat_map(Listing::seen) {
        gap = gap.or_else(|| cluster.pod_identities.gap().cloned());
        for association in cluster.pod_identities.seen() {
            match association.details.known() {
                Ok(details) if details.role == *role => found.push((cluster, association)),
                Ok(_) => {}
                Err(unread) => _ = gap.get_or_insert(unread),
            }
        }
    }
    (found, gap)
}

/// Who takes a role on from within clusters; `None` for a role that no pod is meant to take on.
pub fn users(role: &Role, context: &Account) -> Result<Option<Users>, Gap> {
    let judgement = judge(role, context)?;
    let trust = TrustPolicy::of(role, context)?;
    let is_for_associations = trusted_principal(&trust).is_some();
    if !judgement.is_about_pods && !is_for_associations {
        return Ok(None);
    }
    let mut users = Users::default();
    for (provider, account) in judgement.named {
        let cluster = context.access.issuers.cluster(&provider.issuer);
        users.has_unseen_cluster |= cluster.is_none();
        let cluster = cluster.map_or(provider.issuer, |cluster| cluster.arn.to_string());
        users.seen.insert(User { cluster, account });
    }
    if is_for_associations {
        let (associations, gap) = associations_of(&role.arn, context);
        users.gap = gap.or_else(|| context.access.issuers.gap().filter(|_| users.has_unseen_cluster));
        users.seen.extend(associations.into_iter().map(|(cluster, association)| User {
            cluster: cluster.arn.to_string(),
            account: ServiceAccount::new(association.namespace.as_str(), association.service_account.as_str()),
        }));
    }
    Ok(Some(users))
}

/// What a check concludes of a cluster's associations: a failure for each of which `problem` tells one. Not applicable to
/// a cluster without associations.
pub fn conclude(cluster: &Cluster, problem: impl Fn(&PodIdentity) -> Result<Option<String>, Gap>) -> Outcome {
    let associations = &cluster.pod_identities;
    let (mut evidence, mut gap) = (Vec::new(), associations.gap().cloned());
    for association in associations.seen() {
        match problem(association) {
            Ok(None) => {}
            Ok(Some(what)) => evidence.push(told(association, &what)),
            Err(unread) => _ = gap.get_or_insert(unread),
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        None if associations.seen().is_empty() => Ok(Verdict::NotApplicable),
        Some(_) | None => Ok(Verdict::fail_if_any(evidence)),
    }
}

fn told(association: &PodIdentity, what: &str) -> String {
    let PodIdentity { arn, namespace, service_account, .. } = association;
    let colon = if what.is_empty() { "" } else { ": " };
    format!("{arn} is of service account {namespace}/{service_account}{colon}{what}")
}
