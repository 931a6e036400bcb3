//! What could not be decided: why, what waits for it, and what closes it.

use super::findings::row;
use super::markup::{Html, cut};
use super::page::Section;
use super::plan::{Held, Plan};
use super::words::{command, count, left_out, severity, shortened, waiting, what};
use crate::document::Status;
use crate::grants::Policy;

/// How many names of one kind are shown.
const SHOWN: usize = 12;
/// How many causes are shown.
const CAUSES: usize = 100;
/// How many characters of a message are shown.
const MESSAGE: usize = 300;

/// What is unknown.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    if plan.causes.is_empty() {
        return None;
    }
    let unknown = plan.view.head.summary.status.of(Status::Unknown);
    let note = format!("{} for {}", count(unknown, "open conclusion"), count(plan.causes.len(), "cause"));
    let mut body = Html::default();
    let intro =
        "What could not be read counts neither as passed nor as failed. Each cause says what would let it be judged.";
    body.leaf("p", &[], intro);
    for held in plan.causes.iter().take(CAUSES) {
        cause(&mut body, plan, held);
    }
    left_out(&mut body, plan.causes.len().saturating_sub(CAUSES), "cause");
    policy(&mut body, plan);
    Some(Section { id: "unknown", title: "Unknown", note, body })
}

fn cause(body: &mut Html, plan: &Plan, held: &Held) {
    let Held { cause, rows } = held;
    body.element("details", &[("class", "cause"), ("data-status", "unknown")], |html| {
        html.element("summary", &[], |html| {
            html.leaf("h3", &[], &what(cause));
            html.element("span", &[("class", "aside")], |html| {
                html.leaf("span", &[("class", "count")], &waiting(cause));
                if cause.reason.kind.is_choice() {
                    html.leaf("span", &[], "left out by choice");
                }
            });
        });
        html.element("div", &[("class", "inside")], |html| {
            html.element("p", &[], |html| {
                html.leaf("b", &[], "What closes it ").text(&shortened(&cause.grant.advice));
                if let Some((command, does)) = command(cause, plan.view.head.depth) {
                    html.text(" ").leaf("code", &[], command).text(&format!(" {does}."));
                }
            });
            let regions: Vec<_> = cause.regions.iter().collect();
            if !regions.is_empty() {
                html.element("p", &[], |html| {
                    let shown: Vec<_> = regions.iter().take(SHOWN).map(|region| region.as_str()).collect();
                    let more = regions.len().saturating_sub(SHOWN);
                    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                    html.leaf("b", &[], "Where ").text(&format!("{}{more}", shown.join(", ")));
                });
            }
            if cause.messages.len() > 1 {
                html.element("ul", &[("class", "evidence")], |html| {
                    for message in cause.messages.iter().take(SHOWN) {
                        html.leaf("li", &[], &cut(message, MESSAGE));
                    }
                    if cause.messages.len() > SHOWN {
                        let more = count(cause.messages.len() - SHOWN, "other message");
                        html.leaf("li", &[("class", "left-out")], &format!("{more} in the JSON report"));
                    }
                });
            }
            if !rows.shown.is_empty() {
                html.leaf("h4", &[], "What waits for it");
                html.element("ul", &[("class", "resources wide")], |html| {
                    for index in &rows.shown {
                        let finding = plan.finding(*index);
                        row(html, plan, *index, |html| {
                            severity(html, finding.severity);
                            html.text(" ").leaf("span", &[("class", "title")], &finding.title).text(" ");
                        });
                    }
                });
            }
            left_out(html, rows.left_out, "conclusion");
        });
    });
}

/// The policy that grants what a policy can grant, to be copied.
fn policy(body: &mut Html, plan: &Plan) {
    let statements = plan.causes.iter().filter_map(|held| held.cause.grant.statement.as_ref());
    let Some(policy) = Policy::of(statements) else { return };
    let Ok(text) = serde_json::to_string_pretty(&policy) else { return };
    body.leaf("h3", &[("id", "policy")], "Policy for the auditing identity");
    let denial = "It allows what an identity policy can allow. If another policy denies a call, remove that: an allow does not \
         override a denial.";
    body.leaf("p", &[], denial);
    let attributes = [("class", "policy"), ("tabindex", "0"), ("role", "region"), ("aria-labelledby", "policy")];
    body.element("pre", &attributes, |html| {
        for line in text.lines() {
            html.text(line).ours("\n");
        }
    });
}
