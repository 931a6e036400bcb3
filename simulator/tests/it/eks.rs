//! EKS, and what is asked of EC2, GuardDuty and CloudWatch Logs about clusters.

use palisade_simulator::{Denial, Failure, FailureKind, Faults, Simulator};
use serde_json::{Value, json as value};

use crate::client::{Answer, demo, json, query, rest, simulator, with_faults};

async fn eks(simulator: &Simulator, path: &str) -> Answer {
    rest(simulator, "eks", &format!("GET {path}"), "").await
}

async fn cluster(yaml: &str) -> Simulator {
    let cluster = format!("{{ name: shop, {yaml} }}");
    simulator(&format!("account: \"123456789012\"\nregions: {{ us-east-1: {{ eks: {{ clusters: [{cluster}] }} }} }}\n"))
        .await
}

#[tokio::test]
async fn a_cluster_with_only_a_name_is_as_eks_makes_it() {
    let simulator = cluster("").await;
    assert_eq!(eks(&simulator, "/clusters").await.json()["clusters"], value!(["shop"]));
    let cluster = eks(&simulator, "/clusters/shop").await.json()["cluster"].clone();
    assert_eq!(cluster["arn"], "arn:aws:eks:us-east-1:123456789012:cluster/shop");
    assert_eq!((&cluster["status"], &cluster["version"]), (&"ACTIVE".into(), &"1.35".into()));
    assert_eq!(cluster["resourcesVpcConfig"]["publicAccessCidrs"], value!(["0.0.0.0/0"]));
    assert_eq!(cluster["logging"]["clusterLogging"][0]["enabled"], false);
    assert!(
        cluster["identity"]["oidc"]["issuer"].as_str().unwrap().starts_with("https://oidc.eks.us-east-1.amazonaws")
    );
    assert!(cluster.get("encryptionConfig").is_none());
    assert_eq!(cluster["endpoint"], "https://127.0.0.1:9", "nobody answers, and no token leaves the machine");
    let missing = eks(&simulator, "/clusters/nothing").await;
    assert_eq!((missing.status, missing.header("x-amzn-errortype")), (404, Some("ResourceNotFoundException")));
}

#[tokio::test]
async fn every_part_of_a_cluster_is_listed_and_described() {
    let simulator = demo().await;
    let described = async |path: &str, member: &str| eks(&simulator, path).await.json()[member].clone();
    let names = described("/clusters/shop/node-groups", "nodegroups").await;
    assert_eq!(names, value!(["general", "sales"]));
    let group = described("/clusters/shop/node-groups/general", "nodegroup").await;
    assert_eq!(group["launchTemplate"]["version"], "2");
    assert_eq!(group["nodeRole"], "arn:aws:iam::111122223333:role/shop-node");
    assert_eq!((&group["version"], &group["amiType"]), (&"1.35".into(), &"AL2023_x86_64_STANDARD".into()));
    let profile = described("/clusters/shop/fargate-profiles/reports", "fargateProfile").await;
    assert_eq!(profile["selectors"][0]["namespace"], "reports");
    let addon = described("/clusters/shop/addons/vpc-cni", "addon").await;
    assert_eq!(addon["configurationValues"], r#"{"enableNetworkPolicy":"true"}"#);
    assert!(addon["podIdentityAssociations"][0].as_str().unwrap().contains(":podidentityassociation/shop/a-"));
    let associations = described("/clusters/shop/pod-identity-associations?namespace=tools", "associations").await;
    let id = associations[0]["associationId"].as_str().unwrap();
    let association = described(&format!("/clusters/shop/pod-identity-associations/{id}"), "association").await;
    assert_eq!(association["roleArn"], "arn:aws:iam::111122223333:role/shop-deployer");
    assert_eq!(associations.as_array().unwrap().len(), 1);
    let capability = described("/clusters/shop/capabilities/argocd", "capability").await;
    assert_eq!(capability["type"], "ARGOCD");
    let insights = rest(&simulator, "eks", "POST /clusters/shop/insights", "{\"maxResults\":1}").await.json();
    assert_eq!(insights["insights"][0]["insightStatus"]["status"], "PASSING");
    assert!(insights["nextToken"].is_string());
}

#[tokio::test]
async fn access_entries_are_found_by_their_policies() {
    let simulator = demo().await;
    let listed = async |query: &str| {
        let answer = eks(&simulator, &format!("/clusters/shop/access-entries{query}")).await.json();
        answer["accessEntries"].as_array().unwrap().clone()
    };
    assert_eq!(listed("").await.len(), 7);
    let admins =
        listed("?associatedPolicyArn=arn%3Aaws%3Aeks%3A%3Aaws%3Acluster-access-policy%2FAmazonEKSClusterAdminPolicy");
    assert_eq!(admins.await, ["arn:aws:iam::111122223333:role/platform-engineer"]);
    let path = "/clusters/shop/access-entries/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Frelease-pipeline";
    let entry = eks(&simulator, path).await.json()["accessEntry"].clone();
    assert_eq!(entry["type"], "STANDARD");
    assert_eq!(entry["username"], "arn:aws:sts::111122223333:assumed-role/release-pipeline/{{SessionName}}");
    let policies = eks(&simulator, &format!("{path}/access-policies")).await.json();
    assert_eq!(policies["associatedAccessPolicies"][0]["accessScope"]["namespaces"], value!(["storefront", "dev-*"]));
    let simulator = cluster("authentication: CONFIG_MAP").await;
    let refused = eks(&simulator, "/clusters/shop/access-entries").await;
    assert_eq!((refused.status, refused.header("x-amzn-errortype")), (400, Some("InvalidRequestException")));
}

#[tokio::test]
async fn versions_end_as_time_goes_by() {
    let simulator = demo().await;
    let supported = eks(&simulator, "/cluster-versions").await.json();
    let all = eks(&simulator, "/cluster-versions?includeAll=true&maxResults=100").await.json();
    let statuses = |answer: &Value| -> Vec<String> {
        let versions = answer["clusterVersions"].as_array().unwrap();
        versions.iter().map(|version| version["versionStatus"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!statuses(&supported).contains(&"UNSUPPORTED".to_owned()));
    for status in ["STANDARD_SUPPORT", "EXTENDED_SUPPORT", "UNSUPPORTED"] {
        assert!(statuses(&all).contains(&status.to_owned()), "{status}");
    }
    let batch = eks(&simulator, "/cluster-versions?clusterVersions=1.32").await.json();
    assert_eq!(statuses(&batch), ["EXTENDED_SUPPORT"]);
}

#[tokio::test]
async fn an_identity_provider_is_described_by_its_name() {
    let yaml = "identity_providers: [{ name: staff, issuer: https://login.example.com, client_id: kubernetes, groups_prefix: 'oidc:' }]";
    let simulator = cluster(yaml).await;
    let listed = eks(&simulator, "/clusters/shop/identity-provider-configs").await.json();
    assert_eq!(listed["identityProviderConfigs"], value!([{"type": "oidc", "name": "staff"}]));
    let line = "POST /clusters/shop/identity-provider-configs/describe";
    let body = value!({"identityProviderConfig": {"type": "oidc", "name": "staff"}}).to_string();
    let config = rest(&simulator, "eks", line, &body).await.json()["identityProviderConfig"]["oidc"].clone();
    assert_eq!((&config["issuerUrl"], &config["groupsPrefix"]), (&"https://login.example.com".into(), &"oidc:".into()));
    assert!(config.get("usernamePrefix").is_none());
}

#[tokio::test]
async fn nodes_are_found_by_the_tags_of_their_cluster() {
    let simulator = demo().await;
    let form = "Action=DescribeInstances&Filter.1.Name=tag-key&Filter.1.Value.1=kubernetes.io%2Fcluster%2Fshop\
                &Filter.2.Name=instance-state-name&Filter.2.Value.1=running";
    let answer = query(&simulator, "ec2", form).await;
    assert_eq!(answer.elements("instanceId").len(), 2);
    assert_eq!(answer.elements("httpPutResponseHopLimit"), ["1", "1"]);
    assert!(answer.body.contains("<key>eks:nodegroup-name</key><value>general</value>"), "{}", answer.body);
    assert!(answer.body.contains("arn:aws:iam::111122223333:instance-profile/shop-node"));
    let none = query(&simulator, "ec2", &form.replace("running", "stopped")).await;
    assert!(none.elements("instanceId").is_empty());
    let form = "Action=DescribeLaunchTemplateVersions&LaunchTemplateId=lt-0c5d9e2f7a1b38460&LaunchTemplateVersion.1=";
    let version = query(&simulator, "ec2", &format!("{form}2")).await;
    assert_eq!(version.element("httpTokens"), Some("required"));
    let silent = query(&simulator, "ec2", &format!("{form}1")).await;
    assert_eq!((silent.element("versionNumber"), silent.element("httpTokens")), (Some("1"), None));
    assert_eq!(query(&simulator, "ec2", &format!("{form}9")).await.status, 400);
}

#[tokio::test]
async fn the_network_around_a_cluster_is_told() {
    let simulator = demo().await;
    let vpc = "Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-05d8e1f7a3b2c4960";
    let tables = query(&simulator, "ec2", &format!("Action=DescribeRouteTables&{vpc}")).await;
    assert_eq!(tables.elements("main"), ["true", "false", "false"]);
    assert!(tables.body.contains("<gatewayId>igw-") && tables.body.contains("<natGatewayId>nat-"));
    let form = "Action=DescribeSecurityGroups&Filter.1.Name=group-id&Filter.1.Value.1=sg-0a6e4c2f9d7b13580";
    let groups = query(&simulator, "ec2", form).await;
    assert_eq!((groups.element("fromPort"), groups.element("cidrIp")), (Some("443"), Some("10.20.0.0/16")));
    let form = "Action=DescribeFlowLogs&Filter.1.Name=resource-id&Filter.1.Value.1=vpc-05d8e1f7a3b2c4960";
    assert_eq!(query(&simulator, "ec2", form).await.element("flowLogStatus"), Some("ACTIVE"));
    let subnets = query(&simulator, "ec2", &format!("Action=DescribeSubnets&{vpc}")).await;
    assert!(subnets.elements("mapPublicIpOnLaunch").contains(&"true"));
}

#[tokio::test]
async fn guard_duty_and_logs_tell_what_watches_a_cluster() {
    let simulator = demo().await;
    let detectors = rest(&simulator, "guardduty", "GET /detector?maxResults=50", "").await.json();
    let id = detectors["detectorIds"][0].as_str().unwrap().to_owned();
    let detector = rest(&simulator, "guardduty", &format!("GET /detector/{id}"), "").await.json();
    assert_eq!(detector["status"], "ENABLED");
    assert_eq!(detector["features"][1]["additionalConfiguration"][0]["name"], "EKS_ADDON_MANAGEMENT");
    let body = |kind: &str| {
        let criterion = value!({"criterionKey": "RESOURCE_TYPE", "filterCondition": {"equals": [kind]}});
        value!({"maxResults": 50, "filterCriteria": {"filterCriterion": [criterion]}}).to_string()
    };
    let line = format!("POST /detector/{id}/coverage");
    let coverage = rest(&simulator, "guardduty", &line, &body("EKS")).await.json();
    assert_eq!(coverage["resources"][0]["resourceDetails"]["eksClusterDetails"]["coveredNodes"], 2);
    let others = rest(&simulator, "guardduty", &line, &body("ECS")).await.json();
    assert_eq!(others["resources"], value!([]));
    let ask = value!({"logGroupNamePrefix": "/aws/eks/shop/cluster", "limit": 50});
    let groups = json(&simulator, "logs", "Logs_20140328.DescribeLogGroups", &ask).await.json();
    assert_eq!(groups["logGroups"][0]["retentionInDays"], 365);
}

#[tokio::test]
async fn lists_page_and_calls_are_denied_and_throttled() {
    let yaml = "account: \"123456789012\"\npage_size: 2\nregions:\n  us-east-1:\n    eks:\n      clusters:\n\
                \x20       - { name: one, addons: [{ name: a }, { name: b }, { name: c }] }\n        - { name: two }\n        - { name: three }\n";
    let denial = Denial { resource: Some("cluster/two".to_owned()), ..Denial::of("eks:DescribeCluster") };
    let failure = Failure::of("eks:ListNodegroups", FailureKind::Throttle { retry_after: None });
    let simulator =
        with_faults(yaml, Faults { deny: vec![denial], failures: vec![failure], ..Faults::default() }).await;
    let first = eks(&simulator, "/clusters/one/addons?maxResults=100").await.json();
    assert_eq!(first["addons"], value!(["a", "b"]));
    let token = first["nextToken"].as_str().unwrap();
    let second = eks(&simulator, &format!("/clusters/one/addons?nextToken={token}")).await.json();
    assert_eq!((&second["addons"], second.get("nextToken")), (&value!(["c"]), None));
    assert_eq!(eks(&simulator, "/clusters/one").await.status, 200);
    let denied = eks(&simulator, "/clusters/two").await;
    assert_eq!((denied.status, denied.header("x-amzn-errortype")), (403, Some("AccessDeniedException")));
    assert_eq!(eks(&simulator, "/clusters/one/node-groups").await.status, 429);
}
