//! How fast the writers are, and what memory they take: a report of so many findings (100,000 unless told), each format
//! written to a sink that counts, beside what `serde_json` alone takes for the same values.
//!
//!     cargo run --release -p palisade-report --example writers [FINDINGS] [FORMAT …]

#![expect(clippy::disallowed_methods, reason = "a bench has a clock, and asks the system what it took")]
#![expect(clippy::print_stdout, reason = "a bench tells what it measured")]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded")]

use std::io::{self, Write};
use std::time::{Duration, Instant};

use palisade_checks::audit::{Finding, Report, Status, audit};
use palisade_model::verdict::Verdict;
use palisade_model::{Action, Arn, By, Gap, Place, Reason};
use palisade_report::{FORMATS, Include, Style, write};

/// Counts what it is given.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A report whose findings are spread over all checks; one of twenty could not be decided.
fn report(findings: usize) -> Report {
    let scene = palisade_scenes::function(|_| {});
    let mut report = audit(&scene.inventory, &scene.settings);
    let checks: Vec<_> = palisade_checks::all().collect();
    let finding = |number: usize| {
        let check = checks[number % checks.len()];
        let resource = Arn::from(format!(
            "arn:aws:lambda:eu-west-1:111122223333:function:team-{}-service-{}",
            number % 97,
            number / checks.len()
        ));
        let outcome = if number.is_multiple_of(20) {
            let reason = Reason::Denied(By::Identity);
            Err(Gap { action: Action::LambdaGetPolicy, place: Place::resource(&resource), reason })
        } else {
            Ok(Verdict::fail(format!("Statement {} allows it to everybody, without a condition", number % 7)))
        };
        Finding { check, resource, severity: check.severity, outcome, suppressed: None }
    };
    report.findings = (0..findings).map(finding).collect();
    report.findings.sort_unstable_by(|left, right| {
        (right.severity, left.check.id, &left.resource).cmp(&(left.severity, right.check.id, &right.resource))
    });
    report.gaps = report.with_status(Status::Unknown).filter_map(|one| one.outcome.clone().err()).collect();
    report.gaps.sort();
    report.gaps.dedup();
    report
}

/// The most memory that the process ever took, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

/// Forgets the peak so far, where the kernel lets it.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn best(mut run: impl FnMut() -> u64) -> (Duration, u64) {
    let times = (0..3).map(|_| {
        let start = Instant::now();
        let bytes = run();
        (start.elapsed(), bytes)
    });
    times.min().unwrap_or_default()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let findings = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let wanted: Vec<String> = arguments.collect();
    let report = report(findings);
    forget_peak();
    let before = peak();
    println!("{findings} findings, {before} MiB before anything is written");
    let style = Style { all: true, ..Style::plain() };
    for format in FORMATS.iter().filter(|format| wanted.is_empty() || wanted.iter().any(|name| name == format.name)) {
        forget_peak();
        let (time, bytes) = best(|| {
            let mut out = Counter(0);
            write(&report, format, &style, &mut out).expect("a counter takes everything");
            out.0
        });
        let megabytes = bytes as f64 / 1e6;
        println!(
            "{:<20} {megabytes:>8.1} MB {:>7.3} s {:>7.0} MB/s {:>5} MiB above",
            format.name,
            time.as_secs_f64(),
            megabytes / time.as_secs_f64(),
            peak().saturating_sub(before)
        );
    }
    if wanted.is_empty() || wanted.iter().any(|name| name == "json") {
        alone(&report);
    }
}

/// What `serde_json` alone takes for the document, made beforehand.
fn alone(report: &Report) {
    let document = palisade_report::document::Document::from_report(report, Include::default());
    let (time, bytes) = best(|| {
        let mut out = io::BufWriter::new(Counter(0));
        serde_json::to_writer_pretty(&mut out, &document).expect("a counter takes everything");
        out.into_inner().map_or(0, |counter| counter.0)
    });
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{:<20} {megabytes:>8.1} MB {:>7.3} s {:>7.0} MB/s",
        "serde_json alone",
        time.as_secs_f64(),
        megabytes / time.as_secs_f64()
    );
}
