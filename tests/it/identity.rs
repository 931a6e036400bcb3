//! As whom an account is read: said first, written into what comes of it, and refused when another account was meant.

use palisade_simulator::Faults;
use serde_json::Value;

use crate::support::{Run, World};

const IDENTITY: &str = "arn:aws:iam::123456789012:user/auditor";
const SOURCE: &str = "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/// Every command that reads an account.
const COMMANDS: [&[&str]; 6] = [
    &["audit"],
    &["collect", "--output", "inventory.json"],
    &["gate", "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1", "--wait", "0"],
    &["can", "anonymous", "lambda:InvokeFunction", "*"],
    &["who-can", "lambda:InvokeFunction", "*"],
    &["suggest", "nobody"],
];

#[test]
fn the_first_line_says_as_whom_and_by_which_credentials() {
    let world = World::small(Faults::default());
    for command in COMMANDS {
        let run = world.palisade().run(command);
        let first = run.stderr.lines().next().unwrap_or_default().trim();
        assert_eq!(first, format!("INFO as {IDENTITY}, by {SOURCE}"), "{command:?}");
        let quiet = world.palisade().run(&[command, &["--quiet"]].concat());
        assert!(!quiet.stderr.contains(IDENTITY), "{command:?}: {}", quiet.stderr);
    }
}

#[test]
fn the_first_line_warns_of_a_profile_that_is_not_used() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    palisade.write("credentials", "[audit]\naws_access_key_id = KEY\naws_secret_access_key = secret\n");
    let mut command = palisade.command(&["audit", "--format", "json"]);
    command.env("AWS_PROFILE", "audit").env("AWS_SHARED_CREDENTIALS_FILE", palisade.path("credentials"));
    let run = Run::of(command.output().unwrap());
    let first = run.stderr.lines().next().unwrap_or_default();
    for part in ["WARN as arn:", SOURCE, "not the profile `audit` that AWS_PROFILE names", "--profile"] {
        assert!(first.contains(part), "{part} is not in {first}");
    }
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(report["identity"]["source"].as_str().unwrap().contains("`audit`"), "{}", report["identity"]);
}

#[test]
fn every_form_of_the_report_says_as_whom() {
    let world = World::small(Faults::default());
    let written = |format: &str| world.palisade().run(&["audit", "--format", format]).stdout;
    let table: String = written("table").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(table.contains(IDENTITY), "{table}");
    let json: Value = serde_json::from_str(&written("json")).unwrap();
    assert_eq!((&json["identity"]["arn"], &json["identity"]["source"]), (&IDENTITY.into(), &SOURCE.into()));
    let ocsf: Value = serde_json::from_str(written("ocsf").lines().next().unwrap()).unwrap();
    assert_eq!(ocsf["unmapped"]["identity"], json["identity"]);
    let sarif: Value = serde_json::from_str(&written("sarif")).unwrap();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!((&invocation["account"], &invocation["properties"]["credentials"]), (&IDENTITY.into(), &SOURCE.into()));
}

#[test]
fn an_inventory_keeps_as_whom_and_older_ones_are_still_read() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    assert_eq!(palisade.run(&["collect", "--output", "inventory.json"]).code, Some(0));
    let (report, _) = palisade.audit(&["--from", "inventory.json"]);
    assert_eq!(report.0["identity"]["source"], SOURCE);
    let mut inventory: Value = serde_json::from_str(&palisade.read("inventory.json")).unwrap();
    inventory.as_object_mut().unwrap().remove("identity").unwrap();
    palisade.write("older.json", &inventory.to_string());
    let (report, _) = palisade.audit(&["--from", "older.json"]);
    assert_eq!(report.0["identity"], Value::Null);
    let table = palisade.run(&["audit", "--from", "older.json"]).stdout;
    assert!(table.contains("not recorded"), "{table}");
}

#[test]
fn another_account_than_the_expected_one_is_not_read() {
    for command in COMMANDS {
        let world = World::small(Faults::default());
        let run = world.palisade().run(&[command, &["--expect-account", "444455556666,777788889999"]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{command:?}: {}", run.stderr);
        assert!(
            run.stderr.contains("123456789012") && run.stderr.contains("444455556666, 777788889999"),
            "{}",
            run.stderr
        );
        let calls: Vec<_> = world.simulator.calls().into_iter().map(|call| call.action).collect();
        if command[0] == "gate" {
            assert_eq!(calls, Vec::<String>::new(), "the image's address says its account");
        } else {
            assert_eq!(calls, ["sts:GetCallerIdentity"], "{command:?}");
            assert!(run.stderr.contains(IDENTITY) && run.stderr.contains(SOURCE), "{}", run.stderr);
        }
    }
}

#[test]
fn an_expected_account_is_read_and_a_saved_one_is_held_to_it_too() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    let expected = ["--expect-account", "444455556666", "--expect-account", "123456789012"];
    let run = palisade.run(&[&["collect", "--output", "inventory.json"], &expected[..]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let saved = palisade.run(&[&["audit", "--fail-on", "none", "--from", "inventory.json"], &expected[..]].concat());
    assert_eq!(saved.code, Some(0), "{}", saved.stderr);
    for command in [&["audit"][..], &["can", "anonymous", "lambda:InvokeFunction", "*"]] {
        let other = ["--from", "inventory.json", "--expect-account", "444455556666"];
        let run = palisade.run(&[command, &other[..]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
        assert!(run.stderr.contains("123456789012 is not"), "{}", run.stderr);
    }
}

#[test]
fn an_account_that_is_none_is_a_mistake_of_the_command_line() {
    for wrong in ["12345678901", "12345678901x", "1234567890123", ""] {
        let run = World::small(Faults::default()).palisade().run(&["audit", "--expect-account", wrong]);
        assert_eq!(run.code, Some(2), "{wrong}");
        assert!(run.stderr.contains("twelve digits"), "{}", run.stderr);
    }
}

#[test]
fn the_identity_behind_an_image_gate_is_held_to_the_expected_accounts() {
    let world = World::small(Faults::default());
    let image = "444455556666.dkr.ecr.us-east-1.amazonaws.com/app:v1";
    let run = world.palisade().run(&["gate", image, "--expect-account", "444455556666"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("123456789012 is not"), "{}", run.stderr);
    assert_eq!(world.simulator.calls().len(), 1);
}
