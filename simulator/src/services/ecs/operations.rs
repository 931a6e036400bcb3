//! The operations of ECS.

use super::{
    Here, asked_cluster_arn, batch_arns, clusters, complete, daemons, definitions, express, gateways, instances,
    providers, revisions, services, settings, tail, tasks,
};
use crate::services::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::wire::Protocol;

pub(crate) static SERVICE: Service = Service {
    name: "ecs",
    prefix: "ecs",
    protocol: Protocol::Json11,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "ServerException",
    invalid_token: "InvalidParameterException",
    operations: OPERATIONS,
};

const OPERATIONS: &[Operation] = &[
    Operation::rpc("ListClusters", clusters::list as Answerer).on(|ask| Some(Here::of(ask).arn("cluster/*"))),
    Operation::rpc("DescribeClusters", clusters::describe).on(asked_clusters),
    on_cluster("ListServices", services::list),
    Operation::rpc("DescribeServices", services::describe).on(|ask| parts(ask, "service", "services")),
    Operation::rpc("DescribeServiceRevisions", revisions::describe)
        .on(|ask| Some(batch_arns(ask, "serviceRevisionArns", "service-revision/"))),
    on_cluster("ListTasks", tasks::list),
    Operation::rpc("DescribeTasks", tasks::describe).on(|ask| parts(ask, "task", "tasks")),
    on_cluster("ListContainerInstances", instances::list),
    Operation::rpc("DescribeContainerInstances", instances::describe)
        .on(|ask| parts(ask, "container-instance", "containerInstances")),
    on_cluster("ListAttributes", instances::list_attributes),
    Operation::rpc("DescribeTaskDefinition", definitions::describe)
        .on(|ask| named(ask, "taskDefinition", "task-definition/")),
    Operation::rpc("ListTaskDefinitions", definitions::list).on(|ask| Some(Here::of(ask).arn("task-definition/*"))),
    Operation::rpc("ListTaskDefinitionFamilies", definitions::list_families)
        .on(|ask| Some(Here::of(ask).arn("task-definition/*"))),
    Operation::rpc("DescribeCapacityProviders", providers::describe).on(asked_providers),
    Operation::rpc("ListAccountSettings", settings::list).on(|ask| Some(Here::of(ask).arn("account-setting/*"))),
    on_cluster("ListDaemons", daemons::list),
    Operation::rpc("DescribeDaemon", daemons::describe).on(|ask| ask.parameter("daemonArn")),
    Operation::rpc("DescribeDaemonRevisions", daemons::describe_revisions)
        .on(|ask| Some(batch_arns(ask, "daemonRevisionArns", "daemon-revision/"))),
    Operation::rpc("DescribeDaemonTaskDefinition", daemons::describe_definition)
        .on(|ask| named(ask, "daemonTaskDefinition", "daemon-task-definition/")),
    Operation::rpc("ListDaemonTaskDefinitions", daemons::list_definitions)
        .on(|ask| Some(Here::of(ask).arn("daemon-task-definition/*"))),
    Operation::rpc("DescribeExpressGatewayService", express::describe).on(|ask| ask.parameter("serviceArn")),
    Operation::rpc("ListGateways", gateways::list).on(|ask| Some(Here::of(ask).arn("gateway/*"))),
    Operation::rpc("DescribeGateway", gateways::describe).on(|ask| named(ask, "gateway", "gateway/")),
    Operation::rpc("ListGatewayClusterAssociations", gateways::list_associations)
        .on(|ask| named(ask, "gateway", "gateway/").or_else(|| Some(asked_cluster_arn(ask)))),
];

const fn on_cluster(name: &'static str, answer: Answerer) -> Operation {
    Operation::rpc(name, answer).on(|ask| Some(asked_cluster_arn(ask)))
}

fn asked_clusters(ask: &Ask<'_>) -> Option<String> {
    let arns = batch_arns(ask, "clusters", "cluster/");
    Some(if arns.is_empty() { Here::of(ask).arn("cluster/default") } else { arns })
}

fn asked_providers(ask: &Ask<'_>) -> Option<String> {
    let arns = batch_arns(ask, "capacityProviders", "capacity-provider/");
    Some(if arns.is_empty() { Here::of(ask).arn("capacity-provider/*") } else { arns })
}

/// The ARNs of parts of the cluster that a batch names.
fn parts(ask: &Ask<'_>, kind: &str, parameter: &str) -> Option<String> {
    let cluster = asked_cluster_arn(ask);
    Some(batch_arns(ask, parameter, &format!("{kind}/{}/", tail(&cluster))))
}

fn named(ask: &Ask<'_>, parameter: &str, before: &str) -> Option<String> {
    Some(complete(Here::of(ask), before, &ask.parameter(parameter)?))
}
