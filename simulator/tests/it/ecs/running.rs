//! What runs: services, their tasks, and what they are made from.

use serde_json::{Value, json as value};

use super::{SHOP, ecs, refused, with};
use crate::client::query;

#[tokio::test]
async fn what_only_has_a_name_is_as_ecs_makes_it() {
    let simulator =
        with("clusters: [{ name: c, services: [{ name: s, task_definition: d }] }], task_definitions: [{ family: d }]")
            .await;
    let service =
        ecs(&simulator, "DescribeServices", value!({"cluster": "c", "services": ["s"]})).await["services"][0].clone();
    assert_eq!(service["serviceArn"], "arn:aws:ecs:us-east-1:111122223333:service/c/s");
    assert_eq!(service["taskDefinition"], "arn:aws:ecs:us-east-1:111122223333:task-definition/d:1");
    assert_eq!((&service["launchType"], &service["platformVersion"]), (&"FARGATE".into(), &"LATEST".into()));
    assert_eq!((&service["enableExecuteCommand"], &service["runningCount"]), (&false.into(), &1.into()));
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
    assert_eq!(service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"], "DISABLED");
    assert!(service.get("capacityProviderStrategy").is_none() && service.get("taskSets").is_none());
    let definition =
        ecs(&simulator, "DescribeTaskDefinition", value!({"taskDefinition": "d"})).await["taskDefinition"].clone();
    assert_eq!((&definition["networkMode"], &definition["cpu"]), (&"awsvpc".into(), &"256".into()));
    assert_eq!(definition["containerDefinitions"][0]["image"], "111122223333.dkr.ecr.us-east-1.amazonaws.com/d:latest");
    assert!(definition.get("taskRoleArn").is_none() && definition.get("pidMode").is_none());
}

#[tokio::test]
async fn services_run_by_launch_type_and_by_strategy() {
    let simulator = with(SHOP).await;
    let body = value!({"cluster": "arn:aws:ecs:us-east-1:111122223333:cluster/shop", "services": ["web", "spot", "agent", "other"]});
    let answer = ecs(&simulator, "DescribeServices", body).await;
    let [web, spot, agent] = [0, 1, 2].map(|place| answer["services"][place].clone());
    assert_eq!(answer["failures"][0]["arn"], "arn:aws:ecs:us-east-1:111122223333:service/shop/other");
    let target = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/1";
    assert_eq!(
        web["loadBalancers"],
        value!([{"targetGroupArn": target, "containerName": "web", "containerPort": 8080}])
    );
    assert_eq!(web["deploymentConfiguration"]["deploymentCircuitBreaker"], value!({"enable": true, "rollback": true}));
    assert!(spot.get("launchType").is_none(), "{spot}");
    assert_eq!(
        spot["capacityProviderStrategy"][1],
        value!({"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0})
    );
    assert_eq!((&agent["desiredCount"], &agent["schedulingStrategy"]), (&2.into(), &"DAEMON".into()));
    assert!(agent.get("networkConfiguration").is_none() && agent.get("platformVersion").is_none());
    let listed =
        async |body: Value| ecs(&simulator, "ListServices", body).await["serviceArns"].as_array().unwrap().len();
    assert_eq!(listed(value!({"cluster": "shop"})).await, 3);
    assert_eq!(listed(value!({"cluster": "shop", "launchType": "FARGATE"})).await, 1);
    assert_eq!(listed(value!({"cluster": "shop", "schedulingStrategy": "DAEMON"})).await, 1);
    assert_eq!(listed(value!({"cluster": "shop", "resourceManagementType": "ECS"})).await, 0);
    let revision = web["currentServiceRevisions"][0]["arn"].as_str().unwrap();
    let body =
        value!({"serviceRevisionArns": [revision, "arn:aws:ecs:us-east-1:111122223333:service-revision/shop/web/1"]});
    let answer = ecs(&simulator, "DescribeServiceRevisions", body).await;
    let found = &answer["serviceRevisions"][0];
    assert_eq!((&found["serviceRevisionArn"], &found["guardDutyEnabled"]), (&revision.into(), &true.into()));
    assert!(found["containerImages"][0]["imageDigest"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
}

#[tokio::test]
async fn tasks_are_those_of_services_daemons_and_people() {
    let simulator = with(SHOP).await;
    let listed = async |filter: Value| {
        let mut body = value!({"cluster": "shop"});
        body.as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
        ecs(&simulator, "ListTasks", body).await["taskArns"].as_array().unwrap().clone()
    };
    assert_eq!(listed(value!({})).await.len(), 2 + 4 + 2 + 1 + 1);
    assert_eq!(listed(value!({"desiredStatus": "STOPPED"})).await.len(), 1);
    assert_eq!(listed(value!({"serviceName": "spot", "launchType": "FARGATE"})).await.len(), 4);
    assert_eq!(listed(value!({"family": "agent"})).await.len(), 2);
    assert_eq!(listed(value!({"daemonName": "guard"})).await.len(), 1);
    assert_eq!(listed(value!({"containerInstance": "i-1"})).await.len(), 1);
    let once = listed(value!({"startedBy": "marta"})).await;
    assert_eq!(once, ["arn:aws:ecs:us-east-1:111122223333:task/shop/once"]);
    let unknown = refused(&simulator, "ListTasks", value!({"cluster": "shop", "serviceName": "no"})).await;
    assert_eq!(unknown.0, "ServiceNotFoundException");
    let names = [once[0].clone(), listed(value!({"serviceName": "web"})).await[0].clone(), "no".into()];
    let answer = ecs(&simulator, "DescribeTasks", value!({"cluster": "shop", "tasks": names})).await;
    let [once, web] = [0, 1].map(|place| answer["tasks"][place].clone());
    assert_eq!(once["overrides"]["taskRoleArn"], "arn:aws:iam::111122223333:role/admin");
    assert_eq!(once["overrides"]["containerOverrides"][0]["environment"][0]["value"], "debug");
    assert_eq!(once["group"], "family:web");
    assert_eq!((&web["platformVersion"], &web["group"]), (&"1.4.0".into(), &"service:web".into()));
    assert!(web["startedBy"].as_str().unwrap().starts_with("ecs-svc/"));
    assert_eq!(web["attachments"][0]["details"][0], value!({"name": "subnetId", "value": "subnet-a"}));
    assert!(web["attachments"][0]["details"][1]["value"].as_str().unwrap().starts_with("eni-0"));
    assert_eq!(web["containers"][0]["managedAgents"][0]["name"], "ExecuteCommandAgent");
    assert_eq!(
        answer["failures"],
        value!([{"arn": "arn:aws:ecs:us-east-1:111122223333:task/shop/no", "reason": "MISSING"}])
    );
    let agents = listed(value!({"family": "agent"})).await;
    let agent =
        ecs(&simulator, "DescribeTasks", value!({"cluster": "shop", "tasks": [agents[0]]})).await["tasks"][0].clone();
    assert_eq!((&agent["launchType"], &agent["attachments"]), (&"EC2".into(), &value!([])));
    assert_eq!(agent["containers"][0]["networkBindings"][0]["bindIP"], "0.0.0.0");
    assert_eq!(agent["containers"][0]["imageDigest"], "sha256:01");
    let spots = ecs(
        &simulator,
        "DescribeTasks",
        value!({"cluster": "shop", "tasks": listed(value!({"serviceName": "spot"})).await}),
    )
    .await;
    let providers: Vec<&Value> =
        spots["tasks"].as_array().unwrap().iter().map(|task| &task["capacityProviderName"]).collect();
    assert_eq!(providers, ["FARGATE", "FARGATE_SPOT", "FARGATE_SPOT", "FARGATE_SPOT"]);
}

#[tokio::test]
async fn inactive_definitions_are_shown_while_something_runs_them() {
    let simulator = with(SHOP).await;
    let described =
        async |name: &str| ecs(&simulator, "DescribeTaskDefinition", value!({"taskDefinition": name})).await;
    let newest = described("web").await["taskDefinition"].clone();
    assert_eq!((&newest["revision"], &newest["status"]), (&3.into(), &"ACTIVE".into()));
    let container = &newest["containerDefinitions"][0];
    assert_eq!(container["environment"], value!([{"name": "MODE", "value": "live"}]));
    assert_eq!(container["secrets"][0]["valueFrom"], "arn:aws:ssm:us-east-1:111122223333:parameter/key");
    assert_eq!(container["portMappings"][0], value!({"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}));
    assert_eq!(container["logConfiguration"]["options"]["awslogs-group"], "/shop/web");
    assert_eq!(described("web:2").await["taskDefinition"]["containerDefinitions"][0], *container);
    assert_eq!(described("web:1").await["taskDefinition"]["status"], "INACTIVE", "a task runs it");
    let agent = described("arn:aws:ecs:us-east-1:111122223333:task-definition/agent:1").await["taskDefinition"].clone();
    assert_eq!(agent["containerDefinitions"][0]["portMappings"][0]["hostPort"], 0);
    assert_eq!(agent["containerDefinitions"][0]["mountPoints"][0]["readOnly"], true);
    assert_eq!(agent["volumes"][0]["host"]["sourcePath"], "/var/run/docker.sock");
    for name in ["gone:1", "gone", "web:4", "other"] {
        let error = refused(&simulator, "DescribeTaskDefinition", value!({"taskDefinition": name})).await;
        assert_eq!(error, ("ClientException".to_owned(), "Unable to describe task definition.".to_owned()), "{name}");
    }
    let listed = async |body: Value| ecs(&simulator, "ListTaskDefinitions", body).await["taskDefinitionArns"].clone();
    let arn = |name: &str| format!("arn:aws:ecs:us-east-1:111122223333:task-definition/{name}");
    assert_eq!(listed(value!({})).await, value!([arn("agent:1"), arn("web:2"), arn("web:3")]));
    assert_eq!(listed(value!({"status": "INACTIVE", "sort": "DESC"})).await, value!([arn("web:1"), arn("gone:1")]));
    assert_eq!(listed(value!({"familyPrefix": "agent"})).await, value!([arn("agent:1")]));
    let families = async |body: Value| ecs(&simulator, "ListTaskDefinitionFamilies", body).await["families"].clone();
    assert_eq!(families(value!({})).await, value!(["agent", "gone", "web"]));
    assert_eq!(families(value!({"status": "ACTIVE"})).await, value!(["agent", "web"]));
    assert_eq!(families(value!({"status": "INACTIVE", "familyPrefix": "g"})).await, value!(["gone"]));
}

#[tokio::test]
async fn deployments_and_task_sets_run_side_by_side() {
    let simulator = with(
        "clusters: [{ name: c, services: [
            { name: rolling, task_definition: d, desired: 2, deployments: [{ rollout: IN_PROGRESS, running: 1 }, { task_definition: 'd:1', running: 2, network: { subnets: [x], public: true } }] },
            { name: green, task_definition: 'd:1', controller: CODE_DEPLOY, task_sets: [{}, { task_definition: d, network: { public: true } }] },
        ] }], task_definitions: [{ family: d, revision: 2 }, { family: d, status: INACTIVE }]",
    )
    .await;
    let services = ecs(&simulator, "DescribeServices", value!({"cluster": "c", "services": ["rolling", "green"]}))
        .await["services"]
        .clone();
    let [new, old] = [0, 1].map(|place| services[0]["deployments"][place].clone());
    assert_eq!((&new["status"], &new["rolloutState"]), (&"PRIMARY".into(), &"IN_PROGRESS".into()));
    assert_eq!(
        (&old["status"], &old["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"]),
        (&"ACTIVE".into(), &"ENABLED".into())
    );
    assert_eq!(
        (&services[0]["runningCount"], services[0]["currentServiceRevisions"].as_array().unwrap().len()),
        (&3.into(), 2)
    );
    assert_eq!(services[1]["deployments"], value!([]));
    assert!(services[1].get("currentServiceRevisions").is_none());
    let set = &services[1]["taskSets"][1];
    assert_eq!(
        (&set["taskDefinition"], &set["scale"]["value"]),
        (&"arn:aws:ecs:us-east-1:111122223333:task-definition/d:2".into(), &100.0.into())
    );
    let described = ecs(&simulator, "DescribeTaskDefinition", value!({"taskDefinition": "d:1"})).await;
    assert_eq!(described["taskDefinition"]["status"], "INACTIVE");
}

#[tokio::test]
async fn interfaces_of_tasks_are_those_that_ec2_lists() {
    let simulator = with(SHOP).await;
    let body = value!({"cluster": "shop", "serviceName": "web"});
    let arns = ecs(&simulator, "ListTasks", body).await["taskArns"].clone();
    let task = ecs(&simulator, "DescribeTasks", value!({"cluster": "shop", "tasks": arns})).await["tasks"][0].clone();
    let details = &task["attachments"][0]["details"];
    let id = details[1]["value"].as_str().unwrap();
    let form = format!("Action=DescribeNetworkInterfaces&NetworkInterfaceId.1={id}");
    let listed = query(&simulator, "ec2", &form).await;
    assert_eq!((listed.element("networkInterfaceId"), listed.element("subnetId")), (Some(id), Some("subnet-a")));
    assert_eq!(listed.element("privateIpAddress"), details[3]["value"].as_str());
    assert_eq!(listed.element("groupId"), Some("sg-a"));
    assert!(listed.body.contains("<publicIp>"), "{}", listed.body);
    assert!(listed.element("description").unwrap().starts_with("arn:aws:ecs:us-east-1:111122223333:attachment/"));
}
