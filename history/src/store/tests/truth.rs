//! Whatever runs see of an account, no history claims what is not true.

use palisade_report::view::View;
use proptest::prelude::*;

use super::super::{History, Which};
use super::place;
use crate::tests::ACCOUNT;
use crate::tests::world::{runs, worlds};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn only_what_is_true_is_recorded(seen in proptest::collection::vec((worlds(), runs()), 1..6)) {
        let (_folder, path) = place();
        let mut history = History::open(&path).unwrap();
        for (index, (world, run)) in seen.iter().enumerate() {
            let report = world.seen_by(run, i8::try_from(index).unwrap() + 1);
            let open: Vec<_> = history.open_since(ACCOUNT, "aws").map(|open| open.into_keys().collect()).unwrap_or_default();
            let changes = history.record(&View::read(report)).unwrap().changes;
            for entry in &changes.fixed {
                prop_assert!(!world.is_open(&entry.check, &entry.resource), "fixed: {entry:?}");
            }
            for entry in &changes.gone {
                prop_assert!(!world.exists(&entry.resource), "gone: {entry:?}");
            }
            // What was open is open, or ended and told.
            let now = history.open_since(ACCOUNT, "aws").unwrap();
            let ended = |uid: &String| changes.fixed.iter().chain(&changes.gone).any(|entry| entry.uid == *uid);
            prop_assert!(open.iter().all(|uid| now.contains_key(uid) || ended(uid)));
            prop_assert_eq!(history.run(ACCOUNT, "aws", Which::Latest).unwrap().open(), now.into_keys().collect::<Vec<_>>());
        }
    }
}
