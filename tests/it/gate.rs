//! The gate of a pipeline: it passes, blocks, or says that it could not judge.

use std::collections::BTreeSet;

use palisade_simulator::Faults;
use serde_json::Value;

use crate::support::{Run, World, denied};

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
