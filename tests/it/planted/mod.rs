//! A secret that is planted in a file, a command or a variable that cannot be read comes out nowhere, whatever is wrong.

mod addresses;
mod clusters;
mod credentials;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use palisade_simulator::Faults;

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

/// A simulated account with a cluster into which nothing leads.
const CLUSTER: &str = "account: '123456789012'\nregions:\n  us-east-1:\n    eks: {clusters: [{name: shop}]}\n";
