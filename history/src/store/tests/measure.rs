//! How long a large account takes: benches/history.sh.

use std::fs;

use palisade_report::document::Status;
use palisade_report::view::View;

use super::super::History;
use super::place;
use crate::tests::{IMMUTABLE, PUBLIC, TRACING, also_judged, fail, finding, function, report};

#[test]
#[ignore = "it measures, and holds nothing"]
#[expect(clippy::disallowed_methods, reason = "a measure takes a clock")]
fn a_hundred_thousand_findings() {
    let resources: Vec<_> =
        (0..34_000).map(|number| function(&format!("a-function-of-some-length-{number:05}"))).collect();
    let run = |day, passes_every: usize| {
        let checks = [PUBLIC, TRACING, IMMUTABLE];
        let findings = resources.iter().enumerate().flat_map(|(index, arn)| {
            checks.map(move |check| {
                if index % passes_every == 0 {
                    finding(check, arn, Status::Pass)
                } else {
                    fail(check, arn, &["TracingConfig.Mode is PassThrough", "something else as well"])
                }
            })
        });
        View::read(also_judged(report(day, findings), []))
    };
    let (_folder, path) = place();
    for (name, view) in [("first", run(1, 100_000)), ("same", run(2, 100_000)), ("half fixed", run(3, 2))] {
        let begin = std::time::Instant::now();
        let mut history = History::open(&path).unwrap();
        let opened = begin.elapsed();
        let counts = history.record(&view).unwrap().changes.counts;
        let size = fs::metadata(&path).unwrap().len() / 1_000_000;
        println!("{name}: opened in {opened:?}, all in {:?}, {size} MB, {counts:?}", begin.elapsed());
    }
}
