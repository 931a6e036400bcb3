//! The picture and the table of a trend.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use palisade_model::verdict::Severity;
use palisade_report::document::Score;

use crate::store::{Point, TimeToFix};
use crate::trend::{write_svg, write_text};

fn point(run: i64, score: Option<(u8, u8)>, open: [u64; 5]) -> Point {
    Point {
        run,
        time: format!("2026-11-{:02}T09:30:00.25Z", run + 1).parse().unwrap(),
        score: score.map(|(low, high)| Score { low, high, grade: "C-B".to_owned() }),
        open,
        unknown: 3,
        complete: run != 2,
        selected: run == 3,
    }
}

fn points() -> Vec<Point> {
    vec![
        point(1, Some((40, 60)), [3, 9, 1, 0, 2]),
        point(2, Some((55, 55)), [2, 9, 1, 0, 2]),
        point(3, Some((99, 99)), [0, 77, 0, 0, 0]),
        point(4, None, [0, 0, 0, 0, 0]),
        point(5, Some((90, 95)), [0, 4, 1, 0, 0]),
    ]
}

fn svg(account: &str, points: &[Point]) -> String {
    let mut out = Vec::new();
    write_svg(account, points, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_picture_stands_alone_and_says_in_words_what_it_shows() {
    let shown = svg("111122223333", &points());
    assert!(shown.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(shown.contains("<title id=\"t\">Score and open findings of account 111122223333</title>"));
    assert!(shown.contains("First 2026-11-02T09:30:00Z: a score of 40 to 60 and open 3 critical, 9 high"));
    assert!(shown.contains("1 runs of a selection are not shown.") && !shown.contains(">77<"));
    // No score parts the band in two.
    assert_eq!(shown.matches("<path class=\"score\"").count(), 2);
    for severity in Severity::ALL {
        assert_eq!(shown.matches(&format!("<path class=\"{severity}\"")).count(), 1);
    }
    for never in ["style", "script", "href", "NaN", "url("] {
        assert!(!shown.contains(never), "{never}");
    }
    assert_eq!(shown, svg("111122223333", &points()));
}

#[test]
fn no_runs_and_one_run_are_pictures_too() {
    assert!(svg("1", &[]).contains("No runs yet"));
    let one = svg("1", &points()[..1]);
    assert!(one.contains("<circle class=\"score\"") && !one.contains("NaN"));
    assert!(svg("<b>\u{1b}&", &[]).contains("&lt;b&gt;\\u{1b}&amp;"));
}

#[test]
fn the_table_has_a_line_for_each_run() {
    let mut out = Vec::new();
    let fixed = TimeToFix { mean: SignedDuration::from_hours(60), fixed: 4 };
    write_text(&points(), &BTreeMap::from([(Severity::High, fixed)]), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[1].contains("2026-11-02T09:30:00Z") && lines[1].contains("40 to 60 (C-B)"), "{text}");
    assert!(lines[2].ends_with("incomplete") && lines[3].ends_with("a selection") && lines[4].contains("none"));
    assert!(lines.last().unwrap().contains("high") && lines.last().unwrap().contains("2.5 days  of 4"), "{text}");
}
