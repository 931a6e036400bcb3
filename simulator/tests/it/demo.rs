//! The demonstration account holds what it promises.

use std::collections::{BTreeMap, BTreeSet};

use palisade_simulator::Simulator;
use serde_json::{Value, json as value};

use crate::client::{Request, demo, json, lambda, query, rest, send};

async fn functions(simulator: &Simulator, region: &str) -> BTreeMap<String, Value> {
    let page = lambda(simulator, region, "/2015-03-31/functions").await.json();
    assert!(page.get("NextMarker").is_none());
    let list = page["Functions"].as_array().unwrap().clone();
    list.into_iter().map(|function| (function["FunctionName"].as_str().unwrap().to_owned(), function)).collect()
}

async fn policy(simulator: &Simulator, name: &str) -> Value {
    let answer = lambda(simulator, "us-east-1", &format!("/2015-03-31/functions/{name}/policy")).await;
    let Some(text) = answer.json()["Policy"].as_str().map(str::to_owned) else { return Value::Null };
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn it_is_a_small_company() {
    let simulator = demo().await;
    let count = functions(&simulator, "us-east-1").await.len() + functions(&simulator, "eu-west-1").await.len();
    assert!((24..=30).contains(&count), "{count} functions");
    let answer =
        query(&simulator, "iam", "Action=GetAccountAuthorizationDetails&Filter.member.1=Role&MaxItems=1000").await;
    let roles = answer.elements("RolePolicyList").len();
    assert!((40..=60).contains(&roles), "{roles} roles");
    assert!(answer.element("LastUsedDate").is_some());
}

#[tokio::test]
async fn urls_are_open_shut_and_careless() {
    let simulator = demo().await;
    let url = async |name: &str| {
        lambda(&simulator, "us-east-1", &format!("/2021-10-31/functions/{name}/urls")).await.json()["FunctionUrlConfigs"][0].clone()
    };
    assert_eq!(url("payments-webhook").await["AuthType"], "NONE");
    assert!(policy(&simulator, "payments-webhook").await.to_string().contains("InvokeFunctionUrl"));
    let signup = url("newsletter-signup").await;
    assert_eq!((&signup["AuthType"], &signup["Cors"]["AllowOrigins"][0]), (&"NONE".into(), &"*".into()));
    assert!(policy(&simulator, "newsletter-signup").await.is_null());
    assert_eq!(url("store-locator").await["Cors"]["AllowCredentials"], true);
}

#[tokio::test]
async fn planted_secrets_have_the_form_of_real_ones() {
    let simulator = demo().await;
    let functions = functions(&simulator, "us-east-1").await;
    let variable =
        |function: &str, name: &str| functions[function]["Environment"]["Variables"][name].as_str().unwrap().to_owned();
    let key = variable("supplier-import", "AWS_SUPPLIER_KEY_ID");
    assert!(key.starts_with("AKIA") && key.len() == 20);
    let keys = query(&simulator, "iam", "Action=ListAccessKeys&UserName=svc-supplier-import").await;
    assert_eq!(keys.element("AccessKeyId"), Some(key.as_str()));
    assert_eq!(variable("supplier-import", "AWS_SUPPLIER_SECRET_KEY").len(), 40);
    let token = variable("product-reviews", "GITHUB_TOKEN");
    assert!(token.starts_with("ghp_") && token.len() == 40, "{token}");
    assert!(variable("payments-webhook", "STRIPE_SECRET_KEY").starts_with("sk_live_"));
    assert!(variable("price-export", "SFTP_PRIVATE_KEY").starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    assert!(variable("weekly-report", "DATABASE_URL").contains(":Fak3-B3nch-Passw0rd@"));
    assert_eq!(variable("product-reviews", "MODERATION_TOKEN").split('.').count(), 3);
    assert_eq!(functions["tax-report"]["Environment"]["Error"]["ErrorCode"], "AccessDeniedException");
}

#[tokio::test]
async fn functions_stand_well_and_badly_in_the_network() {
    let simulator = demo().await;
    let functions = functions(&simulator, "us-east-1").await;
    let subnets = query(&simulator, "ec2", "Action=DescribeSubnets").await;
    let zones: BTreeMap<&str, &str> =
        subnets.elements("subnetId").into_iter().zip(subnets.elements("availabilityZone")).collect();
    let zones_of = |name: &str| -> Vec<&str> {
        let ids = functions[name]["VpcConfig"]["SubnetIds"].as_array().unwrap();
        ids.iter().map(|id| zones[id.as_str().unwrap()]).collect()
    };
    assert_eq!(zones_of("checkout"), ["us-east-1a", "us-east-1b"]);
    assert_eq!(zones_of("product-search").len(), 1);
    assert_eq!(zones_of("delivery-estimate"), ["us-east-1a", "us-east-1a"]);
    assert_eq!(zones_of("exchange-rates").len(), 2);
}

#[tokio::test]
async fn queues_are_too_quick_for_their_functions() {
    let simulator = demo().await;
    let functions = functions(&simulator, "us-east-1").await;
    let attributes = async |name: &str| {
        let body = serde_json::json!({"QueueUrl": format!("https://x/111122223333/{name}"), "AttributeNames": ["All"]});
        json(&simulator, "sqs", "AmazonSQS.GetQueueAttributes", &body).await.json()["Attributes"].clone()
    };
    let seconds = |attributes: &Value| attributes["VisibilityTimeout"].as_str().unwrap().parse::<u64>().unwrap();
    let timeout = |name: &str| functions[name]["Timeout"].as_u64().unwrap();
    let stock = attributes("stock-updates").await;
    assert!(seconds(&stock) < 6 * timeout("stock-sync") && seconds(&stock) >= timeout("stock-sync"));
    let files = attributes("supplier-files").await;
    assert!(seconds(&files) < timeout("supplier-import") && files.get("RedrivePolicy").is_none());
    let labels = attributes("label-jobs").await;
    assert!(seconds(&labels) >= 6 * timeout("label-printer") && labels.get("RedrivePolicy").is_some());
}

#[tokio::test]
async fn settings_are_of_every_kind() {
    let simulator = demo().await;
    let functions = functions(&simulator, "us-east-1").await;
    let of = |name: &str, member: &str| functions[name][member].clone();
    for runtime in ["python3.8", "nodejs16.x", "ruby3.3", "nodejs24.x"] {
        assert!(functions.values().any(|function| function["Runtime"] == runtime), "{runtime}");
    }
    assert_eq!((of("image-resize", "Timeout"), of("store-locator", "Timeout")), (900.into(), 3.into()));
    assert_eq!(
        (of("image-resize", "MemorySize"), of("image-resize", "EphemeralStorage")["Size"].clone()),
        (10240.into(), 10240.into())
    );
    assert_eq!(of("storefront-api", "LoggingConfig")["LogFormat"], "JSON");
    assert_eq!(of("ftp-sync", "Role"), "arn:aws:iam::111122223333:role/ftp-sync-execution");
    let settings = lambda(&simulator, "eu-west-1", "/2016-08-19/account-settings").await.json();
    assert_eq!(settings["AccountLimit"]["UnreservedConcurrentExecutions"], 150);
    let configs = lambda(&simulator, "us-east-1", "/2020-04-22/code-signing-configs").await.json();
    let mut signed = Vec::new();
    for config in configs["CodeSigningConfigs"].as_array().unwrap() {
        let arn = config["CodeSigningConfigArn"].as_str().unwrap().replace(':', "%3A");
        let answer =
            lambda(&simulator, "us-east-1", &format!("/2020-04-22/code-signing-configs/{arn}/functions")).await;
        signed.push(answer.json()["FunctionArns"].as_array().unwrap().len());
    }
    assert_eq!(signed, [2, 1]);
}

#[tokio::test]
async fn policies_let_in_everyone_partners_and_services() {
    let simulator = demo().await;
    let image = policy(&simulator, "image-resize").await;
    assert!(image["Statement"][1].get("Condition").is_none());
    assert!(policy(&simulator, "order-confirmation").await.to_string().contains("sns:us-east-1"));
    assert!(policy(&simulator, "order-events").await.to_string().contains("AWS:SourceArn"));
    assert!(policy(&simulator, "partner-catalog").await.to_string().contains("aws:PrincipalOrgID"));
    assert!(policy(&simulator, "price-export").await.to_string().contains("444455556666"));
    assert!(policy(&simulator, "ftp-sync").await.to_string().contains("\"AROA"));
    let live = lambda(&simulator, "us-east-1", "/2015-03-31/functions/returns-portal/policy?Qualifier=live").await;
    assert!(live.json()["Policy"].as_str().unwrap().contains("\"Principal\":\"*\""));
    let public = lambda(&simulator, "us-east-1", "/2018-10-31/layers/pdf-fonts/versions/3/policy").await;
    assert_eq!(public.status, 200);
    let body = serde_json::json!({"Filter": "SERVICE_CONTROL_POLICY"});
    let policies = json(&simulator, "organizations", "AWSOrganizationsV20161128.ListPolicies", &body).await.json();
    assert_eq!(policies["Policies"].as_array().unwrap().len(), 3);
}

async fn ecr(simulator: &Simulator, operation: &str, body: Value) -> Value {
    json(simulator, "ecr", &format!("AmazonEC2ContainerRegistry_V20150921.{operation}"), &body).await.json()
}

async fn images(simulator: &Simulator, repository: &str) -> Vec<Value> {
    let body = value!({"repositoryName": repository, "filter": {"imageStatus": "ANY"}});
    ecr(simulator, "DescribeImages", body).await["imageDetails"].as_array().unwrap().clone()
}

async fn scan_status(simulator: &Simulator, repository: &str, image: &Value) -> String {
    let body = value!({"repositoryName": repository, "imageId": {"imageDigest": image["imageDigest"]}});
    let answer = ecr(simulator, "DescribeImageScanFindings", body).await;
    answer["imageScanStatus"]["status"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn repositories_stand_well_and_badly() {
    let simulator = demo().await;
    let all = ecr(&simulator, "DescribeRepositories", value!({})).await["repositories"].as_array().unwrap().clone();
    let (mut count, mut kinds, mut statuses) = (0, BTreeSet::new(), BTreeSet::new());
    for repository in &all {
        let name = repository["repositoryName"].as_str().unwrap();
        for image in images(&simulator, name).await {
            count += 1;
            kinds.insert(image["imageManifestMediaType"].as_str().unwrap().to_owned());
            statuses.insert(scan_status(&simulator, name, &image).await);
        }
    }
    assert!((7..=10).contains(&all.len()) && (15..=30).contains(&count), "{} {count}", all.len());
    assert!(kinds.iter().any(|kind| kind.contains("index")));
    for status in ["ACTIVE", "PENDING", "UNSUPPORTED_IMAGE", "SCAN_ELIGIBILITY_EXPIRED", "IMAGE_ARCHIVED", "none"] {
        assert!(statuses.contains(status), "{status}");
    }
    let policy =
        async |name: &str| ecr(&simulator, "GetRepositoryPolicy", value!({"repositoryName": name})).await.to_string();
    assert!(policy("tools/build-base").await.contains("easy"));
    assert!(policy("partners/catalog-sync").await.contains("ecr:PutImage"));
    assert!(policy("shop/checkout").await.contains("444455556666"));
    assert!(policy("recommendation").await.contains("RepositoryPolicyNotFoundException"));
}

#[tokio::test]
async fn functions_run_images_of_the_repositories() {
    let simulator = demo().await;
    for (function, repository, tag) in
        [("recommendation-engine", "recommendation", "latest"), ("photo-tagger", "photo-tagger", "1.4")]
    {
        let all = images(&simulator, repository).await;
        let tagged = all.iter().find(|image| image["imageTags"][0] == tag).unwrap();
        let answer = lambda(&simulator, "us-east-1", &format!("/2015-03-31/functions/{function}")).await.json();
        let resolved = answer["Code"]["ResolvedImageUri"].as_str().unwrap();
        assert!(resolved.ends_with(tagged["imageDigest"].as_str().unwrap()), "{resolved}");
    }
}

#[tokio::test]
async fn images_hold_planted_secrets() {
    let simulator = demo().await;
    let config = async |repository: &str, tag: &str| {
        let ask = value!({"repositoryName": repository, "imageIds": [{"imageTag": tag}]});
        let image = ecr(&simulator, "BatchGetImage", ask).await["images"][0].clone();
        let manifest: Value = serde_json::from_str(image["imageManifest"].as_str().unwrap()).unwrap();
        let ask = value!({"repositoryName": repository, "layerDigest": manifest["config"]["digest"]});
        let url = ecr(&simulator, "GetDownloadUrlForLayer", ask).await["downloadUrl"].as_str().unwrap().to_owned();
        let path = url.strip_prefix(&simulator.endpoint()).unwrap().to_owned();
        let line = format!("GET {path}");
        let request = Request { line: &line, scope: None, access_key: "", headers: &[], body: "" };
        send(&simulator, &request).await.unwrap().json()
    };
    let recommendation = config("recommendation", "latest").await;
    assert_eq!((&recommendation["config"]["User"], &recommendation["architecture"]), (&"root".into(), &"arm64".into()));
    let token = recommendation["config"]["Env"][0].as_str().unwrap().strip_prefix("GITHUB_TOKEN=").unwrap().to_owned();
    assert!(token.starts_with("ghp_") && token.len() == 40, "{token}");
    let history = config("photo-tagger", "1.4").await["history"].to_string();
    assert!(history.contains("=AKIAFAKEHARBORPINE44 "), "{history}");
    assert_eq!(config("shop/storefront", "3.15.0").await["config"]["User"], "nonroot:nonroot");
}

#[tokio::test]
async fn tasks_are_started_and_reached_well_and_badly() {
    let simulator = demo().await;
    let cluster = "arn:aws:ecs:us-east-1:111122223333:cluster/shop-tasks";
    let events = async |operation: &str, body: Value| {
        json(&simulator, "events", &format!("AWSEvents.{operation}"), &body).await.json()
    };
    let names = events("ListRuleNamesByTarget", value!({"TargetArn": cluster})).await;
    let targets = events("ListTargetsByRule", value!({"Rule": names["RuleNames"][0]})).await;
    assert!(targets["Targets"][0]["Input"].as_str().unwrap().contains("PASSWORD"));
    let pipe = rest(&simulator, "pipes", "GET /v1/pipes/order-jobs", "").await.json();
    assert_eq!(pipe["TargetParameters"]["EcsTaskParameters"]["Overrides"]["TaskRoleArn"], "$.body.role");
    let jobs = rest(&simulator, "batch", "POST /v1/describejobdefinitions", r#"{"status":"ACTIVE"}"#).await.json();
    assert_eq!(jobs["jobDefinitions"][0]["containerProperties"]["privileged"], true);
    let balancers = query(&simulator, "elasticloadbalancing", "Action=DescribeLoadBalancers").await;
    let mut policies = Vec::new();
    for arn in balancers.elements("LoadBalancerArn") {
        let form = format!("Action=DescribeListeners&LoadBalancerArn={arn}");
        let listeners = query(&simulator, "elasticloadbalancing", &form).await;
        policies.push(listeners.element("SslPolicy").unwrap().to_owned());
    }
    assert_eq!(policies, ["ELBSecurityPolicy-TLS-1-0-2015-04", "ELBSecurityPolicy-TLS13-1-2-2021-06"]);
    let roles = query(&simulator, "iam", "Action=ListRoles&MaxItems=1000").await;
    let known = roles.elements("RoleName");
    for role in [&targets["Targets"][0]["RoleArn"], &pipe["RoleArn"]] {
        assert!(known.contains(&role.as_str().unwrap().rsplit('/').next().unwrap()), "{role}");
    }
    let machine = query(&simulator, "ec2", "Action=DescribeInstances&InstanceId.1=i-0c5d9e1f3a7b28640").await;
    assert_eq!(
        (machine.element("httpTokens"), machine.element("httpPutResponseHopLimit")),
        (Some("optional"), Some("2"))
    );
}
