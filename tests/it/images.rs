//! What is read of images themselves: configurations, layers, and content that somebody crafted.

use palisade_simulator::{Account, Failure, FailureKind, Faults};
use serde_json::Value;

use crate::support::{Palisade, Report, Run, World, denied};

/// Repositories of one image each, which is the newest and therefore looked at.
const ACCOUNT: &str = r##"
account: "123456789012"
regions:
  us-east-1:
    ecr:
      repositories:
        - name: root
          images:
            - tags: [v1]
              pushed: 3 days ago
              config:
                env: { DB_PASSWORD: correct-horse }
                history: ["# debian.sh --arch 'amd64' out/ 'bookworm'", "RUN /bin/sh -c apt-get update", "RUN |1 API_PASSWORD=correct-horse /bin/sh -c make"]
        - name: good
          images:
            - tags: [v1]
              pushed: 3 days ago
              docker: true
              platforms: [linux/amd64, linux/arm64/v8]
              config: { user: "10001", history: ["ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit"] }
        - name: mixed
          images:
            - { tags: [v1], pushed: 3 days ago, platforms: [linux/amd64, windows/amd64], config: { user: "0:0" } }
        - name: named
          images:
            - tags: [v1]
              pushed: 3 days ago
              config: { user: boss }
              layers:
                - files: { ../../usr/etc/passwd: "boss:x:0:0::/:\n", etc/os-release: "ID=debian\n", bin/bash: "x" }
                  links: { bin/sh: bash, etc/passwd: ../usr/etc/passwd }
                - files: { root/.aws/credentials: "aws_secret_access_key = aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kL9n\n" }
                - files: { root/.aws/.wh.credentials: "" }
        - name: bomb
          images: [{ tags: [v1], pushed: 3 days ago, config: { user: app }, layers: [{ zeros: 60000000 }] }]
        - name: large
          images:
            - tags: [v1]
              pushed: 3 days ago
              config: { user: app }
              layers: [{ size: 900000000 }, { files: { etc/passwd: "app:x:1000:1000::/:\n" } }]
        - name: gone
          images: [{ tags: [v1], pushed: 3 days ago, config: { user: app }, layers: [{ size: 900 }] }]
"##;

/// What is wrong with an image, and what the gap must say of it.
const FAULTS: [(&str, &str, &str); 8] = [
    ("huge_config", "ecr:BatchGetImage", "claims a configuration of 10737418240 bytes"),
    ("wrong_manifest", "ecr:BatchGetImage", "content of another digest"),
    ("garbage_manifest", "ecr:BatchGetImage", "no manifest that can be read"),
    ("cycle_of_one", "ecr:BatchGetImage", "content of another digest"),
    ("cycle_of_two", "ecr:BatchGetImage", "content of another digest"),
    ("wrong_config", "ecr:GetDownloadUrlForLayer", "has more than the"),
    ("long_config", "ecr:GetDownloadUrlForLayer", "has more than the"),
    ("garbage_config", "ecr:GetDownloadUrlForLayer", "no configuration that can be read"),
];

const DEEP: [&str; 4] = ["--region", "us-east-1", "--depth", "deep"];

fn audited(palisade: &Palisade, more: &[&str]) -> (Report, Run) {
    palisade.audit(&[&DEEP, more].concat())
}

fn world(account: &str, faults: Faults) -> World {
    World::of(Account::from_yaml(account).unwrap(), faults)
}

/// What a check says of the image of a repository; `-` when nothing.
fn status(report: &Report, check: &str, repository: &str) -> String {
    let within = format!(":repository/{repository}/sha256:");
    let statuses = report.statuses();
    let found = statuses.iter().find(|((id, arn), _)| id == check && arn.contains(&within));
    found.map_or("-".to_owned(), |(_, status)| status.clone())
}

#[test]
fn configurations_are_read_without_layers() {
    let world = world(ACCOUNT, Faults::default());
    let (report, run) = audited(&world.palisade(), &[]);
    let says = |check, repository| status(&report, check, repository);
    assert_eq!(says("ecr-image-runs-as-root", "root"), "fail", "{}", run.stderr);
    assert_eq!(says("ecr-image-runs-as-root", "good"), "pass");
    assert_eq!(says("ecr-image-runs-as-root", "mixed"), "fail");
    assert_eq!(says("ecr-image-runs-as-root", "named"), "-", "no name is resolved without layers");
    assert_eq!(says("ecr-image-secret-in-environment", "root"), "fail");
    assert_eq!(says("ecr-image-secret-in-environment", "good"), "pass");
    assert_eq!(says("ecr-image-secret-in-history", "root"), "fail");
    assert_eq!(says("ecr-image-secret-in-files", "root"), "-");
    assert_eq!(says("ecr-image-not-minimal", "root"), "fail");
    assert_eq!(says("ecr-image-not-minimal", "good"), "pass");
    assert!(!run.stdout.contains("correct-horse") && !run.stderr.contains("correct-horse"));
    assert_eq!(report.gaps_of("ecr:GetDownloadUrlForLayer").len(), 0);
}

#[test]
fn layers_are_read_when_asked_for() {
    let world = world(ACCOUNT, Faults::default());
    let (report, run) = audited(&world.palisade(), &["--image-layers", "5"]);
    let says = |check, repository| status(&report, check, repository);
    assert_eq!(says("ecr-image-runs-as-root", "named"), "fail", "{}", run.stderr);
    assert_eq!(says("ecr-image-secret-in-files", "named"), "fail", "a later layer removes it");
    assert_eq!(says("ecr-image-not-minimal", "named"), "fail");
    assert_eq!(says("ecr-image-runs-as-root", "large"), "pass", "the last layer tells");
    assert_eq!(says("ecr-image-secret-in-files", "large"), "-", "the first was left out by choice");
    for repository in ["bomb", "gone"] {
        assert_eq!(says("ecr-image-secret-in-files", repository), "unknown");
        assert_eq!(says("ecr-image-runs-as-root", repository), "unknown");
    }
    assert!(run.stdout.contains("unpacks to more than 200 times its size"), "{}", run.stdout);
    assert!(!run.stdout.contains("aB3dE6gH9jK2"));
}

#[test]
fn downloads_follow_a_redirect() {
    let world =
        world(&ACCOUNT.replacen("    ecr:\n", "    ecr:\n      redirect_downloads: true\n", 1), Faults::default());
    let (report, _) = audited(&world.palisade(), &[]);
    assert_eq!(status(&report, "ecr-image-runs-as-root", "good"), "pass");
}

#[test]
fn crafted_images_are_unknown_and_say_why() {
    let image = |(fault, _, _): &(&str, &str, &str)| {
        let name = fault.replace('_', "-");
        format!("        - {{ name: {name}, images: [{{ tags: [v1], pushed: 3 days ago, fault: {fault} }}] }}\n")
    };
    let head = "account: \"123456789012\"\nregions:\n  us-east-1:\n    ecr:\n      repositories:\n";
    let account: String = [head.to_owned()].into_iter().chain(FAULTS.iter().map(image)).collect();
    let world = world(&account, Faults::default());
    let (report, run) = audited(&world.palisade(), &["--image-layers", "5"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    for (fault, action, reason) in FAULTS {
        let repository = fault.replace('_', "-");
        for check in ["runs-as-root", "secret-in-environment", "secret-in-history", "secret-in-files", "not-minimal"] {
            assert_eq!(status(&report, &format!("ecr-image-{check}"), &repository), "unknown", "{fault}: {check}");
        }
        let within = format!("repository/{repository}/");
        let gaps: Vec<&Value> =
            report.gaps_of(action).into_iter().filter(|gap| gap.to_string().contains(&within)).collect();
        assert!(gaps.iter().any(|gap| gap.to_string().contains(reason)), "{fault}: {gaps:?} in {:?}", report.gaps());
    }
}

#[test]
fn without_permission_nothing_passes() {
    for action in ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] {
        let world = world(ACCOUNT, denied(action));
        let (report, _) = audited(&world.palisade(), &[]);
        assert_eq!(status(&report, "ecr-image-runs-as-root", "good"), "unknown");
        assert!(!report.gaps_of(action).is_empty());
    }
}

#[test]
fn no_secret_reaches_the_inventory_or_the_journal() {
    let expired = Failure { times: Some(1), ..Failure::of("lambda:ListLayers", FailureKind::ExpiredToken) };
    let world = world(ACCOUNT, Faults { failures: vec![expired], ..Faults::default() });
    let palisade = world.palisade();
    let arguments = ["collect", "--output", "inventory.json", "--resume", "journal", "--image-layers", "5"];
    let run = || palisade.run(&[&arguments, DEEP.as_slice()].concat());
    let first = run();
    let (inventory, journal) = (palisade.read("inventory.json"), palisade.read("journal"));
    for kept in [&inventory, &journal] {
        assert!(kept.contains("DB_PASSWORD"), "{}", first.stderr);
        for secret in ["correct-horse", "aB3dE6gH9jK2", "X-Amz-Signature"] {
            assert!(!kept.contains(secret));
        }
    }
    let asked = || world.simulator.calls().into_iter().filter(|call| call.action == "ecr:BatchGetImage").count();
    let before = asked();
    run();
    assert_eq!(asked(), before, "the journal held what was read");
    let contents = |text: &str| -> Value {
        let inventory: Value = serde_json::from_str(text).unwrap();
        inventory["regions"]["us-east-1"]["ecr"]["repositories"].clone()
    };
    assert_eq!(contents(&palisade.read("inventory.json")), contents(&inventory));
}

#[test]
fn layers_without_depth_are_refused_in_one_line() {
    let run = Palisade::alone().run(&["audit", "--demo", "--image-layers", "10"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("--depth deep"), "{}", run.stderr);
}
