//! What a reader of Markdown gets.

use palisade_checks::audit::Report;
use palisade_model::verdict::Verdict;
use palisade_model::{Action, Gap, Place, Reason};
use proptest::prelude::*;

use super::hostile::{names, report_of};
use super::{EVERYTHING, MARKDOWN, Style, plain, sample, written};

/// What GitHub takes of a comment, with room for what is put around it.
const LONGEST: usize = 60_000;

fn markdown(report: &Report) -> String {
    written(report, MARKDOWN, &plain(80))
}

/// The line without what stands in code, by CommonMark's rule: from a row of backticks to the next one of the same length.
fn without_code(line: &str) -> String {
    let (mut left, mut rest) = (String::new(), line);
    while let Some(start) = rest.find('`') {
        left.push_str(&rest[..start]);
        let inside = rest[start..].trim_start_matches('`');
        let fence = rest.len() - start - inside.len();
        let mut from = 0;
        loop {
            let place = inside[from..].find('`').unwrap_or_else(|| panic!("code has no end: {line}")) + from;
            let run = inside[place..].bytes().take_while(|byte| *byte == b'`').count();
            from = place + run;
            if run == fence {
                break;
            }
        }
        rest = &inside[from..];
    }
    left + rest
}

#[test]
fn a_summary_of_everything() {
    insta::assert_snapshot!(markdown(&sample::rich()));
}

#[test]
fn a_summary_of_a_clean_and_of_an_empty_account() {
    insta::assert_snapshot!(format!("{}\n{}", markdown(&sample::clean()), markdown(&sample::empty())));
}

#[test]
fn what_could_not_be_read_is_told_before_what_was() {
    let text = markdown(&sample::rich());
    let lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines[1].starts_with("> **Incomplete: "), "{text}");
    assert!(text.contains("`account:ListRegions`") && text.contains("no check waits for it"), "{text}");
    assert!(!markdown(&sample::clean()).contains("Incomplete"));
}

/// All checks fail, and all calls have no answer, for things whose names are this one.
fn worst(name: &str) -> Report {
    let fails = |check| {
        (0..3).map(move |number| sample::finding(check, format!("{name}{number}").into(), Ok(Verdict::fail(name))))
    };
    let gap =
        |action: Action| Gap { action, place: Place::region(&name.into()), reason: Reason::Failed(name.to_owned()) };
    let unknown = Action::ALL
        .iter()
        .map(|action| sample::finding(&sample::URL, format!("{name}{action}").into(), Err(gap(*action))));
    let findings = palisade_checks::all().flat_map(fails).chain(unknown).collect();
    let mut report = sample::with(report_of(name), findings);
    report.gaps = Action::ALL.iter().copied().map(gap).collect();
    report.notices = std::iter::repeat_n(report.notices, 20).flatten().collect();
    report
}

#[test]
fn a_summary_fits_into_a_comment_whatever_the_account_holds() {
    let long = ["a", "`", "@ ", "``` ", "\u{202e}", "𝒳", "<b>"].map(|piece| piece.repeat(3_000));
    for name in long {
        let text = markdown(&worst(&name));
        let characters = text.chars().count();
        assert!(characters < LONGEST, "{characters}: {}", &text[..2_000]);
        assert!(text.contains("more checks") && text.contains("more causes"), "what is left out is counted");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_is_markup_a_link_or_a_mention(name in names()) {
        let spelt = markdown(&report_of("name"));
        let text = written(&report_of(&name), MARKDOWN, &Style { include: EVERYTHING, ..plain(80) });
        prop_assert_eq!(text.lines().count(), spelt.lines().count(), "{}", text);
        for line in text.lines() {
            let left = without_code(line);
            let own = left.trim_start_matches(['#', '>', ' ']);
            let own = if line.starts_with('|') { own.replace('|', "") } else { own.replace("**", "") };
            let signs = own.chars().find(|one| "@#<>&\\[]{}*_~|`$!".contains(*one));
            prop_assert_eq!(signs, None, "{}", line);
            prop_assert!(!own.contains("://") && !own.contains("www."), "{}", line);
        }
    }
}
