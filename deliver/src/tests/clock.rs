use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::{Clock, Soon};

/// A clock on which a pause takes no time, and a request is late when the server says so.
#[derive(Default)]
pub(super) struct TestClock {
    pauses: Mutex<Vec<Duration>>,
    pub(super) late: Notify,
    pub(super) crash: Notify,
}

impl TestClock {
    /// The pauses so far.
    pub(super) fn pauses(&self) -> Vec<Duration> {
        self.pauses.lock().unwrap().clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-11-30T00:00:00Z".parse().unwrap();
        start + self.pauses().iter().sum::<Duration>()
    }

    fn pause(&self, time: Duration) -> Soon<'_, ()> {
        self.pauses.lock().unwrap().push(time);
        Box::pin(tokio::task::yield_now())
    }

    fn deadline(&self, _: Duration) -> Soon<'_, ()> {
        Box::pin(self.late.notified())
    }
}
