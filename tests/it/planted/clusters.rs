//! Kubeconfigs and exec plugins.

use palisade_simulator::{Account, Faults};

use super::{CLUSTER, Garden, PLANT, filled};
use crate::support::World;

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
