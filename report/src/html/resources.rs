//! A page for each resource: all that is known of it, in whichever status.

use super::findings::evidence;
use super::markup::{Html, cut};
use super::page::Section;
use super::plan::Plan;
use super::room::MENTIONED;
use super::words::{count, left_out, severity, shortened};
use crate::document::{Status, short};

/// The resources.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    if plan.resources.is_empty() {
        return None;
    }
    let note = count(plan.resources.len() + plan.other_resources, "resource");
    let mut body = Html::default();
    for arn in &plan.resources {
        page(&mut body, plan, arn);
    }
    left_out(&mut body, plan.other_resources, "resource");
    Some(Section { id: "resources", title: "Resources", note, body })
}

fn page(body: &mut Html, plan: &Plan, arn: &str) {
    let about = plan.about(arn);
    let with = |status: Status| about.iter().copied().filter(move |index| plan.finding(*index).status == status);
    let anchor = plan.page(arn).unwrap_or_default();
    body.element("details", &[("class", "resource"), ("id", &anchor)], |html| {
        html.element("summary", &[], |html| {
            html.leaf("h3", &[], &shortened(&short(arn)));
            html.element("span", &[("class", "aside")], |html| {
                let worst = with(Status::Fail).map(|index| plan.finding(index).severity).max();
                if let Some(worst) = worst {
                    severity(html, worst);
                }
                let names = [
                    (Status::Fail, "failed"),
                    (Status::Unknown, "unknown"),
                    (Status::Suppressed, "suppressed"),
                    (Status::Pass, "passed"),
                ];
                let counts = names.map(|(status, name)| (with(status).count(), name));
                let counts = counts.iter().filter(|(number, _)| *number > 0);
                let counts: Vec<_> = counts.map(|(number, name)| format!("{number} {name}")).collect();
                html.leaf("span", &[("class", "count")], &counts.join(" · "));
            });
        });
        html.element("div", &[("class", "inside")], |html| {
            html.element("p", &[], |html| {
                html.leaf("code", &[], &cut(arn, 2_048));
            });
            let open = [Status::Fail, Status::Unknown, Status::Suppressed].into_iter().flat_map(with);
            let open: Vec<_> = open.collect();
            if !open.is_empty() {
                html.element("ul", &[("class", "known")], |html| {
                    for index in open {
                        mention(html, plan, index);
                    }
                });
            }
            names(html, plan, "Passed", with(Status::Pass));
            names(html, plan, "Did not apply", with(Status::NotApplicable));
        });
    });
}

/// A finding on the page of its resource.
fn mention(html: &mut Html, plan: &Plan, index: usize) {
    let finding = plan.finding(index);
    html.element("li", &[], |html| {
        match finding.status {
            Status::Unknown => html.leaf("span", &[("class", "status")], "unknown"),
            Status::Suppressed => html.leaf("span", &[("class", "status")], "suppressed"),
            Status::Fail | Status::Pass | Status::NotApplicable => html.text(""),
        };
        severity(html, finding.severity);
        html.text(" ");
        match plan.anchor(index) {
            Some(anchor) => html.leaf("a", &[("href", &format!("#{anchor}"))], &finding.title),
            None => html.text(&finding.title),
        };
        html.text(" ");
        html.leaf("code", &[], &finding.check);
        if plan.anchor(index).is_none() && !finding.evidence.is_empty() {
            evidence(html, &[cut(&finding.evidence[0].0, MENTIONED).as_str()]);
        }
    });
}

fn names(html: &mut Html, plan: &Plan, title: &str, places: impl Iterator<Item = usize>) {
    let names: Vec<_> = places.map(|index| &*plan.finding(index).check).collect();
    if !names.is_empty() {
        html.element("p", &[("class", "checks")], |html| {
            html.leaf("b", &[], title);
            html.text(&format!(" ({}): {}", names.len(), names.join(", ")));
        });
    }
}
