//! Whatever runs see of an account, no history claims what is not true.

use std::collections::BTreeMap;

use palisade_report::document::Status;
use palisade_report::view::View;
use proptest::prelude::*;

use super::super::{History, Which};
use super::place;
use crate::tests::ACCOUNT;
use crate::tests::world::{runs, worlds};

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_is_true_is_recorded(seen in proptest::collection::vec((worlds(), runs()), 1..6)) {
        let (_folder, path) = place();
        let mut history = History::open(&path).unwrap();
        let mut seen_deep: BTreeMap<String, bool> = BTreeMap::new();
        for (index, (world, run)) in seen.iter().enumerate() {
            let report = world.seen_by(run, i8::try_from(index).unwrap() + 1);
            let open: Vec<_> = history.open_since(ACCOUNT, "aws").map(|open| open.into_keys().collect()).unwrap_or_default();
            let is_open = |status| matches!(status, Status::Fail | Status::Suppressed);
            let failing = report.findings.iter().filter(|finding| is_open(finding.status));
            let failing: Vec<_> = failing.map(|finding| finding.uid.to_string()).collect();
            let changes = history.record(&View::read(report)).unwrap().changes;
            for entry in &changes.fixed {
                prop_assert!(!world.is_open(&entry.check, &entry.resource, seen_deep[&entry.uid]), "fixed: {entry:?}");
            }
            for entry in &changes.gone {
                prop_assert!(!world.exists(&entry.resource), "gone: {entry:?}");
            }
            seen_deep.extend(failing.into_iter().map(|uid| (uid, run.deep)));
            // What was open is open, or ended and told.
            let now = history.open_since(ACCOUNT, "aws").unwrap();
            let ended = |uid: &String| changes.fixed.iter().chain(&changes.gone).any(|entry| entry.uid == *uid);
            prop_assert!(open.iter().all(|uid| now.contains_key(uid) || ended(uid)));
            prop_assert_eq!(history.run(ACCOUNT, "aws", Which::Latest).unwrap().open(), now.into_keys().collect::<Vec<_>>());
        }
    }
}
