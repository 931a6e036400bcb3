//! Whose credentials are taken: each row of tests/credentials/rows.json, by palisade and by botocore.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::loopback::{Answer, Loopback, Request};
use crate::support::{Run, root};

/// A surrounding, and whose credentials are taken in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    claim: String,
    /// The profile of the command line.
    argument: Option<String>,
    /// Variables that are set; null takes one away.
    #[serde(default)]
    variables: BTreeMap<String, Option<String>>,
    /// Files in the home.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// The access key that is taken, and the Region that is asked.
    is: Option<String>,
    /// How palisade says where it comes from.
    by: Option<String>,
    /// What the refusal names.
    refused: Option<Vec<String>>,
    /// What the AWS CLI does, where palisade departs from it.
    cli: Option<String>,
}

/// A row with a home of its own.
struct Scene {
    row: Row,
    variables: BTreeMap<String, String>,
    _home: TempDir,
}

impl Scene {
    fn new(row: Row, url: &str) -> Self {
        let home = TempDir::new().unwrap();
        let place = home.path().display().to_string();
        let filled = |text: &str| text.replace("{home}", &place).replace("{url}", url);
        for (name, text) in &row.files {
            let path = home.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, filled(text)).unwrap();
        }
        let usual = [
            ("HOME", place.as_str()),
            ("AWS_ENDPOINT_URL", url),
            ("AWS_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        let mut variables: BTreeMap<_, _> =
            usual.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for (name, value) in &row.variables {
            match value {
                Some(value) => variables.insert(name.clone(), filled(value)),
                None => variables.remove(name),
            };
        }
        Self { row, variables, _home: home }
    }

    /// Asks for the identity, and is refused because it is none of the expected ones: that is all that is asked.
    fn palisade(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
        command.args(["audit", "--expect-account", "000000000000"]).args(arguments).env_clear().envs(&self.variables);
        if let Some(profile) = &self.row.argument {
            command.args(["--profile", profile]);
        }
        Run::of(command.stdin(Stdio::null()).output().unwrap())
    }
}

/// STS, the portal of single sign-on, a container's agent and an instance's metadata, whose keys tell where they are from.
fn aws() -> Loopback {
    Loopback::start(|request| match (request.method.as_str(), request.path.split('?').next().unwrap_or_default()) {
        ("POST", _) => sts(request),
        ("GET", "/federation/credentials") => {
            let key = format!("KEY-SSO-{}", request.parameter("role_name").unwrap_or_default());
            let keys = json!({ "accessKeyId": key, "secretAccessKey": "secret", "sessionToken": "token",
                "expiration": 4_070_908_800_000_u64 });
            Answer::ok(json!({ "roleCredentials": keys }).to_string())
        }
        ("GET", "/container") => Answer::ok(machine("KEY-CONTAINER")),
        ("PUT", "/latest/api/token") => {
            let headers = "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n".to_owned();
            Answer { headers, ..Answer::ok("token") }
        }
        ("GET", "/latest/meta-data/iam/security-credentials/") => Answer::ok("instance"),
        ("GET", "/latest/meta-data/iam/security-credentials/instance") => Answer::ok(machine("KEY-INSTANCE")),
        _ => Answer::of("404 Not Found"),
    })
}

fn machine(key: &str) -> String {
    json!({ "Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "2026-11-01T00:00:00Z", "AccessKeyId": key,
        "SecretAccessKey": "secret", "Token": "token", "Expiration": "2099-01-01T00:00:00Z" })
    .to_string()
}

fn sts(request: &Request) -> Answer {
    let (key, region) = request.signer();
    let action = request.parameter("Action").unwrap_or_default();
    let role = request.parameter("RoleArn").and_then(|arn| arn.rsplit("%2F").next()).unwrap_or_default();
    let by = request.parameter("WebIdentityToken").unwrap_or(&key);
    let result = match action {
        "GetCallerIdentity" => format!(
            "<Arn>arn:aws:iam::123456789012:user/{key}@{region}</Arn><UserId>x</UserId><Account>123456789012</Account>"
        ),
        _ => format!(
            "<Credentials><AccessKeyId>{role}-by-{by}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>\
             <SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
        ),
    };
    Answer::ok(format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"))
}

fn scenes(url: &str) -> Vec<Scene> {
    let text = std::fs::read_to_string(root().join("tests/credentials/rows.json")).unwrap();
    let rows: Vec<Row> = serde_json::from_str(&text).unwrap();
    rows.into_iter().map(|row| Scene::new(row, url)).collect()
}

/// What is wrong with which rows, several of them at a time.
fn errors(aws: &Loopback, wrong: impl Fn(&Scene) -> Option<String> + Sync) -> Vec<String> {
    let (scenes, wrong) = (scenes(&aws.url()), &wrong);
    std::thread::scope(|scope| {
        let parts = scenes.chunks(scenes.len().div_ceil(4));
        let parts: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().filter_map(wrong).collect::<Vec<_>>())).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

/// What is wrong with a run, if anything is.
fn wrong(scene: &Scene, run: &Run, taken: Option<&str>, by: Option<&str>) -> Option<String> {
    let row = &scene.row;
    let mut expected: Vec<String> = row.refused.clone().unwrap_or_default();
    expected.extend(taken.map(|taken| format!("arn:aws:iam::123456789012:user/{taken}, by ")));
    expected.extend(by.map(|by| format!(", by {by}\n")));
    let missing = expected.iter().find(|part| !run.stderr.contains(part.as_str()));
    let has_identity = run.stderr.contains("arn:aws:iam::123456789012:user/");
    if run.code == Some(2) && missing.is_none() && has_identity == taken.is_some() {
        return None;
    }
    Some(format!("{}: {missing:?} is not said, or too much\n{:?} {}", row.claim, run.code, run.stderr))
}

#[test]
fn every_row_takes_the_credentials_that_it_says() {
    let aws = aws();
    let errors =
        errors(&aws, |scene| wrong(scene, &scene.palisade(&[]), scene.row.is.as_deref(), scene.row.by.as_deref()));
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let strange = aws.seen().into_iter().find(|request| {
        let action = request.parameter("Action").unwrap_or("GetCallerIdentity");
        !["GetCallerIdentity", "AssumeRole", "AssumeRoleWithWebIdentity"].contains(&action)
    });
    assert!(strange.is_none(), "{strange:?}");
}

#[test]
fn a_role_of_the_command_line_comes_on_top_of_every_row() {
    let aws = aws();
    let errors = errors(&aws, |scene| {
        let run = scene.palisade(&["--role-arn", "arn:aws:iam::123456789012:role/top"]);
        let taken = scene.row.is.as_ref().map(|taken| format!("top-by-{taken}"));
        wrong(scene, &run, taken.as_deref(), None)
    });
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn botocore_takes_the_same_credentials() {
    let Some(python) = std::env::var_os("PALISADE_MOTO_PYTHON") else {
        println!("skipped: PALISADE_MOTO_PYTHON does not name a Python with boto3 (see .ci/run)");
        return;
    };
    let aws = aws();
    let scenes = scenes(&aws.url());
    let rows = scenes.iter().map(|scene| json!({ "argument": scene.row.argument, "variables": scene.variables }));
    let rows = Value::from(rows.collect::<Vec<_>>()).to_string();
    let mut command = Command::new(python);
    let mut child = command
        .arg(root().join("tests/credentials/botocore_rows.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(rows.as_bytes()).unwrap();
    let run = Run::of(child.wait_with_output().unwrap());
    let taken: Vec<String> = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    assert_eq!(taken.len(), scenes.len());
    let mut errors = Vec::new();
    for (scene, taken) in scenes.iter().zip(&taken) {
        let row = &scene.row;
        let expected = row.cli.as_deref().or(row.is.as_deref()).unwrap_or("refused");
        if taken != expected {
            errors.push(format!("{}: {taken}, not {expected}", row.claim));
        }
    }
    assert!(errors.is_empty(), "{}\n{}", errors.join("\n"), run.stderr);
}
