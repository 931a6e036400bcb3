//! Where results go: files, links, pipes, devices, and what happens when they take nothing.

#![cfg(target_os = "linux")]

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use palisade_simulator::Faults;
use serde_json::Value;

use crate::support::{Palisade, Run, World};

const IMAGE: &str = "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/storefront:3.15.0";

/// The report with the fewest calls.
const JSON: [&str; 7] = ["gate", IMAGE, "--demo", "--wait", "0", "--format", "json"];

fn json_to(file: &str) -> Vec<&str> {
    [&JSON[..], &["--output", file]].concat()
}

/// Runs a line of shell in which `"$@"` is palisade with these arguments.
fn shell(palisade: &Palisade, script: &str, arguments: &[&str]) -> Run {
    let mut command = Command::new("sh");
    let line = palisade.command(arguments);
    command.arg("-c").arg(script).arg("sh").arg(line.get_program()).args(arguments).env_clear();
    let variables = line.get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.envs(variables).env("PATH", "/usr/bin:/bin").current_dir(palisade.folder.path()).stdin(Stdio::null());
    Run::of(command.output().unwrap())
}

#[track_caller]
fn assert_report(text: &str) {
    let report: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(report["account"], "111122223333");
}

/// The files that a run kept elsewhere, by the paths that its error names.
fn kept(run: &Run) -> Vec<PathBuf> {
    let words = run.stderr.split([' ', ',']).map(|word| word.trim_end_matches([',', '\n']));
    words.filter(|word| word.contains("palisade-unwritten-")).map(PathBuf::from).collect()
}

#[test]
fn a_device_is_written_to_and_stays_a_device() {
    let palisade = Palisade::alone();
    symlink("/dev/null", palisade.path("null")).unwrap();
    let before = fs::metadata("/dev/null").unwrap();
    let run = palisade.run(&json_to("null"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let after = fs::metadata("/dev/null").unwrap();
    assert_eq!((before.ino(), before.mode(), before.rdev()), (after.ino(), after.mode(), after.rdev()));
    assert!(fs::symlink_metadata(palisade.path("null")).unwrap().is_symlink());
}

#[test]
fn a_fifo_hands_the_report_to_its_reader() {
    let palisade = Palisade::alone();
    let run = shell(&palisade, "mkfifo fifo; cat fifo > read & \"$@\"; code=$?; wait; exit $code", &json_to("fifo"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_report(&palisade.read("read"));
    assert!(!fs::metadata(palisade.path("fifo")).unwrap().is_file());
}

#[test]
fn a_reader_of_a_fifo_may_leave_early() {
    let palisade = Palisade::alone();
    let script = "mkfifo fifo; head -c 1 fifo > read & \"$@\"; code=$?; wait; exit $code";
    let run = shell(&palisade, script, &json_to("fifo"));
    assert_eq!((run.code, palisade.read("read").as_str()), (Some(0), "{"), "{}", run.stderr);
}

#[test]
fn a_pipe_that_the_shell_passes_on_is_written_to() {
    let palisade = Palisade::alone();
    for path in ["/dev/fd/3", "/proc/self/fd/3"] {
        let run = shell(&palisade, "\"$@\" 3>&1 >/dev/null", &json_to(path));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_report(&run.stdout);
    }
    let run = palisade.run(&json_to("/dev/stdout"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_report(&run.stdout);
}

#[test]
fn a_file_that_the_shell_opened_keeps_what_it_holds() {
    let palisade = Palisade::alone();
    for (script, path) in
        [("\"$@\" >> log", "/dev/stdout"), ("\"$@\" 3>> log", "/dev/fd/3"), ("\"$@\" 2>> log", "/dev/stderr")]
    {
        palisade.write("log", "kept\n");
        let run = shell(&palisade, script, &[&json_to(path)[..], &["--quiet"]].concat());
        assert_eq!(run.code, Some(0), "{path}: {}", run.stderr);
        let log = palisade.read("log");
        assert_report(log.strip_prefix("kept\n").unwrap_or_else(|| panic!("{path}: {log}")));
    }
}

#[test]
fn a_file_is_replaced_whole_and_keeps_its_mode_and_owner() {
    let palisade = Palisade::alone();
    palisade.write("old.json", "old");
    fs::set_permissions(palisade.path("old.json"), Permissions::from_mode(0o640)).unwrap();
    // Only root may give files away.
    let owner =
        std::os::unix::fs::chown(palisade.path("old.json"), Some(12_345), Some(54_321)).map(|()| (12_345, 54_321));
    let mut reader = File::open(palisade.path("old.json")).unwrap();
    assert_eq!(palisade.run(&json_to("old.json")).code, Some(0));
    assert_report(&palisade.read("old.json"));
    let metadata = fs::metadata(palisade.path("old.json")).unwrap();
    assert_eq!(metadata.mode() & 0o7777, 0o640);
    if let Ok(owner) = owner {
        assert_eq!((metadata.uid(), metadata.gid()), owner);
    }
    let seen = std::io::read_to_string(&mut reader).unwrap();
    assert_eq!(seen, "old", "who reads the old file never sees half of the new one");

    assert_eq!(palisade.run(&json_to("new.json")).code, Some(0));
    assert_eq!(fs::metadata(palisade.path("new.json")).unwrap().mode() & 0o7777, 0o600);
    let files = fs::read_dir(palisade.folder.path()).unwrap().count();
    assert_eq!(files, 2, "nothing is left behind");
}

#[test]
fn links_stay_and_lead_to_the_report() {
    let palisade = Palisade::alone();
    fs::create_dir(palisade.path("reports")).unwrap();
    palisade.write("reports/there", "old");
    for target in ["reports/there", "reports/not-yet"] {
        let link = palisade.path("link.json");
        symlink(target, &link).unwrap();
        assert_eq!(palisade.run(&json_to("link.json")).code, Some(0));
        assert_report(&palisade.read(target));
        assert_eq!(fs::read_link(&link).unwrap(), Path::new(target));
        fs::remove_file(link).unwrap();
    }
}

#[test]
fn all_names_of_a_file_get_the_report() {
    let palisade = Palisade::alone();
    palisade.write("one.json", &"old".repeat(1_000_000));
    fs::hard_link(palisade.path("one.json"), palisade.path("two.json")).unwrap();
    assert_eq!(palisade.run(&json_to("one.json")).code, Some(0));
    assert_report(&palisade.read("two.json"));
}

#[test]
fn a_file_that_is_mounted_gets_the_report_in_place() {
    let palisade = Palisade::alone();
    for name in ["outside.json", "inside.json"] {
        palisade.write(name, "old");
    }
    // In a namespace of its own, so that the mount goes with the run.
    let script = "exec unshare --map-root-user --mount sh -c \
                  'mount --bind outside.json inside.json && echo mounted && exec \"$@\"' sh \"$@\"";
    let run = shell(&palisade, script, &json_to("inside.json"));
    if !run.stdout.starts_with("mounted") {
        println!("skipped: this machine lets nobody mount: {}", run.stderr);
        return;
    }
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_report(&palisade.read("outside.json"));
}

#[test]
fn what_cannot_be_written_is_said_before_the_first_call() {
    let world = World::demo(Faults::default());
    let palisade = world.palisade();
    palisade.write("file", "");
    palisade.write("one.json", "");
    fs::create_dir(palisade.path("folder.json")).unwrap();
    symlink("one.json", palisade.path("link.json")).unwrap();
    symlink(".", palisade.path("here")).unwrap();
    fs::hard_link(palisade.path("one.json"), palisade.path("hard.json")).unwrap();
    let two = |one, two| vec!["audit", "--output", one, "--output", two];
    let cases: &[(Vec<&str>, &str)] = &[
        (vec!["audit", "-o", "missing/report.json"], "the folder missing is not there"),
        (vec!["audit", "-o", "file/report.json"], "cannot write file/report.json"),
        (vec!["audit", "-o", "folder.json"], "cannot write folder.json: is a directory"),
        (vec!["collect", "-o", "missing/inventory.json"], "the folder missing is not there"),
        (vec!["gate", IMAGE, "-o", "missing/report.json"], "the folder missing is not there"),
        (two("one.json", "link.json"), "are one file"),
        (two("one.json", "hard.json"), "are one file"),
        (two("new.json", "here/new.json"), "are one file"),
        (two("new.json", "./new.json"), "are one file"),
        (vec!["audit", "--resume", "link.json", "-o", "one.json"], "a file that the run reads"),
        (vec!["collect", "--resume", "journal", "-o", "here/journal"], "a file that the run reads"),
    ];
    for (arguments, said) in cases {
        let run = palisade.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{arguments:?} does not say {said}: {}", run.stderr);
    }
    assert_eq!(world.simulator.calls().len(), 0);
}

#[test]
fn an_inventory_is_not_overwritten_by_its_report() {
    let palisade = Palisade::alone();
    assert_eq!(palisade.run(&["collect", "--demo", "--output", "inventory.json"]).code, Some(3));
    let before = palisade.read("inventory.json");
    let run = palisade.run(&["audit", "--from", "inventory.json", "--output", "inventory.json"]);
    assert_eq!(run.code, Some(2));
    assert!(palisade.read("inventory.json") == before, "{}", run.stderr);
}

#[test]
fn what_a_full_disk_refuses_is_kept_elsewhere() {
    let palisade = Palisade::alone();
    let arguments =
        ["audit", "--demo", "--format", "json", "-o", "/dev/full", "--format", "sarif", "-o", "report.sarif"];
    let run = palisade.run(&arguments);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("/dev/full"), "{}", run.stderr);
    let files = kept(&run);
    let [report, inventory] = files.as_slice() else { panic!("{files:?} of {}", run.stderr) };
    assert!(report.starts_with(palisade.path(".local/state/palisade")), "{}", report.display());
    assert_report(&fs::read_to_string(report).unwrap());
    assert_eq!(fs::metadata(inventory).unwrap().mode() & 0o777, 0o600);
    let again = palisade.run(&["audit", "--format", "json", "--from", inventory.to_str().unwrap()]);
    assert_report(&again.stdout);
    assert!(palisade.read("report.sarif").contains("2.1.0"), "the other reports are written all the same");
}

#[test]
fn a_full_standard_output_loses_nothing() {
    let palisade = Palisade::alone();
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let cases: [(&[&str], usize); 4] = [
        (&["audit", "--demo"], 2),
        (&["gate", IMAGE, "--demo", "--wait", "0"], 2),
        (&["collect", "--demo", "--output", "/dev/full"], 1),
        (&["who-can", "lambda:InvokeFunction", "*", "--demo"], 1),
    ];
    for (arguments, files) in cases {
        let run = Run::of(palisade.command(arguments).stdout(full()).output().unwrap());
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        let kept = kept(&run);
        assert_eq!(kept.iter().filter(|file| file.is_file()).count(), files, "{arguments:?}: {}", run.stderr);
    }
    for arguments in [&["--help"][..], &["schema"], &["checks"]] {
        let run = Run::of(palisade.command(arguments).stdout(full()).output().unwrap());
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert!(run.stderr.contains("standard output"), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn without_a_state_folder_the_temporary_one_keeps_what_was_read() {
    let palisade = Palisade::alone();
    palisade.write("file", "");
    fs::create_dir(palisade.path("temporary")).unwrap();
    let mut command = palisade.command(&json_to("/dev/full"));
    command.env("XDG_STATE_HOME", palisade.path("file/state")).env("TMPDIR", palisade.path("temporary"));
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.code, Some(2));
    let kept = kept(&run);
    assert!(kept.iter().all(|file| file.starts_with(palisade.path("temporary")) && file.is_file()), "{}", run.stderr);

    let mut command = palisade.command(&json_to("/dev/full"));
    command.env("XDG_STATE_HOME", palisade.path("file/state")).env("TMPDIR", palisade.path("missing/temporary/file"));
    palisade.write("missing", "");
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("nor could it be kept"), "{}", run.stderr);
}

#[test]
fn nobody_has_to_listen_to_standard_error() {
    let palisade = Palisade::alone();
    let run = |arguments: &[&str], stderr: Stdio| palisade.command(arguments).stderr(stderr).output().unwrap();
    let full = || Stdio::from(OpenOptions::new().write(true).open("/dev/full").unwrap());
    let broken = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    for stderr in [full, broken] as [fn() -> Stdio; 2] {
        let output = run(&[&JSON[..], &["-vv"]].concat(), stderr());
        assert_eq!(output.status.code(), Some(0));
        assert_report(&String::from_utf8(output.stdout).unwrap());
        assert_eq!(run(&["audit", "--no-such-flag"], stderr()).status.code(), Some(2));
        assert_eq!(run(&["audit", "--from", "missing.json"], stderr()).status.code(), Some(2));
    }
    for closed in ["\"$@\" 2>&-", "\"$@\" 2>&- <&-"] {
        let run = shell(&palisade, closed, &JSON);
        assert_eq!(run.code, Some(0));
        assert_report(&run.stdout);
    }
}

#[test]
fn a_reader_that_has_seen_enough_changes_no_exit_code() {
    let world = World::small(Faults::default());
    let palisade = world.palisade();
    for (arguments, code) in
        [(&["audit"][..], 1), (&["audit", "--fail-on", "none"], 0), (&["explain", "lambda-tracing-off"], 0)]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = Run::of(palisade.command(&[arguments, &["--quiet"]].concat()).stdout(writer).output().unwrap());
        assert_eq!((run.code, run.stderr.as_str()), (Some(code), ""), "{arguments:?}");
        let run = shell(&palisade, "\"$@\" >&-", &[arguments, &["--quiet"]].concat());
        assert_eq!((run.code, run.stderr.as_str()), (Some(code), ""), "{arguments:?}, closed");
    }
}

/// An address at which the first call is refused, with a message that looks like more lines.
fn refusing() -> (String, std::thread::JoinHandle<()>) {
    const MESSAGE: &str = "no\n ERROR forged\r\u{9b}2J\u{202e}\u{2028}";
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        while lines.read_line(&mut line).unwrap() > 2 {
            line.clear();
        }
        let error = format!("<Error><Code>ValidationError</Code><Message>{MESSAGE}</Message></Error>");
        let body = format!("<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>");
        let head = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all([head, body].concat().as_bytes()).unwrap();
    });
    (address, answering)
}

#[test]
fn what_others_say_stays_on_its_line_of_the_log() {
    let (address, answering) = refusing();
    let refused = Palisade::at(address).run(&["audit", "--region", "us-east-1"]);
    answering.join().unwrap();
    let missing = Palisade::alone().run(&["audit", "--from", "missing\n ERROR forged\u{1b}[2J\u{202e}.json"]);
    for run in [refused, missing] {
        assert_eq!(run.code, Some(2));
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains("\\u{a} ERROR forged"), "{}", run.stderr);
        let unseen = run.stderr.trim_end().chars().find(|character| character.is_control());
        assert!(unseen.is_none() && !run.stderr.contains(['\u{202e}', '\u{2028}']), "{}", run.stderr);
    }
}

#[test]
fn a_fifo_without_a_reader_can_be_given_up() {
    let palisade = Palisade::alone();
    // The signal comes once the run has said that it waits.
    let script = "mkfifo fifo; mkfifo log; \"$@\" 2> log & run=$!; head -n 1 log; kill -TERM $run; wait $run";
    let run = shell(&palisade, script, &json_to("fifo"));
    assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("waiting for somebody to read fifo"), "{}", run.stdout);
}
