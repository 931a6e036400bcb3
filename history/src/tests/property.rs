//! What holds of the diff of any two runs.

use std::collections::BTreeSet;

use palisade_report::document::{Document, Status};
use proptest::prelude::*;

use super::world::{CHECKS, resources, runs, worlds};
use super::{finding, gap};
use crate::Diff;
use crate::diff::Entry;

fn diff(older: &Document, newer: &Document) -> Diff {
    Diff::of(older, newer).unwrap()
}

fn uids<'a>(lists: impl IntoIterator<Item = &'a Vec<Entry>>) -> BTreeSet<&'a str> {
    lists.into_iter().flatten().map(|entry| entry.uid.as_str()).collect()
}

/// What a diff says has ended.
fn ended(diff: &Diff) -> BTreeSet<&str> {
    uids([&diff.changes.fixed, &diff.changes.gone])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_does_not_differ_from_itself((world, run) in (worlds(), runs())) {
        let report = world.seen_by(&run, 1);
        let diff = diff(&report, &report);
        prop_assert!(diff.changes.is_empty() && diff.remarks.iter().all(|remark| !remark.message.contains("differ")), "{diff:#?}");
    }

    #[test]
    fn what_is_new_one_way_has_ended_the_other_way((one, other) in (worlds(), worlds()), (first, second) in (runs(), runs())) {
        let (a, b) = (one.seen_by(&first, 1), other.seen_by(&second, 2));
        let (there, back) = (diff(&a, &b), diff(&b, &a));
        let failed = |entry: &&Entry| entry.before == Some(Status::Fail);
        let ended = back.changes.fixed.iter().chain(&back.changes.gone).filter(failed);
        prop_assert_eq!(uids([&there.changes.new]), ended.map(|entry| entry.uid.as_str()).collect());
    }

    #[test]
    fn only_what_is_true_is_said_to_have_ended_or_to_be_new(
        (one, other) in (worlds(), worlds()),
        (first, second) in (runs(), runs()),
    ) {
        let diff = diff(&one.seen_by(&first, 1), &other.seen_by(&second, 2));
        for entry in &diff.changes.fixed {
            prop_assert!(!other.is_open(&entry.check, &entry.resource, first.deep), "fixed: {entry:?}");
        }
        for entry in &diff.changes.gone {
            prop_assert!(!other.exists(&entry.resource), "gone: {entry:?}");
        }
        for entry in &diff.changes.new {
            prop_assert!(!one.is_open(&entry.check, &entry.resource, second.deep), "new: {entry:?}");
        }
    }

    #[test]
    fn nothing_that_was_open_is_lost((one, other) in (worlds(), worlds()), (first, second) in (runs(), runs())) {
        let (a, b) = (one.seen_by(&first, 1), other.seen_by(&second, 2));
        let diff = diff(&a, &b);
        let counts = diff.changes.counts;
        let open = |report: &Document| {
            let is_open = |status| matches!(status, Status::Fail | Status::Suppressed);
            report.findings.iter().filter(|finding| is_open(finding.status)).count() as u64
        };
        let of_both = counts.unchanged + counts.worsened + counts.improved + counts.still_suppressed + counts.suppression_ended;
        let became_accepted =
            diff.changes.suppressed.iter().filter(|entry| entry.before == Some(Status::Fail)).count() as u64;
        prop_assert_eq!(open(&a), of_both + became_accepted + counts.fixed + counts.gone + counts.not_comparable);
        prop_assert_eq!(open(&b), of_both + counts.suppressed + counts.new + counts.newly_seen);
    }

    #[test]
    fn blinding_a_finding_ends_nothing((one, other) in (worlds(), worlds()), (first, second) in (runs(), runs()), which in any::<prop::sample::Index>()) {
        let (a, mut b) = (one.seen_by(&first, 1), other.seen_by(&second, 2));
        prop_assume!(!b.findings.is_empty());
        let before = diff(&a, &b);
        let index = which.index(b.findings.len());
        b.findings[index].status = Status::Unknown;
        b.findings[index].gap = Some(Box::new(gap()));
        let uid = b.findings[index].uid.to_string();
        let after = diff(&a, &b);
        prop_assert!(!ended(&after).contains(uid.as_str()), "{after:#?}");
        prop_assert!(ended(&after).is_subset(&ended(&before)));
    }

    #[test]
    fn cutting_lists_ends_nothing(
        (one, other) in (worlds(), worlds()),
        (first, second) in (runs(), runs()),
        cut in proptest::collection::vec(any::<bool>(), 6),
    ) {
        let (a, mut b) = (one.seen_by(&first, 1), other.seen_by(&second, 2));
        let before = diff(&a, &b);
        let cut: Vec<_> = resources().into_iter().zip(cut).filter_map(|(arn, is)| is.then_some(arn)).collect();
        b.findings.retain(|finding| !cut.iter().any(|arn| *arn == finding.resource));
        b.resources.as_mut().unwrap().retain(|arn| !cut.contains(arn));
        for arn in &cut {
            let rest = format!("{}:*", arn.rsplit_once(':').unwrap().0);
            b.findings.extend(CHECKS.iter().map(|check| finding(check, &rest, Status::Unknown)));
        }
        let after = diff(&a, &b);
        let of_cut = after.changes.fixed.iter().chain(&after.changes.gone).filter(|entry| cut.contains(&entry.resource));
        prop_assert_eq!(of_cut.count(), 0);
        prop_assert!(ended(&after).is_subset(&ended(&before)));
    }
}
