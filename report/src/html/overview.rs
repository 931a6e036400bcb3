//! The account in numbers: findings by severity and status, services and Regions with their scores.

use palisade_model::verdict::Severity;

use super::markup::Html;
use super::page::Section;
use super::plan::Plan;
use super::rest::{numbers, scroll};
use super::words::{choke_point, count, grouped, left_out, range, severity};
use crate::document::Status;

/// How many rows the tables of this file have.
const ROWS: usize = 100;

const STATUSES: [(Status, &str); 5] = [
    (Status::Fail, "failed"),
    (Status::Unknown, "unknown"),
    (Status::Suppressed, "suppressed"),
    (Status::Pass, "passed"),
    (Status::NotApplicable, "did not apply"),
];

/// Findings by severity and status.
pub(super) fn counts(plan: &Plan) -> Option<Section> {
    let summary = &plan.view.head.summary;
    let all: u64 = STATUSES.iter().map(|(status, _)| summary.status.of(*status)).sum();
    if all == 0 {
        return None;
    }
    let mut body = Html::default();
    scroll(&mut body, "Findings by severity and status", |html| {
        html.element("table", &[("class", "counts")], |html| {
            html.leaf("caption", &[], "Findings by severity and status");
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    html.leaf("th", &[("scope", "col")], "Severity");
                    for (_, name) in STATUSES {
                        html.leaf("th", &[("scope", "col"), ("class", "number")], name);
                    }
                });
            });
            html.element("tbody", &[], |html| {
                for one in Severity::ALL {
                    html.element("tr", &[], |html| {
                        html.element("th", &[("scope", "row")], |html| severity(html, one));
                        row(html, summary.severity(one));
                    });
                }
                html.element("tr", &[("class", "all")], |html| {
                    html.leaf("th", &[("scope", "row")], "all");
                    row(html, &summary.status);
                });
            });
        });
    });
    Some(Section { id: "counts", title: "Counts", note: count(all, "conclusion"), body })
}

fn row(html: &mut Html, counts: &crate::document::Counts) {
    for (status, _) in STATUSES {
        let number = counts.of(status);
        let class = if number == 0 { "number none" } else { "number" };
        html.leaf("td", &[("class", class)], &grouped(number));
    }
}

/// How the services and Regions stand.
pub(super) fn parts(plan: &Plan) -> Option<Section> {
    let (services, regions) = (plan.view.services(), &plan.view.head.scores.regions);
    if services.is_empty() && regions.is_empty() {
        return None;
    }
    let mut body = Html::default();
    let rows = services.iter().map(|(name, service)| {
        let score = service.score.as_ref().map_or_else(|| "–".to_owned(), range);
        let serious = service.failed[0] + service.failed[1];
        let counts = [service.counts.fail, serious, service.counts.unknown].map(grouped);
        ([name.clone(), score], counts)
    });
    let rows: Vec<_> = rows.take(ROWS).collect();
    body.element("div", &[("class", "parts")], |html| {
        if !rows.is_empty() {
            let titles = ["Failed", "of them serious", "Unknown"];
            html.element("div", &[], |html| {
                numbers(html, "Services; serious is critical or high", &["Service", "Score"], &titles, &rows);
                left_out(html, services.len().saturating_sub(ROWS), "service");
            });
        }
        let rows = regions.iter().take(ROWS).map(|(name, score)| ([name.clone(), range(score)], []));
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            html.element("div", &[], |html| {
                numbers(html, "Regions", &["Region", "Score"], &[], &rows);
                left_out(html, regions.len().saturating_sub(ROWS), "Region");
            });
        }
    });
    let note = format!("{}, {}", count(services.len(), "service"), count(regions.len(), "Region"));
    Some(Section { id: "parts", title: "Services and Regions", note, body })
}

/// The statements whose removal ends most escalation paths.
pub(super) fn choke_points(plan: &Plan) -> Option<Section> {
    let points = plan.view.head.choke_points.as_ref().filter(|points| !points.is_empty())?;
    let mut body = Html::default();
    body.element("ol", &[("class", "choke-points")], |html| {
        for point in points.iter().take(ROWS) {
            let (statement, ends) = choke_point(point);
            html.element("li", &[], |html| _ = html.leaf("b", &[], &statement).text(&format!(": {ends}.")));
        }
    });
    left_out(&mut body, points.len().saturating_sub(ROWS), "statement");
    let note = "what to remove to end most escalation paths".to_owned();
    Some(Section { id: "choke-points", title: "Choke points", note, body })
}
