//! What the writers make of names that were chosen to mislead.

use palisade_checks::audit::{Finding, Notice, Report};
use palisade_model::verdict::{Evidence, Verdict};
use palisade_model::{AccountId, Action, Arn, Gap, Place, Reason, RegionName};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::ocsf::{INVENTORY, OCSF, VULNERABILITIES};
use super::{EVERYTHING, FORMATS, SARIF, Style, TABLE, lines_of, plain, sample, written};
use crate::safe::visible;

/// Characters that end lines, steer terminals, turn text or hide in it, and those that mean something to a format.
pub(super) const TRICKS: [&str; 38] = [
    "\n",
    "\r",
    "\u{b}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{1b}[2J",
    "\u{1b}[1;31m",
    "\u{9b}0m",
    "\u{7}",
    "\u{0}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{ad}",
    "\u{feff}",
    "\u{e0041}",
    "\\",
    "\"",
    "[a](https://b.example)",
    "{0}",
    "│",
    "=1+1",
    "＝cmd|' /C calc'!A0",
    " +1",
    "\",\"",
    ",",
    "@everyone",
    "`",
    "``",
    "<img src=x onerror=a>",
    "&#64;",
    "*_~~",
    "|",
    "</style></script><script>alert(1)</script>",
    "\" onmouseover=\"alert(1)\" style=\"x",
    "'><img src=x onerror=alert(1)>",
    "&lt;b&gt;<!--",
];

pub(crate) fn names() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(TRICKS.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => Just(" FORGED ".to_owned()),
        1 => Just("\nFORGED".to_owned()),
        1 => "[a-z:/.-]{1,20}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// A report in which every text that can come from an account is this one.
pub(crate) fn report_of(name: &str) -> Report {
    let arn = |number: usize| Arn::from(format!("arn:{name}:{name}:{name}:{name}:{name}{number}"));
    let region = RegionName::from(name);
    let account = AccountId::from(name);
    let reasons = [
        Reason::Failed(name.to_owned()),
        Reason::Partial(Box::new(Reason::Failed(name.to_owned()))),
        Reason::Elsewhere(account.clone()),
        Reason::RegionOff,
    ];
    let gaps = reasons.into_iter().enumerate().map(|(number, reason)| {
        let place = Place { region: Some(region.clone()), resource: Some(arn(number)) };
        Gap { action: Action::LambdaGetPolicy, place: place.into(), reason }
    });
    let gaps: Vec<Gap> = gaps.collect();
    let fails = |number| {
        let evidence = (0..5).map(|_| Evidence(name.to_owned())).collect();
        sample::finding(&sample::URL, arn(number), Ok(Verdict::Fail(evidence)))
    };
    let suppression = sample::suppression(sample::TRACING.id, name, name);
    let accepted = Finding {
        suppressed: Some(suppression.clone().into()),
        ..sample::finding(&sample::TRACING, arn(0), Ok(Verdict::fail(name)))
    };
    let mut findings: Vec<_> = (0..12).map(fails).collect();
    let unknown = |(number, gap): (usize, &Gap)| sample::finding(&sample::SECRET, arn(number), Err(gap.clone()));
    findings.extend(gaps.iter().enumerate().map(unknown));
    findings.push(accepted);
    findings.push(sample::finding(&sample::SECRET, name.into(), Ok(Verdict::Pass)));
    findings.push(sample::finding(&sample::TRACING, name.into(), Ok(Verdict::NotApplicable)));
    let mut report = sample::with(sample::empty(), findings);
    report.scores.regions = report.scores.regions.into_values().map(|score| (name.to_owned(), score)).collect();
    let one = gaps[0].clone();
    report.notices = vec![
        Notice::SuppressionUnused(suppression.clone()),
        Notice::SuppressionExpired(suppression),
        Notice::GuardsNotEvaluated(one.clone()),
        Notice::LeftOut { check: sample::URL.id, gap: one, resources: 2 },
    ];
    let mut other = gaps[0].clone();
    other.action = Action::AccountListRegions;
    report.gaps = [gaps, vec![other]].concat();
    report.gaps.sort();
    Report { account, partition: name.into(), regions: vec![region.clone(), region], ..report }
}

/// The characters that Unicode calls controls, formats or separators of lines, but for the end of a line.
fn is_unseen(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(character, '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text without the colours that the table has of its own.
fn uncolored(text: &str) -> String {
    let codes = ["1;31", "31", "33", "36", "34", "1;33", "1", "2", "0"];
    codes.iter().fold(text.to_owned(), |text, code| text.replace(&format!("\u{1b}[{code}m"), ""))
}

fn no_empty_text(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().all(no_empty_text),
        Value::Object(members) => members.values().all(no_empty_text),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// A message as a reader of SARIF shows it: escapes undone, with nothing that is a link or a placeholder.
fn read_by_sarif(message: &str) -> String {
    let mut shown = String::new();
    let mut rest = message.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => shown.push(rest.next().expect("a backslash stands before something")),
            '{' | '}' => {
                assert_eq!(rest.next(), Some(character), "a brace without its double is a placeholder: {message}");
                shown.push(character);
            }
            '[' | ']' => panic!("a bracket without a backslash is a link: {message}"),
            other => shown.push(other),
        }
    }
    shown
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_breaks_a_line_of_the_table_or_hides_in_it(name in names(), all: bool, color: bool) {
        let style = Style { all, color, include: EVERYTHING, ..plain(80) };
        let table = uncolored(&written(&report_of(&name), TABLE, &style));
        prop_assert_eq!(table.chars().find(|character| is_unseen(*character)), None);
        prop_assert!(table.lines().all(|line| !line.starts_with("FORGED")), "{}", table);
        let count = |name: &str| written(&report_of(name), TABLE, &Style { include: EVERYTHING, ..plain(6_000) });
        // Nothing in a name adds a line that its spelt-out form does not.
        prop_assert_eq!(count(&name).lines().count(), count(&visible(&name)).lines().count());
    }

    #[test]
    fn no_attribute_of_ocsf_is_empty(name in prop_oneof![Just(String::new()), names()]) {
        for format in [OCSF, VULNERABILITIES, INVENTORY] {
            let text = written(&report_of(&name), format, &Style { include: EVERYTHING, ..plain(80) });
            for line in text.lines() {
                let event: Value = serde_json::from_str(line).unwrap();
                prop_assert!(no_empty_text(&event), "{}", line);
            }
        }
    }
}

proptest! {
    // SARIF brings the pages of all checks along.
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_hides_in_a_format_of_programs(name in names()) {
        let report = report_of(&name);
        let others = FORMATS.iter().copied().filter(|format| format.name != TABLE.name && !format.is_binary());
        for format in others {
            let text = lines_of(format, written(&report, format, &Style { include: EVERYTHING, ..plain(80) }));
            prop_assert_eq!(text.chars().find(|character| is_unseen(*character)), None, "{:?}", format);
        }
    }

    #[test]
    fn no_name_is_a_link_or_a_placeholder_in_sarif(name in names()) {
        let report = report_of(&name);
        let log: Value = serde_json::from_str(&written(&report, SARIF, &plain(80))).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
        for message in results.iter().chain(notifications) {
            read_by_sarif(message["message"]["text"].as_str().unwrap());
        }
        let first = results.iter().find(|result| result["ruleId"] == sample::URL.id).unwrap();
        let shown = read_by_sarif(first["message"]["text"].as_str().unwrap());
        prop_assert!(shown.contains(&name), "{} lacks {}", shown, name);
    }
}
