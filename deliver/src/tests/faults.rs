//! Whatever goes wrong, every finding is in the end there once, and nothing is lost.

use proptest::prelude::*;
use proptest::sample::select;

use super::fake::{Fault, Kind};
use super::report::view;
use super::{Stage, items};

const FINDINGS: usize = 30;

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let one = select(vec![
        Fault::Cut,
        Fault::TakenThenCut,
        Fault::HalfThenCut,
        Fault::Late,
        Fault::TakenThenLate,
        Fault::Crash,
        Fault::TakenThenCrash,
        Fault::Status(500),
        Fault::Status(502),
        Fault::RetryAfter(429, 7),
        Fault::RetryAfter(503, 100_000),
        Fault::Garbage,
        Fault::TooLarge,
        Fault::Busy,
        Fault::Status(401),
    ]);
    proptest::collection::vec(one, 0..16)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs until nothing goes wrong any more: each run delivers the same report, or what is left.
async fn settle(kind: Kind, faults: &[Fault], anew: &[bool]) {
    let stage = Stage::of(kind).await;
    let view = view(FINDINGS);
    let mut expected: Vec<_> = items(&*stage.sink(), &view).into_iter().map(|(_, item)| item.id).collect();
    if kind == Kind::Hub {
        expected = expected.iter().map(|id| id.split_once('@').unwrap().0.to_owned()).collect();
    }
    expected.sort();
    assert_eq!(expected.len(), FINDINGS + 1, "the gap of the account is one more");
    stage.fake.fails(faults);
    let mut runs = anew.iter().copied().cycle();
    let (mut is_first, mut rounds) = (true, 0);
    loop {
        rounds += 1;
        assert!(rounds < 40, "it never ends");
        let is_clean = stage.fake.state().faults.is_empty();
        let outcome = if is_first || runs.next().unwrap() {
            tokio::select! {
                outcome = stage.deliver(&view) => Some(outcome),
                () = stage.clock.crash.notified() => None,
            }
        } else {
            tokio::select! {
                outcome = stage.again() => Some(outcome),
                () = stage.clock.crash.notified() => None,
            }
        };
        is_first = false;
        let Some(outcome) = outcome else { continue };
        stage.assert_no_secret(&outcome);
        assert!(outcome.damaged.is_empty() && outcome.foreign == 0);
        // One that is alone in its request and called too large is refused, told and kept.
        let refused: usize = outcome.refused.values().sum();
        assert!(refused == 0 || faults.contains(&Fault::TooLarge), "{outcome}");
        if is_clean {
            assert_eq!(outcome.spooled.len(), 0, "{outcome}");
            break;
        }
    }
    let held = stage.fake.held();
    let mut once = held.clone();
    once.dedup();
    let refused = refused(&stage);
    let lost: Vec<_> = expected.iter().filter(|id| !once.contains(id) && !refused.contains(id)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(once.iter().all(|id| expected.contains(id)));
    let tells_repeats = matches!(kind, Kind::Elastic | Kind::Hub);
    if tells_repeats || !faults.iter().any(Fault::is_unsaid) {
        assert_eq!(held, once, "doubled");
    }
    assert_eq!(stage.waiting(), 0);
    // The same report once more sends nothing, unless something of it was refused.
    let before = stage.fake.state().requests.len();
    let outcome = stage.deliver(&view).await;
    if refused.is_empty() {
        assert_eq!((outcome.delivered, outcome.already), (0, FINDINGS + 1));
        assert_eq!(stage.fake.state().requests.len(), before);
    }
}

/// The ids of what was refused, of the files that keep it.
fn refused(stage: &Stage) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(stage.spool().folder().join("refused")) else { return Vec::new() };
    let mut ids = Vec::new();
    for entry in entries {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines().skip(1) {
            let item: crate::Item = serde_json::from_str(line).unwrap();
            ids.push(item.id.split('@').next().unwrap().to_owned());
        }
    }
    ids
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn splunk_gets_everything_and_nothing_twice_that_it_said_it_had(faults in faults(), anew in runs()) {
        block_on(settle(Kind::Splunk, &faults, &anew));
    }

    #[test]
    fn elastic_holds_everything_once(faults in faults(), anew in runs()) {
        block_on(settle(Kind::Elastic, &faults, &anew));
    }

    #[test]
    fn security_hub_holds_everything_once(faults in faults(), anew in runs()) {
        block_on(settle(Kind::Hub, &faults, &anew));
    }

    #[test]
    fn any_address_gets_everything_and_nothing_twice_that_it_said_it_had(faults in faults(), anew in runs()) {
        block_on(settle(Kind::Http, &faults, &anew));
    }
}

/// Which runs deliver the report anew, as a schedule would, and which only what is left.
fn runs() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(any::<bool>(), 1..5)
}
