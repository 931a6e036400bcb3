//! A memory between runs, and what is done with reports afterwards.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use palisade_simulator::{Account, Faults};
use serde_json::Value;

use crate::support::{Palisade, World};

/// Two functions; of the first the tracing is as said.
fn world(tracing: &str, faults: Faults) -> World {
    let text = format!(
        "account: '123456789012'\nregions:\n  us-east-1:\n    lambda:\n      functions:\n        - {{name: one, tracing: {tracing}}}\n        \
         - {{name: two}}\n"
    );
    World::of(Account::from_yaml(&text).unwrap(), faults)
}

/// A report of a world, in the file.
fn report(world: &World, palisade: &Palisade, name: &str) {
    let endpoint = world.simulator.endpoint();
    let output = palisade
        .command(&["audit", "--format", "json", "--output", name, "--allow-gaps", "--fail-on", "none"])
        .env("AWS_ENDPOINT_URL", endpoint)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

fn diff(palisade: &Palisade, older: &str, newer: &str) -> Value {
    let run = palisade.run(&["diff", older, newer, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_second_run_tells_exactly_what_was_fixed() {
    let (before, after) = (world("PassThrough", Faults::default()), world("Active", Faults::default()));
    let palisade = before.palisade();
    let audit = |world: &World| {
        let output = palisade
            .command(&["audit", "--history", "audits.db", "--fail-on", "none"])
            .env("AWS_ENDPOINT_URL", world.simulator.endpoint())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(!audit(&before).contains("since "), "the first run has none before it");
    let told = audit(&after);
    let line = told.lines().find(|line| line.contains("since ")).unwrap();
    assert!(line.ends_with(": 1 fixed"), "{line}");
    let trend = palisade.run(&["trend", "--history", "audits.db"]);
    assert_eq!(
        (trend.code, trend.stdout.lines().filter(|line| line.contains("202")).count()),
        (Some(0), 2),
        "{}",
        trend.stdout
    );
    assert!(palisade.run(&["trend", "--history", "audits.db", "--format", "svg"]).stdout.starts_with("<svg"));
}

#[test]
fn a_diff_tells_what_was_fixed_and_nothing_is_fixed_by_a_call_that_failed() {
    let (before, after) = (world("PassThrough", Faults::default()), world("Active", Faults::default()));
    let palisade = before.palisade();
    report(&before, &palisade, "before.json");
    report(&after, &palisade, "after.json");
    let told = diff(&palisade, "before.json", "after.json");
    assert_eq!((&told["counts"]["fixed"], &told["counts"]["new"]), (&1.into(), &0.into()), "{told:#}");
    assert_eq!(told["fixed"][0]["check"], "lambda-tracing-off");
    let same = diff(&palisade, "before.json", "before.json");
    assert_eq!((&same["counts"]["fixed"], &same["counts"]["new"]), (&0.into(), &0.into()));

    let blind = world("Active", crate::support::denied("lambda:ListFunctions"));
    report(&blind, &palisade, "blind.json");
    let told = diff(&palisade, "before.json", "blind.json");
    assert_eq!((&told["counts"]["fixed"], &told["counts"]["gone"]), (&0.into(), &0.into()), "{told:#}");
    assert!(told["counts"]["not_comparable"].as_u64() > Some(0));
}

#[test]
fn a_baseline_lets_only_what_is_new_fail_the_run() {
    let (before, after) = (world("Active", Faults::default()), world("PassThrough", Faults::default()));
    let palisade = before.palisade();
    report(&before, &palisade, "baseline.json");
    let audit = |world: &World, baseline: &str| {
        let mut command = palisade.command(&["audit", "--baseline", baseline, "--fail-on", "low", "--quiet"]);
        crate::support::Run::of(command.env("AWS_ENDPOINT_URL", world.simulator.endpoint()).output().unwrap())
    };
    assert_eq!(audit(&before, "baseline.json").code, Some(0), "function two fails as it did");
    assert_eq!(audit(&after, "baseline.json").code, Some(1), "function one does not");
    palisade.write("cut.json", &palisade.read("baseline.json")[..2_000]);
    palisade.write("empty.json", "");
    for (file, word) in [("cut.json", "cut short"), ("empty.json", "empty"), ("none.json", "no baseline")] {
        let run = audit(&before, file);
        assert!(run.code == Some(2) && run.stderr.contains(word) && run.stderr.contains(file), "{}", run.stderr);
    }
}

#[test]
fn a_damaged_history_is_an_error_before_anything_is_read() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    palisade.write("no.db", "this is no database, however long it may be told");
    palisade.write("empty.db", "");
    for file in ["no.db", "empty.db"] {
        let text = palisade.read(file);
        let run = palisade.run(&["audit", "--history", file]);
        assert!(run.code == Some(2) && run.stdout.is_empty() && run.stderr.contains(file), "{}", run.stderr);
        assert_eq!(palisade.read(file), text, "it stays as it was");
    }
}

#[test]
fn a_finding_is_accepted_by_its_uid_and_the_file_keeps_its_comments() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    palisade.write("palisade.yaml", "# ours\nthresholds:\n  unused_days: 30 # a month\n");
    let (before, _) = palisade.audit(&[]);
    let failed = |report: &crate::support::Report| {
        let findings = report.0["findings"].as_array().unwrap().clone();
        findings.into_iter().filter(|finding| finding["status"] == "fail").collect::<Vec<_>>()
    };
    let uid = failed(&before)[0]["uid"].as_str().unwrap().to_owned();
    let run = palisade.run(&["suppress", &uid, "--reason", "meant so", "--by", "the shop", "--expires", "2099-12-31"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = palisade.read("palisade.yaml");
    assert!(text.starts_with("# ours\nthresholds:\n  unused_days: 30 # a month\n") && text.contains(&uid), "{text}");
    let (after, _) = palisade.audit(&[]);
    assert_eq!(failed(&after).len() + 1, failed(&before).len());
    let again =
        palisade.run(&["suppress", &uid, "--reason", "meant so", "--by", "the shop", "--expires", "2099-12-31"]);
    assert_eq!(again.code, Some(2), "it is there already");
    assert_eq!(palisade.read("palisade.yaml"), text);
    let run = palisade.run(&["suppress", "--check", "lambda-tracing-of", "--resource", "*", "--reason", "x"]);
    assert!(run.code == Some(2) && run.stderr.contains("lambda-tracing-off"), "{}", run.stderr);
}

#[test]
fn a_report_is_written_in_other_forms_as_the_run_would_have() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    let names = ["ocsf", "sarif"];
    let mut arguments =
        vec!["audit", "--fail-on", "none", "--include", "pass,not-applicable", "--format", "json", "-o", "run.json"];
    for name in names {
        arguments.extend(["--format", name, "-o", name]);
    }
    assert_eq!(palisade.run(&arguments).code, Some(0));
    for name in names {
        let run = palisade.run(&["report", "run.json", "--format", name, "--include", "pass,not-applicable"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout == palisade.read(name), "{name} differs");
    }
}

#[test]
fn a_framework_is_told_requirement_by_requirement() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    let run = palisade.run(&["audit", "--framework", "fsbp", "--fail-on", "none"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let line =
        |id: &str| run.stdout.lines().find(|line| line.contains(&format!(" {id} "))).unwrap_or_default().to_owned();
    assert!(line("Lambda.1").starts_with("FAIL"), "{}", run.stdout);
    assert!(
        line("Lambda.2").starts_with("pass") || line("Lambda.2").starts_with("not applicable"),
        "{}",
        line("Lambda.2")
    );
    let (report, _) = palisade.audit(&["--framework", "fsbp,cis-eks"]);
    assert_eq!(report.0["frameworks"].as_array().unwrap().len(), 2);
    let run = palisade.run(&["audit", "--framework", "fsb"]);
    assert!(run.code == Some(2) && run.stderr.contains("`fsbp`") && run.stderr.contains("cis-eks"), "{}", run.stderr);
}

/// A server that answers each request with the next of these, and gives the bodies.
fn server(answers: Vec<(&'static str, &'static str)>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let answer = |(status, body): (&str, &str)| {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(&stream);
            let (mut length, mut line) = (0, String::new());
            while reader.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut sent = vec![0; length];
            reader.read_exact(&mut sent).unwrap();
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            (&stream).write_all(head.as_bytes()).unwrap();
            String::from_utf8_lossy(&sent).into_owned()
        };
        answers.into_iter().map(answer).collect()
    });
    (address, served)
}

#[test]
fn what_a_sink_does_not_take_is_sent_by_the_next_delivery_and_the_secret_shows_nowhere() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    palisade.run(&["audit", "--format", "json", "-o", "report.json", "--fail-on", "none"]);
    let deliver = |address: &str, report: &[&str]| {
        let arguments =
            [&["deliver", "http"], report, &["--address", address, "--header", "authorization", "--spool", "spool"]];
        let mut command = palisade.command(&arguments.concat());
        crate::support::Run::of(command.env("PALISADE_HTTP_SECRET", "Bearer planted").output().unwrap())
    };
    let (address, served) = server(vec![("401 Unauthorized", "no")]);
    let run = deliver(&address, &["report.json"]);
    assert!(run.code == Some(1) && run.stderr.contains("not delivered"), "{}", run.stderr);
    assert!(!run.stderr.contains("planted"), "{}", run.stderr);
    let sent = served.join().unwrap().concat();
    // The spool knows its sink by the address: the next server has to be at the same.
    let port = address.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port));
    drop(listener);
    let run = deliver(&address, &[]);
    assert!(run.code == Some(1), "nobody is there: {}", run.stderr);
    let kept: String = walk(&palisade.path("spool"));
    assert!(kept.len() >= sent.len() && !kept.contains("planted"));
}

/// All that is in a folder, one file after the other.
fn walk(folder: &std::path::Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        text += &if path.is_dir() { walk(&path) } else { std::fs::read_to_string(&path).unwrap_or_default() };
    }
    text
}
