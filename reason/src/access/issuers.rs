//! Which identity providers vouch for pods of EKS clusters.

use std::collections::BTreeMap;

use palisade_policy::{Principal, PrincipalKind};

use palisade_model::eks::Cluster;
use palisade_model::{Fact, Gap, Inventory, Listing};

/// An OpenID Connect provider that vouches for the pods of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provider {
    /// Its ARN.
    pub arn: String,
    /// The issuer of its tokens, without `https://`.
    pub issuer: String,
}

impl Provider {
    /// The provider of an issuer, as an account registers it.
    pub fn new(partition: &str, account: &str, issuer: &str) -> Self {
        Self { arn: format!("arn:{partition}:iam::{account}:oidc-provider/{issuer}"), issuer: issuer.to_owned() }
    }

    /// The condition key of a claim, such as `sub`.
    pub fn key(&self, claim: &str) -> String {
        format!("{}:{claim}", self.issuer)
    }
}

/// The issuers of the clusters that were seen.
pub struct Issuers<'a> {
    inventory: &'a Inventory,
    clusters: BTreeMap<&'a str, &'a Cluster>,
}

impl<'a> Issuers<'a> {
    /// Indexes the clusters of an inventory.
    pub fn new(inventory: &'a Inventory) -> Self {
        let clusters = clusters(inventory).flat_map(Listing::seen);
        let by_issuer = clusters.filter_map(|cluster| match &cluster.configuration {
            Fact::Known(configuration) => Some((configuration.issuer.as_deref()?, cluster)),
            Fact::Unknown(_) => None,
        });
        Self { inventory, clusters: by_issuer.collect() }
    }

    /// The cluster with this issuer, if it was seen.
    pub fn cluster(&self, issuer: &str) -> Option<&'a Cluster> {
        self.clusters.get(issuer).copied()
    }

    /// The issuers of all clusters that were seen.
    pub fn all(&self) -> impl Iterator<Item = &'a str> {
        self.clusters.keys().copied()
    }

    /// Why there may be clusters, or issuers of clusters, that were not seen.
    pub fn gap(&self) -> Option<Gap> {
        let unread = clusters(self.inventory).find_map(|list| {
            let configurations = list.seen().iter().filter_map(|cluster| cluster.configuration.known().err());
            list.gap().cloned().into_iter().chain(configurations).next()
        });
        unread.or_else(|| self.inventory.regions_gap.clone())
    }

    /// Whether an issuer vouches for pods of an EKS cluster: one that was seen, or any other by the form of its address.
    pub fn is_cluster(&self, issuer: &str) -> bool {
        self.clusters.contains_key(issuer) || has_form_of_eks(issuer)
    }

    /// The cluster's provider that a principal of a trust policy is, if it is one.
    pub fn provider(&self, principal: &Principal) -> Option<Provider> {
        let (_, issuer) = principal.as_str().split_once(":oidc-provider/")?;
        let provider = Provider { arn: principal.as_str().to_owned(), issuer: issuer.to_owned() };
        (principal.kind() == PrincipalKind::Federated && self.is_cluster(issuer)).then_some(provider)
    }

    /// How evidence names the cluster of an issuer.
    pub fn name(&self, issuer: &str) -> String {
        match self.cluster(issuer) {
            Some(cluster) => format!("cluster {} ({})", cluster.name, cluster.arn.region()),
            None => format!("the cluster with issuer {issuer}"),
        }
    }
}

fn clusters(inventory: &Inventory) -> impl Iterator<Item = &Listing<Cluster>> {
    inventory.regions.values().map(|region| &region.eks.clusters)
}

/// Whether an address is of the form that EKS gives to issuers, in whatever partition and domain: a host of which one
/// word is `eks`, and a path that begins with `id/`.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html>
fn has_form_of_eks(issuer: &str) -> bool {
    let Some((host, path)) = issuer.split_once('/') else { return false };
    host.split(['.', '-']).any(|word| word == "eks") && path.strip_prefix("id/").is_some_and(|id| !id.is_empty())
}
