//! How the account stands by frameworks: a line for each requirement.

use std::io;

use palisade_checks::frameworks::{Assessment, Standing};
use palisade_model::verdict::Severity;

use super::page::{Page, Tone, count, grouped, number};
use crate::view::View;

/// Writes the frameworks that were asked for: what needs work first, and what palisade does not look at last.
pub(super) fn write(page: &mut Page, view: &View) -> io::Result<()> {
    for framework in &view.frameworks {
        let assessment = view.assess(framework);
        page.heading(Tone::Strong, &format!("{} {}", framework.title, framework.version), &share(&assessment))?;
        for standing in Standing::ALL {
            let mut those = assessment.requirements.iter().filter(|one| one.standing == standing).peekable();
            if those.peek().is_none() {
                continue;
            }
            for one in those {
                let open = match standing {
                    Standing::Fail => count(one.counts.failed, "finding"),
                    Standing::Unknown => count(one.counts.unknown, "unknown"),
                    Standing::Accepted => format!("{} accepted", grouped(one.counts.suppressed)),
                    Standing::Pass => format!("{} passed", grouped(one.counts.passed)),
                    Standing::NotApplicable | Standing::NotJudged | Standing::NotCovered => String::new(),
                };
                let word = format!("{:<15}", words(standing));
                let name = format!("{:<12} {}", one.requirement.id, one.requirement.title);
                page.ends(&[(tone(standing), word.into())], &name, &open)?;
            }
        }
    }
    Ok(())
}

fn share(assessment: &Assessment) -> String {
    let due = number(assessment.due());
    let passed = grouped(number(assessment.count(Standing::Pass)));
    let uncovered = number(assessment.count(Standing::NotCovered));
    let share = assessment.percent().map_or_else(|| "nothing due".to_owned(), |percent| format!("{percent} %"));
    format!("{share} · {passed} of {due} passed · {} not covered", grouped(uncovered))
}

/// The word that stands for it in a line.
fn words(standing: Standing) -> &'static str {
    match standing {
        Standing::Fail => "FAIL",
        Standing::Unknown => "unknown",
        Standing::Accepted => "accepted",
        Standing::Pass => "pass",
        Standing::NotApplicable => "not applicable",
        Standing::NotJudged => "not judged",
        Standing::NotCovered => "not covered",
    }
}

fn tone(standing: Standing) -> Option<Tone> {
    match standing {
        Standing::Fail => Some(Tone::Severity(Severity::High)),
        Standing::Unknown => Some(Tone::Warning),
        Standing::Accepted | Standing::Pass => None,
        Standing::NotApplicable | Standing::NotJudged | Standing::NotCovered => Some(Tone::Faint),
    }
}
