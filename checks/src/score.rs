//! The score: 0 to 100 with a grade, as a range where something could not be checked. docs/scoring.md explains it.

use serde::{Deserialize, Serialize};

use crate::check::Severity;

/// What one check found of one resource, as far as the score cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// Could not be checked.
    Unknown,
}

/// A score with its uncertainty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The score if everything unknown fails (0 to 100).
    pub low: u8,
    /// The score if everything unknown passes (0 to 100).
    pub high: u8,
    /// The grade, A to F; two of them, worst first, when the range spans several.
    pub grade: String,
}

/// How much of what was due was decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Checks of resources that ended in pass or fail.
    pub decided: u64,
    /// All that apply, the unknown ones included.
    pub due: u64,
}

impl Coverage {
    /// The decided share in per cent, rounded down, so that 100 means all.
    pub fn percent(self) -> u64 {
        (self.decided * 100).checked_div(self.due).unwrap_or(100)
    }
}

/// Counts of results by severity: all that a score depends on, so that order cannot matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [Counts; 5],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    pass: u64,
    fail: u64,
    unknown: u64,
}

impl Tally {
    /// Counts one result.
    pub fn add(&mut self, severity: Severity, result: Decided) {
        let counts = &mut self.counts[severity as usize];
        match result {
            Decided::Pass => counts.pass += 1,
            Decided::Fail => counts.fail += 1,
            Decided::Unknown => counts.unknown += 1,
        }
    }

    /// How many failed with this severity.
    pub fn failed(&self, severity: Severity) -> u64 {
        self.counts[severity as usize].fail
    }

    /// How much was decided.
    pub fn coverage(&self) -> Coverage {
        let sum = |part: fn(&Counts) -> u64| self.counts.iter().map(part).sum();
        Coverage {
            decided: sum(|counts| counts.pass + counts.fail),
            due: sum(|counts| counts.pass + counts.fail + counts.unknown),
        }
    }

    /// The score; none when nothing was due, for there is nothing to praise or blame.
    pub fn score(&self) -> Option<Score> {
        if self.coverage().due == 0 {
            return None;
        }
        let low = self.bound(|counts| counts.fail + counts.unknown);
        let high = self.bound(|counts| counts.fail);
        let (worst, best) = (grade(low), grade(high));
        let grade = if worst == best { worst.to_string() } else { format!("{worst}-{best}") };
        Some(Score { low, high, grade })
    }

    /// The share of weight that did not fail, under the cap of the worst open severities.
    fn bound(&self, failed: fn(&Counts) -> u64) -> u8 {
        let (mut lost, mut total, mut cap) = (0, 0, 100);
        for (counts, severity) in self.counts.iter().zip(Severity::ALL.into_iter().rev()) {
            let open = failed(counts);
            lost += open * weight(severity);
            total += (counts.pass + counts.fail + counts.unknown) * weight(severity);
            cap = cap.min(cap_of(severity, open));
        }
        let share = (total - lost) * 100 / total.max(1);
        let share = if total == 0 { 100 } else { share };
        u8::try_from(share.min(cap)).unwrap_or(100)
    }
}

/// How much one result of this severity weighs.
fn weight(severity: Severity) -> u64 {
    match severity {
        Severity::Informational => 0,
        Severity::Low => 1,
        Severity::Medium => 3,
        Severity::High => 10,
        Severity::Critical => 30,
    }
}

/// The most that an account can score with so many open findings of this severity: one holds the score in a grade,
/// each doubling takes some more of it, down to a floor.
fn cap_of(severity: Severity, open: u64) -> u64 {
    let Some(doublings) = open.checked_ilog2().map(u64::from) else { return 100 };
    match severity {
        Severity::Informational => 100,
        Severity::Low => 99,
        Severity::Medium => 89_u64.saturating_sub(doublings).max(80),
        Severity::High => 79_u64.saturating_sub(2 * doublings).max(60),
        Severity::Critical => 59_u64.saturating_sub(5 * doublings),
    }
}

/// The grade of a score.
pub fn grade(score: u8) -> char {
    match score {
        90.. => 'A',
        80..90 => 'B',
        70..80 => 'C',
        60..70 => 'D',
        0..60 => 'F',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Entry = (Severity, Decided);

    fn tally(entries: &[Entry]) -> Tally {
        let mut tally = Tally::default();
        for (severity, result) in entries {
            tally.add(*severity, *result);
        }
        tally
    }

    fn bounds(entries: &[Entry]) -> (u8, u8) {
        tally(entries).score().map_or((100, 100), |score| (score.low, score.high))
    }

    fn severities() -> impl Strategy<Value = Severity> {
        proptest::sample::select(Severity::ALL.to_vec())
    }

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let result = proptest::sample::select(vec![Decided::Pass, Decided::Fail, Decided::Unknown]);
        proptest::collection::vec((severities(), result), 0..60)
    }

    fn with(entries: &[Entry], more: Entry) -> Vec<Entry> {
        [entries, &[more]].concat()
    }

    proptest! {
        #[test]
        fn fixing_a_finding_never_lowers_the_score(entries in entries(), severity in severities()) {
            let (open_low, open_high) = bounds(&with(&entries, (severity, Decided::Fail)));
            let (fixed_low, fixed_high) = bounds(&with(&entries, (severity, Decided::Pass)));
            let (gone_low, gone_high) = bounds(&entries);
            prop_assert!(fixed_low >= open_low && fixed_high >= open_high);
            prop_assert!(gone_low >= open_low && gone_high >= open_high);
        }

        #[test]
        fn an_unknown_never_helps_the_lower_bound(entries in entries(), severity in severities()) {
            let (low, high) = bounds(&with(&entries, (severity, Decided::Unknown)));
            for decided in [Decided::Pass, Decided::Fail] {
                let (decided_low, decided_high) = bounds(&with(&entries, (severity, decided)));
                prop_assert!(low <= decided_low && decided_high <= high);
            }
            prop_assert!(low <= bounds(&entries).0);
        }

        #[test]
        fn clean_resources_do_not_lift_an_account_out_of_its_cap(entries in entries(), clean in 0_usize..5000) {
            let mut many = with(&entries, (Severity::Critical, Decided::Fail));
            many.extend(std::iter::repeat_n((Severity::Critical, Decided::Pass), clean));
            prop_assert!(bounds(&many).1 < 60);
            let mut many: Vec<_> = entries.into_iter().filter(|(severity, _)| *severity != Severity::Critical).collect();
            many.push((Severity::High, Decided::Fail));
            many.extend(std::iter::repeat_n((Severity::High, Decided::Pass), clean));
            prop_assert!(bounds(&many).1 < 80);
        }

        #[test]
        fn order_does_not_matter(mut entries in entries()) {
            let forward = bounds(&entries);
            entries.reverse();
            prop_assert_eq!(forward, bounds(&entries));
            entries.sort_by_key(|(severity, _)| *severity);
            prop_assert_eq!(forward, bounds(&entries));
        }
    }

    #[test]
    fn the_worked_example_of_the_documentation_holds() {
        let mut example = vec![(Severity::High, Decided::Fail), (Severity::High, Decided::Unknown)];
        example.extend([(Severity::High, Decided::Pass); 8]);
        example.extend([(Severity::Medium, Decided::Fail); 2]);
        example.extend([(Severity::Medium, Decided::Pass); 8]);
        let score = tally(&example).score().unwrap();
        assert_eq!((score.low, score.high, score.grade.as_str()), (77, 79, "C"));
        assert_eq!(tally(&example).coverage(), Coverage { decided: 19, due: 20 });
    }

    #[test]
    fn nothing_due_has_no_score() {
        assert_eq!(Tally::default().score(), None);
    }

    #[test]
    fn a_range_over_several_grades_names_both() {
        let score = tally(&[(Severity::Critical, Decided::Unknown), (Severity::Low, Decided::Pass)]).score().unwrap();
        assert_eq!((score.low, score.high, score.grade.as_str()), (3, 100, "F-A"));
    }
}
