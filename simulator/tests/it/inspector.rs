//! Inspector: status, coverage, aggregations and findings of images.

use palisade_simulator::Simulator;
use serde_json::{Value, json as value};

use crate::client::{Answer, Request, send, simulator};

const ACCOUNT: &str = r#"
account: "111122223333"
regions:
  us-east-1:
    ecr:
      scanning:
        type: ENHANCED
        rules: [{ frequency: CONTINUOUS_SCAN, filters: ["shop/*"] }, { frequency: SCAN_ON_PUSH, filters: [tools] }]
      repositories:
        - name: shop/api
          images:
            - tags: ["2"]
              last_pulled: 2026-02-03
              inspector:
                at: 2026-02-02
                in_use: { count: 3, last: 2026-02-01 }
                findings:
                  - { id: CVE-1, severity: CRITICAL, package: a, version: "1", fixed_in: "2", exploit: true, score: 9.8, epss: 0.5 }
                  - { id: CVE-2, severity: HIGH, package: b, version: "1" }
                  - { id: CVE-3, severity: HIGH, package: c, version: "1", status: CLOSED }
            - { tags: ["1"], inspector: {} }
            - { tags: [many], platforms: [linux/amd64, linux/arm64], attached: [sbom], inspector: { counts: { low: 2 } } }
        - { name: tools, images: [{ tags: [t], inspector: { status: INACTIVE, reason: UNSUPPORTED_OS } }, { tags: [u] }] }
        - { name: other }
  eu-west-1: {}
  us-west-2: { inspector: { status: ENABLED, ecr: DISABLED } }
"#;

async fn ask_in(simulator: &Simulator, region: &str, path: &str, body: Value) -> Answer {
    let request = Request {
        line: &format!("POST {path}"),
        scope: Some(("inspector2", region)),
        access_key: "AKIATEST",
        headers: &[("content-type", "application/json")],
        body: &body.to_string(),
    };
    send(simulator, &request).await.unwrap()
}

async fn ask(simulator: &Simulator, path: &str, body: Value) -> Value {
    ask_in(simulator, "us-east-1", path, body).await.json()
}

fn equals(value: &str) -> Value {
    value!([{"comparison": "EQUALS", "value": value}])
}

#[tokio::test]
async fn the_status_follows_the_registry_unless_the_file_says_it() {
    let simulator = simulator(ACCOUNT).await;
    let status = async |region: &str| {
        let answer = ask_in(&simulator, region, "/status/batch/get", value!({})).await.json();
        let account = answer["accounts"][0].clone();
        (account["state"]["status"].clone(), account["resourceState"]["ecr"]["status"].clone())
    };
    assert_eq!(status("us-east-1").await, ("ENABLED".into(), "ENABLED".into()));
    assert_eq!(status("eu-west-1").await, ("DISABLED".into(), "DISABLED".into()));
    assert_eq!(status("us-west-2").await, ("ENABLED".into(), "DISABLED".into()));
    let foreign = ask(&simulator, "/status/batch/get", value!({"accountIds": ["444455556666"]})).await;
    assert_eq!(
        (&foreign["accounts"], &foreign["failedAccounts"][0]["errorCode"]),
        (&value!([]), &"ACCESS_DENIED".into())
    );
    let off = ask_in(&simulator, "eu-west-1", "/coverage/list", value!({})).await;
    assert_eq!((off.status, off.header("x-amzn-errortype")), (403, Some("AccessDeniedException")));
}

#[tokio::test]
async fn coverage_tells_scanned_from_not_scanned() {
    let simulator = simulator(ACCOUNT).await;
    let list = async |filters: Value| {
        ask(&simulator, "/coverage/list", value!({"filterCriteria": filters})).await["coveredResources"].clone()
    };
    let count = async |filters: Value| list(filters).await.as_array().unwrap().len();
    // Three repositories, two images, two platforms of an index and one that is not supported.
    assert_eq!(count(Value::Null).await, 8);
    let images = list(value!({"resourceType": equals("AWS_ECR_CONTAINER_IMAGE")})).await;
    assert_eq!(images.as_array().unwrap().len(), 5);
    let first = &images[0];
    assert!(
        first["resourceId"]
            .as_str()
            .unwrap()
            .starts_with("arn:aws:ecr:us-east-1:111122223333:repository/shop/api/sha256:")
    );
    assert_eq!(first["scanStatus"], value!({"statusCode": "ACTIVE", "reason": "SUCCESSFUL"}));
    assert_eq!(
        first["resourceMetadata"]["ecrImage"],
        value!({"tags": ["2"], "imagePulledAt": 1_770_076_800.0, "lastInUseAt": 1_769_904_000.0, "inUseCount": 3})
    );
    let repositories = list(value!({"resourceType": equals("AWS_ECR_REPOSITORY")})).await;
    let frequencies: Vec<&Value> = repositories
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["resourceMetadata"]["ecrRepository"]["scanFrequency"])
        .collect();
    assert_eq!(frequencies, ["CONTINUOUS_SCAN", "SCAN_ON_PUSH", "MANUAL"]);
    assert_eq!(count(value!({"scanStatusReason": equals("UNSUPPORTED_OS")})).await, 1);
    assert_eq!(count(value!({"ecrRepositoryName": equals("tools")})).await, 2);
    assert_eq!(count(value!({"ecrImageTags": equals("1")})).await, 1);
    let not = value!([{"comparison": "NOT_EQUALS", "value": "shop/api"}]);
    assert_eq!(count(value!({"ecrRepositoryName": not, "resourceType": equals("AWS_ECR_CONTAINER_IMAGE")})).await, 1);
    let prefix = value!({"filterCriteria": {"resourceId": [{"comparison": "PREFIX", "value": "arn"}]}});
    assert_eq!(ask_in(&simulator, "us-east-1", "/coverage/list", prefix).await.status, 400);
}

#[tokio::test]
async fn aggregations_count_images_with_findings() {
    let simulator = simulator(ACCOUNT).await;
    let list = async |request: Value| {
        let body = value!({
            "aggregationType": "AWS_ECR_CONTAINER",
            "aggregationRequest": {"awsEcrContainerAggregation": request},
        });
        ask(&simulator, "/findings/aggregation/list", body).await["responses"].as_array().unwrap().clone()
    };
    let all = list(value!({"sortBy": "CRITICAL", "sortOrder": "DESC"})).await;
    assert_eq!(all.len(), 3);
    let first = &all[0]["awsEcrContainerAggregation"];
    assert_eq!((&first["repository"], &first["inUseCount"]), (&"shop/api".into(), &3.into()));
    assert_eq!(
        first["severityCounts"],
        value!({"all": 3, "critical": 1, "high": 2, "medium": 0, "low": 0, "informational": 0, "untriaged": 0})
    );
    let architectures: Vec<&Value> = all.iter().map(|one| &one["awsEcrContainerAggregation"]["architecture"]).collect();
    assert_eq!(architectures, ["amd64", "amd64", "arm64"]);
    let mut sharded = 0;
    for digit in "0123456789abcdef".chars() {
        let prefix = value!([{"comparison": "PREFIX", "value": format!("sha256:{digit}")}]);
        sharded += list(value!({"imageShas": prefix})).await.len();
    }
    assert_eq!(sharded, 3);
    let functions =
        ask(&simulator, "/findings/aggregation/list", value!({"aggregationType": "AWS_LAMBDA_FUNCTION"})).await;
    assert_eq!(functions["responses"], value!([]));
    let unknown = value!({"aggregationType": "COLOUR"});
    assert_eq!(ask_in(&simulator, "us-east-1", "/findings/aggregation/list", unknown).await.status, 400);
}

#[tokio::test]
async fn findings_are_filtered() {
    let simulator = simulator(ACCOUNT).await;
    let list = async |filters: Value| {
        let answer = ask(&simulator, "/findings/list", value!({"filterCriteria": filters})).await;
        let findings = answer["findings"].as_array().unwrap().clone();
        findings
            .iter()
            .map(|one| one["packageVulnerabilityDetails"]["vulnerabilityId"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(Value::Null).await, ["CVE-1", "CVE-2", "CVE-3"]);
    assert_eq!(list(value!({"findingStatus": equals("ACTIVE")})).await, ["CVE-1", "CVE-2"]);
    assert_eq!(list(value!({"severity": equals("HIGH"), "findingStatus": equals("ACTIVE")})).await, ["CVE-2"]);
    assert_eq!(list(value!({"exploitAvailable": equals("YES")})).await, ["CVE-1"]);
    assert_eq!(list(value!({"fixAvailable": equals("NO")})).await, ["CVE-2", "CVE-3"]);
    assert!(list(value!({"ecrImageRepositoryName": equals("tools")})).await.is_empty());
    assert!(list(value!({"resourceType": equals("AWS_LAMBDA_FUNCTION")})).await.is_empty());
    let one = ask(&simulator, "/findings/list", value!({"filterCriteria": {"vulnerabilityId": equals("CVE-1")}})).await;
    let finding = &one["findings"][0];
    assert_eq!((&finding["fixAvailable"], &finding["epss"]["score"]), (&"YES".into(), &0.5.into()));
    let image = &finding["resources"][0]["details"]["awsEcrContainerImage"];
    assert_eq!((&image["imageTags"], &image["inUseCount"]), (&value!(["2"]), &3.into()));
    let unknown = value!({"filterCriteria": {"colour": equals("red")}});
    assert_eq!(ask_in(&simulator, "us-east-1", "/findings/list", unknown).await.status, 400);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let simulator = simulator(ACCOUNT).await;
    let aggregation = value!({"aggregationType": "AWS_ECR_CONTAINER"});
    let lists = [
        ("/coverage/list", "coveredResources", value!({}), 8),
        ("/findings/list", "findings", value!({}), 3),
        ("/findings/aggregation/list", "responses", aggregation, 3),
    ];
    for (path, member, mut body, count) in lists {
        body["maxResults"] = 2.into();
        let mut seen = 0;
        loop {
            let page = ask(&simulator, path, body.clone()).await;
            seen += page[member].as_array().unwrap().len();
            if page["nextToken"].is_null() {
                break;
            }
            body["nextToken"] = page["nextToken"].clone();
        }
        assert_eq!(seen, count, "{path}");
    }
    let wrong = ask_in(&simulator, "us-east-1", "/coverage/list", value!({"nextToken": "zzz"})).await;
    assert_eq!((wrong.status, wrong.header("x-amzn-errortype")), (400, Some("ValidationException")));
}

#[tokio::test]
async fn ecr_tells_the_same_findings_in_its_own_shape() {
    let simulator = simulator(ACCOUNT).await;
    let of = async |repository: &str, tag: &str| {
        let request = Request {
            line: "POST /",
            scope: Some(("ecr", "us-east-1")),
            access_key: "AKIATEST",
            headers: &[("x-amz-target", "AmazonEC2ContainerRegistry_V20150921.DescribeImageScanFindings")],
            body: &value!({"repositoryName": repository, "imageId": {"imageTag": tag}}).to_string(),
        };
        send(&simulator, &request).await.unwrap().json()
    };
    let scan = of("shop/api", "2").await;
    assert_eq!(scan["imageScanStatus"]["status"], "ACTIVE");
    assert_eq!(scan["imageScanFindings"]["enhancedFindings"].as_array().unwrap().len(), 3);
    assert_eq!(scan["imageScanFindings"]["enhancedFindings"][0]["exploitAvailable"], "YES");
    let unsupported = of("tools", "t").await;
    assert_eq!(unsupported["imageScanStatus"]["status"], "UNSUPPORTED_IMAGE");
    assert!(unsupported.get("imageScanFindings").is_none());
    assert_eq!(of("tools", "u").await["__type"], "ScanNotFoundException");
    assert_eq!(of("shop/api", "many").await["__type"], "ScanNotFoundException");
}
