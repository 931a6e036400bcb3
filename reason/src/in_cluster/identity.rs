//! What AWS gives to the service accounts of a cluster: roles by annotation (IRSA), and by EKS Pod Identity.

use crate::access::issuers::Provider;
use crate::access::pods::{AUDIENCE, ServiceAccount as Name};
use palisade_model::eks::{Cluster, PodIdentity};
use palisade_model::kubernetes::{Controller, Objects, ServiceAccount};
use palisade_model::{Action, Arn, Gap};

/// A service account that is annotated with a role.
#[derive(Clone, Copy, Debug)]
pub struct Annotated<'a> {
    /// The service account.
    pub account: &'a ServiceAccount,
    /// The role.
    pub role: &'a Arn,
}

impl Annotated<'_> {
    /// Its namespace and name.
    pub fn name(&self) -> Name {
        name_of(self.account)
    }

    /// For whom its tokens are made.
    pub fn audience(&self) -> &str {
        self.account.audience.as_deref().unwrap_or(AUDIENCE)
    }

    /// Whether the annotation is the ARN of a role.
    pub fn is_role(&self) -> bool {
        let account = self.role.account();
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        is_account && self.role.as_str().contains(":iam::") && self.role.resource().starts_with("role/")
    }
}

/// The service accounts that are annotated with a role, as far as seen.
pub fn annotated(objects: &Objects) -> impl Iterator<Item = Annotated<'_>> {
    let accounts = objects.service_accounts.seen().iter();
    accounts.filter_map(|account| Some(Annotated { account, role: account.role.as_ref()? }))
}

/// Namespace and name of a service account.
pub fn name_of(account: &ServiceAccount) -> Name {
    Name::new(account.namespace.as_str(), account.name.as_str())
}

/// The provider that vouches for a cluster's service accounts in the account of a role; `None` for a cluster whose control
/// plane EKS does not run.
pub fn provider(cluster: &Cluster, role: &Arn) -> Result<Option<Provider>, Gap> {
    let Some(configuration) = cluster.control_plane()? else { return Ok(None) };
    match &configuration.issuer {
        Some(issuer) => Ok(Some(Provider::new(role.partition(), role.account(), issuer))),
        None => Err(cluster.unclear(Action::EksDescribeCluster, "the issuer is not said")),
    }
}

/// The service account that a workload's pods run as; `None` when there is no such account.
pub fn account_of<'a>(objects: &'a Objects, workload: &Controller) -> Result<Option<&'a ServiceAccount>, Gap> {
    let Controller { namespace, template, .. } = workload;
    objects.service_accounts.find(|account| account.namespace == *namespace && account.name == template.service_account)
}

/// The association of EKS Pod Identity that gives a role to a workload's pods, if there is one.
pub fn association_of<'a>(cluster: &'a Cluster, workload: &Controller) -> Result<Option<&'a PodIdentity>, Gap> {
    let Controller { namespace, template, .. } = workload;
    cluster.pod_identities.find(|association| {
        association.namespace == *namespace && association.service_account == template.service_account
    })
}

/// The role that AWS gives to a workload's pods by their service account, as evidence tells it; `None` when there is none.
pub fn role_of(cluster: &Cluster, objects: &Objects, workload: &Controller) -> Result<Option<String>, Gap> {
    let Controller { namespace, template, .. } = workload;
    let name = &template.service_account;
    let by_association = association_of(cluster, workload).map(|association| {
        association.map(|association| format!("{} is of service account {namespace}/{name}", association.arn))
    });
    let by_annotation = account_of(objects, workload).map(|account| {
        let role = account?.role.as_ref()?;
        Some(format!("service account {namespace}/{name} is annotated with {role}"))
    });
    match (by_association, by_annotation) {
        (Ok(Some(told)), _) | (_, Ok(Some(told))) => Ok(Some(told)),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
        (Ok(None), Ok(None)) => Ok(None),
    }
}
