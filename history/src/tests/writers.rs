//! Diffs as they are written.

use palisade_report::document::Status;

use super::{HOSTILE, PUBLIC, TRACING, fail, finding, function, report};
use crate::Diff;

fn hostile() -> Diff {
    let older = report(
        1,
        [
            fail(TRACING, &function("fixed"), &["x"]),
            fail(TRACING, &function("gone"), &["x"]),
            fail(TRACING, &function(&format!("unread {HOSTILE}")), &["x"]),
        ],
    );
    let mut newer = report(
        2,
        [
            fail(PUBLIC, &function(HOSTILE), &[HOSTILE, "second"]),
            finding(TRACING, &function("fixed"), Status::Pass),
            finding(TRACING, &function(&format!("unread {HOSTILE}")), Status::Unknown),
        ],
    );
    newer.findings[2].gap.as_mut().unwrap().reason.message = HOSTILE.to_owned();
    Diff::of(&older, &newer).unwrap()
}

fn text(most: usize) -> String {
    let mut out = Vec::new();
    hostile().write_text(&mut out, most).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_text_has_counts_first_and_what_is_not_comparable_by_cause() {
    let text = text(10);
    let parts = [
        "1  new: 1 critical",
        "1  fixed: 1 low",
        "1  gone",
        "NEW\n",
        "FIXED\n",
        "GONE\n",
        "NOT COMPARABLE, STILL OPEN\n",
    ];
    let found: Vec<_> = parts.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"))).collect();
    assert!(found.is_sorted(), "{text}");
    assert!(text.contains("1 finding: could not be checked: lambda:GetPolicy"));
}

#[test]
fn no_name_steers_a_terminal() {
    let hidden = |text: &str| text.chars().any(|sign| (sign.is_control() && sign != '\n') || sign == '\u{202e}');
    assert!(!hidden(&text(10)));
    let mut json = Vec::new();
    hostile().write_json(&mut json).unwrap();
    let json = String::from_utf8(json).unwrap();
    assert!(!hidden(&json));
    let read: Diff = serde_json::from_str(&json).unwrap();
    assert_eq!(read, hostile());
}

#[test]
fn no_name_is_markup() {
    let mut out = Vec::new();
    hostile().write_markdown(&mut out, 10).unwrap();
    let markdown = String::from_utf8(out).unwrap();
    for sign in ["<b>", "](", "`", "@", "\u{1b}", "://"] {
        assert!(!markdown.contains(sign), "{sign}: {markdown}");
    }
    // Each row has as many cells as its head.
    for row in markdown.lines().filter(|line| line.starts_with("| critical") || line.starts_with("| low")) {
        assert_eq!(row.matches('|').count(), 5, "{row}");
    }
}

#[test]
fn what_is_left_out_is_counted() {
    let many = (0..30).map(|number| fail(TRACING, &function(&format!("f{number}")), &[]));
    let diff = Diff::of(&report(1, []), &report(2, many)).unwrap();
    let mut out = Vec::new();
    diff.write_text(&mut out, 10).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("… and 20 more"));
    let mut out = Vec::new();
    diff.write_markdown(&mut out, 10).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("… and 20 more"));
}

#[test]
fn nothing_is_said_to_have_changed_where_nothing_has() {
    let same = report(1, [fail(TRACING, &function("a"), &["x"])]);
    let mut out = Vec::new();
    Diff::of(&same, &same).unwrap().write_text(&mut out, 10).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("1  unchanged") && text.contains("Nothing changed."), "{text}");
}
