//! How much GitHub's code scanning takes of a file.
//!
//! Source: <https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit>.
//! One run a file, one location a result and no thread flows stay far below the other limits there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use palisade_model::verdict::Severity;

use crate::Include;
use crate::document::{Finding, Status};
use crate::view::View;

/// A run with more results is refused as a whole.
pub(super) const RESULTS_PER_RUN: usize = 25_000;

/// A run with a rule of more tags is refused as a whole.
pub(super) const TAGS_PER_RULE: usize = 20;

/// The findings that a run may hold.
pub(super) struct Limited<'a> {
    view: &'a View<'a>,
    include: Include,
    results: usize,
}

impl<'a> Limited<'a> {
    /// The worst findings of a report, up to GitHub's limit.
    pub(super) fn of(view: &'a View<'a>, include: Include) -> Self {
        Self { view, include, results: RESULTS_PER_RUN }
    }

    /// What is written.
    pub(super) fn written(&self) -> impl Iterator<Item = Cow<'a, Finding<'a>>> {
        self.worst_first().take(self.results)
    }

    /// What is left out, in words; none when nothing is.
    pub(super) fn left_out(&self) -> Option<String> {
        let mut statuses: BTreeMap<Status, usize> = BTreeMap::new();
        let mut checks: BTreeMap<String, usize> = BTreeMap::new();
        for finding in self.worst_first().skip(self.results) {
            *statuses.entry(finding.status).or_default() += 1;
            *checks.entry(finding.check.to_string()).or_default() += 1;
        }
        if checks.is_empty() {
            return None;
        }
        let statuses: Vec<_> = statuses.iter().map(|(status, count)| format!("{count} {}", word(*status))).collect();
        let checks: Vec<_> = checks.iter().map(|(check, count)| format!("{check} ({count})")).collect();
        Some(format!(
            "Left out are {}, as GitHub takes {} results of a run; the other formats hold them. By check: {}.",
            statuses.join(", "),
            self.results,
            checks.join(", ")
        ))
    }

    /// What is open by severity, failures before unknowns; then what is accepted, passed or not applicable.
    fn worst_first(&self) -> impl Iterator<Item = Cow<'a, Finding<'a>>> {
        let (view, include) = (self.view, self.include);
        let open = Severity::ALL
            .into_iter()
            .flat_map(|severity| [Status::Fail, Status::Unknown].map(|status| (Some(severity), status)));
        let closed = [Status::Suppressed, Status::Pass, Status::NotApplicable].map(|status| (None, status));
        open.chain(closed).flat_map(move |(severity, status)| {
            view.pick(move |_, its, has| {
                has == status && include.shows(has) && severity.is_none_or(|severity| its == severity)
            })
        })
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Fail => "failures",
        Status::Unknown => "unknowns",
        Status::Suppressed => "suppressed failures",
        Status::Pass => "passes",
        Status::NotApplicable => "questions that do not arise",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::sample;

    #[test]
    fn the_worst_are_written_and_the_rest_is_named() {
        let report = sample::rich();
        let view = View::of(&report);
        let include = Include { passes: true, not_applicable: true };
        let all = Limited::of(&view, include);
        assert_eq!((all.results, all.left_out()), (25_000, None));
        assert_eq!(all.written().count(), report.findings.len());

        let few = Limited { results: 21, ..all };
        let written: Vec<_> = few.written().collect();
        let failures = written.iter().filter(|finding| finding.status == Status::Fail).count();
        let severities: Vec<_> = written.iter().map(|finding| finding.severity).collect();
        assert!(failures > 0 && severities.is_sorted_by(|left, right| left >= right), "{severities:?}");
        let text = few.left_out().unwrap();
        for word in ["passes", "suppressed failures", "lambda-tracing-off (16)"] {
            assert!(text.contains(word), "{text}");
        }
    }
}
