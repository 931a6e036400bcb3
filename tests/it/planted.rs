//! A secret that is planted in a file, a command or a variable that cannot be read comes out nowhere, whatever is wrong.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use palisade_simulator::{Account, Failure, FailureKind, Faults};

use crate::support::{Palisade, Run, World};

/// The secret: parts of it are looked for too, as errors may quote a window of a line.
const PLANT: &str = "Zq7-planted-Xw3-planted-Kp9";
const TRACES: [&str; 4] = ["Zq7", "Xw3", "Kp9", "planted"];

/// A folder with planted files, and what a command says of them.
struct Garden {
    palisade: Palisade,
    variables: Vec<(String, String)>,
}

impl Garden {
    fn of(palisade: Palisade) -> Self {
        Self { palisade, variables: Vec::new() }
    }

    fn alone() -> Self {
        Self::of(Palisade::alone())
    }

    fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.palisade.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Runs a command in the most talkative way, and makes sure that neither it nor what it writes tells the secret.
    fn run(&self, case: &str, arguments: &[&str]) -> Run {
        let planted = files(self.palisade.folder.path());
        let mut command: Command = self.palisade.command(&[arguments, &["-vv"]].concat());
        let run = Run::of(command.envs(self.variables.clone()).output().unwrap());
        let mut texts = vec![run.stdout.clone(), run.stderr.clone()];
        for file in files(self.palisade.folder.path()).difference(&planted) {
            texts.push(String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned());
        }
        for text in &texts {
            for trace in TRACES {
                assert!(!text.contains(trace), "{case}: {trace} appears in {text}");
            }
        }
        run
    }

    /// As [`Self::run`], for a command that fails before anything is audited.
    fn fails(&self, case: &str, arguments: &[&str], words: &[&str]) {
        let run = self.run(case, arguments);
        assert_eq!(run.code, Some(2), "{case}: {}", run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{case} does not say {word}: {}", run.stderr);
        }
    }
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { _ = found.insert(path) }
    }
    found
}

/// A text with the secret in place of `PLANT`, and in place of `BAD` a byte that is no UTF-8.
fn filled(text: &str) -> Vec<u8> {
    let text = text.replace("PLANT", PLANT);
    let mut parts = text.split("BAD").map(str::as_bytes);
    let first = parts.next().unwrap().to_vec();
    parts.fold(first, |bytes, part| [bytes.as_slice(), &[0xff], part].concat())
}

/// Each way in which the reader of a YAML file can stumble.
const YAML: [(&str, &str); 12] = [
    ("truncated", "disable: [PLANT"),
    ("scalar in place of a map", "PLANT"),
    ("wrong type", "disable: {PLANT: PLANT}"),
    ("number wanted", "thresholds: {runtime_notice_days: PLANT}"),
    ("unknown variant", "severity: {lambda-tracing-off: PLANT}"),
    ("no UTF-8", "disable: [PLANTBAD]"),
    ("tab", "disable:\n\t- PLANT"),
    ("duplicate key", "organization: PLANT\norganization: PLANT"),
    ("wrong nesting", "disable:\n  - a\n PLANT: b"),
    ("unclosed quote", "organization: \"PLANT\nx: y"),
    ("unknown anchor", "organization: *PLANT"),
    ("missing field", "suppressions: [{check: PLANT, resource: PLANT}]"),
];

#[test]
fn a_configuration_that_is_malformed() {
    let values = [
        ("no check of that id", "disable: [PLANT]"),
        ("suppression of no check", "suppressions: [{check: PLANT, resource: PLANT, reason: PLANT}]"),
        ("no account", "trusted_accounts: [PLANT]"),
        (
            "no account of a suppression",
            "suppressions: [{check: lambda-tracing-off, resource: '*', reason: a, account: PLANT}]",
        ),
        ("no date", "suppressions: [{check: lambda-tracing-off, resource: '*', reason: a, expires: PLANT}]"),
        ("unknown tag", "organization: !PLANT PLANT"),
    ];
    for (case, text) in YAML.into_iter().chain(values) {
        // A tag is taken for no more than a hint.
        let garden = Garden::alone().file("palisade.yaml", filled(text));
        if case == "unknown tag" {
            garden.run(case, &["audit", "--from", "none.json"]);
        } else {
            garden.fails(case, &["audit", "--demo"], &["palisade.yaml"]);
        }
    }
}

#[test]
fn the_place_and_the_kind_are_told() {
    let garden = Garden::alone().file("palisade.yaml", filled("# ours\nthresholds: {runtime_notice_days: PLANT}"));
    garden.fails("configuration", &["audit", "--demo"], &["palisade.yaml: line 2, column 35: a value is no u32"]);
    let garden = Garden::alone().file("inventory.json", filled("{\"inventory_version\": 1,\n\"account\": \"PLANT"));
    garden.fails("inventory", &["audit", "--from", "inventory.json"], &["inventory.json", "line 2", "ends too early"]);
}

#[test]
fn an_inventory_that_is_malformed() {
    let garden = Garden::alone();
    let collected = garden.run("collected", &["collect", "--demo", "--output", "whole.json"]);
    assert!(matches!(collected.code, Some(0 | 3)), "{}", collected.stderr);
    let whole = garden.palisade.read("whole.json");
    let account = "\"account\":\"111122223333\"";
    assert!(whole.contains(account));
    let changed = |to: &str| whole.replacen(account, to, 1);
    let cases = [
        ("truncated", whole.split_once(account).unwrap().0.to_owned() + "\"account\":\"PLANT"),
        ("wrong type", changed("\"account\":{\"PLANT\":\"PLANT\"}")),
        ("no list", changed("\"account\":[\"PLANT\"]")),
        ("unclosed quote", changed("\"account\":\"PLANT")),
        ("missing field", changed("\"PLANT\":\"PLANT\"")),
        ("duplicate key", changed("\"account\":\"PLANT\",\"account\":\"PLANT\"")),
        ("no UTF-8", changed("\"account\":\"PLANTBAD\"")),
        ("tab", changed("\"account\":\"PLANT\t\"")),
        ("unknown variant", whole.replacen("\"depth\":\"standard\"", "\"depth\":\"PLANT\"", 1)),
        ("no time", whole.replacen("\"collected_at\":\"", "\"collected_at\":\"PLANT", 1)),
        ("version", "{\"inventory_version\":\"PLANT\"}".to_owned()),
        ("no JSON", "PLANT".to_owned()),
    ];
    for (case, text) in cases {
        assert_ne!(text, whole, "{case}");
        let garden = Garden::alone().file("inventory.json", filled(&text));
        garden.fails(case, &["audit", "--from", "inventory.json"], &["inventory.json is not a whole inventory"]);
    }
}

#[test]
fn a_journal_that_is_malformed() {
    let world = World::small(Faults::default());
    let about = "{\"journal_version\":1,\"account\":\"PLANT\",\"depth\":\"standard\",\"required_tags\":false,\"started_at\":\"2026-01-01T00:00:00Z\"}\n";
    for (case, first) in [
        ("no JSON", "PLANT\n"),
        ("truncated", "{\"account\":\"PLANT"),
        ("wrong type", "{\"account\":[\"PLANT\"]}\n"),
        ("no UTF-8", "{\"account\":\"PLANTBAD\"}\n"),
        ("unknown variant", &about.replace("\"standard\"", "\"PLANT\"")),
        ("no time", &about.replace("2026-01-01", "PLANT")),
        ("another account", about),
    ] {
        let garden = Garden::of(world.palisade()).file("journal", filled(first));
        let run = garden.run(case, &["audit", "--resume", "journal"]);
        assert_eq!(run.code, Some(2), "{case}: {}", run.stderr);
    }
}

#[test]
fn answers_in_a_journal_that_are_malformed_are_asked_for_again() {
    let world = World::small(Faults::default());
    let garden = Garden::of(world.palisade());
    let now = jiff::Timestamp::now();
    let about = format!(
        "{{\"journal_version\":1,\"account\":\"123456789012\",\"depth\":\"standard\",\"required_tags\":false,\"started_at\":\"{now}\"}}\n"
    );
    let key = "lambda:ListFunctions us-east-1  #0";
    let entries = [
        format!("{{\"key\":\"{key}\",\"value\":{{\"items\":\"PLANT\",\"next\":[\"PLANT\"]}}}}"),
        "{\"key\":\"PLANT".to_owned(),
        "PLANT".to_owned(),
        "{\"key\":[\"PLANT\"],\"value\":\"PLANTBAD\"}".to_owned(),
    ];
    let garden = garden.file("journal", filled(&(about + &entries.join("\n") + "\n")));
    let run = garden.run("answers", &["audit", "--resume", "journal", "--format", "json"]);
    assert!(matches!(run.code, Some(0 | 1)), "{}", run.stderr);
    assert!(run.stdout.contains(":function:five"), "{}", run.stdout);
}

const CLUSTER: &str = "account: '123456789012'\nregions:\n  us-east-1:\n    eks: {clusters: [{name: shop}]}\n";

/// A kubeconfig with this as its cluster and this as its user.
fn kubeconfig(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: one\ncontexts: [{{name: one, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {cluster}}}]\nusers: [{{name: u, user: {user}}}]\n"
    )
}

/// A kubeconfig whose exec plugin is a script of the shell, which knows the secret by its arguments and environment.
fn plugin(script: &str, mode: &str) -> String {
    let exec = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: /bin/sh, args: ['-c', '{script}', PLANT], \
         env: [{{name: TOKEN, value: PLANT}}]{mode}}}}}"
    );
    kubeconfig("{server: 'https://127.0.0.1:9'}", &exec)
}

/// A case, its kubeconfig, and a word of what is said of it.
type Kubeconfigs = Vec<(&'static str, String, &'static str)>;

fn kubeconfigs() -> Kubeconfigs {
    let local = "{server: 'https://127.0.0.1:9'}";
    let base64 = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(text.replace("PLANT", PLANT))
    };
    let ca = |data: &str| {
        kubeconfig(&format!("{{server: 'https://127.0.0.1:9', certificate-authority-data: {data}}}"), "{token: PLANT}")
    };
    vec![
        ("truncated", kubeconfig(local, "{token: PLANT"), "line "),
        ("wrong type", kubeconfig(local, "[{token: PLANT}]"), "line "),
        ("server", kubeconfig("{server: 'https://user:PLANT@no host'}", "{token: PLANT}"), "no URL"),
        (
            "proxy",
            kubeconfig("{server: 'https://127.0.0.1:9', proxy-url: 'http://user:PLANT@no host'}", "{}"),
            "no URL",
        ),
        (
            "proxy's protocol",
            kubeconfig("{server: 'https://127.0.0.1:9', proxy-url: 'ftp://user:PLANT@host'}", "{}"),
            "protocol",
        ),
        ("authority", ca("PLANT"), "certificate authority"),
        ("authority of broken PEM", ca(&base64("-----BEGIN PLANT\nPLANT\n-----END CERTIFICATE-----\n")), ""),
        (
            "client certificate",
            kubeconfig(local, "{client-certificate-data: PLANT, client-key-data: PLANT}"),
            "certificate",
        ),
        ("client key file", kubeconfig(local, "{client-certificate: PLANT, client-key: PLANT}"), "not found"),
        ("token file", kubeconfig(local, "{tokenFile: PLANT}"), "not found"),
        ("token for no header", kubeconfig(local, "{token: \"PLANT\\n\"}"), "signs"),
        (
            "auth-provider",
            kubeconfig(local, "{auth-provider: {name: PLANT, config: {id-token: PLANT}}}"),
            "auth-provider",
        ),
        (
            "auth-provider's command",
            kubeconfig(local, "{auth-provider: {name: gcp, config: {cmd-path: /bin/sh, cmd-args: '-c PLANT'}}}"),
            "exit code 127",
        ),
        ("plugin that is missing", kubeconfig(local, "{exec: {command: /PLANT, args: [PLANT]}}"), "not found"),
        ("plugin without command", kubeconfig(local, "{exec: {args: [PLANT]}}"), ""),
    ]
}

fn plugins() -> Kubeconfigs {
    let fails = |mode: &str| plugin("echo PLANT; echo $TOKEN >&2; exit 3", mode);
    let prints = |script: &str| plugin(script, "");
    vec![
        ("plugin that fails", fails(""), "exit code 3"),
        ("plugin that asks", fails(", interactiveMode: Always"), "exit code 3"),
        ("plugin prints something", prints("echo PLANT $TOKEN; echo $0 >&2"), "ExecCredential"),
        ("plugin prints no token", prints("echo \"{kind: PLANT, status: {token: [PLANT]}}\""), "ExecCredential"),
        ("plugin's token for no header", prints("echo \"{status: {token: \\\"PLANT\\u0007\\\"}}\""), ""),
        ("plugin without status", prints("echo \"{kind: PLANT}\""), "status"),
        ("plugin's date", prints("echo \"{status: {token: PLANT, expirationTimestamp: PLANT}}\""), "date"),
        (
            "plugin's certificate",
            prints("echo \"{status: {clientCertificateData: PLANT, clientKeyData: PLANT}}\""),
            "cannot be used",
        ),
    ]
}

#[test]
fn a_kubeconfig_that_cannot_be_used() {
    look_into(kubeconfigs());
}

#[test]
fn an_exec_plugin_that_fails() {
    look_into(plugins());
}

fn look_into(cases: Kubeconfigs) {
    let world = World::of(Account::from_yaml(CLUSTER).unwrap(), Faults::default());
    for (case, text, word) in cases {
        let garden = Garden::of(world.palisade()).file("kube", filled(&text));
        let run = garden.run(
            case,
            &[
                "audit",
                "--region",
                "us-east-1",
                "--clusters",
                "shop",
                "--kubeconfig",
                "kube",
                "--resume",
                "journal",
                "--format",
                "json",
                "-o",
                "json",
                "--format",
                "ocsf",
                "-o",
                "ocsf",
                "--format",
                "sarif",
                "-o",
                "sarif",
                "--format",
                "table",
            ],
        );
        assert_eq!(run.code, Some(3), "{case}: {}", run.stderr);
        let report = garden.palisade.read("json");
        assert!(report.contains(word), "{case} does not say {word}: {}", run.stdout);
        assert!(word.is_empty() || report.contains("failed: kube: "), "{case}: {}", run.stdout);
    }
}

/// Profiles of which none gives credentials, and a word of what is said of each.
const PROFILES: [(&str, &str, &str); 16] = [
    ("no setting", "[default]\nPLANT\n", "neither a section nor a setting"),
    ("section that does not end", "[profile PLANT\n", "neither a section nor a setting"),
    ("setting without name", "[default]\n= PLANT\n", "neither a section nor a setting"),
    ("setting of no section", "aws_secret_access_key = PLANT\n", ""),
    ("nested setting", "[default]\ns3 =\n  PLANT\n", "neither a section nor a setting"),
    ("no UTF-8", "[default]\naws_secret_access_key = PLANTBAD\n", ""),
    ("key alone", "[default]\naws_secret_access_key = PLANT\n", ""),
    ("source of another name", "[default]\nrole_arn = PLANT\nsource_profile = PLANT\n", "profile"),
    ("credential source", "[default]\nrole_arn = PLANT\ncredential_source = PLANT\n", "credential_source"),
    (
        "circle",
        "[default]\nrole_arn = PLANT\nsource_profile = b\n[profile b]\nrole_arn = PLANT\nsource_profile = default\n",
        "itself",
    ),
    ("SSO session", "[default]\nsso_session = PLANT\nsso_account_id = PLANT\nsso_role_name = PLANT\n", "sso_session"),
    ("half a web identity", "[default]\nweb_identity_token_file = PLANT\n", ""),
    ("token file that is missing", "[default]\nrole_arn = PLANT\nweb_identity_token_file = /PLANT\n", "not found"),
    ("process that fails", "[default]\ncredential_process = echo PLANT; echo PLANT >&2; exit 4\n", "exit code 4"),
    ("process that is killed", "[default]\ncredential_process = echo PLANT >&2; kill -9 $$\n", "was killed"),
    ("process that is missing", "[default]\ncredential_process = /PLANT PLANT\n", "exit code 127"),
];

/// What a credential process may print that is no credentials.
const PRINTED: [&str; 8] = [
    "PLANT",
    "{\"SecretAccessKey\":\"PLANT",
    "{\"Version\":1,\"SecretAccessKey\":\"PLANT\"}",
    "{\"Version\":1,\"AccessKeyId\":[\"PLANT\"],\"SecretAccessKey\":\"PLANT\"}",
    "{\"Version\":\"PLANT\",\"AccessKeyId\":\"PLANT\",\"SecretAccessKey\":\"PLANT\"}",
    "{\"Version\":1,\"AccessKeyId\":\"PLANT\",\"SecretAccessKey\":\"PLANT\",\"Expiration\":\"PLANT\"}",
    "{\"Version\":1,\"AccessKeyId\":\"PLANT\\x\",\"SecretAccessKey\":\"PLANT\"}",
    "{\"Version\":1,\"SecretAccessKey\":\"PLANTBAD\"}",
];

#[test]
fn profiles_that_give_no_credentials() {
    for (case, text, word) in PROFILES {
        let garden = Garden::alone().file(".aws/config", filled(text));
        garden.fails(case, &["audit", "--region", "us-east-1"], &["no AWS credentials", word]);
        let garden = Garden::alone().file(".aws/credentials", filled(&text.replace("[profile ", "[")));
        garden.fails(case, &["audit", "--region", "us-east-1"], &["no AWS credentials"]);
    }
    for printed in PRINTED {
        let garden = Garden::alone().file("printed", filled(printed));
        let garden = garden.file(".aws/config", "[default]\ncredential_process = cat printed; echo Zq7-planted >&2\n");
        garden.fails(
            printed,
            &["audit", "--region", "us-east-1"],
            &["no AWS credentials", "the credential process printed"],
        );
    }
}

#[test]
fn a_profile_whose_keys_aws_refuses() {
    let refusal = Failure::of("sts:GetCallerIdentity", FailureKind::InvalidToken);
    let world = World::small(Faults { failures: vec![refusal], ..Faults::default() });
    let garden = Garden::alone().variable("AWS_ENDPOINT_URL", world.simulator.endpoint());
    let garden =
        garden.file(".aws/config", filled("[default]\naws_access_key_id = PLANT\naws_secret_access_key = PLANT\n"));
    garden.fails("keys", &["audit", "--region", "us-east-1"], &["does not accept the credentials"]);
}

/// An STS that refuses everything, and says in its refusal what it was sent.
fn echoing_sts(requests: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(requests) {
            let mut stream = stream.unwrap();
            let mut bytes = vec![0; 65536];
            let mut length = 0;
            // The headers and the form come in one or two pieces; the form ends with the secret's last letters.
            while !String::from_utf8_lossy(&bytes[..length]).contains("Kp9") {
                match stream.read(&mut bytes[length..]) {
                    Ok(0) | Err(_) => break,
                    Ok(more) => length += more,
                }
            }
            let sent = String::from_utf8_lossy(&bytes[..length]).replace(['&', '<'], " ");
            let body = format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>{sent}</Message></Error></ErrorResponse>"
            );
            let _ = write!(
                stream,
                "HTTP/1.1 400 Bad Request\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}")
}

#[test]
fn a_web_identity_that_sts_refuses() {
    let sts = echoing_sts(3);
    let garden = |token: &str| {
        let garden = Garden::alone().file("token", filled(token)).variable("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
        garden.variable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/one").variable("AWS_ENDPOINT_URL", sts.clone())
    };
    let arguments = ["audit", "--region", "us-east-1"];
    garden("PLANT").fails("refused", &arguments, &["STS refused the web identity: InvalidIdentityToken"]);
    garden("PLANTBAD").fails("no UTF-8", &arguments, &["no AWS credentials", "UTF-8"]);
    let missing = garden("PLANT").variable("AWS_WEB_IDENTITY_TOKEN_FILE", format!("/{PLANT}"));
    missing.fails("missing", &arguments, &["no AWS credentials", "not found"]);
}

#[test]
fn an_external_id_that_sts_repeats() {
    let garden = Garden::of(Palisade::at(echoing_sts(3)));
    let role = "arn:aws:iam::123456789012:role/one";
    let arguments = ["audit", "--region", "us-east-1", "--role-arn", role, "--external-id", PLANT];
    garden.fails("external id", &arguments, &["cannot assume the role"]);
}

/// With keys that the simulated account takes.
fn with_keys() -> Garden {
    Garden::alone().variable("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST").variable("AWS_SECRET_ACCESS_KEY", "test")
}

/// Addresses with a password, most of which are none.
const ADDRESSES: [&str; 5] = [
    "http://user:PLANT@no host",
    "PLANT",
    "http://user:PLANT@[",
    "ftp://user:PLANT@127.0.0.1:9",
    "http://user:PLANT@127.0.0.1:9",
];

const AUDIT: [&str; 3] = ["audit", "--region", "us-east-1"];

#[test]
fn the_address_of_all_services_with_a_password() {
    for url in ADDRESSES.map(|url| url.replace("PLANT", PLANT)) {
        let garden = with_keys().variable("AWS_ENDPOINT_URL", &*url);
        garden.fails(&url, &AUDIT, &["does not accept the credentials"]);
    }
    let world = World::of(Account::from_yaml(CLUSTER).unwrap(), Faults::default());
    let url = world.simulator.endpoint().replace("http://", &format!("http://user:{PLANT}@"));
    with_keys().run(&url, &[&AUDIT[..], &["--endpoint-url", &url]].concat());
}

#[test]
fn the_address_of_one_service_with_a_password() {
    let world = World::of(Account::from_yaml(CLUSTER).unwrap(), Faults::default());
    for url in ADDRESSES.map(|url| url.replace("PLANT", PLANT)) {
        let garden = with_keys().variable("AWS_ENDPOINT_URL", world.simulator.endpoint());
        let garden = garden.variable("AWS_ENDPOINT_URL_EC2", &*url).variable("AWS_ENDPOINT_URL_EKS", &*url);
        assert_eq!(garden.run(&url, &AUDIT).code, Some(3));
    }
}

#[test]
fn proxies_with_passwords() {
    for proxy in ["http://user:PLANT@127.0.0.1:9", "user:PLANT@no host", "socks9://user:PLANT@127.0.0.1:9"] {
        let proxy = proxy.replace("PLANT", PLANT);
        let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"];
        let garden = with_keys().variable("AWS_ENDPOINT_URL", "http://aws.invalid");
        let garden = names.into_iter().fold(garden, |garden, name| garden.variable(name, &*proxy));
        garden.fails(&proxy, &AUDIT, &["does not accept the credentials"]);
    }
}

#[test]
fn certificates_that_hold_something_else() {
    let (begin, end) = ("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n");
    let texts =
        ["PLANT".to_owned(), format!("{begin}PLANT\n{end}"), "-----BEGIN PLANT\n".to_owned(), format!("{begin}PLANT")];
    for text in &texts {
        let garden = Garden::of(Palisade::at("http://127.0.0.1:9".to_owned()));
        let garden = garden.file("bundle", filled(text)).variable("AWS_CA_BUNDLE", "bundle");
        garden.fails(text, &["audit", "--region", "us-east-1"], &["AWS_CA_BUNDLE", "bundle"]);
    }
}
