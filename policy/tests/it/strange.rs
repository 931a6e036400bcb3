//! Laws of statements with a condition operator that is not known: whether they apply stays open.

use palisade_policy::{Condition, Document, Effect, Grade, Operator, covers};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use crate::ask::{attached, document};
use crate::generated::{Case, STRANGE, case, door_statement, policy};
use crate::laws::Level;
use crate::public::{invoke, reached};

/// A condition that no generated policy has.
fn strange() -> Condition {
    Condition::new(Operator::new(STRANGE), "x:strange", vec!["y".to_owned()])
}

impl Case {
    fn documents(&mut self) -> impl Iterator<Item = &mut Document> {
        let some = self.identity.iter_mut().chain(&mut self.service_control);
        some.chain(&mut self.boundary).chain(&mut self.resource_policy)
    }

    /// The case with one of its statements changed; as it is when it has none.
    fn changed(&self, which: Index, change: impl Fn(&mut Document, usize)) -> Case {
        let mut changed = self.clone();
        let places: Vec<_> = changed
            .documents()
            .enumerate()
            .flat_map(|(number, document)| (0..document.statements.len()).map(move |index| (number, index)))
            .collect();
        if !places.is_empty() {
            let (number, index) = *which.get(&places);
            changed.documents().nth(number).into_iter().for_each(|document| change(document, index));
        }
        changed
    }
}

fn widest(policy: Document) -> Option<Grade> {
    reached(&invoke(), &[policy]).first().map(|(grade, ..)| *grade)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_leaves_open_whatever_hangs_on_the_statement(case in case(), which in any::<Index>()) {
        let context = case.partial_context();
        let with = case.level(&context);
        let without = case.changed(which, |document, index| _ = document.statements.remove(index)).level(&context);
        let open = case.changed(which, |document, index| document.statements[index].conditions.push(strange()));
        let expected = if with == without { with } else { Level::Depends };
        prop_assert_eq!(open.level(&context), expected);
    }

    #[test]
    fn it_makes_nothing_covered(wider in policy(false), narrower in policy(false)) {
        let is_covered = |wider: &Document, narrower: &Document| {
            let both = ([wider.clone()], [narrower.clone()]);
            covers(&attached("w", &both.0), &attached("n", &both.1)).is_ok()
        };
        let open = |document: &Document, effect: Effect| {
            let mut open = document.clone();
            let of_effect = open.statements.iter_mut().filter(|statement| statement.effect == effect);
            of_effect.for_each(|statement| statement.conditions.push(strange()));
            open
        };
        let known = is_covered(&wider, &narrower);
        prop_assert_eq!(is_covered(&wider, &open(&narrower, Effect::Allow)), known);
        prop_assert_eq!(is_covered(&open(&wider, Effect::Deny), &narrower), known);
    }

    #[test]
    fn it_keeps_nobody_out(
        statements in prop::collection::vec(door_statement(), 1..4),
        which in any::<Index>(),
    ) {
        let known = document(&json!({"Version": "2012-10-17", "Statement": statements}));
        let mut open = known.clone();
        open.statements[which.index(statements.len())].conditions.push(strange());
        prop_assert!(widest(open) >= widest(known));
    }
}
