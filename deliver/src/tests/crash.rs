//! A process that ends in the middle, at every request.

use super::Stage;
use super::fake::{Fault, Kind};
use super::report::view;

#[tokio::test]
async fn a_run_that_is_killed_at_any_request_is_made_up_for() {
    for kind in [Kind::Splunk, Kind::Elastic, Kind::Hub, Kind::Http] {
        let requests = if kind == Kind::Hub { 2 } else { 4 };
        for at in 0..requests {
            for fault in [Fault::Crash, Fault::TakenThenCrash] {
                let stage = Stage::of(kind).await;
                let view = view(60);
                let server = stage.fake.clone();
                server.state().faults = [vec![Fault::None; at], vec![fault.clone()]].concat().into();
                tokio::select! {
                    outcome = stage.deliver(&view) => panic!("{kind:?} {at}: {outcome}"),
                    () = stage.clock.crash.notified() => {}
                }
                let taken = server.held().len();
                // A schedule that delivers the report anew, with what was left.
                let outcome = stage.deliver(&view).await;
                assert!(outcome.is_complete(), "{outcome}");
                let (held, mut once) = (server.held(), server.held());
                once.dedup();
                assert_eq!(once.len(), 61, "{kind:?} {at} {fault:?}");
                if fault == Fault::Crash || matches!(kind, Kind::Elastic | Kind::Hub) {
                    assert_eq!(held.len(), 61, "{kind:?} {at}: {taken} were taken before");
                } else {
                    let batch = server.state().requests[at].1.len();
                    assert_eq!(held.len(), 61 + batch, "only what was under way comes twice");
                }
            }
        }
    }
}
