//! The ConfigMap `aws-auth`: whom it lets in, where it counts.

use crate::account::Account;
use palisade_model::eks::{AuthenticationMode, Cluster};
use palisade_model::kubernetes::{AwsAuth, Mapping, MappingText};
use palisade_model::verdict::{Gathered, Outcome, Verdict};
use palisade_model::{Action, Arn, Gap};

/// Whether the cluster lets principals in by the ConfigMap at all.
pub fn counts(cluster: &Cluster) -> Result<bool, Gap> {
    let Some(configuration) = cluster.control_plane()? else { return Ok(false) };
    match &configuration.authentication {
        AuthenticationMode::Api => Ok(false),
        AuthenticationMode::ApiAndConfigMap | AuthenticationMode::ConfigMap => Ok(true),
        AuthenticationMode::Other(mode) => {
            Err(Gap::not_known(Action::EksDescribeCluster, &cluster.arn, "authenticationMode", mode))
        }
    }
}

/// The ConfigMap, where there is one and it counts. A gap when the cluster was not looked into.
pub fn in_force(cluster: &Cluster) -> Result<Option<&AwsAuth>, Gap> {
    let objects = cluster.inside.known()?;
    if !counts(cluster)? {
        return Ok(None);
    }
    Ok(objects.aws_auth.known()?.as_ref())
}

/// Judges each mapping of a role or user that no access entry supersedes. Not applicable where the ConfigMap lets nobody
/// in; a part that cannot be parsed has no mappings, as for EKS, and is a finding of `kubernetes-aws-auth-broken`.
pub fn each_mapping(cluster: &Cluster, judge: impl Fn(&Mapping) -> Result<Option<String>, Gap>) -> Outcome {
    let Some(auth) = in_force(cluster)? else { return Ok(Verdict::NotApplicable) };
    let mut gathered = Gathered::default();
    gathered.add(Ok(None));
    for mapping in mappings(auth) {
        gathered.add(judge(mapping).and_then(|evidence| match evidence {
            Some(_) if is_superseded(mapping, cluster)? => Ok(None),
            found => Ok(found),
        }));
    }
    gathered.outcome()
}

/// The mappings of roles and users.
pub fn mappings(auth: &AwsAuth) -> impl Iterator<Item = &Mapping> {
    parsed(&auth.roles).iter().chain(parsed(&auth.users))
}

/// The entries of a part; none of one that cannot be parsed.
pub fn parsed<T>(text: &MappingText<T>) -> &[T] {
    match text {
        MappingText::Parsed(entries) => entries,
        MappingText::Malformed(_) => &[],
    }
}

/// Whether the principal has an access entry, which then counts in the mapping's place.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/migrating-access-entries.html>
pub fn is_superseded(mapping: &Mapping, cluster: &Cluster) -> Result<bool, Gap> {
    Ok(cluster.access_entries.find(|entry| entry.principal == mapping.arn)?.is_some())
}

/// Whether a role or user of this account is gone; what belongs to other accounts cannot be looked up.
pub fn is_gone(principal: &Arn, account: &Account) -> Result<bool, Gap> {
    if principal.account() != account.inventory().account.as_str() {
        return Ok(false);
    }
    match principal.resource().split_once('/') {
        Some(("role", _)) => Ok(account.role(principal)?.is_none()),
        Some(("user", _)) => Ok(account.inventory().iam.users.find(|user| user.arn == *principal)?.is_none()),
        Some(_) | None => Ok(false),
    }
}
