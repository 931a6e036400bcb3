//! ECR and ECR Public: lists and settings.

use std::collections::BTreeSet;

use palisade_simulator::{Account, Denial, Faults, Outcome, Simulator};
use serde_json::{Value, json as value};

use crate::client::{self, Request, send, simulator, with_faults};

pub(crate) const ACCOUNT: &str = r#"
account: "111122223333"
ecr_public:
  alias: tools
  repositories:
    - { name: cli, policy: { Statement: [{ Principal: "*", Action: ecr-public:PutImage }] } }
    - { name: data }
regions:
  us-east-1:
    lambda: { functions: [{ name: tagger, image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api:1.0" }] }
    ecr:
      scanning: { type: BASIC, rules: [{ frequency: SCAN_ON_PUSH, filters: ["shop/*"] }] }
      policy: { Statement: [{ Principal: "*", Action: "ecr:*", Resource: "*" }] }
      policy_scope: V1
      pull_time_exclusions: ["arn:aws:iam::111122223333:role/scanner"]
      replication: [{ destinations: [{ region: eu-west-1 }, { region: us-east-1, account: "444455556666" }], prefixes: [shop/] }]
      pull_through: [{ prefix: hub, upstream: registry-1.docker.io, registry: docker-hub, credential: "secretsmanager:secret:hub" }]
      templates: [{ prefix: hub, lifecycle: { rules: [] }, encryption: { key: "kms:key/k" } }]
      signing: [{ profile: "arn:aws:signer:us-east-1:111122223333:/signing-profiles/p", filters: ["shop/*"] }]
      repositories:
        - name: shop/api
          mutability: IMMUTABLE_WITH_EXCLUSION
          exclusions: ["dev-*"]
          encryption: { key: "kms:key/k" }
          policy: { Statement: [{ Sid: all, Principal: "*", Action: ecr:BatchGetImage }] }
          lifecycle: { rules: [{ rulePriority: 1 }] }
          tags: { team: shop }
          images:
            - tags: ["1.0", stable]
              pushed: 2026-01-02T03:04:05Z
              last_pulled: 2026-02-03
              config: { user: app, env: { A: b }, ports: [80/tcp], history: ["RUN make", "USER app"] }
              layers: [{ files: { etc/passwd: "app:x:7:7::/:/bin/sh\n" } }, { size: 9000000 }]
              attached: [cosign_tag, sbom]
              signing: [{ status: FAILED, reason: revoked }]
              scan:
                at: 2026-01-02
                findings:
                  - { id: CVE-1, severity: CRITICAL, package: a, version: "1", fixed_in: "2", score: 9.1 }
                  - { id: CVE-2, severity: LOW, package: b, version: "1" }
            - { tags: [many], platforms: [linux/amd64, linux/arm64/v8], docker: true }
            - { tags: [old], status: ARCHIVED, archived: 2025-12-01, scan: { status: FAILED, description: no } }
            - { scan: { summary: true, counts: { high: 3 } } }
        - { name: plain }
        - { name: raw, lifecycle: "{not json" }
  eu-west-1: {}
"#;

async fn ecr_in(simulator: &Simulator, region: &str, operation: &str, body: Value) -> client::Answer {
    let target = format!("AmazonEC2ContainerRegistry_V20150921.{operation}");
    let request = Request {
        line: "POST /",
        scope: Some(("ecr", region)),
        access_key: "AKIATEST",
        headers: &[("x-amz-target", &target), ("content-type", "application/x-amz-json-1.1")],
        body: &body.to_string(),
    };
    send(simulator, &request).await.unwrap()
}

pub(crate) async fn ecr(simulator: &Simulator, operation: &str, body: Value) -> Value {
    ecr_in(simulator, "us-east-1", operation, body).await.json()
}

pub(crate) async fn api(simulator: &Simulator, operation: &str, mut body: Value) -> Value {
    body["repositoryName"] = "shop/api".into();
    ecr(simulator, operation, body).await
}

pub(crate) async fn refused(simulator: &Simulator, operation: &str, body: Value) -> String {
    let answer = ecr_in(simulator, "us-east-1", operation, body).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    answer.json()["__type"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whose_pulls_are_not_recorded_is_listed() {
    let simulator = simulator(ACCOUNT).await;
    let listed = ecr(&simulator, "ListPullTimeUpdateExclusions", value!({})).await;
    assert_eq!(listed, value!({"pullTimeUpdateExclusions": ["arn:aws:iam::111122223333:role/scanner"]}));
    let none = ecr_in(&simulator, "eu-west-1", "ListPullTimeUpdateExclusions", value!({})).await.json();
    assert_eq!(none, value!({"pullTimeUpdateExclusions": []}));
}

#[tokio::test]
async fn repositories_tell_their_settings() {
    let simulator = simulator(ACCOUNT).await;
    let all = ecr(&simulator, "DescribeRepositories", value!({})).await["repositories"].clone();
    let first = &all[0];
    assert_eq!(first["repositoryArn"], "arn:aws:ecr:us-east-1:111122223333:repository/shop/api");
    assert_eq!(first["repositoryUri"], "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api");
    assert_eq!(first["imageTagMutabilityExclusionFilters"], value!([{"filterType": "WILDCARD", "filter": "dev-*"}]));
    assert_eq!(
        first["encryptionConfiguration"],
        value!({"encryptionType": "KMS", "kmsKey": "arn:aws:kms:us-east-1:111122223333:key/k"})
    );
    assert!(first["createdAt"].is_number());
    assert_eq!(all[1]["imageTagMutability"], "MUTABLE");
    assert_eq!(all[1]["encryptionConfiguration"], value!({"encryptionType": "AES256"}));
    assert!(all[1].get("imageTagMutabilityExclusionFilters").is_none());
    let named = ecr(&simulator, "DescribeRepositories", value!({"repositoryNames": ["plain"]})).await;
    assert_eq!(named["repositories"].as_array().unwrap().len(), 1);
    let missing = refused(&simulator, "DescribeRepositories", value!({"repositoryNames": ["nothing"]})).await;
    assert_eq!(missing, "RepositoryNotFoundException");
    assert_eq!(
        ecr_in(&simulator, "eu-west-1", "DescribeRepositories", value!({})).await.json()["repositories"],
        value!([])
    );
}

#[tokio::test]
async fn every_list_comes_in_pages() {
    let simulator = simulator(&ACCOUNT.replace("\nregions", "\npage_size: 1\nregions")).await;
    let lists = [
        ("DescribeRepositories", "/repositories", 3),
        ("DescribeImages", "/imageDetails", 8),
        ("DescribeImageScanFindings", "/imageScanFindings/findings", 2),
        ("DescribePullThroughCacheRules", "/pullThroughCacheRules", 1),
        ("DescribeRepositoryCreationTemplates", "/repositoryCreationTemplates", 1),
    ];
    for (operation, place, count) in lists {
        let (mut seen, mut token) = (BTreeSet::new(), Value::Null);
        loop {
            let mut body = value!({"nextToken": token, "imageId": {"imageTag": "1.0"}});
            if operation != "DescribeRepositories" {
                body["filter"] = value!({"imageStatus": "ANY"});
            }
            let page = api(&simulator, operation, body).await;
            let items = page.pointer(place).unwrap().as_array().unwrap().clone();
            assert_eq!(items.len(), 1, "{operation}");
            seen.insert(items[0].to_string());
            token = page["nextToken"].clone();
            if token.is_null() {
                break;
            }
        }
        assert_eq!(seen.len(), count, "{operation}");
    }
    let wrong = refused(&simulator, "DescribeRepositories", value!({"nextToken": "zzz"})).await;
    assert_eq!(wrong, "InvalidParameterException");
}

#[tokio::test]
async fn what_is_not_there_has_its_own_error() {
    let simulator = simulator(ACCOUNT).await;
    let plain = || value!({"repositoryName": "plain", "imageId": {"imageTag": "x"}, "imageIds": [{"imageTag": "x"}]});
    assert_eq!(refused(&simulator, "GetRepositoryPolicy", plain()).await, "RepositoryPolicyNotFoundException");
    assert_eq!(refused(&simulator, "GetLifecyclePolicy", plain()).await, "LifecyclePolicyNotFoundException");
    assert_eq!(refused(&simulator, "DescribeImages", plain()).await, "ImageNotFoundException");
    assert_eq!(refused(&simulator, "DescribeImageScanFindings", plain()).await, "ImageNotFoundException");
    assert_eq!(refused(&simulator, "DescribeImages", value!({})).await, "InvalidParameterException");
    for operation in ["GetRepositoryPolicy", "GetLifecyclePolicy", "DescribeImages", "BatchGetImage"] {
        let missing = refused(&simulator, operation, value!({"repositoryName": "nothing"})).await;
        assert_eq!(missing, "RepositoryNotFoundException");
    }
    let unscanned = value!({"repositoryName": "shop/api", "imageId": {"imageTag": "many"}});
    assert_eq!(refused(&simulator, "DescribeImageScanFindings", unscanned).await, "ScanNotFoundException");
    let unknown = refused(&simulator, "GetAccountSetting", value!({"name": "COLOUR"})).await;
    assert_eq!(unknown, "ValidationException");
    let elsewhere =
        async |operation| ecr_in(&simulator, "eu-west-1", operation, value!({})).await.json()["__type"].clone();
    assert_eq!(elsewhere("GetRegistryPolicy").await, "RegistryPolicyNotFoundException");
    assert_eq!(elsewhere("GetSigningConfiguration").await, "SigningConfigurationNotFoundException");
    assert!(
        simulator
            .calls()
            .iter()
            .filter(|call| call.action == "ecr:GetRegistryPolicy")
            .all(|call| call.outcome == Outcome::NotFound)
    );
    assert_eq!(refused(&simulator, "DeleteRepository", plain()).await, "UnknownOperationException");
}

#[tokio::test]
async fn policies_are_text() {
    let simulator = simulator(ACCOUNT).await;
    let policy = api(&simulator, "GetRepositoryPolicy", value!({})).await;
    assert_eq!(
        policy["policyText"],
        r#"{"Version":"2012-10-17","Statement":[{"Action":"ecr:BatchGetImage","Effect":"Allow","Principal":"*","Sid":"all"}]}"#
    );
    let lifecycle = api(&simulator, "GetLifecyclePolicy", value!({})).await;
    assert_eq!(lifecycle["lifecyclePolicyText"], r#"{"rules":[{"rulePriority":1}]}"#);
    let raw = ecr(&simulator, "GetLifecyclePolicy", value!({"repositoryName": "raw"})).await;
    assert_eq!(raw["lifecyclePolicyText"], "{not json");
    let registry = ecr(&simulator, "GetRegistryPolicy", value!({})).await;
    assert!(registry["policyText"].as_str().unwrap().contains("\"ecr:*\""));
}

#[tokio::test]
async fn the_registry_tells_its_settings() {
    let simulator = simulator(ACCOUNT).await;
    let setting =
        async |name: &str| ecr(&simulator, "GetAccountSetting", value!({"name": name})).await["value"].clone();
    assert_eq!(setting("REGISTRY_POLICY_SCOPE").await, "V1");
    assert_eq!(setting("BASIC_SCAN_TYPE_VERSION").await, "AWS_NATIVE");
    let replication = ecr(&simulator, "DescribeRegistry", value!({})).await["replicationConfiguration"].clone();
    assert_eq!(
        replication["rules"][0],
        value!({
            "destinations": [
                {"region": "eu-west-1", "registryId": "111122223333"},
                {"region": "us-east-1", "registryId": "444455556666"},
            ],
            "repositoryFilters": [{"filter": "shop/", "filterType": "PREFIX_MATCH"}],
        })
    );
    let scanning = ecr(&simulator, "GetRegistryScanningConfiguration", value!({})).await;
    assert_eq!(
        scanning["scanningConfiguration"],
        value!({"scanType": "BASIC", "rules": [
            {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "shop/*", "filterType": "WILDCARD"}]},
        ]})
    );
    let rule = ecr(&simulator, "DescribePullThroughCacheRules", value!({})).await["pullThroughCacheRules"][0].clone();
    assert_eq!(rule["credentialArn"], "arn:aws:secretsmanager:us-east-1:111122223333:secret:hub");
    let template =
        ecr(&simulator, "DescribeRepositoryCreationTemplates", value!({})).await["repositoryCreationTemplates"][0]
            .clone();
    assert_eq!(
        (&template["imageTagMutability"], &template["lifecyclePolicy"]),
        (&"MUTABLE".into(), &r#"{"rules":[]}"#.into())
    );
    let signing = ecr(&simulator, "GetSigningConfiguration", value!({})).await["signingConfiguration"].clone();
    assert_eq!(
        signing["rules"][0]["repositoryFilters"],
        value!([{"filter": "shop/*", "filterType": "WILDCARD_MATCH"}])
    );
}

#[tokio::test]
async fn images_are_listed_by_status_and_tag() {
    let simulator = simulator(ACCOUNT).await;
    let list = async |filter: Value| {
        api(&simulator, "DescribeImages", value!({"filter": filter})).await["imageDetails"].clone()
    };
    let count = async |filter: Value| list(filter).await.as_array().unwrap().len();
    assert_eq!(count(Value::Null).await, 7);
    assert_eq!(count(value!({"imageStatus": "ARCHIVED"})).await, 1);
    assert_eq!(count(value!({"imageStatus": "ANY"})).await, 8);
    assert_eq!(count(value!({"tagStatus": "TAGGED"})).await, 3);
    assert_eq!(count(value!({"tagStatus": "UNTAGGED"})).await, 4);
    let body = value!({"repositoryName": "shop/api", "filter": {"imageStatus": "LOST"}});
    assert_eq!(refused(&simulator, "DescribeImages", body).await, "InvalidParameterException");
    let all = list(value!({"imageStatus": "ANY"})).await;
    let first = &all[0];
    assert_eq!(first["imageTags"], value!(["1.0", "stable"]));
    assert_eq!(first["imagePushedAt"], value!(1_767_323_045.0));
    assert_eq!(first["imageManifestMediaType"], "application/vnd.oci.image.manifest.v1+json");
    // The scans of today are not told here.
    assert!(first.get("imageScanStatus").is_none() && first.get("imageScanFindingsSummary").is_none());
    let hex = first["imageDigest"].as_str().unwrap().replace(':', "-");
    assert_eq!(all[1]["imageTags"], value!([format!("{hex}.sig")]));
    assert_eq!(
        (&all[2]["artifactMediaType"], &all[2]["subjectManifestDigest"]),
        (&"application/spdx+json".into(), &first["imageDigest"])
    );
    let index = &all[3];
    assert_eq!(index["imageManifestMediaType"], "application/vnd.docker.distribution.manifest.list.v2+json");
    assert_eq!((&all[4]["imageTags"], &all[5]["imageSizeInBytes"]), (&Value::Null, &index["imageSizeInBytes"]));
    assert_eq!((&all[6]["imageStatus"], &all[6]["lastArchivedAt"]), (&"ARCHIVED".into(), &value!(1_764_547_200.0)));
    assert_eq!(all[7]["imageScanFindingsSummary"]["findingSeverityCounts"], value!({"HIGH": 3}));
}

#[tokio::test]
async fn native_scans_tell_status_counts_and_findings() {
    let simulator = simulator(ACCOUNT).await;
    let of =
        async |tag: &str| api(&simulator, "DescribeImageScanFindings", value!({"imageId": {"imageTag": tag}})).await;
    let scan = of("1.0").await;
    assert_eq!(scan["imageScanStatus"]["status"], "COMPLETE");
    let found = &scan["imageScanFindings"];
    assert_eq!(found["findingSeverityCounts"], value!({"CRITICAL": 1, "LOW": 1}));
    assert_eq!(
        (&found["findings"][0]["name"], &found["findings"][0]["severity"]),
        (&"CVE-1".into(), &"CRITICAL".into())
    );
    assert!(found["findings"][0]["attributes"].to_string().contains("fixed_in_version"));
    assert!(!found["findings"][1]["attributes"].to_string().contains("fixed_in_version"));
    let failed = of("old").await;
    assert_eq!(failed["imageScanStatus"], value!({"status": "FAILED", "description": "no"}));
    assert!(failed.get("imageScanFindings").is_none());
}

#[tokio::test]
async fn signatures_are_told_where_they_are_configured() {
    let simulator = simulator(ACCOUNT).await;
    let answer = api(&simulator, "DescribeImageSigningStatus", value!({"imageId": {"imageTag": "1.0"}})).await;
    let status = &answer["signingStatuses"][0];
    assert_eq!((&status["status"], &status["failureReason"]), (&"FAILED".into(), &"revoked".into()));
    assert_eq!(status["signingProfileArn"], "arn:aws:signer:us-east-1:111122223333:/signing-profiles/p");
    let none = api(&simulator, "DescribeImageSigningStatus", value!({"imageId": {"imageTag": "many"}})).await;
    assert_eq!(none["signingStatuses"], value!([]));
}

#[tokio::test]
async fn repositories_are_tagged() {
    let simulator = simulator(ACCOUNT).await;
    let body = value!({"ResourceTypeFilters": ["ecr:repository"]});
    let answer =
        client::json(&simulator, "tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", &body).await.json();
    let arn = "arn:aws:ecr:us-east-1:111122223333:repository/shop/api";
    assert_eq!(
        answer["ResourceTagMappingList"],
        value!([{"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "shop"}]}])
    );
}

#[tokio::test]
async fn a_denial_names_the_repository() {
    let faults = Faults { deny: vec![Denial::of("ecr:GetRepositoryPolicy")], ..Faults::default() };
    let simulator = with_faults(ACCOUNT, faults).await;
    let denied = api(&simulator, "GetRepositoryPolicy", value!({})).await;
    assert_eq!(denied["__type"], "AccessDeniedException");
    let message = denied["message"].as_str().unwrap();
    assert!(
        message.contains("ecr:GetRepositoryPolicy on resource: arn:aws:ecr:us-east-1:111122223333:repository/shop/api")
    );
}

#[tokio::test]
async fn public_repositories_are_served_in_one_region() {
    let simulator = simulator(ACCOUNT).await;
    let ask = async |region: &str, operation: &str, body: Value| {
        let target = format!("SpencerFrontendService.{operation}");
        let request = Request {
            line: "POST /",
            scope: Some(("ecr-public", region)),
            access_key: "AKIATEST",
            headers: &[("x-amz-target", &target)],
            body: &body.to_string(),
        };
        send(&simulator, &request).await.unwrap().json()
    };
    let all = ask("us-east-1", "DescribeRepositories", value!({})).await;
    assert_eq!(all["repositories"][0]["repositoryArn"], "arn:aws:ecr-public::111122223333:repository/cli");
    assert_eq!(all["repositories"][0]["repositoryUri"], "public.ecr.aws/tools/cli");
    let page = ask("us-east-1", "DescribeRepositories", value!({"maxResults": 1})).await;
    assert!(page["nextToken"].is_string());
    let policy = ask("us-east-1", "GetRepositoryPolicy", value!({"repositoryName": "cli"})).await;
    assert!(policy["policyText"].as_str().unwrap().contains("ecr-public:PutImage"));
    let missing = ask("us-east-1", "GetRepositoryPolicy", value!({"repositoryName": "data"})).await;
    assert_eq!(missing["__type"], "RepositoryPolicyNotFoundException");
    let unknown = ask("us-east-1", "GetRepositoryPolicy", value!({"repositoryName": "x"})).await;
    assert_eq!(unknown["__type"], "RepositoryNotFoundException");
    let elsewhere = ask("eu-west-1", "DescribeRepositories", value!({})).await;
    assert_eq!(elsewhere["__type"], "UnsupportedCommandException");
}

#[test]
fn an_account_file_with_two_of_a_name_is_refused() {
    let read = |repositories: &str| {
        let yaml = format!(
            "account: \"111122223333\"\nregions: {{ us-east-1: {{ ecr: {{ repositories: [{repositories}] }} }} }}"
        );
        Account::from_yaml(&yaml).unwrap_err().to_string()
    };
    assert!(read("{ name: a }, { name: a }").contains("two repositories called `a`"));
    assert!(read("{ name: a, images: [{ tags: [x] }, { tags: [x] }] }").contains("have the tag `x`"));
    assert!(read("{ name: a, images: [{ fault: rust }] }").contains("rust"));
}
