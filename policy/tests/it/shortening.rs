//! Patterns in place of lists of actions.

use std::collections::BTreeSet;

use palisade_policy::catalogue::{Catalogue, Catalogued};
use palisade_policy::{ActionElement, ActionPattern, Wanted};
use proptest::prelude::*;
use proptest::sample::select;

fn element(patterns: &[&str]) -> ActionElement {
    ActionElement::Action(patterns.iter().copied().map(ActionPattern::new).collect())
}

fn texts(patterns: &[ActionPattern]) -> Vec<&str> {
    patterns.iter().map(ActionPattern::as_str).collect()
}

/// All that an element covers.
fn covered(element: &ActionElement) -> BTreeSet<String> {
    Catalogue::get().expand(element).into_iter().map(Catalogued::name).collect()
}

fn shortened(actions: &BTreeSet<String>, granted: &[ActionElement]) -> Vec<ActionPattern> {
    Wanted { actions, harmless: &BTreeSet::new(), granted }.patterns()
}

#[test]
fn what_is_granted_whole_is_written_as_it_was() {
    for granted in [&["*"] as &[_], &["s3:*"], &["s3:Get*", "sqs:*"], &["ec2:Describe*"], &["S3:get*"]] {
        let granted = element(granted);
        let patterns = shortened(&covered(&granted), std::slice::from_ref(&granted));
        assert_eq!(patterns, granted.patterns());
    }
}

#[test]
fn a_service_of_everything_is_written_as_a_service() {
    let actions = covered(&element(&["sqs:*", "sns:Publish"]));
    assert_eq!(texts(&shortened(&actions, &[element(&["*"])])), ["sns:Publish", "sqs:*"]);
}

#[test]
fn what_is_granted_by_name_stays_by_name() {
    let granted = element(&["sqs:ListQueues", "sqs:ListQueueTags", "new:Thing"]);
    let actions = ["new:Thing", "sqs:ListQueueTags", "sqs:ListQueues"].map(str::to_owned);
    assert_eq!(texts(&shortened(&actions.into(), &[granted])), ["sqs:ListQueues", "sqs:ListQueueTags", "new:Thing"]);
}

#[test]
fn what_is_harmless_may_be_covered() {
    let all = covered(&element(&["sqs:*"]));
    let (lists, rest): (BTreeSet<_>, BTreeSet<_>) = all.into_iter().partition(|action| action.contains(":List"));
    let granted = [element(&["sqs:*"])];
    let patterns = Wanted { actions: &rest, harmless: &lists, granted: &granted }.patterns();
    assert_eq!(texts(&patterns), ["sqs:*"]);
}

proptest! {
    #[test]
    fn no_more_and_no_less_is_covered(
        service in select(vec!["s3", "sqs", "iam", "lambda", "dynamodb", "xray"]),
        granted in select(vec!["*", "SERVICE:*", "SERVICE:Get*|SERVICE:List*|SERVICE:*Tag*", "!SERVICE:Get*", "!iam:*"]),
        chosen in proptest::collection::vec(any::<bool>(), 400),
        harmless in proptest::collection::vec(any::<bool>(), 400),
    ) {
        let text = granted.replace("SERVICE", service);
        let patterns = |text: &str| text.split('|').map(ActionPattern::new).collect::<Vec<_>>();
        let granted = match text.strip_prefix('!') {
            Some(excepted) => ActionElement::NotAction(patterns(excepted)),
            None => ActionElement::Action(patterns(&text)),
        };
        let of_service = covered(&element(&[&format!("{service}:*")]));
        let given: Vec<_> = of_service.iter().filter(|action| granted.covers(action)).cloned().collect();
        let pick = |flags: &[bool]| -> BTreeSet<String> {
            given.iter().zip(flags.iter().cycle()).filter(|(_, flag)| **flag).map(|(action, _)| action.clone()).collect()
        };
        let (actions, harmless) = (pick(&chosen), pick(&harmless));
        let granted = [granted];
        let patterns = Wanted { actions: &actions, harmless: &harmless, granted: &granted }.patterns();
        prop_assert!(patterns.iter().all(|pattern| granted[0].covers_pattern(pattern)));
        let now = covered(&ActionElement::Action(patterns.clone()));
        prop_assert!(actions.is_subset(&now));
        prop_assert!(now.iter().all(|action| actions.contains(action) || harmless.contains(action)));
        let length = |texts: Vec<&str>| texts.iter().map(|text| text.len()).sum::<usize>();
        prop_assert!(length(texts(&patterns)) <= actions.iter().map(String::len).sum::<usize>());
    }
}
