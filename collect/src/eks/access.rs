//! Who may enter a cluster, and which roles its pods are given.

use std::collections::BTreeSet;

use aws_sdk_eks::types;
use futures_util::future::join_all;
use palisade_model::eks::{
    AccessEntry, AccessPolicy, AccessScope, AuthenticationMode, Configuration, EntryDetails, IdentityProvider,
    PodIdentity, PodIdentityDetails, ProviderDetails, SessionTags,
};
use palisade_model::iam::PolicyText;
use palisade_model::{Action, Arn, Fact, Gap, Listing};

use super::names;
use super::reader::{At, Reader, whole};
use crate::ask::Page;

/// Access policies whose holders are looked up: those that let people into a cluster. Those of nodes and of EKS's own
/// parts are not among them.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html>
const POLICIES: [&str; 5] = [
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
];

impl Reader<'_> {
    /// The access entries; none where the cluster knows only the ConfigMap, for which EKS refuses the question.
    pub(super) async fn access_entries(
        &self,
        at: &At<'_>,
        configuration: &Fact<Configuration>,
    ) -> Listing<AccessEntry> {
        if let Fact::Known(Configuration { authentication: AuthenticationMode::ConfigMap, .. }) = configuration {
            return Listing::whole(Vec::new());
        }
        let listed = self.entries(at, None).await;
        let holders = self.holders(at).await;
        let entries = listed.seen().iter().map(async |principal| {
            let policies = match &holders {
                Ok(holders) if !holders.contains(principal) => Fact::Known(Vec::new()),
                Ok(_) => self.policies(at, principal).await,
                Err(gap) => Fact::Unknown(gap.clone()),
            };
            let details = self.entry(at, principal).await;
            AccessEntry { principal: Arn::from(principal.as_str()), details, policies }
        });
        Listing::new(join_all(entries).await, listed.gap().cloned())
    }

    /// The principals that have an entry, or that hold a policy.
    async fn entries(&self, at: &At<'_>, policy: Option<&str>) -> Listing<String> {
        let page = |token| {
            let call = self.client.list_access_entries().cluster_name(at.name).max_results(100);
            call.set_associated_policy_arn(policy.map(str::to_owned)).set_next_token(token).send()
        };
        let label = policy.unwrap_or_default();
        self.ask.list(Action::EksListAccessEntries, at.place, label, page, names::of).await
    }

    /// The principals that hold any of the policies: five calls in place of one for each entry.
    async fn holders(&self, at: &At<'_>) -> Result<BTreeSet<String>, Gap> {
        let partition = at.place.resource.as_ref().map_or("aws", Arn::partition);
        let arns = POLICIES.map(|name| format!("arn:{partition}:eks::aws:cluster-access-policy/{name}"));
        let mut holders = BTreeSet::new();
        for listing in join_all(arns.iter().map(|arn| self.entries(at, Some(arn)))).await {
            holders.extend(listing.complete()?.iter().cloned());
        }
        Ok(holders)
    }

    async fn entry(&self, at: &At<'_>, principal: &str) -> Fact<EntryDetails> {
        let action = Action::EksDescribeAccessEntry;
        let call = || self.client.describe_access_entry().cluster_name(at.name).principal_arn(principal).send();
        let read = |output: aws_sdk_eks::operation::describe_access_entry::DescribeAccessEntryOutput| {
            let entry = output.access_entry()?;
            Some(EntryDetails {
                arn: entry.access_entry_arn().map(Arn::from),
                kind: entry.r#type()?.to_owned(),
                groups: entry.kubernetes_groups().to_vec(),
                username: entry.username().map(str::to_owned),
            })
        };
        self.ask.ask_named(action, at.place, principal, call, read).await
    }

    async fn policies(&self, at: &At<'_>, principal: &str) -> Fact<Vec<AccessPolicy>> {
        let page = |token| {
            let call = self.client.list_associated_access_policies().cluster_name(at.name).principal_arn(principal);
            call.max_results(100).set_next_token(token).send()
        };
        let read =
            |output: aws_sdk_eks::operation::list_associated_access_policies::ListAssociatedAccessPoliciesOutput| {
                let policies: Option<Vec<_>> =
                    output.associated_access_policies.as_ref()?.iter().map(access_policy).collect();
                Some(Page { items: policies?, next: output.next_token })
            };
        let action = Action::EksListAssociatedAccessPolicies;
        whole(self.ask.list(action, at.place, principal, page, read).await)
    }

    pub(super) async fn pod_identities(&self, at: &At<'_>) -> Listing<PodIdentity> {
        let page = |token| {
            let call = self.client.list_pod_identity_associations().cluster_name(at.name).max_results(100);
            call.set_next_token(token).send()
        };
        let read =
            |output: aws_sdk_eks::operation::list_pod_identity_associations::ListPodIdentityAssociationsOutput| {
                let summaries: Option<Vec<_>> = output.associations.as_ref()?.iter().map(summary).collect();
                Some(Page { items: summaries?, next: output.next_token })
            };
        let action = Action::EksListPodIdentityAssociations;
        let listed: Listing<Summary> = self.ask.list(action, at.place, "", page, read).await;
        let associations = listed.seen().iter().map(async |summary| PodIdentity {
            arn: summary.arn.clone(),
            namespace: summary.namespace.clone(),
            service_account: summary.service_account.clone(),
            owner: summary.owner.clone(),
            details: self.pod_identity(at, &summary.id).await,
        });
        Listing::new(join_all(associations).await, listed.gap().cloned())
    }

    async fn pod_identity(&self, at: &At<'_>, id: &str) -> Fact<PodIdentityDetails> {
        let action = Action::EksDescribePodIdentityAssociation;
        let call = || self.client.describe_pod_identity_association().cluster_name(at.name).association_id(id).send();
        let read = |output: aws_sdk_eks::operation::describe_pod_identity_association::DescribePodIdentityAssociationOutput| {
            let association = output.association()?;
            let disabled = association.disable_session_tags().unwrap_or_default();
            Some(PodIdentityDetails {
                role: Arn::from(association.role_arn()?),
                target_role: association.target_role_arn().map(Arn::from),
                session_tags: if disabled { SessionTags::Disabled } else { SessionTags::Set },
                policy: association.policy().map(PolicyText::parse),
            })
        };
        self.ask.ask_named(action, at.place, id, call, read).await
    }

    pub(super) async fn identity_providers(&self, at: &At<'_>) -> Listing<IdentityProvider> {
        let page = |token| {
            let call = self.client.list_identity_provider_configs().cluster_name(at.name).max_results(100);
            call.set_next_token(token).send()
        };
        let read =
            |output: aws_sdk_eks::operation::list_identity_provider_configs::ListIdentityProviderConfigsOutput| {
                let configs = output.identity_provider_configs.as_ref()?.iter();
                let items = configs.map(|config| (config.r#type().to_owned(), config.name().to_owned())).collect();
                Some(Page { items, next: output.next_token })
            };
        let action = Action::EksListIdentityProviderConfigs;
        let listed: Listing<(String, String)> = self.ask.list(action, at.place, "", page, read).await;
        let providers = listed.seen().iter().map(async |(kind, name)| IdentityProvider {
            name: name.clone(),
            details: self.identity_provider(at, kind, name).await,
        });
        Listing::new(join_all(providers).await, listed.gap().cloned())
    }

    async fn identity_provider(&self, at: &At<'_>, kind: &str, name: &str) -> Fact<ProviderDetails> {
        let action = Action::EksDescribeIdentityProviderConfig;
        let call = async || {
            let config = types::IdentityProviderConfig::builder().r#type(kind).name(name).build();
            let config = config.map_err(aws_smithy_runtime_api::client::result::SdkError::construction_failure)?;
            self.client
                .describe_identity_provider_config()
                .cluster_name(at.name)
                .identity_provider_config(config)
                .send()
                .await
        };
        let read = |output: aws_sdk_eks::operation::describe_identity_provider_config::DescribeIdentityProviderConfigOutput| {
            let config = output.identity_provider_config()?.oidc()?;
            Some(ProviderDetails {
                issuer: config.issuer_url()?.to_owned(),
                client_id: config.client_id()?.to_owned(),
                username_claim: config.username_claim().map(str::to_owned),
                groups_claim: config.groups_claim().map(str::to_owned),
                username_prefix: config.username_prefix().map(str::to_owned),
                groups_prefix: config.groups_prefix().map(str::to_owned),
            })
        };
        self.ask.ask_named(action, at.place, name, call, read).await
    }
}

/// An association, as the list has it.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Summary {
    arn: Arn,
    id: String,
    namespace: String,
    service_account: String,
    owner: Option<Arn>,
}

fn summary(summary: &types::PodIdentityAssociationSummary) -> Option<Summary> {
    Some(Summary {
        arn: Arn::from(summary.association_arn()?),
        id: summary.association_id()?.to_owned(),
        namespace: summary.namespace()?.to_owned(),
        service_account: summary.service_account()?.to_owned(),
        owner: summary.owner_arn().map(Arn::from),
    })
}

fn access_policy(policy: &types::AssociatedAccessPolicy) -> Option<AccessPolicy> {
    let scope = policy.access_scope()?;
    let scope = match scope.r#type()? {
        types::AccessScopeType::Cluster => AccessScope::Cluster,
        types::AccessScopeType::Namespace => AccessScope::Namespaces(scope.namespaces().to_vec()),
        other => AccessScope::Other(other.as_str().to_owned()),
    };
    Some(AccessPolicy { arn: Arn::from(policy.policy_arn()?), scope })
}
