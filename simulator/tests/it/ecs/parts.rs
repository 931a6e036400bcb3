//! What stands around tasks: clusters, instances, capacity providers, daemons, gateways and settings.

use serde_json::{Value, json as value};

use super::{SHOP, ecs, refused, with};

#[tokio::test]
async fn parts_of_a_cluster_come_when_they_are_asked_for() {
    let simulator = with(SHOP).await;
    let plain = ecs(&simulator, "DescribeClusters", value!({"clusters": ["shop", "nowhere"]})).await;
    for member in ["settings", "configuration", "tags", "statistics", "attachments"] {
        assert!(plain["clusters"][0].get(member).is_none(), "{member}");
    }
    assert_eq!(plain["clusters"][0]["capacityProviders"], value!(["FARGATE", "FARGATE_SPOT", "machines", "managed"]));
    let missing = "arn:aws:ecs:us-east-1:111122223333:cluster/nowhere";
    assert_eq!(plain["failures"], value!([{"arn": missing, "reason": "MISSING"}]));
    let include = ["SETTINGS", "CONFIGURATIONS", "TAGS", "STATISTICS", "ATTACHMENTS"];
    let all = ecs(&simulator, "DescribeClusters", value!({"clusters": ["shop"], "include": include})).await["clusters"]
        [0]
    .clone();
    assert_eq!(all["settings"], value!([{"name": "containerInsights", "value": "enhanced"}]));
    assert_eq!(all["configuration"]["executeCommandConfiguration"]["logging"], "NONE");
    assert_eq!(all["tags"], value!([{"key": "team", "value": "shop"}]));
    let none = ecs(&simulator, "DescribeClusters", value!({})).await;
    assert_eq!(none["clusters"][0]["clusterName"], "default");
    let services = |include: Value| value!({"cluster": "shop", "services": ["web"], "include": include});
    assert!(ecs(&simulator, "DescribeServices", services(value!([]))).await["services"][0].get("tags").is_none());
    let tagged = ecs(&simulator, "DescribeServices", services(value!(["TAGS"]))).await;
    assert_eq!(tagged["services"][0]["tags"][0]["value"], "web");
}

#[tokio::test]
async fn instances_tell_what_their_agents_can() {
    let simulator = with(SHOP).await;
    let arns =
        ecs(&simulator, "ListContainerInstances", value!({"cluster": "shop"})).await["containerInstanceArns"].clone();
    assert_eq!(arns.as_array().unwrap().len(), 4);
    let body = value!({"cluster": "shop", "containerInstances": arns, "include": ["CONTAINER_INSTANCE_HEALTH"]});
    let answer = ecs(&simulator, "DescribeContainerInstances", body).await;
    let [first, second, far] = [0, 1, 2].map(|place| answer["containerInstances"][place].clone());
    assert_eq!((&first["ec2InstanceId"], &first["capacityProviderName"]), (&"i-1".into(), &"machines".into()));
    assert_eq!((&first["healthStatus"]["overallStatus"], first.get("tags")), (&"OK".into(), None));
    assert_eq!((&second["agentConnected"], &first["runningTasksCount"]), (&false.into(), &1.into()));
    assert!(far.get("ec2InstanceId").is_none() && far["attributes"].to_string().contains("ecs.capability.external"));
    assert!(!first["attributes"].to_string().contains("\"ecs.capability.task-eni\""));
    let attributes = async |body: Value| ecs(&simulator, "ListAttributes", body).await["attributes"].clone();
    let name = "ecs.capability.task-eni-block-instance-metadata";
    let body = value!({"cluster": "shop", "targetType": "container-instance", "attributeName": name});
    assert_eq!(attributes(body).await, value!([{"name": name, "targetId": first["containerInstanceArn"]}]));
    let body = value!({"cluster": "shop", "targetType": "container-instance", "attributeName": "zone", "attributeValue": "north"});
    assert_eq!(attributes(body).await[0]["value"], "north");
    assert_eq!(refused(&simulator, "ListAttributes", value!({"cluster": "shop"})).await.0, "InvalidParameterException");
}

#[tokio::test]
async fn providers_of_a_cluster_are_shown_where_it_is_named() {
    let simulator = with(SHOP).await;
    let names = |answer: &Value| -> Vec<String> {
        let providers = answer["capacityProviders"].as_array().unwrap();
        providers.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let described = async |body: Value| ecs(&simulator, "DescribeCapacityProviders", body).await;
    assert_eq!(names(&described(value!({})).await), ["FARGATE", "FARGATE_SPOT", "machines"]);
    let of_cluster = described(value!({"cluster": "shop"})).await;
    assert_eq!(names(&of_cluster), ["FARGATE", "FARGATE_SPOT", "machines", "managed"]);
    assert_eq!(
        (&of_cluster["capacityProviders"][2]["type"], &of_cluster["capacityProviders"][3]["type"]),
        (&"EC2_AUTOSCALING".into(), &"MANAGED_INSTANCES".into())
    );
    let alone = described(value!({"capacityProviders": ["managed", "machines"]})).await;
    assert_eq!((names(&alone), &alone["failures"][0]["reason"]), (vec!["machines".to_owned()], &"MISSING".into()));
    let own = described(value!({"capacityProviders": ["managed"], "cluster": "shop"})).await;
    let template = &own["capacityProviders"][0]["managedInstancesProvider"]["instanceLaunchTemplate"];
    assert_eq!(template["ec2InstanceProfileArn"], "arn:aws:iam::111122223333:instance-profile/ecsInstanceRole");
    assert_eq!(names(&described(value!({"cluster": "default"})).await), Vec::<String>::new());
}

#[tokio::test]
async fn daemons_have_revisions_and_definitions_of_their_own() {
    let simulator = with(SHOP).await;
    let arn = "arn:aws:ecs:us-east-1:111122223333:daemon/shop/guard";
    let cluster = "arn:aws:ecs:us-east-1:111122223333:cluster/shop";
    let listed = ecs(&simulator, "ListDaemons", value!({"clusterArn": cluster})).await;
    assert_eq!(listed["daemonSummariesList"][0]["daemonArn"], arn);
    assert_eq!(ecs(&simulator, "ListDaemons", value!({})).await["daemonSummariesList"], value!([]));
    let daemon = ecs(&simulator, "DescribeDaemon", value!({"daemonArn": arn})).await["daemon"].clone();
    assert_eq!(
        (&daemon["clusterArn"], &daemon["currentRevisions"][0]["totalRunningCount"]),
        (&cluster.into(), &1.into())
    );
    let body = value!({"daemonRevisionArns": [daemon["currentRevisions"][0]["arn"], "arn:aws:ecs:us-east-1:111122223333:daemon-revision/shop/guard/1"]});
    let answer = ecs(&simulator, "DescribeDaemonRevisions", body).await;
    let revision = answer["daemonRevisions"][0].clone();
    assert_eq!((&revision["enableExecuteCommand"], &revision["critical"]), (&true.into(), &true.into()));
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
    let body = value!({"daemonTaskDefinition": revision["daemonTaskDefinitionArn"]});
    let definition = ecs(&simulator, "DescribeDaemonTaskDefinition", body).await["daemonTaskDefinition"].clone();
    assert_eq!(
        (&definition["family"], &definition["pidMode"], &definition["ipcMode"]),
        (&"guard".into(), &"shared".into(), &"none".into())
    );
    let listed = ecs(&simulator, "ListDaemonTaskDefinitions", value!({})).await;
    assert_eq!(listed["daemonTaskDefinitions"][0]["arn"], revision["daemonTaskDefinitionArn"]);
    assert_eq!(
        refused(&simulator, "DescribeDaemon", value!({"daemonArn": "arn:no"})).await.0,
        "DaemonNotFoundException"
    );
    assert_eq!(
        refused(&simulator, "DescribeDaemonTaskDefinition", value!({"daemonTaskDefinition": "no"})).await.0,
        "ClientException"
    );
}

#[tokio::test]
async fn gateways_settings_and_express_services_are_told() {
    let simulator = with(SHOP).await;
    let listed = ecs(&simulator, "ListGateways", value!({})).await["gateways"].clone();
    assert_eq!((&listed[0]["name"], listed.as_array().unwrap().len()), (&"front".into(), 1));
    let gateway =
        ecs(&simulator, "DescribeGateway", value!({"gateway": listed[0]["gatewayArn"]})).await["gateway"].clone();
    assert_eq!(
        (&gateway["accessType"], &gateway["configuration"]["hostSharedAlb"]["scheme"]),
        (&"PUBLIC".into(), &"internet-facing".into())
    );
    let associated = ecs(&simulator, "ListGatewayClusterAssociations", value!({"gateway": "front"})).await;
    assert_eq!(
        associated["gatewayClusterAssociations"][0]["clusterArn"],
        "arn:aws:ecs:us-east-1:111122223333:cluster/shop"
    );
    assert_eq!(refused(&simulator, "DescribeGateway", value!({"gateway": "back"})).await.0, "GatewayNotFoundException");
    let first = ecs(&simulator, "ListAccountSettings", value!({"effectiveSettings": true})).await;
    assert_eq!(first["settings"].as_array().unwrap().len(), 10);
    let rest =
        ecs(&simulator, "ListAccountSettings", value!({"effectiveSettings": true, "nextToken": first["nextToken"]}))
            .await;
    assert_eq!((rest["settings"].as_array().unwrap().len(), rest.get("nextToken")), (1, None));
    let set = ecs(&simulator, "ListAccountSettings", value!({})).await["settings"].clone();
    assert_eq!(
        (&set[0]["name"], &set[0]["value"], set.as_array().unwrap().len()),
        (&"guardDutyActivate".into(), &"on".into(), 1)
    );
    let simulator = with("clusters: [{ name: c, services: [{ name: s, task_definition: d, express: { access: PRIVATE, role: infra } }, { name: t, task_definition: d }] }], task_definitions: [{ family: d }]").await;
    let arn = "arn:aws:ecs:us-east-1:111122223333:service/c/s";
    let express =
        ecs(&simulator, "DescribeExpressGatewayService", value!({"serviceArn": arn})).await["service"].clone();
    assert_eq!((&express["status"]["statusCode"], express.get("tags")), (&"ACTIVE".into(), None));
    assert_eq!(express["infrastructureRoleArn"], "arn:aws:iam::111122223333:role/infra");
    assert_eq!(express["activeConfigurations"][0]["ingressPaths"][0]["accessType"], "PRIVATE");
    let listed = ecs(&simulator, "ListServices", value!({"cluster": "c", "resourceManagementType": "ECS"})).await;
    assert_eq!(listed["serviceArns"], value!([arn]));
    let plain =
        refused(&simulator, "DescribeExpressGatewayService", value!({"serviceArn": arn.replace("/s", "/t")})).await;
    assert_eq!(plain.0, "ResourceNotFoundException");
}
