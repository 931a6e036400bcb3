//! The gate of a pipeline: it passes, blocks, or says that it could not judge.

use std::collections::BTreeSet;

use palisade_simulator::Faults;
use serde_json::Value;

use crate::support::{Palisade, Run, World, denied};

const REGISTRY: &str = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

fn gate(world: &World, image: &str, arguments: &[&str]) -> Run {
    let image = format!("{REGISTRY}/{image}");
    world.palisade().run(&[&["gate", &image, "--wait", "0"], arguments].concat())
}

fn demo() -> World {
    World::demo(Faults::default())
}

#[test]
fn an_image_in_order_passes_with_the_printed_permissions() {
    let world = demo();
    let run = gate(&world, "shop/storefront:3.15.0", &[]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let policy: Value = serde_json::from_str(&world.palisade().run(&["permissions", "--gate"]).stdout).unwrap();
    let granted: BTreeSet<_> =
        policy["Statement"][0]["Action"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    let called = world.simulator.calls().into_iter().map(|call| call.action);
    let called: BTreeSet<_> = called.filter(|action| action != "sts:GetCallerIdentity").collect();
    assert_eq!(called, granted);
}

#[test]
fn vulnerabilities_block_up_to_what_is_put_up_with() {
    let image = "shop/checkout:2026.11.3";
    let judged = |arguments: &[&str]| {
        let run = gate(&demo(), image, &[&["--fail-on", "none"], arguments].concat());
        assert!(run.code.is_some_and(|code| code < 2), "{arguments:?}: {}{}", run.stdout, run.stderr);
        run.code == Some(0)
    };
    assert!(!judged(&[]));
    assert!(!judged(&["--max-critical", "1"]));
    assert!(judged(&["--max-critical", "1", "--max-high", "2"]));
    assert!(!judged(&["--ignore", "CVE-2026-31402"]));
    assert!(judged(&["--ignore", "CVE-2026-31402", "--max-high", "2"]));
}

#[test]
fn an_image_without_a_scan_never_passes() {
    let run = gate(&demo(), "partners/catalog-sync:release-9", &["--fail-on", "none"]);
    assert_eq!(run.code, Some(3), "{}{}", run.stdout, run.stderr);
    let unread = World::demo(denied("ecr:DescribeImageScanFindings"));
    let run = gate(&unread, "shop/storefront:3.15.0", &[]);
    assert_eq!(run.code, Some(3), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("ecr:DescribeImageScanFindings"), "{}", run.stdout);
    assert!(run.stderr.contains("not judged: ecr-image-vulnerable"), "{}", run.stderr);
}

#[test]
fn one_platform_can_be_judged_and_must_be_there() {
    let run = gate(&demo(), "shop/storefront:3.15.0", &["--platform", "linux/s390x"]);
    assert_eq!(run.code, Some(3), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("none for the platform linux/s390x"), "{}", run.stderr);
    let run = gate(&demo(), "shop/storefront:3.15.0", &["--platform", "linux"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

/// An image without layers that runs as 10001, and its manifest.
const CONFIGURATION: (&str, &str) = (
    "0ec4086181e5117075e723d3ca471851bbd63712984fc3fb434138e4ba1cdee8",
    r#"{"os":"linux","architecture":"amd64","config":{"User":"10001"}}"#,
);
const MANIFEST: (&str, &str) = (
    "026d4518d62809a7328b45d893a68b5038e8de725f2e911396fc4a6d078fb4bb",
    r#"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:0ec4086181e5117075e723d3ca471851bbd63712984fc3fb434138e4ba1cdee8","size":63},"layers":[]}"#,
);

#[test]
fn an_image_on_this_machine_is_judged_without_credentials() {
    let palisade = Palisade::alone();
    let folder = palisade.path("image");
    std::fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    for (digest, text) in [CONFIGURATION, MANIFEST] {
        std::fs::write(folder.join("blobs/sha256").join(digest), text).unwrap();
    }
    let (digest, text) = MANIFEST;
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let entry =
        serde_json::json!({ "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": text.len() });
    std::fs::write(folder.join("oci-layout"), "{}").unwrap();
    std::fs::write(folder.join("index.json"), serde_json::json!({ "manifests": [entry] }).to_string()).unwrap();

    let run = palisade.run(&["gate", "oci:image"]);
    assert_eq!(run.code, Some(3), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("not judged: ecr-image-vulnerable-newest"), "{}", run.stderr);
    let scans = ["--skip", "ecr-image-vulnerable-newest,ecr-image-vulnerable-in-use", "--format", "junit"];
    let run = palisade.run(&[&["gate", "oci:image"], scans.as_slice()].concat());
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("<testsuite name=\"ecr-image-runs-as-root\" tests=\"1\" failures=\"0\""),
        "{}",
        run.stdout
    );
    for (place, said) in [("oci:image:v9", "no image v9"), ("oci:nowhere", "oci-layout"), ("docker-archive:image", "")]
    {
        let run = palisade.run(&["gate", place]);
        assert_eq!(run.code, Some(2), "{place}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

#[test]
fn a_task_definition_is_judged_before_it_is_registered() {
    let palisade = Palisade::alone();
    let judge = |definition: &Value, arguments: &[&str]| {
        std::fs::write(palisade.path("web.json"), definition.to_string()).unwrap();
        palisade.run(&[&["gate", "task-definition:web.json"], arguments].concat())
    };
    let good = serde_json::json!({
        "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
        "executionRoleArn": "arn:aws:iam::111122223333:role/web-execution",
        "containerDefinitions": [{
            "name": "app", "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1", "user": "1000:1000",
            "readonlyRootFilesystem": true, "linuxParameters": {"initProcessEnabled": true, "capabilities": {"drop": ["ALL"]}},
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "web", "awslogs-region": "eu-west-1"}},
        }],
    });
    let run = judge(&good, &[]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);

    let mut bad = good.clone();
    bad["requiresCompatibilities"] = serde_json::json!(["EC2"]);
    bad["containerDefinitions"][0]["privileged"] = true.into();
    bad["containerDefinitions"][0]["environment"] =
        serde_json::json!([{"name": "DATABASE_PASSWORD", "value": "correct-horse-9-battery"}]);
    let run = judge(&bad, &[]);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    for check in ["ecs-task-privileged", "ecs-secret-in-environment"] {
        assert!(run.stdout.contains(check), "{}", run.stdout);
    }
    assert!(!run.stdout.contains("correct-horse") && !run.stderr.contains("correct-horse"), "{}", run.stdout);
    let run = judge(&bad, &["--skip", "ecs-task-privileged,ecs-secret-in-environment"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);

    let mut open = good.clone();
    open["containerDefinitions"][0]["user"] = Value::Null;
    let run = judge(&open, &[]);
    assert_eq!(run.code, Some(3), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("not judged: ecs-task-runs-as-root"), "{}", run.stderr);

    let run = judge(&serde_json::json!({"Resources": {}}), &[]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("web.json is no task definition: it has no containerDefinitions"), "{}", run.stderr);
}

#[test]
fn secrets_and_root_block_and_can_be_skipped() {
    let arguments = ["--max-critical", "99", "--max-high", "99"];
    let run = gate(&demo(), "recommendation:latest", &arguments);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    for check in ["ecr-image-secret-in-environment", "ecr-image-runs-as-root"] {
        assert!(run.stdout.contains(check), "{}", run.stdout);
    }
    let run = gate(&demo(), "recommendation:latest", &[&arguments[..], &["--skip", "ecr-image-runs-as-rot"]].concat());
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("ecr-image-runs-as-root"), "{}", run.stderr);
}

#[test]
fn what_is_not_there_is_said_in_one_line() {
    for (image, said) in [("shop/nothing:1", "no repository shop/nothing"), ("shop/storefront:0", "no image 0")] {
        let run = gate(&demo(), image, &[]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let run = demo().palisade().run(&["gate", "nginx:1"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("private ECR registry"), "{}", run.stderr);
}

#[test]
fn sarif_names_the_image_and_what_blocks_it() {
    let run = gate(&demo(), "recommendation:latest", &["--format", "sarif"]);
    let log: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let secret = results.iter().find(|result| result["ruleId"] == "ecr-image-secret-in-environment").unwrap();
    assert_eq!((&secret["kind"], &secret["level"]), (&"fail".into(), &"error".into()));
    let place = secret["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].as_str().unwrap();
    assert!(place.contains("repository/recommendation/sha256:"), "{place}");
}
