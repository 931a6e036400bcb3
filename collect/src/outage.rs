//! When a call that failed is sent again, and when the service behind it is taken to be down.
//!
//! A call that fails alone, while others of its service are answered, is given up after a few attempts. When nothing of the
//! service is answered any more, it is down: its calls pause, as they do when AWS throttles, until it answers again or the
//! run's time is up. A call that nothing can be compared with, and a service that cannot be reached from here at all, have
//! some seconds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use palisade_model::{Action, Reason, RegionName};

use crate::failure::Failure;
use crate::progress::Progress;

/// How often a call is sent before it matters whether the service is down.
pub(crate) const ATTEMPTS: u32 = 6;
/// The pause before the second attempt; each further one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long a call is sent again that fails without anything to compare it with.
const PATIENCE: Duration = Duration::from_secs(20);

type Where = (&'static str, Option<RegionName>);

/// How many calls are failing now, by service and Region.
#[derive(Default)]
pub struct Outages(Mutex<HashMap<Where, u32>>);

impl Outages {
    fn change(&self, place: &Where, change: impl FnOnce(&mut u32)) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(place.clone()).or_default());
    }

    fn failing(&self, place: &Where) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(place).copied().unwrap_or_default()
    }
}

/// The failures of one call.
pub(super) struct Trouble<'a> {
    outages: &'a Outages,
    action: Action,
    place: Where,
    /// When it first failed; none while it has not.
    since: Option<Instant>,
    attempts: u32,
}

impl<'a> Trouble<'a> {
    /// A call that has not failed.
    pub(super) fn new(outages: &'a Outages, action: Action, region: Option<&RegionName>) -> Self {
        Self { outages, action, place: (action.service(), region.cloned()), since: None, attempts: 0 }
    }

    /// Counts a failure, and tells how long to wait before the next attempt; none when there is no point in one.
    pub(super) fn pause(&mut self, failure: &Failure, progress: &Progress) -> Option<Duration> {
        self.attempts += 1;
        let now = Instant::now();
        let since = *self.since.get_or_insert_with(|| {
            self.outages.change(&self.place, |failing| *failing += 1);
            now
        });
        let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.attempts - 1)).min(LONGEST_PAUSE);
        if self.attempts < ATTEMPTS {
            return Some(pause);
        }
        let region = self.place.1.as_ref();
        let may_be_down = matches!(failure, Failure::Down(_) | Failure::Passing(Reason::Unreachable));
        if !may_be_down || progress.has_answered_since(self.action, region, since) {
            return None;
        }
        let has_spoken = matches!(failure, Failure::Down(_)) || progress.has_answered(self.action, region);
        let is_down = has_spoken && self.outages.failing(&self.place) > 1;
        if is_down && self.attempts == ATTEMPTS {
            let region = region.map(|region| format!(" in {region}")).unwrap_or_default();
            progress.say(&format!("{}{region} does not answer ({failure}): waiting", self.place.0));
        }
        (is_down || now.duration_since(since) < PATIENCE).then_some(pause)
    }
}

impl Drop for Trouble<'_> {
    fn drop(&mut self) {
        if self.since.is_some() {
            self.outages.change(&self.place, |failing| *failing = failing.saturating_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down() -> Failure {
        Failure::Down(Reason::Erred("ServiceException".to_owned()))
    }

    fn trouble(outages: &Outages, action: Action) -> Trouble<'_> {
        Trouble::new(outages, action, None)
    }

    /// Fails as often as a call is tried in any case.
    fn exhaust(trouble: &mut Trouble<'_>, failure: &Failure, progress: &Progress) {
        for _ in 1..ATTEMPTS {
            assert!(trouble.pause(failure, progress).is_some());
        }
    }

    #[test]
    fn a_call_that_fails_while_others_are_answered_is_given_up() {
        let (outages, progress) = (Outages::default(), Progress::new(false));
        let mut one = trouble(&outages, Action::LambdaGetPolicy);
        exhaust(&mut one, &down(), &progress);
        progress.answered(Action::LambdaListLayers, None);
        assert_eq!(one.pause(&down(), &progress), None);
    }

    #[test]
    fn calls_of_a_service_that_answers_nothing_wait_for_it() {
        let (outages, progress) = (Outages::default(), Progress::new(false));
        let (mut one, mut other) =
            (trouble(&outages, Action::LambdaGetPolicy), trouble(&outages, Action::LambdaListLayers));
        exhaust(&mut one, &down(), &progress);
        exhaust(&mut other, &down(), &progress);
        one.since = Instant::now().checked_sub(2 * PATIENCE);
        for _ in 0..20 {
            assert!(one.pause(&down(), &progress).is_some_and(|pause| pause <= LONGEST_PAUSE));
        }
        drop(other);
        assert_eq!(one.pause(&down(), &progress), None, "nothing else fails any more");
    }

    #[test]
    fn an_answer_that_is_garbled_is_no_outage() {
        let (outages, progress) = (Outages::default(), Progress::new(false));
        let garbled = Failure::Passing(Reason::Erred("could not be read".to_owned()));
        let (mut one, mut other) =
            (trouble(&outages, Action::LambdaGetPolicy), trouble(&outages, Action::LambdaListLayers));
        exhaust(&mut one, &garbled, &progress);
        exhaust(&mut other, &garbled, &progress);
        assert_eq!(one.pause(&garbled, &progress), None);
    }

    #[test]
    fn a_service_that_was_never_reached_has_a_minute() {
        let (outages, progress) = (Outages::default(), Progress::new(false));
        let silent = Failure::Passing(Reason::Unreachable);
        let (mut one, mut other) =
            (trouble(&outages, Action::LambdaGetPolicy), trouble(&outages, Action::LambdaListLayers));
        exhaust(&mut one, &silent, &progress);
        exhaust(&mut other, &silent, &progress);
        assert!(one.pause(&silent, &progress).is_some());
        one.since = Instant::now().checked_sub(2 * PATIENCE);
        assert_eq!(one.pause(&silent, &progress), None);
    }
}
