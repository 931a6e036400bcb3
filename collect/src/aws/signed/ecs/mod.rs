//! ECS: its reads, each about as many things at once as AWS takes. What they answer is kept in the model's form, without
//! values of variables.
//!
//! Source of all of them: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html>

mod answers;
mod batch;

use palisade_model::Arn;
use palisade_model::ecs::{
    CapacityProvider, ClusterDetails, DaemonDetails, DaemonRevision, Express, GatewayDetails, InstanceDetails,
    ServiceRevision, TaskDefinition, TaskDetails,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Answer, ECS, Paged, Signed, read_json};
use crate::ecs::convert::service::ServiceItem;
use answers::{
    DescribeCapacityProviders, DescribeClusters, DescribeContainerInstances, DescribeDaemon, DescribeDaemonRevisions,
    DescribeDaemonTaskDefinition, DescribeExpressGatewayService, DescribeGateway, DescribeServiceRevisions,
    DescribeServices, DescribeTaskDefinition, DescribeTasks, ListAccountSettings, ListArns, ListDaemons, ListGateways,
};
pub(crate) use batch::{Batch, Missed};

/// The most that one page of most lists holds.
const PAGE: u32 = 100;
/// The most settings on a page.
const SETTINGS_PAGE: u32 = 10;

/// A gateway as lists name it: its ARN, its name and its status.
pub(crate) type GatewayName = (Arn, String, String);

impl Signed {
    /// The clusters.
    pub(crate) async fn list_clusters(&self, token: Option<&str>) -> Answer<Paged<Arn>> {
        let answer: ListArns = self.ecs("ListClusters", paged(json!({ "maxResults": PAGE }), token)).await?;
        Ok(answer.paged())
    }

    /// How up to a hundred clusters are configured.
    pub(crate) async fn describe_clusters(&self, clusters: &[Arn]) -> Answer<Batch<ClusterDetails>> {
        let body = json!({ "clusters": clusters, "include": ["SETTINGS", "CONFIGURATIONS", "TAGS"] });
        let answer: DescribeClusters = self.ecs("DescribeClusters", body).await?;
        Ok(Batch::new(answer.clusters, answer.failures))
    }

    /// The services of a cluster.
    pub(crate) async fn list_services(&self, cluster: &Arn, token: Option<&str>) -> Answer<Paged<Arn>> {
        self.list_of_cluster("ListServices", json!({ "cluster": cluster, "maxResults": PAGE }), token).await
    }

    /// How up to ten services are configured.
    pub(crate) async fn describe_services(&self, cluster: &Arn, services: &[Arn]) -> Answer<Batch<ServiceItem>> {
        let body = json!({ "cluster": cluster, "services": services, "include": ["TAGS"] });
        let answer: DescribeServices = self.ecs("DescribeServices", body).await?;
        Ok(Batch::new(answer.services, answer.failures))
    }

    /// What up to twenty revisions of services run.
    pub(crate) async fn describe_service_revisions(&self, revisions: &[Arn]) -> Answer<Batch<ServiceRevision>> {
        let body = json!({ "serviceRevisionArns": revisions });
        let answer: DescribeServiceRevisions = self.ecs("DescribeServiceRevisions", body).await?;
        Ok(Batch::new(answer.service_revisions, answer.failures))
    }

    /// What ECS made for a service that it manages.
    pub(crate) async fn describe_express_service(&self, service: &Arn) -> Answer<Express> {
        let body = json!({ "serviceArn": service });
        let answer: DescribeExpressGatewayService = self.ecs("DescribeExpressGatewayService", body).await?;
        Ok(answer.service.into())
    }

    /// The tasks of a cluster that are to have this status, `RUNNING` or `STOPPED`.
    pub(crate) async fn list_tasks(&self, cluster: &Arn, status: &str, token: Option<&str>) -> Answer<Paged<Arn>> {
        let body = json!({ "cluster": cluster, "desiredStatus": status, "maxResults": PAGE });
        self.list_of_cluster("ListTasks", body, token).await
    }

    /// What is told of up to a hundred tasks.
    pub(crate) async fn describe_tasks(&self, cluster: &Arn, tasks: &[Arn]) -> Answer<Batch<TaskDetails>> {
        let answer: DescribeTasks = self.ecs("DescribeTasks", json!({ "cluster": cluster, "tasks": tasks })).await?;
        Ok(Batch::new(answer.tasks, answer.failures))
    }

    /// The machines of a cluster.
    pub(crate) async fn list_container_instances(&self, cluster: &Arn, token: Option<&str>) -> Answer<Paged<Arn>> {
        let body = json!({ "cluster": cluster, "maxResults": PAGE });
        self.list_of_cluster("ListContainerInstances", body, token).await
    }

    /// What up to a hundred machines told of themselves.
    pub(crate) async fn describe_container_instances(
        &self,
        cluster: &Arn,
        instances: &[Arn],
    ) -> Answer<Batch<InstanceDetails>> {
        let body = json!({ "cluster": cluster, "containerInstances": instances });
        let answer: DescribeContainerInstances = self.ecs("DescribeContainerInstances", body).await?;
        Ok(Batch::new(answer.container_instances, answer.failures))
    }

    /// What up to a hundred capacity providers of a cluster are, by their names; with those that are not described.
    pub(crate) async fn describe_capacity_providers(
        &self,
        cluster: &Arn,
        names: &[&str],
        token: Option<&str>,
    ) -> Answer<Paged<Result<CapacityProvider, Missed>>> {
        let body = paged(json!({ "cluster": cluster, "capacityProviders": names }), token);
        let answer: DescribeCapacityProviders = self.ecs("DescribeCapacityProviders", body).await?;
        let found = answer.capacity_providers.into_iter().map(|one| Ok(one.into()));
        let failures = answer.failures.into_iter().map(Err);
        Ok((found.chain(failures).collect(), following(answer.next_token)))
    }

    /// The managed daemons of a cluster.
    pub(crate) async fn list_daemons(&self, cluster: &Arn, token: Option<&str>) -> Answer<Paged<Arn>> {
        let body = paged(json!({ "clusterArn": cluster, "maxResults": PAGE }), token);
        let answer: ListDaemons = self.ecs("ListDaemons", body).await?;
        Ok((answer.daemons.into_iter().map(|one| one.daemon_arn).collect(), following(answer.next_token)))
    }

    /// How a managed daemon is configured.
    pub(crate) async fn describe_daemon(&self, daemon: &Arn) -> Answer<DaemonDetails> {
        let answer: DescribeDaemon = self.ecs("DescribeDaemon", json!({ "daemonArn": daemon })).await?;
        Ok(answer.daemon.into())
    }

    /// What up to twenty revisions of managed daemons are.
    pub(crate) async fn describe_daemon_revisions(&self, revisions: &[Arn]) -> Answer<Batch<DaemonRevision>> {
        let body = json!({ "daemonRevisionArns": revisions });
        let answer: DescribeDaemonRevisions = self.ecs("DescribeDaemonRevisions", body).await?;
        Ok(Batch::new(answer.daemon_revisions, answer.failures))
    }

    /// What the definition of a managed daemon says.
    pub(crate) async fn describe_daemon_task_definition(&self, definition: &str) -> Answer<(Arn, TaskDefinition)> {
        let body = json!({ "daemonTaskDefinition": definition });
        let answer: DescribeDaemonTaskDefinition = self.ecs("DescribeDaemonTaskDefinition", body).await?;
        Ok(answer.daemon_task_definition.into())
    }

    /// What a task definition says, by its ARN, or the newest active one of a family by its name.
    pub(crate) async fn describe_task_definition(&self, definition: &str) -> Answer<(Arn, TaskDefinition)> {
        let body = json!({ "taskDefinition": definition, "include": ["TAGS"] });
        let answer: DescribeTaskDefinition = self.ecs("DescribeTaskDefinition", body).await?;
        Ok(answer.task_definition.with_tags(answer.tags))
    }

    /// The account's settings in force, by name.
    pub(crate) async fn list_account_settings(&self, token: Option<&str>) -> Answer<Paged<(String, String)>> {
        let body = paged(json!({ "effectiveSettings": true, "maxResults": SETTINGS_PAGE }), token);
        let answer: ListAccountSettings = self.ecs("ListAccountSettings", body).await?;
        let settings = answer.settings.into_iter().map(|setting| (setting.name, setting.value));
        Ok((settings.collect(), following(answer.next_token)))
    }

    /// The gateways.
    pub(crate) async fn list_gateways(&self, token: Option<&str>) -> Answer<Paged<GatewayName>> {
        let answer: ListGateways = self.ecs("ListGateways", paged(json!({ "maxResults": PAGE }), token)).await?;
        let gateways = answer.gateways.into_iter().map(|one| (one.gateway_arn, one.name, one.status));
        Ok((gateways.collect(), following(answer.next_token)))
    }

    /// How a gateway is configured.
    pub(crate) async fn describe_gateway(&self, gateway: &Arn) -> Answer<GatewayDetails> {
        let answer: DescribeGateway = self.ecs("DescribeGateway", json!({ "gateway": gateway })).await?;
        Ok(answer.gateway.into())
    }

    async fn list_of_cluster(&self, operation: &str, body: Value, token: Option<&str>) -> Answer<Paged<Arn>> {
        let answer: ListArns = self.ecs(operation, paged(body, token)).await?;
        Ok(answer.paged())
    }

    async fn ecs<T: DeserializeOwned>(&self, operation: &str, body: Value) -> Answer<T> {
        let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        let text = self.post(&ECS, &[("x-amz-target", &target)], body.to_string()).await?;
        read_json(&text)
    }
}

fn paged(mut body: Value, token: Option<&str>) -> Value {
    if let Some(token) = token {
        body["nextToken"] = token.into();
    }
    body
}

fn following(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}
