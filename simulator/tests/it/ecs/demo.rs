//! The tasks of the demonstration account.

use std::collections::BTreeSet;

use palisade_simulator::Simulator;
use serde_json::{Value, json as value};

use super::ecs;
use crate::client::{demo, query};

async fn list(simulator: &Simulator, operation: &str, cluster: &str, member: &str) -> Vec<Value> {
    let found = ecs(simulator, operation, value!({"cluster": cluster, "maxResults": 100})).await;
    found[member].as_array().unwrap().clone()
}

async fn services(simulator: &Simulator, cluster: &str) -> Vec<Value> {
    let arns = list(simulator, "ListServices", cluster, "serviceArns").await;
    let found = ecs(simulator, "DescribeServices", value!({"cluster": cluster, "services": arns})).await;
    found["services"].as_array().unwrap().clone()
}

async fn tasks(simulator: &Simulator, cluster: &str) -> Vec<Value> {
    let arns = list(simulator, "ListTasks", cluster, "taskArns").await;
    let found = ecs(simulator, "DescribeTasks", value!({"cluster": cluster, "tasks": arns})).await;
    found["tasks"].as_array().unwrap().clone()
}

#[tokio::test]
async fn services_run_well_and_badly() {
    let simulator = demo().await;
    let services = services(&simulator, "shop-tasks").await;
    let [checkout, storefront, board, cards, newsletter] = [0, 1, 2, 3, 4].map(|place| services[place].clone());
    assert_eq!(checkout["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"], true);
    assert_eq!(
        (&storefront["enableExecuteCommand"], storefront["deployments"].as_array().unwrap().len()),
        (&true.into(), 2)
    );
    assert_eq!(board["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"], "ENABLED");
    let definition = |service: &Value| value!({"taskDefinition": service["taskDefinition"]});
    let described = ecs(&simulator, "DescribeTaskDefinition", definition(&board)).await["taskDefinition"].clone();
    assert_eq!(described["containerDefinitions"][0]["user"], "root");
    assert!(described["containerDefinitions"][0]["environment"].to_string().contains("Fak3-Pr1ce-Passw0rd"));
    let described = ecs(&simulator, "DescribeTaskDefinition", definition(&cards)).await["taskDefinition"].clone();
    assert_eq!(described["status"], "INACTIVE");
    assert_eq!(newsletter["resourceManagementType"], "ECS");
    let revision = value!({"serviceRevisionArns": [checkout["currentServiceRevisions"][0]["arn"]]});
    let image = ecs(&simulator, "DescribeServiceRevisions", revision).await["serviceRevisions"][0]["containerImages"]
        [0]
    .clone();
    let tagged = value!({"repositoryName": "shop/checkout", "imageIds": [{"imageTag": "2026.11.3"}]});
    let pulled =
        crate::client::json(&simulator, "ecr", "AmazonEC2ContainerRegistry_V20150921.BatchGetImage", &tagged).await;
    assert_eq!(image["imageDigest"], pulled.json()["images"][0]["imageId"]["imageDigest"]);
}

#[tokio::test]
async fn machines_are_shared_and_a_task_was_started_by_hand() {
    let simulator = demo().await;
    let machines = tasks(&simulator, "shop-machines").await;
    let groups: Vec<&str> = machines.iter().map(|task| task["group"].as_str().unwrap()).collect();
    assert_eq!(groups.iter().filter(|group| **group == "service:host-agent").count(), 2);
    assert_eq!(groups.iter().filter(|group| **group == "daemon:log-shipper").count(), 1);
    assert!(machines.iter().all(|task| task["containerInstanceArn"].is_string()));
    let tasks = tasks(&simulator, "shop-tasks").await;
    let by_hand = tasks.iter().find(|task| task["startedBy"] == "marta.lindqvist").unwrap();
    assert_eq!(by_hand["overrides"]["taskRoleArn"], "arn:aws:iam::111122223333:role/price-board");
    let interfaces = query(&simulator, "ec2", "Action=DescribeNetworkInterfaces").await;
    let known = interfaces.elements("networkInterfaceId");
    assert!(known.contains(&by_hand["attachments"][0]["details"][1]["value"].as_str().unwrap()));
}

#[tokio::test]
async fn roles_machines_and_log_groups_of_tasks_are_there() {
    let simulator = demo().await;
    let roles = query(&simulator, "iam", "Action=ListRoles&MaxItems=1000").await;
    let roles: BTreeSet<&str> = roles.elements("Arn").into_iter().collect();
    let definitions = ecs(&simulator, "ListTaskDefinitions", value!({})).await["taskDefinitionArns"].clone();
    for arn in definitions.as_array().unwrap() {
        let one =
            ecs(&simulator, "DescribeTaskDefinition", value!({"taskDefinition": arn})).await["taskDefinition"].clone();
        for role in ["taskRoleArn", "executionRoleArn"].iter().filter_map(|name| one[*name].as_str()) {
            assert!(roles.contains(role), "{role} of {arn}");
        }
    }
    let machines = query(&simulator, "ec2", "Action=DescribeInstances").await;
    let arns = list(&simulator, "ListContainerInstances", "shop-machines", "containerInstanceArns").await;
    let body = value!({"cluster": "shop-machines", "containerInstances": arns});
    let instances = ecs(&simulator, "DescribeContainerInstances", body).await["containerInstances"].clone();
    for instance in instances.as_array().unwrap() {
        assert!(machines.elements("instanceId").contains(&instance["ec2InstanceId"].as_str().unwrap()), "{instance}");
    }
    for name in ["stock-count", "sales-report", "order-job", "catalogue-import"] {
        let answer = ecs(&simulator, "DescribeTaskDefinition", value!({"taskDefinition": name})).await;
        assert_eq!(answer["taskDefinition"]["family"], name, "what a rule, a schedule or a pipe starts");
    }
    let gateway = ecs(&simulator, "DescribeGateway", value!({"gateway": "shop-front"})).await["gateway"].clone();
    assert_eq!(
        (&gateway["accessType"], gateway["configuration"]["hostSharedAlb"].get("webACLArn")),
        (&"PUBLIC".into(), None)
    );
}
