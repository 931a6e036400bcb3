//! What is no open finding: what was accepted, what passed, notices, and what the audit cost.

use std::collections::BTreeMap;

use super::findings::{evidence, row};
use super::markup::Html;
use super::page::Section;
use super::plan::{Plan, texts};
use super::words::{count, grouped, left_out, severity, shortened};
use crate::document::{NoticeKind, Status};

/// How many lines a table or list of this file has.
const LINES: usize = 400;

/// What was accepted, and why.
pub(super) fn suppressed(plan: &Plan) -> Option<Section> {
    let all = plan.view.head.summary.status.of(Status::Suppressed);
    if all == 0 {
        return None;
    }
    let mut body = Html::default();
    body.element("ul", &[("class", "suppressed"), ("data-status", "suppressed")], |html| {
        for index in &plan.suppressed.shown {
            accepted(html, plan, *index);
        }
    });
    left_out(&mut body, plan.suppressed.left_out, "finding");
    Some(Section { id: "suppressed", title: "Suppressed", note: count(all, "finding"), body })
}

fn accepted(html: &mut Html, plan: &Plan, index: usize) {
    let finding = plan.finding(index);
    row(html, plan, index, |html| {
        severity(html, finding.severity);
        html.text(" ").leaf("span", &[("class", "title")], &finding.title).text(" ");
        if let Some(by) = &finding.suppression {
            let end = by.expires.map_or_else(|| "without end".to_owned(), |last| format!("until {last}"));
            html.element("span", &[("class", "reason")], |html| {
                html.leaf("b", &[], "accepted").text(&format!(" {end}: {}", shortened(&by.reason)));
            });
            let account = by.account.as_ref().map(|account| format!(" in {account}")).unwrap_or_default();
            html.element("span", &[("class", "by")], |html| {
                html.text("by the suppression of ").leaf("code", &[], &by.check).text(" for ");
                html.leaf("code", &[], &shortened(&by.resource)).text(&account);
            });
        }
        evidence(html, &texts(finding));
        html.text(" ");
    });
}

/// What is as it should be, and what does not arise, check by check.
pub(super) fn passed(plan: &Plan) -> Option<Section> {
    let status = &plan.view.head.summary.status;
    if status.pass + status.not_applicable == 0 {
        return None;
    }
    let mut checks: BTreeMap<(&str, &str), [u64; 2]> = BTreeMap::new();
    let mut told = [0, 0];
    for finding in plan.findings() {
        let place = match finding.status {
            Status::Pass => 0,
            Status::NotApplicable => 1,
            Status::Fail | Status::Unknown | Status::Suppressed => continue,
        };
        told[place] += 1;
        checks.entry((&finding.check, &finding.title)).or_default()[place] += 1;
    }
    let note = format!("{} passed, {} did not apply", grouped(status.pass), grouped(status.not_applicable));
    let mut body = Html::default();
    let untold = (status.pass + status.not_applicable).saturating_sub(told[0] + told[1]);
    if untold > 0 {
        let text = format!("The report that this page was made of does not say of {} which they are.", grouped(untold));
        body.leaf("p", &[("class", "left-out")], &text);
    }
    if !checks.is_empty() {
        body.element("details", &[], |html| {
            html.element("summary", &[], |html| _ = html.leaf("h3", &[], &count(checks.len(), "check")));
            html.element("div", &[("class", "inside")], |html| {
                let rows = checks.iter().take(LINES).map(|((check, title), [pass, other])| {
                    ([*title, *check].map(str::to_owned), [grouped(*pass), grouped(*other)])
                });
                let rows: Vec<_> = rows.collect();
                let caption = "Checks that passed or did not apply";
                numbers(html, caption, &["Check", "Id"], &["Passed", "Did not apply"], &rows);
                left_out(html, checks.len().saturating_sub(LINES), "check");
            });
        });
    }
    Some(Section { id: "passed", title: "Passed", note, body })
}

/// What may be wider than the page, and can then be moved by keys.
pub(super) fn scroll(html: &mut Html, name: &str, inside: impl FnOnce(&mut Html)) {
    html.element("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", name)], inside);
}

/// A table of words and numbers.
pub(super) fn numbers<const W: usize, const N: usize>(
    html: &mut Html,
    caption: &str,
    words: &[&str; W],
    titles: &[&str; N],
    rows: &[([String; W], [String; N])],
) {
    scroll(html, caption, |html| {
        html.element("table", &[], |html| {
            html.leaf("caption", &[], caption);
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    for word in words {
                        html.leaf("th", &[("scope", "col")], word);
                    }
                    for title in titles {
                        html.leaf("th", &[("scope", "col"), ("class", "number")], title);
                    }
                });
            });
            html.element("tbody", &[], |html| {
                for (said, counted) in rows {
                    html.element("tr", &[], |html| {
                        for (index, word) in said.iter().enumerate() {
                            match index {
                                0 => html.leaf("th", &[("scope", "row")], &shortened(word)),
                                _ => html.leaf("td", &[], &shortened(word)),
                            };
                        }
                        for number in counted {
                            html.leaf("td", &[("class", "number")], number);
                        }
                    });
                }
            });
        });
    });
}

/// What the reader should know besides.
pub(super) fn notices(plan: &Plan) -> Option<Section> {
    let notices = &plan.view.head.notices;
    if notices.is_empty() {
        return None;
    }
    let mut body = Html::default();
    body.element("ul", &[("class", "notices")], |html| {
        let (last, first): (Vec<_>, Vec<_>) = notices.iter().partition(|notice| notice.kind == NoticeKind::LeftOut);
        for notice in first.into_iter().chain(last).take(LINES) {
            html.leaf("li", &[], &shortened(&notice.message));
        }
    });
    left_out(&mut body, notices.len().saturating_sub(LINES), "notice");
    Some(Section { id: "notices", title: "Notices", note: count(notices.len(), "notice"), body })
}

/// What the collection cost the account.
pub(super) fn calls(plan: &Plan) -> Option<Section> {
    let calls = &plan.view.head.calls;
    if calls.total == 0 {
        return None;
    }
    let throttled = match calls.throttled {
        0 => String::new(),
        some => format!(", {} throttled and sent again", grouped(some)),
    };
    let mut body = Html::default();
    if !calls.by_action.is_empty() {
        body.element("details", &[], |html| {
            html.element("summary", &[], |html| _ = html.leaf("h3", &[], &count(calls.by_action.len(), "action")));
            html.element("div", &[("class", "inside")], |html| {
                let rows = calls.by_action.iter().take(LINES);
                let rows: Vec<_> = rows.map(|(action, number)| ([action.clone()], [grouped(*number)])).collect();
                numbers(html, "Calls by action", &["Action"], &["Calls"], &rows);
                left_out(html, calls.by_action.len().saturating_sub(LINES), "action");
            });
        });
    }
    let note = format!("{}{throttled}", count(calls.total, "call"));
    Some(Section { id: "calls", title: "Calls", note, body })
}
