//! What failed, check by check; what several resources share is said once.

use std::collections::HashMap;

use super::markup::Html;
use super::page::Section;
use super::plan::{Group, Plan, texts};
use super::prose;
use super::room::EVIDENCE;
use super::words::{count, grouped, left_out, severity, shortened};
use crate::document::{Finding, Status, short};
use crate::view::Told;

/// All that failed.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    if plan.groups.is_empty() {
        return None;
    }
    let failed = plan.view.head.summary.status.of(Status::Fail);
    let note = format!("{} of {}", count(failed, "finding"), count(plan.groups.len() + plan.other_checks, "check"));
    let mut body = Html::default();
    filter(&mut body, plan);
    for group in &plan.groups {
        write_group(&mut body, plan, group);
    }
    left_out(&mut body, plan.other_checks, "check");
    Some(Section { id: "findings", title: "Findings", note, body })
}

/// What the script turns into a filter; without scripts it stays away.
fn filter(body: &mut Html, plan: &Plan) {
    let choice = |html: &mut Html, id: &'static str, label: &str, all: &str, values: &[&str]| {
        html.element("span", &[("class", "field")], |html| {
            html.leaf("label", &[("for", id)], label);
            html.element("select", &[("id", id)], |html| {
                html.leaf("option", &[("value", "all")], all);
                for value in values {
                    html.leaf("option", &[("value", value)], value);
                }
            });
        });
    };
    let severities = palisade_model::verdict::Severity::ALL.map(palisade_model::verdict::Severity::name);
    let services: Vec<_> = plan.view.services().into_keys().collect();
    let services: Vec<_> = services.iter().map(String::as_str).take(100).collect();
    body.element(
        "div",
        &[("id", "filter"), ("role", "search"), ("aria-label", "Filter findings"), ("hidden", "")],
        |html| {
            html.element("span", &[("class", "field wide")], |html| {
                html.leaf("label", &[("for", "filter-text")], "Text");
                html.void("input", &[("id", "filter-text"), ("type", "search"), ("autocomplete", "off")]);
            });
            choice(html, "filter-severity", "Severity", "all", &severities);
            choice(html, "filter-status", "Status", "all", &["failed", "unknown", "suppressed"]);
            choice(html, "filter-service", "Service", "all", &services);
            html.leaf("button", &[("id", "filter-open"), ("type", "button")], "Open all");
            html.leaf(
                "output",
                &[("id", "filter-count"), ("for", "filter-text filter-severity filter-status filter-service")],
                "",
            );
        },
    );
}

fn write_group(body: &mut Html, plan: &Plan, group: &Group) {
    let open = &group.open;
    let service = group.rows.shown.first().map_or("", |index| &plan.finding(*index).service);
    let attributes: [(_, &str); 5] = [
        ("class", "check"),
        ("id", &group.anchor()),
        ("data-severity", open.severity.name()),
        ("data-status", "failed"),
        ("data-service", service),
    ];
    body.element("details", &attributes, |html| {
        html.element("summary", &[], |html| {
            severity(html, open.severity);
            html.leaf("h3", &[], &open.title);
            html.element("span", &[("class", "aside")], |html| {
                html.leaf("span", &[("class", "count")], &count(open.count, "resource"));
                if open.exposed > 0 {
                    let text = format!("{} exposed", grouped(open.exposed));
                    html.leaf("span", &[("class", "exposed")], &text);
                }
                html.leaf("code", &[], &open.check);
            });
        });
        html.element("div", &[("class", "inside")], |html| {
            match plan.view.told(&open.check) {
                Some(told) if group.is_explained => explain(html, told),
                Some(_) | None => {
                    let text = format!("palisade explain {} tells why it matters and what to do.", open.check);
                    html.leaf("p", &[("class", "left-out")], &text);
                }
            }
            html.leaf("h4", &[], "Resources");
            conditions(html, plan, &group.rows.shown);
            left_out(html, group.rows.left_out, "resource");
        });
    });
}

/// What a check says of itself.
fn explain(html: &mut Html, told: &Told) {
    html.element("div", &[("class", "prose")], |html| {
        for (title, text) in [("Why it matters", &told.why), ("What to do", &told.fix)] {
            if !text.is_empty() {
                html.element("div", &[], |html| {
                    html.leaf("h4", &[], title);
                    prose::write(html, text);
                });
            }
        }
    });
    if !told.references.is_empty() {
        html.element("div", &[("class", "further")], |html| {
            html.leaf("h4", &[], "Read further");
            html.element("ul", &[], |html| {
                for address in told.references.iter() {
                    html.element("li", &[], |html| prose::link(html, address));
                }
            });
        });
    }
    if !told.controls.is_empty() {
        html.element("p", &[("class", "controls")], |html| {
            html.leaf("b", &[], "Covers ");
            let names: Vec<_> = told.controls.iter().map(ToString::to_string).collect();
            html.text(&names.join(" · "));
        });
    }
}

/// Findings of one check, those of one condition together.
pub(super) fn conditions(html: &mut Html, plan: &Plan, places: &[usize]) {
    let mut order: Vec<(Vec<&str>, Vec<usize>)> = Vec::new();
    let mut known: HashMap<Vec<&str>, usize> = HashMap::new();
    for index in places {
        let said = texts(plan.finding(*index));
        let at = *known.entry(said.clone()).or_insert_with(|| {
            order.push((said, Vec::new()));
            order.len() - 1
        });
        order[at].1.push(*index);
    }
    for (said, those) in order {
        html.element("div", &[("class", "condition")], |html| {
            html.element("ul", &[("class", "resources")], |html| {
                for index in those {
                    row(html, plan, index, |_| {});
                }
            });
            evidence(html, &said);
        });
    }
}

/// What the account says that makes checks fail.
pub(super) fn evidence(html: &mut Html, said: &[&str]) {
    if said.is_empty() {
        return;
    }
    html.element("ul", &[("class", "evidence")], |html| {
        for line in said.iter().take(EVIDENCE) {
            html.leaf("li", &[], &shortened(line));
        }
        if said.len() > EVIDENCE {
            let more = count(said.len() - EVIDENCE, "piece");
            html.leaf("li", &[("class", "left-out")], &format!("{more} of evidence more in the JSON report"));
        }
    });
}

/// A finding as a line: its resource, where that is, and whether the internet reaches it.
pub(super) fn row(html: &mut Html, plan: &Plan, index: usize, besides: impl FnOnce(&mut Html)) {
    let finding = plan.finding(index);
    let anchor = plan.anchor(index).unwrap_or_default();
    let mut attributes = vec![("class", "row")];
    if !anchor.is_empty() {
        attributes.push(("id", &anchor));
    }
    if finding.status != Status::Fail {
        attributes.extend([("data-severity", finding.severity.name()), ("data-service", &*finding.service)]);
    }
    html.element("li", &attributes, |html| {
        besides(html);
        resource(html, plan, &finding.resource);
        place(html, finding);
    });
}

/// The name of a resource, as a link to what is known of it.
pub(super) fn resource(html: &mut Html, plan: &Plan, arn: &str) {
    let name = shortened(&short(arn));
    match plan.page(arn) {
        Some(page) => html.leaf("a", &[("class", "name"), ("href", &format!("#{page}"))], &name),
        None => html.leaf("span", &[("class", "name"), ("title", &shortened(arn))], &name),
    };
}

fn place(html: &mut Html, finding: &Finding) {
    html.text(" ");
    html.leaf("span", &[("class", "region")], finding.region.as_deref().unwrap_or("global"));
    if finding.exposed == Some(true) {
        html.text(" ");
        html.leaf("span", &[("class", "exposed")], "reached from the internet");
    }
}
