//! The command line as a user meets it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use palisade_simulator::{Account, Faults};
use serde_json::Value;

use crate::support::{Palisade, World};

#[test]
fn the_demo_needs_nothing_and_succeeds() {
    let run = Palisade::alone().run(&["audit", "--demo"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("111122223333") && run.stdout.contains("Score"), "{}", run.stdout);
}

#[test]
fn the_demo_shows_what_a_denial_does() {
    let run = Palisade::alone().run(&["audit", "--demo", "--demo-deny", "lambda:GetPolicy"]);
    assert_eq!(run.code, Some(3));
    assert!(run.stdout.contains("INCOMPLETE") && run.stdout.contains("lambda:GetPolicy denied"), "{}", run.stdout);
    let run = Palisade::alone().run(&["audit", "--demo", "--demo-deny", "lambda:GetPolicy", "--all"]);
    assert!(run.stdout.contains("\"lambda:GetPolicy\""), "{}", run.stdout);
}

#[test]
fn the_demo_ignores_the_environment() {
    let palisade = Palisade::alone();
    let output = palisade
        .command(&["audit", "--demo"])
        .env("AWS_PROFILE", "nobody")
        .env("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:9")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("AWS_REGION", "eu-nowhere-9")
        .output();
    assert_eq!(output.unwrap().status.code(), Some(0));
}

#[test]
fn the_threshold_decides_the_exit_code() {
    let world = World::small(Faults::default());
    let code = |arguments: &[&str]| world.palisade().run(&[&["audit"], arguments].concat()).code;
    assert_eq!(code(&[]), Some(1), "a public function URL is high, the default threshold");
    assert_eq!(code(&["--fail-on", "critical"]), Some(0));
    assert_eq!(code(&["--fail-on", "none"]), Some(0));
    assert_eq!(code(&["--fail-on", "low", "--check", "lambda-tracing-off"]), Some(1));
    let nothing = ["--resource", "*:function:nothing"];
    assert_eq!(code(&nothing), Some(2), "what judges nothing is no audit");
    assert_eq!(code(&["--check", "lambda-tracing-off", "--severity", "critical"]), Some(2));
}

#[test]
fn mistakes_get_one_clear_error() {
    let palisade = Palisade::at("http://127.0.0.1:9".to_owned());
    palisade.write("cut.json", "{\"inventory_version\":1,\"account\":\"1111");
    palisade.write("old.json", "{\"inventory_version\":0}");
    palisade.write("wrong.yaml", "thresholds: {runtime_notice_day: 3}\n");
    let cases: &[(&[&str], &[&str])] = &[
        (&["audit", "--demo", "--check", "lambda-tracing-of"], &["no check `lambda-tracing-of`", "lambda-tracing-off"]),
        (&["audit", "--demo", "--service", "lamda"], &["no service `lamda`", "`lambda`"]),
        (&["audit", "--demo", "--region", "eu-west1"], &["no Region eu-west1", "eu-west-1"]),
        (&["audit", "--from", "cut.json"], &["cut.json", "not a whole inventory"]),
        (&["audit", "--from", "old.json"], &["old.json", "version 0"]),
        (&["audit", "--from", "none.json"], &["none.json", "cannot read"]),
        (&["audit", "--demo", "--config", "wrong.yaml"], &["wrong.yaml", "runtime_notice_days"]),
        (&["audit", "--demo", "--format", "json", "--format", "ocsf"], &["--output"]),
        (&["audit", "--demo", "--output", "report.pdf"], &["report.pdf", "--format"]),
        (&["audit", "--demo", "--fail-on", "awful"], &["critical, high, medium"]),
        (&["audit", "--demo", "--region", "mars"], &["no Region mars", "the account has", "us-east-1"]),
        (&["audit", "--demo", "--region", "us-gov-west-1"], &["us-gov-west-1", "aws-us-gov"]),
        (&["audit", "--demo", "--demo-deny", "lambda:GetPolcy"], &["lambda:GetPolcy", "`lambda:GetPolicy`"]),
        (&["explain", "lambda-tracing"], &["lambda-tracing-off"]),
    ];
    for (arguments, words) in cases {
        let run = palisade.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", run.stderr);
        for word in *words {
            assert!(run.stderr.contains(word), "{arguments:?} does not say {word}: {}", run.stderr);
        }
    }
    assert!(!palisade.path("report.pdf").exists());
}

#[test]
fn without_credentials_there_is_an_error_that_helps() {
    let run = Palisade::alone().run(&["audit", "--region", "us-east-1"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("no AWS credentials") && run.stderr.contains("--demo"), "{}", run.stderr);
}

#[test]
fn an_inventory_is_judged_like_the_account_it_came_from() {
    let world = World::demo(Faults::default());
    let palisade = world.palisade();
    let (live, _) = palisade.audit(&[]);
    assert_eq!(palisade.run(&["collect", "--output", "inventory.json"]).code, Some(3));
    let (saved, _) = Palisade::alone().audit(&["--from", palisade.path("inventory.json").to_str().unwrap()]);
    assert_eq!(saved.statuses(), live.statuses());
    assert_eq!(saved.0["score"], live.0["score"]);
}

#[test]
fn one_run_writes_several_formats() {
    let palisade = Palisade::alone();
    let arguments = [
        "audit", "--demo", "--format", "json", "--output", "a.json", "--format", "ocsf", "-o", "b", "--format", "table",
    ];
    let run = palisade.run(&arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("Score"));
    let json: Value = serde_json::from_str(&palisade.read("a.json")).unwrap();
    assert_eq!(json["account"], "111122223333");
    assert!(palisade.read("b").lines().all(|line| line.contains("\"class_uid\":2003")));
}

#[test]
fn suppressions_and_overrides_hold() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    palisade.write(
        "palisade.yaml",
        "severity: {lambda-tracing-off: critical}\nsuppressions:\n\
         - {check: lambda-function-url-public, resource: '*:function:one', reason: a public form}\n\
         - {check: lambda-tracing-off, resource: '*', reason: soon, expires: 2020-01-01}\n\
         - {check: lambda-timeout-maximum, resource: '*', reason: never needed}\n",
    );
    let (report, run) = palisade.audit(&[]);
    assert_eq!(run.code, Some(1));
    let statuses: Vec<_> = report.statuses().into_iter().filter(|(_, status)| status == "suppressed").collect();
    assert_eq!(statuses.len(), 1);
    let notices = report.0["notices"].to_string();
    assert!(notices.contains("soon") && notices.contains("never needed"), "{notices}");
    let criticals = report.0["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "critical");
    assert!(criticals.count() >= 4);
}

#[test]
fn a_role_is_assumed_with_its_external_id() {
    let account = Account::from_yaml(
        "account: '123456789012'\niam:\n  roles:\n    - name: auditor\n      trust:\n        Statement:\n          - \
         Principal: {AWS: 'arn:aws:iam::999988887777:root'}\n            Action: sts:AssumeRole\n\n      external_id: blue\nregions: {us-east-1: {}}\n",
    );
    let world = World::of(account.unwrap(), Faults::default());
    let arn = "arn:aws:iam::123456789012:role/auditor";
    let run = world.palisade().run(&["audit", "--role-arn", arn, "--external-id", "blue"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("assumed-role/auditor/palisade"), "{}", run.stderr);
    let run = world.palisade().run(&["audit", "--role-arn", arn, "--external-id", "red"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("cannot assume the role"), "{}", run.stderr);
}

#[test]
fn partitions_are_taken_from_the_caller() {
    let account = Account::from_yaml(
        "account: '123456789012'\npartition: aws-cn\nregions:\n  cn-north-1:\n    lambda: {functions: [{name: one}]}\n",
    );
    let world = World::of(account.unwrap(), Faults::default());
    let (report, _) = world.palisade().audit(&["--region", "cn-north-1"]);
    assert_eq!(report.0["partition"], "aws-cn");
    assert!(report.statuses().keys().all(|(_, arn)| arn.starts_with("arn:aws-cn:")), "{:?}", report.statuses());
}

#[test]
fn colour_is_for_terminals_and_quiet_is_quiet() {
    let run = Palisade::alone().run(&["audit", "--demo", "--quiet"]);
    assert!(!run.stdout.contains('\u{1b}'));
    assert_eq!(run.stderr, "");
}

#[test]
fn what_the_table_prints_can_be_pasted_back() {
    let palisade = Palisade::alone();
    palisade.run(&["collect", "--demo", "-o", "demo.json"]);
    let (report, _) = palisade.audit(&["--from", "demo.json", "--resource", "function:*"]);
    // What stands for the rest of a list that was cut short is selected always.
    let seen = report.statuses().into_keys().map(|(_, arn)| arn).filter(|arn| !arn.ends_with('*'));
    let functions: Vec<_> = seen.collect();
    assert!(functions.len() > 3 && functions.iter().all(|arn| arn.contains(":function:")), "{functions:?}");
    let name = functions[0].split_once(":function:").unwrap().1.to_owned();
    let named = format!("function:{name}");
    let run = palisade.run(&["who-can", "lambda:InvokeFunction", &named, "--from", "demo.json"]);
    assert!(run.stdout.contains(&functions[0]), "{} {}", run.stdout, run.stderr);
    let run = palisade.run(&["who-can", "lambda:InvokeFunction", "function:nothing-like-it", "--from", "demo.json"]);
    assert!(run.code == Some(2) && run.stderr.contains("no resource that was read is called"), "{}", run.stderr);
}

#[test]
fn completions_and_help_are_there() {
    let palisade = Palisade::alone();
    assert!(palisade.run(&["completions", "bash"]).stdout.contains("palisade"));
    for command in
        ["audit", "collect", "can", "who-can", "suggest", "checks", "explain", "permissions", "schema", "completions"]
    {
        let run = palisade.run(&[command, "--help"]);
        assert_eq!(run.code, Some(0));
        assert!(run.stdout.contains("Usage:"));
    }
    let json: Value = serde_json::from_str(&palisade.run(&["checks", "--format", "json"]).stdout).unwrap();
    assert!(json.as_array().unwrap().len() >= 25);
}

#[test]
fn a_proxy_is_used_where_one_is_set() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        line
    });
    let palisade = Palisade::at("http://aws.invalid".to_owned());
    let output = palisade.command(&["audit"]).env("HTTP_PROXY", format!("http://{address}")).output();
    assert_eq!(output.unwrap().status.code(), Some(2));
    assert!(asked.join().unwrap().starts_with("POST http://aws.invalid/"));
}

#[test]
fn certificates_that_cannot_be_read_are_an_error() {
    let palisade = Palisade::at("http://127.0.0.1:9".to_owned());
    palisade.write("not-a-certificate", "hello");
    for (file, word) in [("not-a-certificate", "no PEM certificate"), ("missing", "AWS_CA_BUNDLE")] {
        let output = palisade.command(&["audit"]).env("AWS_CA_BUNDLE", palisade.path(file)).output();
        let run = crate::support::Run::of(output.unwrap());
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(word) && run.stderr.contains(file), "{}", run.stderr);
    }
}
