//! A cluster's own configuration, its logs and what EKS finds wrong with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_eks::types::{self, LogType};
use palisade_model::eks::{AuthenticationMode, ClusterNetwork, ClusterStatus, Configuration, Insight, LogGroup, Reach};
use palisade_model::{Action, Arn, Fact, Listing, Place};

use super::reader::{At, Reader};
use crate::ask::Page;
use crate::sdk::{UNSAID, timestamp};

impl Reader<'_> {
    pub(super) async fn configuration(&self, name: &str, place: &Arc<Place>) -> Fact<Configuration> {
        let call = || self.client.describe_cluster().name(name).send();
        let read = |output: aws_sdk_eks::operation::describe_cluster::DescribeClusterOutput| {
            output.cluster().and_then(configuration)
        };
        self.ask.ask(Action::EksDescribeCluster, place, call, read).await
    }

    /// What EKS finds wrong with the cluster; what passes is left out.
    pub(super) async fn insights(&self, at: &At<'_>) -> Listing<Insight> {
        let page = |token| self.client.list_insights().cluster_name(at.name).set_next_token(token).send();
        let read = |output: aws_sdk_eks::operation::list_insights::ListInsightsOutput| {
            let mut items: Vec<_> = output.insights.as_ref()?.iter().map(insight).collect::<Option<_>>()?;
            items.retain(|insight| insight.status != "PASSING");
            Some(Page { items, next: output.next_token })
        };
        self.ask.list(Action::EksListInsights, at.place, "", page, read).await
    }

    /// The log group of the control plane.
    pub(super) async fn log_group(&self, at: &At<'_>) -> Fact<Option<LogGroup>> {
        let name = format!("/aws/eks/{}/cluster", at.name);
        let name = name.as_str();
        let page = |token: Option<String>| async move { self.signed.describe_log_groups(name, token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let groups: Listing<LogGroup> = self.ask.list(Action::LogsDescribeLogGroups, at.place, "", page, read).await;
        match groups.find(|group| group.name == name) {
            Ok(group) => Fact::Known(group.cloned()),
            Err(gap) => Fact::Unknown(gap),
        }
    }
}

/// None when the answer lacks what a verdict would lean on.
fn configuration(cluster: &types::Cluster) -> Option<Configuration> {
    let network = cluster.resources_vpc_config();
    let access = cluster.access_config();
    let compute = cluster.compute_config();
    let outpost = cluster.outpost_config().map(|_| "outpost");
    let elsewhere = outpost.or_else(|| cluster.connector_config().map(|_| "connected")).map(str::to_owned);
    Some(Configuration {
        status: match cluster.status()? {
            types::ClusterStatus::Active => ClusterStatus::Active,
            other => ClusterStatus::Other(other.as_str().to_owned()),
        },
        version: cluster.version()?.to_owned(),
        platform_version: cluster.platform_version().map(str::to_owned),
        created_at: timestamp(cluster.created_at()),
        role: cluster.role_arn().map(Arn::from),
        endpoint: cluster.endpoint().map(str::to_owned),
        certificate_authority: cluster.certificate_authority().and_then(|it| it.data()).map(str::to_owned),
        reach: Reach {
            public: network?.endpoint_public_access(),
            private: network?.endpoint_private_access(),
            public_cidrs: network?.public_access_cidrs().to_vec(),
        },
        network: cluster_network(network?),
        logs: logs(cluster),
        secrets_key: match cluster.encryption_config().first() {
            // Secrets are the only thing that the configuration was ever about.
            Some(config) => Some(config.provider()?.key_arn()?.to_owned()),
            None => None,
        },
        authentication: authentication(access.and_then(types::AccessConfigResponse::authentication_mode)),
        creator_is_admin: access.and_then(types::AccessConfigResponse::bootstrap_cluster_creator_admin_permissions),
        issuer: issuer(cluster),
        upgrade_support: cluster.upgrade_policy().and_then(|it| Some(it.support_type()?.as_str().to_owned())),
        auto_mode: compute.and_then(types::ComputeConfigResponse::enabled).unwrap_or_default(),
        auto_mode_role: compute.and_then(|compute| compute.node_role_arn()).map(Arn::from),
        deletion_protection: cluster.deletion_protection(),
        elsewhere,
        id: cluster.id().map(str::to_owned),
        tags: cluster
            .tags()
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect::<BTreeMap<_, _>>(),
    })
}

fn cluster_network(network: &types::VpcConfigResponse) -> ClusterNetwork {
    let own = network.cluster_security_group_id().map(str::to_owned);
    ClusterNetwork {
        vpc: network.vpc_id().map(str::to_owned),
        subnets: network.subnet_ids().to_vec(),
        security_groups: own.into_iter().chain(network.security_group_ids().iter().cloned()).collect(),
    }
}

/// The types of logs that any of the entries switches on.
fn logs(cluster: &types::Cluster) -> std::collections::BTreeSet<String> {
    let entries = cluster.logging().map(types::Logging::cluster_logging).unwrap_or_default();
    let enabled = entries.iter().filter(|entry| entry.enabled() == Some(true));
    enabled.flat_map(types::LogSetup::types).map(LogType::as_str).map(str::to_owned).collect()
}

/// Who is let in, and by what.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html>
fn authentication(mode: Option<&types::AuthenticationMode>) -> AuthenticationMode {
    match mode {
        Some(types::AuthenticationMode::Api) => AuthenticationMode::Api,
        Some(types::AuthenticationMode::ApiAndConfigMap) => AuthenticationMode::ApiAndConfigMap,
        Some(types::AuthenticationMode::ConfigMap) => AuthenticationMode::ConfigMap,
        Some(other) => AuthenticationMode::Other(other.as_str().to_owned()),
        None => AuthenticationMode::Other(UNSAID.to_owned()),
    }
}

fn issuer(cluster: &types::Cluster) -> Option<String> {
    let issuer = cluster.identity()?.oidc()?.issuer()?;
    Some(issuer.strip_prefix("https://").unwrap_or(issuer).to_owned())
}

fn insight(insight: &types::InsightSummary) -> Option<Insight> {
    let status = insight.insight_status()?;
    Some(Insight {
        name: insight.name()?.to_owned(),
        category: insight.category()?.as_str().to_owned(),
        status: status.status()?.as_str().to_owned(),
        reason: status.reason().map(str::to_owned),
    })
}
