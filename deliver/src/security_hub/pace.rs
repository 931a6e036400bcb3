//! How fast Security Hub may be called: ten times a second in each Region, after thirty at once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::Clock;

const BURST: u64 = 30;
/// One call more, each time so many milliseconds have passed.
const EVERY: u64 = 100;

/// How fast Security Hub is called.
pub(super) struct Pace {
    start: Timestamp,
    /// For each Region, the moment from which on a whole burst is free again, in milliseconds since the start.
    full: Mutex<HashMap<String, u64>>,
}

impl Pace {
    pub(super) fn new(start: Timestamp) -> Self {
        Self { start, full: Mutex::default() }
    }

    /// Waits until a call is free.
    pub(super) async fn turn(&self, region: &str, clock: &dyn Clock) {
        let now = u64::try_from(clock.now().duration_since(self.start).as_millis()).unwrap_or_default();
        let wait = self.take(region, now);
        if wait > 0 {
            clock.pause(Duration::from_millis(wait)).await;
        }
    }

    /// Takes a call, and tells how many milliseconds to wait for it.
    fn take(&self, region: &str, now: u64) -> u64 {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        let full = full.entry(region.to_owned()).or_default();
        *full = (*full).max(now) + EVERY;
        full.saturating_sub(now + BURST * EVERY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_calls_are_free_and_then_ten_a_second() {
        let pace = Pace::new(Timestamp::UNIX_EPOCH);
        let waits: Vec<_> = (0..40).map(|_| pace.take("eu-west-1", 0)).collect();
        assert!(waits[..30].iter().all(|wait| *wait == 0));
        assert_eq!(waits[30..], [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
        assert_eq!(pace.take("us-east-1", 0), 0);
        assert_eq!(pace.take("eu-west-1", 10_000), 0);
    }
}
