//! How the account fared, run by run.

use std::fmt::Write as _;

use palisade_model::verdict::Severity;

use super::markup::Html;
use super::page::Section;
use super::plan::Plan;
use super::rest::scroll;
use super::words::{count, grouped, range};
use crate::view::Past;

/// How many of the last runs are told.
const RUNS: usize = 50;
/// The size of the picture.
const WIDTH: usize = 640;
const HEIGHT: usize = 160;

/// The runs that a history tells of, this one included.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    let all = &plan.view.past;
    if all.len() < 2 {
        return None;
    }
    let runs = &all[all.len().saturating_sub(RUNS)..];
    let mut body = Html::default();
    picture(&mut body, runs);
    scroll(&mut body, "Score and open failures by run", |html| {
        html.element("table", &[], |html| {
            html.leaf("caption", &[], "Score and open failures, the latest run first");
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    html.leaf("th", &[("scope", "col")], "Run").leaf("th", &[("scope", "col")], "Score");
                    for severity in Severity::ALL {
                        html.leaf("th", &[("scope", "col"), ("class", "number")], severity.name());
                    }
                    html.leaf("th", &[("scope", "col"), ("class", "number")], "unknown");
                });
            });
            html.element("tbody", &[], |html| {
                for run in runs.iter().rev() {
                    html.element("tr", &[], |html| {
                        html.leaf("th", &[("scope", "row")], &run.time.strftime("%Y-%m-%d %H:%M UTC").to_string());
                        html.leaf("td", &[], &run.score.as_ref().map_or_else(|| "none".to_owned(), range));
                        for number in run.open.iter().chain([&run.unknown]) {
                            html.leaf("td", &[("class", "number")], &grouped(*number));
                        }
                    });
                }
            });
        });
    });
    for (severity, days, fixed) in &plan.view.time_to_fix {
        let text = format!("Mean time to fix what is {severity}: {days} days, of {}.", count(*fixed, "finding"));
        body.leaf("p", &[], &text);
    }
    Some(Section { id: "trend", title: "Trend", note: count(all.len(), "run"), body })
}

/// The band of the score over the runs. The table says the same in words.
fn picture(html: &mut Html, runs: &[Past]) {
    let scored: Vec<_> = runs.iter().enumerate().filter_map(|(at, run)| Some((at, run.score.as_ref()?))).collect();
    let x = |at: usize| at * WIDTH / (runs.len() - 1).max(1);
    let y = |score: u8| HEIGHT - usize::from(score) * HEIGHT / 100;
    let mut band = String::new();
    for (at, score) in &scored {
        // Writing to a string cannot fail.
        let _ = write!(band, "{},{} ", x(*at), y(score.high));
    }
    for (at, score) in scored.iter().rev() {
        let _ = write!(band, "{},{} ", x(*at), y(score.low));
    }
    let view_box = format!("-4 -4 {} {}", WIDTH + 8, HEIGHT + 8);
    html.element("svg", &[("class", "trend"), ("role", "img"), ("viewBox", &view_box)], |html| {
        html.leaf("title", &[], "Score over the runs");
        html.leaf("desc", &[], "A band from the lowest to the highest score of each run, from 0 at the bottom to 100.");
        html.element("polygon", &[("class", "band"), ("points", band.trim_end())], |_| {});
    });
}
