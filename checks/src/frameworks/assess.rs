//! What a run tells of a framework's requirements.

use std::collections::{BTreeMap, BTreeSet};

use super::{Framework, Requirement};
use crate::audit::Status;

/// How a requirement stands after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// A check that tells of it has an open failure, whatever else is known.
    Fail,
    /// Nothing open, and something could not be checked, or only some of its checks ran over all that they judge.
    Unknown,
    /// All is known and nothing open, and a failure is accepted by a suppression: that is no pass.
    Accepted,
    /// All is known, nothing open or accepted, and at least one resource passed.
    Pass,
    /// All of its checks ran, and of no resource the question arises.
    NotApplicable,
    /// None of its checks ran in this run.
    NotJudged,
    /// No check of palisade tells of it.
    NotCovered,
}

impl Standing {
    /// All of them, in the order of a report: what needs work first.
    pub const ALL: [Self; 7] =
        [Self::Fail, Self::Unknown, Self::Accepted, Self::Pass, Self::NotApplicable, Self::NotJudged, Self::NotCovered];

    /// The word that stands for it in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Pass => "pass",
            Self::NotApplicable => "not-applicable",
            Self::NotJudged => "not-judged",
            Self::NotCovered => "not-covered",
        }
    }

    /// Whether it counts in a percentage: the question arose, and palisade looked.
    pub fn is_due(self) -> bool {
        match self {
            Self::Fail | Self::Unknown | Self::Accepted | Self::Pass => true,
            Self::NotApplicable | Self::NotJudged | Self::NotCovered => false,
        }
    }
}

/// Numbers of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open failures.
    pub failed: u64,
    /// What could not be checked.
    pub unknown: u64,
    /// Failures that are accepted.
    pub suppressed: u64,
    /// What is as it should be.
    pub passed: u64,
    /// Where the question does not arise.
    pub not_applicable: u64,
}

impl Counts {
    fn add(&mut self, status: Status) {
        let count = match status {
            Status::Fail => &mut self.failed,
            Status::Unknown => &mut self.unknown,
            Status::Suppressed => &mut self.suppressed,
            Status::Pass => &mut self.passed,
            Status::NotApplicable => &mut self.not_applicable,
        };
        *count += 1;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            failed: self.failed + other.failed,
            unknown: self.unknown + other.unknown,
            suppressed: self.suppressed + other.suppressed,
            passed: self.passed + other.passed,
            not_applicable: self.not_applicable + other.not_applicable,
        }
    }
}

/// What one check tells of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssessedCheck {
    /// Its id.
    pub id: &'static str,
    /// Whether it ran over all that it judges.
    pub ran: bool,
    /// Its findings.
    pub counts: Counts,
}

/// A requirement after a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessedRequirement {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// How it stands.
    pub standing: Standing,
    /// The findings of all its checks.
    pub counts: Counts,
    /// Its checks, sorted.
    pub checks: Vec<AssessedCheck>,
}

/// A framework after a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The framework.
    pub framework: &'static Framework,
    /// One entry for each of its requirements, in its order.
    pub requirements: Vec<AssessedRequirement>,
}

impl Assessment {
    /// How many requirements stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.requirements.iter().filter(|assessed| assessed.standing == standing).count()
    }

    /// How many requirements a percentage is of: passed, failed, accepted and unknown ones.
    pub fn due(&self) -> usize {
        self.requirements.iter().filter(|assessed| assessed.standing.is_due()).count()
    }

    /// The share of what is due that passed, in per cent and rounded down; what is unknown or accepted did not pass. None
    /// where nothing is due: there is nothing to praise or blame.
    pub fn percent(&self) -> Option<usize> {
        (self.count(Standing::Pass) * 100).checked_div(self.due())
    }

    /// How many requirements a check of palisade tells of, whether or not it ran.
    pub fn covered(&self) -> usize {
        self.requirements.len() - self.count(Standing::NotCovered)
    }
}

impl Framework {
    /// Judges a run by the framework.
    ///
    /// `findings` are those of the run, `judged` the ids of the checks that ran over all that they judge. [`Standing`] says what follows: a failure weighs more than what is unknown, that more than a failure that is
    /// accepted, that more than a pass, and a pass takes at least one resource that passed. What a selection of resources
    /// leaves out is not seen here: the assessment is one of what was selected.
    pub fn assess<'a>(
        &'static self,
        findings: impl IntoIterator<Item = (&'a str, Status)>,
        judged: &BTreeSet<&str>,
    ) -> Assessment {
        let mut by_check: BTreeMap<&str, Counts> = BTreeMap::new();
        for (check, status) in findings {
            by_check.entry(check).or_default().add(status);
        }
        let assess = |requirement| assess(requirement, &by_check, judged);
        Assessment { framework: self, requirements: self.requirements.iter().map(assess).collect() }
    }
}

fn assess(
    requirement: &'static Requirement,
    by_check: &BTreeMap<&str, Counts>,
    judged: &BTreeSet<&str>,
) -> AssessedRequirement {
    let of_check = |id: &&'static str| AssessedCheck {
        id,
        ran: judged.contains(id),
        counts: by_check.get(id).copied().unwrap_or_default(),
    };
    let checks: Vec<_> = requirement.checks.iter().map(of_check).collect();
    let counts = checks.iter().fold(Counts::default(), |sum, check| sum.plus(check.counts));
    AssessedRequirement { requirement, standing: standing(&checks, counts), counts, checks }
}

fn standing(checks: &[AssessedCheck], counts: Counts) -> Standing {
    let has_run = |check: &AssessedCheck| check.ran || check.counts != Counts::default();
    if checks.is_empty() {
        Standing::NotCovered
    } else if !checks.iter().any(has_run) {
        Standing::NotJudged
    } else if counts.failed > 0 {
        Standing::Fail
    } else if counts.unknown > 0 || !checks.iter().all(|check| check.ran) {
        Standing::Unknown
    } else if counts.suppressed > 0 {
        Standing::Accepted
    } else if counts.passed > 0 {
        Standing::Pass
    } else {
        Standing::NotApplicable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Catalogue;
    use crate::frameworks::Mapping;

    /// A framework with one requirement of these checks.
    fn framework(checks: &[&'static str]) -> &'static Framework {
        let requirement = Requirement { id: "1", group: "", title: "One", checks: checks.to_vec() };
        Box::leak(Box::new(Framework {
            name: "made-up",
            title: "Made up",
            version: "1",
            source: "https://example.com",
            file: "",
            requirements: vec![requirement],
            mapping: Mapping::Controls(Catalogue::Cis, ""),
        }))
    }

    /// How the requirement of checks `a` and `b` stands.
    fn stands(findings: &[(&str, Status)], judged: &[&str]) -> Standing {
        let judged = judged.iter().copied().collect();
        framework(&["a", "b"]).assess(findings.iter().copied(), &judged).requirements[0].standing
    }

    const BOTH: &[&str] = &["a", "b"];
    const EVERYTHING_ELSE: [(&str, Status); 4] =
        [("a", Status::Unknown), ("a", Status::Suppressed), ("b", Status::Pass), ("b", Status::NotApplicable)];

    #[test]
    fn an_open_failure_fails_whatever_else_is_known() {
        let findings: Vec<_> = EVERYTHING_ELSE.into_iter().chain([("b", Status::Fail)]).collect();
        assert_eq!(stands(&findings, BOTH), Standing::Fail);
        assert_eq!(stands(&[("a", Status::Fail)], &["a"]), Standing::Fail);
        assert_eq!(stands(&[("a", Status::Fail)], &[]), Standing::Fail);
    }

    #[test]
    fn what_is_unknown_weighs_more_than_a_pass_and_than_an_accepted_failure() {
        assert_eq!(stands(&EVERYTHING_ELSE, BOTH), Standing::Unknown);
    }

    #[test]
    fn a_requirement_of_which_some_checks_did_not_run_is_unknown() {
        assert_eq!(stands(&[("a", Status::Pass)], &["a"]), Standing::Unknown);
        assert_eq!(stands(&[("a", Status::Pass), ("b", Status::Pass)], &["a"]), Standing::Unknown);
        assert_eq!(stands(&[("a", Status::Suppressed)], &["a"]), Standing::Unknown);
        assert_eq!(stands(&[("a", Status::NotApplicable)], &["a"]), Standing::Unknown);
        assert_eq!(stands(&[], &["a"]), Standing::Unknown);
    }

    #[test]
    fn an_accepted_failure_is_no_pass() {
        let findings = [("a", Status::Suppressed), ("a", Status::Pass), ("b", Status::Pass)];
        assert_eq!(stands(&findings, BOTH), Standing::Accepted);
    }

    #[test]
    fn a_pass_takes_a_resource_that_passed() {
        assert_eq!(stands(&[("a", Status::Pass), ("b", Status::NotApplicable)], BOTH), Standing::Pass);
        assert_eq!(stands(&[("a", Status::NotApplicable)], BOTH), Standing::NotApplicable);
        assert_eq!(stands(&[], BOTH), Standing::NotApplicable);
    }

    #[test]
    fn a_requirement_of_which_no_check_ran_is_not_judged() {
        assert_eq!(stands(&[], &[]), Standing::NotJudged);
        assert_eq!(stands(&[("c", Status::Fail)], &["c"]), Standing::NotJudged);
    }

    #[test]
    fn a_requirement_without_checks_is_not_covered() {
        let assessment = framework(&[]).assess([("a", Status::Pass)], &["a"].into());
        assert_eq!(assessment.requirements[0].standing, Standing::NotCovered);
        assert_eq!((assessment.covered(), assessment.due(), assessment.percent()), (0, 0, None));
    }

    #[test]
    fn findings_are_counted_by_check_and_together() {
        let findings = EVERYTHING_ELSE.into_iter().chain([("b", Status::Fail), ("c", Status::Fail)]);
        let assessment = framework(BOTH).assess(findings, &["a"].into());
        let of_a = Counts { unknown: 1, suppressed: 1, ..Counts::default() };
        let of_b = Counts { failed: 1, passed: 1, not_applicable: 1, ..Counts::default() };
        let assessed = &assessment.requirements[0];
        assert_eq!(assessed.counts, of_a.plus(of_b));
        let [a, b] = [("a", true, of_a), ("b", false, of_b)].map(|(id, ran, counts)| AssessedCheck { id, ran, counts });
        assert_eq!(assessed.checks, [a, b]);
    }

    #[test]
    fn only_passes_count_as_passed_in_a_percentage() {
        let one = framework(&["a"]);
        let requirement = |checks| Requirement { checks, ..one.requirements[0].clone() };
        let requirements = ["pass", "fail", "unknown", "accepted", "not-applicable"].map(|id| requirement(vec![id]));
        let others = [requirement(vec![]), requirement(vec!["not-run"])];
        let requirements = requirements.into_iter().chain(others).collect();
        let many = Box::leak(Box::new(Framework { requirements, ..framework_like(one) }));
        let findings = [
            ("pass", Status::Pass),
            ("fail", Status::Fail),
            ("unknown", Status::Unknown),
            ("accepted", Status::Suppressed),
            ("not-applicable", Status::NotApplicable),
        ];
        let assessment = many.assess(findings, &findings.map(|(check, _)| check).into());
        assert_eq!(Standing::ALL.map(|standing| assessment.count(standing)), [1; 7]);
        assert_eq!((assessment.due(), assessment.percent(), assessment.covered()), (4, Some(25), 6));
    }

    fn framework_like(other: &Framework) -> Framework {
        let &Framework { name, title, version, source, file, mapping, .. } = other;
        Framework { name, title, version, source, file, requirements: vec![], mapping }
    }
}
