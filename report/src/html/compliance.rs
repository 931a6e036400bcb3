//! How the account stands by frameworks, requirement by requirement.

use palisade_checks::frameworks::{self, Assessment, Framework, Standing};

use super::markup::Html;
use super::page::Section;
use super::plan::Plan;
use super::rest::scroll;
use super::words::{count, grouped};

/// The frameworks that the run was asked to judge by, or else all of them, each folded.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    plan.view.head.scope.as_ref()?;
    let asked = &plan.view.frameworks;
    let shown: Vec<&'static Framework> = if asked.is_empty() { frameworks::all().collect() } else { asked.clone() };
    let mut body = Html::default();
    let is_open = asked.len() == 1;
    for framework in &shown {
        let assessment = plan.view.assess(framework);
        let open: &[(&'static str, &str)] = if is_open { &[("open", "")] } else { &[] };
        body.element("details", open, |html| {
            html.element("summary", &[], |html| {
                html.leaf("b", &[], framework.title).text(&format!(" {}: {}", framework.version, share(&assessment)));
            });
            table(html, &assessment);
        });
    }
    Some(Section { id: "frameworks", title: "Frameworks", note: count(shown.len(), "framework"), body })
}

fn share(assessment: &Assessment) -> String {
    let [failed, unknown, uncovered] =
        [Standing::Fail, Standing::Unknown, Standing::NotCovered].map(|standing| assessment.count(standing));
    let passed = assessment.count(Standing::Pass);
    let due = assessment.due();
    format!("{passed} of {due} passed, {failed} failed, {unknown} unknown; {uncovered} not covered by Palisade")
}

fn table(html: &mut Html, assessment: &Assessment) {
    scroll(html, &format!("Requirements of {}", assessment.framework.title), |html| {
        html.element("table", &[], |html| {
            html.leaf("caption", &[], &format!("Requirements of {}", assessment.framework.title));
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    for name in ["Stands", "Requirement", "What it asks for", "Checks"] {
                        html.leaf("th", &[("scope", "col")], name);
                    }
                });
            });
            html.element("tbody", &[], |html| {
                for standing in Standing::ALL {
                    for one in assessment.requirements.iter().filter(|one| one.standing == standing) {
                        html.element("tr", &[], |html| {
                            html.leaf("td", &[], &words(standing, one.counts.failed, one.counts.unknown));
                            html.leaf("th", &[("scope", "row")], one.requirement.id);
                            html.leaf("td", &[], one.requirement.title);
                            html.leaf("td", &[], &one.requirement.checks.join(", "));
                        });
                    }
                }
            });
        });
    });
}

fn words(standing: Standing, failed: u64, unknown: u64) -> String {
    match standing {
        Standing::Fail => format!("FAIL ({})", grouped(failed)),
        Standing::Unknown if unknown > 0 => format!("unknown ({})", grouped(unknown)),
        Standing::Unknown => "unknown: not all of it was judged".to_owned(),
        Standing::Accepted => "accepted".to_owned(),
        Standing::Pass => "pass".to_owned(),
        Standing::NotApplicable => "not applicable".to_owned(),
        Standing::NotJudged => "not judged in this run".to_owned(),
        Standing::NotCovered => "not covered by Palisade".to_owned(),
    }
}
