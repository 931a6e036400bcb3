//! The answer: how the account stands, what is not known, and what to do first.

use palisade_model::verdict::Severity;

use super::findings::resource;
use super::markup::Html;
use super::page::Section;
use super::plan::{Held, Plan};
use super::prose;
use super::words::{bounds, command, count, grouped, range, severity, shortened, waiting, what};
use crate::document::{Score, Status};
use crate::view::Open;

/// How many risks are told.
const RISKS: usize = 5;
/// How many holes of the coverage are told.
const HOLES: usize = 3;

/// Score and coverage.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    let mut body = Html::default();
    warning(&mut body, plan);
    body.element("div", &[("class", "answer")], |html| {
        html.element("div", &[("class", "score")], |html| score(html, plan));
        html.element("div", &[("class", "coverage")], |html| coverage(html, plan));
    });
    Some(Section { id: "answer", title: "How the account stands", note: String::new(), body })
}

/// Says loudly that something was not read.
fn warning(html: &mut Html, plan: &Plan) {
    let head = &plan.view.head;
    let text = match (head.interrupted, head.complete) {
        (false, true) => return,
        (true, _) => {
            ("INTERRUPTED", "The audit was stopped before it was through. What was not read is unknown, not passed.")
        }
        (false, false) => {
            ("INCOMPLETE", "Not everything could be read. What could not be read is unknown, not passed.")
        }
    };
    html.element("p", &[("class", "warning"), ("role", "note")], |html| {
        html.leaf("b", &[], text.0).text(" ").text(text.1).text(" ");
        if !plan.causes.is_empty() {
            html.leaf("a", &[("href", "#unknown")], "What is unknown, and what closes it");
        }
    });
}

fn score(html: &mut Html, plan: &Plan) {
    let head = &plan.view.head;
    let selected = head.scope.as_ref().is_some_and(|scope| scope.selected);
    html.leaf("h3", &[], if selected { "Score of the selection" } else { "Score" });
    let Some(score) = &head.score else {
        html.leaf("p", &[], "None: nothing was due.");
        return;
    };
    gauge(html, score);
    let failed = Severity::ALL.map(|one| (one, head.summary.severity(one).fail));
    let worst: Vec<_> = failed.iter().filter(|(_, fails)| *fails > 0).take(2).collect();
    if !worst.is_empty() {
        html.element("p", &[], |html| {
            html.text("Held down by ");
            for (index, (one, fails)) in worst.into_iter().enumerate() {
                html.text(if index == 0 { "" } else { " and " }).leaf("b", &[], &grouped(*fails)).text(" ");
                severity(html, *one);
            }
            html.text(".");
        });
    }
    if let Some(other) = head.unsuppressed_score.as_ref().filter(|other| *other != score) {
        html.leaf("p", &[("class", "faint")], &format!("{} without suppressions.", range(other)));
    }
    if score.low != score.high {
        let text = "The lower number holds if everything unknown fails, the higher one if it passes.";
        html.leaf("p", &[("class", "faint")], text);
    }
}

/// The score as half a circle: full up to its lower bound, lighter up to its upper one.
fn gauge(html: &mut Html, score: &Score) {
    let (low, high) = (score.low.min(100), score.high.min(100));
    let grade = score.grade.replace('-', "–");
    let letter = score.grade.chars().next().filter(|letter| ('A'..='F').contains(letter)).unwrap_or('F');
    let described = if low == high {
        format!("The score is {low} of 100, grade {grade}.")
    } else {
        format!("The score lies between {low} and {high} of 100, grade {grade}.")
    };
    let attributes: [(_, &str); 5] = [
        ("class", "gauge"),
        ("data-grade", &letter.to_string()),
        ("viewBox", "0 0 200 124"),
        ("role", "img"),
        ("aria-labelledby", "gauge-title gauge-text"),
    ];
    html.element("svg", &attributes, |html| {
        html.leaf("title", &[("id", "gauge-title")], &format!("Score {}", range(score)));
        html.leaf("desc", &[("id", "gauge-text")], &described);
        let mut arc = |class: &str, length: u8| {
            let dash = format!("{length} 100");
            let path = "M 18 104 A 82 82 0 0 1 182 104";
            html.leaf("path", &[("class", class), ("d", path), ("pathLength", "100"), ("stroke-dasharray", &dash)], "");
        };
        arc("track", 100);
        if high > low {
            arc("maybe", high);
        }
        if low > 0 {
            arc("sure", low);
        }
        html.leaf("text", &[("class", "big"), ("x", "100"), ("y", "88")], &bounds(score));
        html.leaf("text", &[("class", "small"), ("x", "100"), ("y", "114")], &format!("grade {grade}"));
    });
}

fn coverage(html: &mut Html, plan: &Plan) {
    let coverage = &plan.view.head.coverage;
    html.leaf("h3", &[], "Coverage");
    let Some(percent) = coverage.percent else {
        html.leaf("p", &[], "Nothing was due.");
        return;
    };
    let open = coverage.due.saturating_sub(coverage.decided);
    html.element("p", &[("class", "percent")], |html| {
        html.leaf("b", &[], &format!("{percent} %"))
            .text(&format!(" of {} decided", count(coverage.due, "conclusion")));
    });
    let decided = percent.min(100).to_string();
    html.element(
        "svg",
        &[("class", "bar"), ("viewBox", "0 0 100 4"), ("preserveAspectRatio", "none"), ("aria-hidden", "true")],
        |html| {
            html.leaf("rect", &[("class", "track"), ("width", "100"), ("height", "4")], "");
            html.leaf("rect", &[("class", "sure"), ("width", &decided), ("height", "4")], "");
        },
    );
    let holes: Vec<_> = plan.causes.iter().filter(|held| !held.cause.reason.kind.is_choice()).take(HOLES).collect();
    if open == 0 && holes.is_empty() {
        html.leaf("p", &[], "Everything that was due could be decided.");
        return;
    }
    html.leaf("p", &[], &format!("{} could not be decided. The biggest holes:", count(open, "conclusion")));
    html.element("ul", &[("class", "holes")], |html| {
        for held in &holes {
            hole(html, plan, held);
        }
    });
}

fn hole(html: &mut Html, plan: &Plan, held: &Held) {
    let cause = &held.cause;
    html.element("li", &[], |html| {
        html.leaf("b", &[], &what(cause)).text(&format!(": {}. ", waiting(cause)));
        html.element("span", &[("class", "closes")], |html| {
            match command(cause, plan.view.head.depth) {
                Some((command, does)) => html.leaf("code", &[], command).text(&format!(" {does}.")),
                None => html.text(&shortened(&cause.grant.advice)),
            };
        });
    });
}

/// What to act on first, with what to do.
pub(super) fn risks(plan: &Plan) -> Option<Section> {
    let mut body = Html::default();
    if plan.groups.is_empty() {
        let coverage = &plan.view.head.coverage;
        let text = match (coverage.due, coverage.decided == coverage.due) {
            (0, _) => return None,
            (_, true) => "Nothing failed.",
            (_, false) => "Nothing is known to have failed.",
        };
        body.leaf("p", &[], text);
    } else {
        body.element("ol", &[("class", "risks")], |html| {
            for group in plan.groups.iter().take(RISKS) {
                html.element("li", &[], |html| risk(html, plan, &group.open, &group.anchor()));
            }
        });
    }
    let failed = plan.view.head.summary.status.of(Status::Fail);
    Some(Section { id: "risks", title: "Act on these first", note: format!("of {}", count(failed, "failure")), body })
}

fn risk(html: &mut Html, plan: &Plan, open: &Open, anchor: &str) {
    html.element("p", &[], |html| {
        severity(html, open.severity);
        html.text(" ").leaf("a", &[("class", "title"), ("href", &format!("#{anchor}"))], &open.title);
    });
    html.element("p", &[("class", "faint")], |html| {
        resource(html, plan, &open.example);
        match open.count.saturating_sub(1) {
            0 => html.text(""),
            1 => html.text(" and 1 other"),
            more => html.text(&format!(" and {} others", grouped(more))),
        };
        if open.exposed > 0 {
            let exposed = format!("{} reached from the internet", grouped(open.exposed));
            html.text(" ").leaf("span", &[("class", "exposed")], &exposed);
        }
    });
    if let Some(told) = plan.view.told(&open.check).filter(|told| !told.fix.is_empty()) {
        html.element("div", &[("class", "fix")], |html| {
            prose::write(html, told.fix.split("\n\n").next().unwrap_or_default());
        });
    }
}
