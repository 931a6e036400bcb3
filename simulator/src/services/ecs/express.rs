//! Express services, whose load balancers, groups and logs ECS looks after.

use serde_json::{Value, json};

use super::{Here, containers, includes, not_found, overlay, revisions, services, stages, tags, without};
use crate::account::ecs::{Cluster, Express, Service};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

const PUBLIC: &str = "PUBLIC";

fn access(express: &Express) -> &str {
    express.access.as_deref().unwrap_or(PUBLIC)
}

fn endpoint(here: Here<'_>, cluster: &Cluster, service: &Service, express: &Express) -> String {
    let made_up = || {
        let id = ids::hexadecimal(&format!("express {} {}", cluster.name, service.name), 32);
        format!("{}-{id}.ecs.{}.on.aws", &service.name[..service.name.len().min(2)], here.region)
    };
    express.endpoint.clone().unwrap_or_else(made_up)
}

/// What ECS made for an Express service, as its revisions tell it.
pub(super) fn resources(here: Here<'_>, cluster: &Cluster, service: &Service) -> Value {
    let Some(express) = &service.express else { return Value::Null };
    let account = &here.world.account;
    let id = |what: &str| ids::hexadecimal(&format!("{what} {} {}", cluster.name, service.name), 16);
    let at = here.world.seconds(service.created);
    let balancer = format!("loadbalancer/app/ecs-express-gateway-alb-{}/{}", &id("name")[..8], id("balancer"));
    let group = account.arn("ec2", here.region, &format!("security-group/sg-0{}", id("group")));
    let subnets = service.network.as_ref().map_or_else(Vec::new, |network| network.subnets.clone());
    json!({
        "ingressPaths": [{
            "accessType": access(express),
            "endpoint": endpoint(here, cluster, service, express),
            "loadBalancer": {
                "arn": account.arn("elasticloadbalancing", here.region, &balancer),
                "status": "ACTIVE",
                "updatedAt": at,
                "scheme": if access(express) == PUBLIC { "internet-facing" } else { "internal" },
                "subnetIds": subnets,
                "securityGroupIds": [format!("sg-0{}", id("balancer group"))],
            },
        }],
        "serviceSecurityGroups": [{"arn": group, "status": "ACTIVE", "updatedAt": at}],
        "logGroups": [{
            "arn": account.arn("logs", here.region, &format!("log-group:{}", log_group(cluster, service))),
            "status": "ACTIVE",
            "updatedAt": at,
            "logGroupName": log_group(cluster, service),
        }],
    })
}

fn log_group(cluster: &Cluster, service: &Service) -> String {
    format!("/aws/ecs/{}/{}", cluster.name, service.name)
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let wanted = ask.parameter("serviceArn").unwrap_or_default();
    let clusters = here.ecs().clusters.iter();
    let found = clusters
        .filter_map(|cluster| services::find(here, cluster, &wanted).map(|service| (cluster, service)))
        .find_map(|(cluster, service)| Some((cluster, service, service.express.as_ref()?)));
    let missing = || not_found("ResourceNotFoundException", "The specified resource wasn't found.");
    let (cluster, service, express) = found.ok_or_else(missing)?;
    let value = described(here, cluster, service, express);
    let value = if includes(ask, "TAGS") { value } else { without(value, "tags") };
    Ok(Answer::Json(json!({"service": value})))
}

fn described(here: Here<'_>, cluster: &Cluster, service: &Service, express: &Express) -> Value {
    let at = here.world.seconds(service.created);
    let role = express.role.as_deref().unwrap_or("ecsInfrastructureRoleForExpressServices");
    let stages = stages::of(here, cluster, service);
    let configurations = stages.iter().map(|stage| {
        let definition = stage.revision.definition;
        let role = |name: &Option<String>| Value::from(name.as_ref().map(|name| here.world.role_arn(name)));
        let network = service.network.clone().unwrap_or_default();
        let mut configuration = object([
            ("serviceRevisionArn", revisions::arn(here, cluster, stage).into()),
            ("executionRoleArn", role(&definition.execution_role)),
            ("taskRoleArn", role(&definition.task_role)),
            ("taskDefinitionArn", stage.revision.arn(here).into()),
            ("cpu", definition.cpu.unwrap_or(256).to_string().into()),
            ("memory", definition.memory.unwrap_or(512).to_string().into()),
            ("cpuArchitecture", definition.architecture.as_deref().unwrap_or("X86_64").into()),
            (
                "networkConfiguration",
                json!({"securityGroups": network.security_groups, "subnets": network.subnets}),
            ),
            ("healthCheckPath", express.health_check.as_deref().unwrap_or("/ping").into()),
            ("primaryContainer", primary(&containers::described(here, definition)[0], express)),
            (
                "scalingTarget",
                json!({"minTaskCount": 1, "maxTaskCount": 20, "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 60}),
            ),
            (
                "ingressPaths",
                json!([{"accessType": access(express), "endpoint": endpoint(here, cluster, service, express)}]),
            ),
            ("createdAt", here.world.seconds(stage.created).into()),
        ]);
        overlay(&mut configuration, &express.configuration_api);
        configuration
    });
    let mut value = object([
        ("cluster", cluster.name.as_str().into()),
        ("serviceName", service.name.as_str().into()),
        ("serviceArn", services::arn(here, cluster, service).into()),
        ("infrastructureRoleArn", here.world.role_arn(role).into()),
        ("status", json!({"statusCode": service.status.as_deref().unwrap_or("ACTIVE")})),
        ("activeConfigurations", configurations.collect()),
        ("tags", tags(&service.tags)),
        ("createdAt", at.into()),
        ("updatedAt", at.into()),
    ]);
    overlay(&mut value, &express.api);
    value
}

/// What an Express service tells of its container.
fn primary(container: &Value, express: &Express) -> Value {
    let logs = container["logConfiguration"]["options"].as_object().map(|options| {
        object([
            ("logGroup", options.get("awslogs-group").cloned().unwrap_or_default()),
            ("logStreamPrefix", options.get("awslogs-stream-prefix").cloned().unwrap_or_default()),
        ])
    });
    object([
        ("image", container["image"].clone()),
        ("containerPort", express.port.unwrap_or(80).into()),
        ("awsLogsConfiguration", logs.into()),
        ("command", container["command"].clone()),
        ("environment", container["environment"].clone()),
        ("secrets", container["secrets"].clone()),
    ])
}
