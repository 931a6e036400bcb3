//! Lambda's answers.

use serde_json::{Value, json};

use crate::client::{lambda, simulator};

const ACCOUNT: &str = r#"
account: "111122223333"
page_size: 2
iam:
  roles: [{ name: worker, path: /shop/ }]
regions:
  us-east-1:
    subnets: [{ id: subnet-1, vpc: vpc-1, zone: us-east-1a }]
    lambda:
      code_signing_configs: [{ name: releases, publishers: ["arn:profile"], policy: Enforce }]
      layers:
        - name: fonts
          versions: [{ number: 1 }, { number: 2, policy: { Statement: [{ Principal: "*", Action: lambda:GetLayerVersion }] } }]
      event_source_mappings:
        - { function: full, source: "sqs:jobs" }
        - { function: "full:live", source: "kinesis:stream/clicks", on_failure: "sqs:failed" }
        - { function: plain, source: "sqs:other" }
      functions:
        - name: plain
        - name: full
          role: worker
          runtime: python3.13
          timeout: 60
          environment: { COLOR: teal }
          vpc: { subnets: [subnet-1], security_groups: [sg-1] }
          layers: [{ arn: "arn:layer:1", signing_profile: "arn:profile" }]
          dead_letter: "sqs:failed"
          code_signing: releases
          policy: { Statement: [{ Sid: all, Principal: "*", Action: lambda:InvokeFunction }] }
          url: { auth: NONE, cors: { credentials: true, origins: ["*"] } }
          event_invoke: { on_failure: "sqs:failed", retries: 1 }
          reserved_concurrency: 7
          recursion: Allow
          tags: { team: shop }
          versions: [{ number: "3", runtime: python3.12 }]
          aliases:
            - name: live
              version: "3"
              policy: { Statement: [{ Sid: live, Principal: { AWS: "444455556666" }, Action: lambda:InvokeFunction }] }
              url: {}
        - name: secret
          role: gone
          environment_error: { message: KMS access was denied }
        - name: picture
          image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/picture:latest
"#;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:full";

async fn get(path: &str) -> Value {
    let simulator = simulator(ACCOUNT).await;
    let answer = lambda(&simulator, "us-east-1", path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

async fn missing(path: &str) -> String {
    let simulator = simulator(ACCOUNT).await;
    let answer = lambda(&simulator, "us-east-1", path).await;
    assert_eq!(answer.status, 404, "{}", answer.body);
    assert_eq!(answer.header("x-amzn-errortype"), Some("ResourceNotFoundException"));
    answer.json()["Message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn functions_come_in_pages_until_there_is_no_marker() {
    let simulator = simulator(ACCOUNT).await;
    let (mut names, mut path) = (Vec::new(), "/2015-03-31/functions?MaxItems=50".to_owned());
    loop {
        let page = lambda(&simulator, "us-east-1", &path).await.json();
        let functions = page["Functions"].as_array().unwrap();
        names.extend(functions.iter().map(|function| function["FunctionName"].as_str().unwrap().to_owned()));
        let Some(marker) = page["NextMarker"].as_str() else { break };
        path = format!("/2015-03-31/functions?Marker={marker}");
    }
    assert_eq!(names, ["plain", "full", "secret", "picture"]);
}

#[tokio::test]
async fn a_marker_of_another_list_is_refused() {
    let simulator = simulator(ACCOUNT).await;
    let page = lambda(&simulator, "us-east-1", "/2015-03-31/functions").await.json();
    let marker = page["NextMarker"].as_str().unwrap();
    let answer = lambda(&simulator, "us-east-1", &format!("/2015-03-31/event-source-mappings?Marker={marker}")).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("x-amzn-errortype"), Some("InvalidParameterValueException"));
}

#[tokio::test]
async fn a_function_with_only_a_name_is_as_aws_makes_it() {
    let page = get("/2015-03-31/functions").await;
    let plain = &page["Functions"][0];
    assert_eq!(plain["Role"], "arn:aws:iam::111122223333:role/plain-role");
    assert_eq!((&plain["Timeout"], &plain["MemorySize"]), (&json!(3), &json!(128)));
    assert_eq!(plain["LoggingConfig"], json!({"LogFormat": "Text", "LogGroup": "/aws/lambda/plain"}));
    assert_eq!(plain["TracingConfig"]["Mode"], "PassThrough");
    assert_eq!(plain["EphemeralStorage"]["Size"], 512);
    assert_eq!(plain["PackageType"], "Zip");
    for absent in ["VpcConfig", "Environment", "DeadLetterConfig", "Layers", "KMSKeyArn", "State"] {
        assert!(plain.get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn a_listed_function_carries_what_the_file_says() {
    let page = get("/2015-03-31/functions").await;
    let full = &page["Functions"][1];
    assert_eq!(full["FunctionArn"], FUNCTION);
    assert_eq!(full["Role"], "arn:aws:iam::111122223333:role/shop/worker");
    assert_eq!(full["Environment"], json!({"Variables": {"COLOR": "teal"}}));
    assert_eq!(full["VpcConfig"]["VpcId"], "vpc-1");
    assert_eq!(full["VpcConfig"]["SubnetIds"], json!(["subnet-1"]));
    assert_eq!(full["DeadLetterConfig"]["TargetArn"], "arn:aws:sqs:us-east-1:111122223333:failed");
    assert_eq!(full["Layers"][0]["SigningProfileVersionArn"], "arn:profile");
    assert_eq!(full["CodeSha256"].as_str().unwrap().len(), 44);
    assert_eq!(full["LastModified"], "2025-03-05T09:12:00.000+0000");
}

#[tokio::test]
async fn all_versions_are_listed_when_asked_for() {
    let simulator = simulator(&ACCOUNT.replace("page_size: 2", "page_size: 50")).await;
    let page = lambda(&simulator, "us-east-1", "/2015-03-31/functions?FunctionVersion=ALL").await.json();
    let versions: Vec<(&str, &str)> = page["Functions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|function| (function["FunctionName"].as_str().unwrap(), function["Version"].as_str().unwrap()))
        .collect();
    assert_eq!(
        versions,
        [("plain", "$LATEST"), ("full", "$LATEST"), ("full", "3"), ("secret", "$LATEST"), ("picture", "$LATEST")]
    );
    assert_eq!(page["Functions"][2]["FunctionArn"], format!("{FUNCTION}:3"));
    assert_eq!(page["Functions"][2]["Runtime"], "python3.12");
    let own = lambda(&simulator, "us-east-1", "/2015-03-31/functions/full/versions").await.json();
    assert_eq!(own["Versions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_environment_that_cannot_be_decrypted_says_so() {
    let secret = get("/2015-03-31/functions/secret/configuration").await;
    assert_eq!(
        secret["Environment"],
        json!({"Error": {"ErrorCode": "AccessDeniedException", "Message": "KMS access was denied"}})
    );
    assert_eq!(secret["Role"], "arn:aws:iam::111122223333:role/gone");
    assert_eq!(secret["State"], "Active");
}

#[tokio::test]
async fn an_image_function_tells_its_image_and_digest() {
    let picture = get("/2015-03-31/functions/picture").await;
    assert_eq!(picture["Configuration"]["PackageType"], "Image");
    assert!(picture["Configuration"].get("Runtime").is_none());
    assert!(picture["Code"]["ImageUri"].as_str().unwrap().ends_with("/picture:latest"));
    let resolved = picture["Code"]["ResolvedImageUri"].as_str().unwrap();
    assert!(resolved.starts_with("111122223333.dkr.ecr.us-east-1.amazonaws.com/picture@sha256:"), "{resolved}");
}

#[tokio::test]
async fn a_function_is_found_by_name_arn_and_alias() {
    let encoded = FUNCTION.replace(':', "%3A");
    for name in ["full", &encoded, "111122223333%3Afunction%3Afull", "full%3Alive"] {
        let answer = get(&format!("/2015-03-31/functions/{name}")).await;
        assert_eq!(answer["Configuration"]["FunctionName"], "full");
        assert_eq!(answer["Concurrency"]["ReservedConcurrentExecutions"], 7);
        assert_eq!(answer["Tags"]["team"], "shop");
    }
    assert_eq!(
        missing("/2015-03-31/functions/nobody").await,
        "Function not found: arn:aws:lambda:us-east-1:111122223333:function:nobody"
    );
    assert!(missing("/2015-03-31/functions/full?Qualifier=9").await.ends_with("function:full:9"));
}

#[tokio::test]
async fn function_and_alias_have_policies_of_their_own() {
    let own = get("/2015-03-31/functions/full/policy").await;
    let policy: Value = serde_json::from_str(own["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Id"], "default");
    assert_eq!(policy["Statement"][0]["Resource"], FUNCTION);
    let of_alias = get("/2015-03-31/functions/full/policy?Qualifier=live").await;
    assert!(of_alias["Policy"].as_str().unwrap().contains(&format!("{FUNCTION}:live")));
    assert_eq!(missing("/2015-03-31/functions/plain/policy").await, "The resource you requested does not exist.");
    missing("/2015-03-31/functions/full/policy?Qualifier=3").await;
}

#[tokio::test]
async fn the_newer_policy_call_takes_an_arn() {
    let encoded = FUNCTION.replace(':', "%3A");
    let own = get(&format!("/2026-07-09/resource-policy/{encoded}")).await;
    assert!(own["Policy"].as_str().unwrap().contains("\"Sid\":\"all\""));
    let of_alias = get(&format!("/2026-07-09/resource-policy/{encoded}%3Alive")).await;
    assert!(of_alias["Policy"].as_str().unwrap().contains("\"Sid\":\"live\""));
    missing(&format!("/2026-07-09/resource-policy/{}", encoded.replace("full", "plain"))).await;
}

#[tokio::test]
async fn urls_of_function_and_alias_are_listed() {
    let urls = get("/2021-10-31/functions/full/urls").await;
    let configs = urls["FunctionUrlConfigs"].as_array().unwrap();
    assert_eq!(configs.len(), 2);
    assert_eq!(configs[0]["AuthType"], "NONE");
    assert_eq!(configs[0]["Cors"], json!({"AllowCredentials": true, "AllowOrigins": ["*"]}));
    assert!(configs[0]["FunctionUrl"].as_str().unwrap().ends_with(".lambda-url.us-east-1.on.aws/"));
    assert_eq!(configs[1]["FunctionArn"], format!("{FUNCTION}:live"));
    assert_eq!(configs[1]["AuthType"], "AWS_IAM");
    assert_eq!(get("/2021-10-31/functions/plain/urls").await["FunctionUrlConfigs"], json!([]));
    missing("/2021-10-31/functions/plain/url").await;
}

#[tokio::test]
async fn what_has_a_call_of_its_own_answers() {
    let full = |date: &str, what: &str| format!("/{date}/functions/full/{what}");
    assert_eq!(get(&full("2019-09-30", "concurrency")).await, json!({"ReservedConcurrentExecutions": 7}));
    assert_eq!(get("/2019-09-30/functions/plain/concurrency").await, json!({}));
    assert_eq!(get(&full("2024-08-31", "recursion-config")).await, json!({"RecursiveLoop": "Allow"}));
    assert_eq!(get(&full("2021-07-20", "runtime-management-config")).await["UpdateRuntimeOn"], "Auto");
    assert_eq!(get(&full("2015-03-31", "aliases")).await["Aliases"][0]["FunctionVersion"], "3");
    let invoke = get(&full("2019-09-25", "event-invoke-config/list")).await;
    let destination = &invoke["FunctionEventInvokeConfigs"][0]["DestinationConfig"]["OnFailure"]["Destination"];
    assert_eq!(*destination, "arn:aws:sqs:us-east-1:111122223333:failed");
    let tags = get(&format!("/2017-03-31/tags/{}", FUNCTION.replace(':', "%3A"))).await;
    assert_eq!(tags, json!({"Tags": {"team": "shop"}}));
    let settings = get("/2016-08-19/account-settings").await;
    assert_eq!(settings["AccountLimit"]["UnreservedConcurrentExecutions"], 993);
    assert_eq!(settings["AccountUsage"]["FunctionCount"], 4);
}

#[tokio::test]
async fn event_source_mappings_can_be_asked_for_by_function() {
    let first = get("/2015-03-31/event-source-mappings").await;
    assert!(first["NextMarker"].is_string());
    let of_full = get("/2015-03-31/event-source-mappings?FunctionName=full").await;
    let mappings = of_full["EventSourceMappings"].as_array().unwrap();
    assert_eq!(mappings.len(), 2);
    assert_eq!(mappings[0]["EventSourceArn"], "arn:aws:sqs:us-east-1:111122223333:jobs");
    assert!(mappings[0].get("MaximumRetryAttempts").is_none());
    assert_eq!(mappings[1]["FunctionArn"], format!("{FUNCTION}:live"));
    assert_eq!(mappings[1]["MaximumRetryAttempts"], -1);
    assert_eq!(
        mappings[1]["DestinationConfig"]["OnFailure"]["Destination"],
        "arn:aws:sqs:us-east-1:111122223333:failed"
    );
}

#[tokio::test]
async fn layers_and_their_policies_answer() {
    let layers = get("/2018-10-31/layers").await;
    assert_eq!(layers["Layers"][0]["LatestMatchingVersion"]["Version"], 2);
    let versions = get("/2018-10-31/layers/fonts/versions").await;
    assert_eq!(versions["LayerVersions"].as_array().unwrap().len(), 2);
    let policy = get("/2018-10-31/layers/fonts/versions/2/policy").await;
    assert!(policy["Policy"].as_str().unwrap().contains("layer:fonts:2"));
    missing("/2018-10-31/layers/fonts/versions/1/policy").await;
    missing("/2018-10-31/layers/fonts/versions/9/policy").await;
}

#[tokio::test]
async fn code_signing_is_told_from_both_sides() {
    let configs = get("/2020-04-22/code-signing-configs").await;
    let config = &configs["CodeSigningConfigs"][0];
    assert_eq!(config["CodeSigningPolicies"]["UntrustedArtifactOnDeployment"], "Enforce");
    let arn = config["CodeSigningConfigArn"].as_str().unwrap();
    let functions = get(&format!("/2020-04-22/code-signing-configs/{}/functions", arn.replace(':', "%3A"))).await;
    assert_eq!(functions["FunctionArns"], json!([FUNCTION]));
    let of_function = get("/2020-06-30/functions/full/code-signing-config").await;
    assert_eq!(of_function["CodeSigningConfigArn"], arn);
    assert_eq!(get("/2020-06-30/functions/plain/code-signing-config").await, json!({"FunctionName": "plain"}));
}

#[tokio::test]
async fn another_partition_has_other_arns() {
    let yaml = ACCOUNT.replace("page_size: 2", "partition: aws-us-gov").replace("us-east-1:", "us-gov-west-1:");
    let simulator = simulator(&yaml).await;
    let page = lambda(&simulator, "us-gov-west-1", "/2015-03-31/functions").await.json();
    assert_eq!(page["Functions"][0]["Role"], "arn:aws-us-gov:iam::111122223333:role/plain-role");
    assert_eq!(
        page["Functions"][1]["DeadLetterConfig"]["TargetArn"],
        "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:failed"
    );
}
