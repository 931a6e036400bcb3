//! What is collected of ECR and Inspector, whole and with faults.

use palisade_simulator::{Account, Failure, FailureKind, Faults};
use serde_json::Value;

use crate::support::{World, denied};

/// Two images on each page: the newest of `shop/web` comes on the second.
const ACCOUNT: &str = r#"
account: "123456789012"
page_size: 2
ecr_public:
  repositories: [{ name: tools }]
regions:
  us-east-1:
    ecr:
      repositories:
        - name: shop/web
          scan_on_push: true
          mutability: IMMUTABLE
          policy: { Statement: [{ Principal: "*", Action: "ecr:BatchGetImage" }] }
          images:
            - { tags: [v1], pushed: 90 days ago }
            - { tags: [v2], pushed: 60 days ago, last_pulled: 2 days ago, scan: { at: 1 days ago } }
            - { tags: [v3], pushed: 50 days ago, status: ARCHIVED }
            - tags: [v4]
              pushed: 10 days ago
              scan: { at: 1 days ago, findings: [{ id: CVE-2026-1, severity: CRITICAL, package: openssl, version: 3.0.1 }] }
        - name: shop/worker
          images: [{ tags: [v1], pushed: 5 days ago }]
        - name: empty
    lambda:
      functions:
        - { name: resize, image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:v1" }
"#;

/// The same Region, scanned by Inspector.
const ENHANCED: &str = r#"
account: "123456789012"
page_size: 2
regions:
  us-east-1:
    ecr:
      scanning: { type: ENHANCED, rules: [{ frequency: CONTINUOUS_SCAN, filters: ["*"] }] }
      repositories:
        - name: shop/web
          images:
            - tags: [v1]
              pushed: 90 days ago
              inspector: { at: 0 days ago, in_use: { count: 3, last: 0 days ago } }
            - tags: [v2]
              pushed: 9 days ago
              inspector:
                at: 0 days ago
                findings:
                  - { id: CVE-2026-1, severity: CRITICAL, package: openssl, version: 3.0.1 }
                  - { id: CVE-2026-2, severity: HIGH, package: zlib, version: "1.2" }
                  - { id: CVE-2026-3, severity: MEDIUM, package: curl, version: "8.1" }
        - name: shop/new
          images: [{ tags: [v1], pushed: 1 days ago }]
"#;

/// What was collected of `us-east-1`.
fn collected(account: &str, faults: Faults, arguments: &[&str]) -> Value {
    let world = World::of(Account::from_yaml(account).unwrap(), faults);
    let palisade = world.palisade();
    let run = palisade.run(&[&["collect", "--output", "inventory.json", "--region", "us-east-1"], arguments].concat());
    let inventory =
        std::fs::read_to_string(palisade.path("inventory.json")).unwrap_or_else(|_| panic!("{}", run.stderr));
    serde_json::from_str(&inventory).unwrap()
}

fn ecr(inventory: &Value) -> &Value {
    &inventory["regions"]["us-east-1"]["ecr"]
}

fn repository<'a>(inventory: &'a Value, name: &str) -> &'a Value {
    let repositories = ecr(inventory)["repositories"]["items"].as_array().unwrap();
    repositories.iter().find(|repository| repository["name"] == name).unwrap()
}

/// The gaps below a value, without those that the run chose to leave.
fn failures(value: &Value) -> Vec<&Value> {
    let is_gap = value.get("action").is_some() && value["reason"] != "not_asked";
    let below = match value {
        Value::Object(members) => members.values().collect(),
        Value::Array(items) => items.iter().collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    is_gap.then_some(value).into_iter().chain(below.into_iter().flat_map(failures)).collect()
}

/// The image with this tag among those that were looked at.
fn image<'a>(inventory: &'a Value, name: &str, tag: &str) -> &'a Value {
    let images = repository(inventory, name)["images"]["items"].as_array().unwrap();
    images.iter().find(|image| image["artifact"]["tags"][0] == tag).unwrap()
}

fn tags_looked_at(inventory: &Value, name: &str) -> Vec<String> {
    let images = repository(inventory, name)["images"]["items"].as_array().unwrap();
    images.iter().map(|image| image["artifact"]["tags"][0].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_newest_image_may_stand_on_the_second_page() {
    let inventory = collected(ACCOUNT, Faults::default(), &[]);
    assert_eq!(failures(ecr(&inventory)), [] as [&Value; 0]);
    let web = repository(&inventory, "shop/web");
    assert_eq!(web["artifacts"]["items"].as_array().unwrap().len(), 4, "archived images are listed too");
    assert_eq!(tags_looked_at(&inventory, "shop/web"), ["v4", "v2"]);
    let newest = image(&inventory, "shop/web", "v4");
    assert_eq!(newest["newest"], true);
    assert_eq!(newest["scan"]["known"]["counts"]["critical"], 1);
    assert_eq!(newest["scan"]["known"]["worst"][0]["id"], "CVE-2026-1");
    assert_eq!(image(&inventory, "shop/worker", "v1")["scan"], serde_json::json!({ "known": null }), "never scanned");
    assert_eq!(repository(&inventory, "shop/worker")["policy"], serde_json::json!({ "known": null }));
    assert_eq!(inventory["public_repositories"]["items"][0]["name"], "tools");
    // At this depth nobody knows which image the function runs.
    assert_eq!(web["images"]["gap"]["reason"], "not_asked");
}

#[test]
fn a_function_of_an_image_puts_it_to_use() {
    let inventory = collected(ACCOUNT, Faults::default(), &["--depth", "deep"]);
    assert_eq!(tags_looked_at(&inventory, "shop/web"), ["v4", "v2", "v1"]);
    let uses = image(&inventory, "shop/web", "v1")["uses"].as_array().unwrap();
    assert!(uses[0]["workload"]["arn"].as_str().unwrap().ends_with(":function:resize"), "{uses:?}");
    assert_eq!(repository(&inventory, "shop/web")["images"]["gap"], Value::Null);
}

#[test]
fn what_is_denied_is_unknown() {
    for (action, fact) in [("ecr:GetRepositoryPolicy", "policy"), ("ecr:GetLifecyclePolicy", "lifecycle")] {
        let inventory = collected(ACCOUNT, denied(action), &[]);
        let gap = &repository(&inventory, "shop/worker")[fact]["unknown"];
        assert_eq!(gap["action"], action, "{gap}");
    }
    let inventory = collected(ACCOUNT, denied("ecr:DescribeImageScanFindings"), &[]);
    let scan = &image(&inventory, "shop/worker", "v1")["scan"];
    assert_eq!(scan["unknown"]["action"], "ecr:DescribeImageScanFindings", "{scan}");

    let inventory = collected(ACCOUNT, denied("ecr:DescribeImages"), &[]);
    let worker = repository(&inventory, "shop/worker");
    for list in ["artifacts", "images"] {
        assert_eq!(worker[list]["gap"]["action"], "ecr:DescribeImages", "{list}");
    }
    let inventory = collected(ACCOUNT, denied("ecr-public:DescribeRepositories"), &[]);
    assert_eq!(inventory["public_repositories"]["gap"]["action"], "ecr-public:DescribeRepositories");
}

#[test]
fn a_list_that_ends_early_has_no_newest_image() {
    let failure = Failure { skip: 1, times: None, ..Failure::of("ecr:DescribeImages", FailureKind::ServerError) };
    let only_web = ACCOUNT.split("        - name: shop/worker").next().unwrap();
    let inventory = collected(only_web, Faults { failures: vec![failure], ..Faults::default() }, &[]);
    let web = repository(&inventory, "shop/web");
    assert_eq!(web["artifacts"]["items"].as_array().unwrap().len(), 2);
    assert!(web["artifacts"]["gap"]["reason"]["partial"].is_object(), "{}", web["artifacts"]["gap"]);
    assert_eq!(web["images"]["gap"], web["artifacts"]["gap"]);
    assert!(web["images"]["items"].as_array().unwrap().iter().all(|image| image["newest"] == false));
}

#[test]
fn throttles_lose_nothing() {
    let throttle = |action: &str| {
        let kind = FailureKind::Throttle { retry_after: Some(1) };
        Failure { skip: 1, times: Some(2), ..Failure::of(action, kind) }
    };
    let throttled = ["ecr:DescribeImages", "ecr:GetRepositoryPolicy", "ecr:DescribeImageScanFindings"];
    let faults = Faults { failures: throttled.map(throttle).to_vec(), ..Faults::default() };
    let mut inventory = collected(ACCOUNT, faults, &[]);
    assert_eq!(failures(ecr(&inventory)), [] as [&Value; 0]);
    assert!(inventory["calls"]["throttled"].as_u64().unwrap() >= 3);
    let mut calm = collected(ACCOUNT, Faults::default(), &[]);
    for one in [&mut inventory, &mut calm] {
        // Ages count from the run.
        let text = ecr(one).to_string();
        let digits = text.split('"').filter(|part| !part.ends_with('Z')).collect::<Vec<_>>();
        *one = Value::from(digits.concat());
    }
    assert_eq!(inventory, calm);
}

#[test]
fn inspector_tells_what_runs_and_what_it_found() {
    let inventory = collected(ENHANCED, Faults::default(), &[]);
    assert_eq!(failures(ecr(&inventory)), [] as [&Value; 0]);
    assert_eq!(ecr(&inventory)["registry"]["inspector"]["known"], "enabled");
    assert_eq!(tags_looked_at(&inventory, "shop/web"), ["v2", "v1"]);
    let newest = &image(&inventory, "shop/web", "v2")["scan"]["known"];
    assert_eq!((&newest["status"], &newest["scanner"]), (&"active".into(), &"inspector".into()));
    let counts = &newest["counts"];
    assert_eq!((&counts["critical"], &counts["high"], &counts["medium"]), (&1.into(), &1.into(), &1.into()));
    let names: Vec<_> = newest["worst"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(names, ["CVE-2026-1", "CVE-2026-2"]);
    // It runs, though it has no findings for which the aggregation would list it.
    let running = image(&inventory, "shop/web", "v1");
    assert_eq!(running["uses"][0]["inspector"]["count"], 3);
    assert_eq!(running["scan"]["known"]["counts"]["critical"], 0);
    assert_eq!(image(&inventory, "shop/new", "v1")["scan"], serde_json::json!({ "known": null }));
}

#[test]
fn what_inspector_does_not_tell_is_unknown() {
    for action in ["inspector2:ListFindingAggregations", "inspector2:ListCoverage", "inspector2:ListFindings"] {
        let inventory = collected(ENHANCED, denied(action), &[]);
        let scan = &image(&inventory, "shop/web", "v2")["scan"];
        assert_eq!(scan["unknown"]["action"], action, "{scan}");
        let gap = &repository(&inventory, "shop/web")["images"]["gap"];
        let is_whole = action == "inspector2:ListFindings";
        assert_eq!(gap.is_null(), is_whole, "{action}: {gap}");
    }
    let inventory = collected(ENHANCED, denied("inspector2:BatchGetAccountStatus"), &[]);
    assert!(ecr(&inventory)["registry"]["inspector"]["unknown"].is_object());
    let inventory = collected(ENHANCED, denied("ecr:GetRegistryScanningConfiguration"), &[]);
    let scan = &image(&inventory, "shop/web", "v2")["scan"];
    assert_eq!(scan["unknown"]["action"], "ecr:GetRegistryScanningConfiguration", "{scan}");
}
