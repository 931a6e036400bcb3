//! Keeps the run below AWS's request rates, so that the account's own deployments never meet a throttle of our making.
//!
//! There is one bucket for each category that AWS counts by itself, in each Region (or account, for global services).
//! Documented rates are used up to a share; unknown ones start low and adapt: they grow by a step while calls succeed
//! and shrink by a factor when AWS throttles.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use palisade_model::{Action, Reason, RegionName};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::Instant;

/// What a bucket's rate is multiplied by when AWS throttles.
const DECREASE: f64 = 0.7;
/// How far an unknown rate may grow beyond its start.
const GROWTH_LIMIT: f64 = 4.0;
/// The least part of its first rate that a bucket keeps, however often it is throttled.
const FLOOR: f64 = 0.05;
/// How long a call rests after a throttle that names no time itself.
const REST: Duration = Duration::from_secs(1);
/// How much one call counts in the share of those that were throttled of late.
const WEIGHT: f64 = 0.1;
/// The share of throttled calls from which on a documented rate is taken to be somebody else's as well. A single throttle
/// below the documented rate is no sign of that.
const CROWDED: f64 = 0.25;

/// The rates, in requests a second; made from AWS's documentation, and guesses where there is none.
/// A table that could not be read, which its test would tell, is taken for one in which all are as slow as the slowest.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let slowest = || Table { default: SLOWEST, buckets: Vec::new() };
    serde_json::from_str(include_str!("rates.json")).unwrap_or_else(|_| slowest())
});

/// The least rate of the table.
const SLOWEST: Rate = Rate { rate: 1.0, burst: 1.0 };

#[derive(Deserialize)]
struct Table {
    default: Rate,
    buckets: Vec<Row>,
}

#[derive(Clone, Copy, Deserialize)]
struct Rate {
    /// Requests a second.
    rate: f64,
    /// Requests that may be made at once after a pause.
    burst: f64,
}

#[derive(Deserialize)]
struct Row {
    service: String,
    operations: Vec<String>,
    #[serde(flatten)]
    rate: Rate,
    scope: Scope,
    documented: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    Region,
    Account,
}

/// What AWS counts together: a row of the table, in one Region or in the whole account.
type Category = (usize, Option<RegionName>);

/// Hands out the moments at which calls may be made.
pub struct Pacer {
    share: f64,
    deadline: Instant,
    stop: watch::Receiver<bool>,
    buckets: Mutex<HashMap<Category, Arc<Bucket>>>,
}

/// One category of calls that AWS counts together.
pub(crate) struct Bucket(Mutex<State>);

struct State {
    rate: f64,
    least: f64,
    most: f64,
    burst: f64,
    documented: bool,
    /// When the next call may go.
    next: Instant,
    /// No call goes before this, after throttles in a row.
    rest_until: Instant,
    /// The share of calls that AWS throttled of late, 0 to 1.
    throttled: f64,
    /// Whether the last answer was a throttle.
    in_a_row: bool,
}

impl Pacer {
    /// A pacer that uses this share (0 to 1) of documented rates, gives up at `deadline`, and stops when told to.
    pub fn new(share: f64, deadline: Instant, stop: watch::Receiver<bool>) -> Self {
        Self { share, deadline, stop, buckets: Mutex::default() }
    }

    /// The bucket of an action in a Region.
    pub(crate) fn bucket(&self, action: Action, region: Option<&RegionName>) -> Arc<Bucket> {
        let fits = |row: &Row| {
            row.service == action.service()
                && row.operations.iter().any(|name| name == "*" || name == action.operation())
        };
        let row = TABLE.buckets.iter().enumerate().find(|(_, row)| fits(row));
        // A call without a row has a bucket to itself, numbered from the end.
        let (index, scope) = match row {
            Some((index, row)) => (index, row.scope),
            None => (usize::MAX - action as usize, Scope::Region),
        };
        let key = (index, region.filter(|_| scope == Scope::Region).cloned());
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Bucket::new(row.map(|(_, row)| row), self.share));
        Arc::clone(buckets.entry(key).or_insert_with(new))
    }

    /// Waits for the bucket's next moment; an error says why there will be none.
    pub(crate) async fn wait(&self, bucket: &Bucket) -> Result<(), Reason> {
        loop {
            let turn = bucket.state().reserve(Instant::now());
            if turn > self.deadline {
                let is_throttled = bucket.is_resting() || bucket.state().in_a_row;
                return Err(if is_throttled { Reason::Throttled } else { Reason::OutOfTime });
            }
            self.sleep_until(turn).await?;
            if !bucket.is_resting() {
                return Ok(());
            }
        }
    }

    /// Sleeps, unless the run is stopped or the deadline comes first.
    pub(crate) async fn sleep_until(&self, moment: Instant) -> Result<(), Reason> {
        if moment > self.deadline {
            return Err(Reason::OutOfTime);
        }
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            Ok(_) = stop.wait_for(|stopped| *stopped) => Err(Reason::Interrupted),
            () = tokio::time::sleep_until(moment) => Ok(()),
        }
    }

    /// Whether the run was told to stop.
    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Resolves when the run is told to stop; never when nobody can tell it any more.
    pub(crate) async fn stopped(&self) {
        if self.stop.clone().wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Bucket {
    fn new(row: Option<&Row>, share: f64) -> Self {
        let Rate { rate, burst } = row.map_or(TABLE.default, |row| row.rate);
        let documented = row.is_some_and(|row| row.documented);
        // A share beyond all, such as tests have, is of guessed rates as well.
        let start = if documented { rate * share } else { rate * share.max(1.0) };
        let burst = (burst * share).max(1.0);
        // A new bucket has saved up its burst.
        let now = Instant::now();
        let idle = now.checked_sub(Duration::from_secs_f64(burst / start)).unwrap_or(now);
        Self(Mutex::new(State {
            rate: start,
            least: start * FLOOR,
            most: if documented { start } else { start * GROWTH_LIMIT },
            burst,
            documented,
            next: idle,
            rest_until: idle,
            throttled: 0.0,
            in_a_row: false,
        }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_resting(&self) -> bool {
        self.state().rest_until > Instant::now()
    }

    /// When the next call may go, without taking the turn.
    pub(crate) fn next_turn(&self) -> Instant {
        let state = self.state();
        state.next.max(state.rest_until)
    }

    /// Tells the bucket that a call was answered.
    pub(crate) fn answered(&self) {
        let mut state = self.state();
        // One request a second more for each second without a throttle.
        state.rate = (state.rate + 1.0 / state.rate).min(state.most);
        state.throttled *= 1.0 - WEIGHT;
        state.in_a_row = false;
    }

    /// Tells the bucket that AWS throttled a call. Gives how long that call waits before it is sent again.
    pub(crate) fn throttled(&self, retry_after: Option<Duration>) -> Duration {
        self.state().throttle(Instant::now(), retry_after)
    }
}

impl State {
    /// Takes the next moment for one call.
    fn reserve(&mut self, now: Instant) -> Instant {
        let step = Duration::from_secs_f64(1.0 / self.rate);
        // A bucket that was idle has saved up its burst, and no more than that.
        let saved = step.mul_f64(self.burst - 1.0);
        let earliest = now.checked_sub(saved).unwrap_or(now);
        let turn = self.next.max(earliest).max(self.rest_until);
        self.next = turn + step;
        turn
    }

    /// A throttle holds up the call that met it. Two without an answer between them hold up all, and many among the
    /// answers slow all down; an unknown rate is felt for by each.
    fn throttle(&mut self, now: Instant, retry_after: Option<Duration>) -> Duration {
        let pause = retry_after.unwrap_or(REST);
        self.throttled += WEIGHT * (1.0 - self.throttled);
        if !self.documented || self.throttled > CROWDED {
            self.rate = (self.rate * DECREASE).max(self.least);
            self.throttled = 0.0;
        }
        if std::mem::replace(&mut self.in_a_row, true) {
            self.rest_until = self.rest_until.max(now + pause);
            self.next = self.next.max(self.rest_until);
        }
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pacer(deadline: Instant) -> (Pacer, watch::Sender<bool>) {
        let (stop, stopped) = watch::channel(false);
        (Pacer::new(0.9, deadline, stopped), stop)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_hours(1)
    }

    /// Calls that a bucket lets through in so many seconds, one after the other.
    fn calls_in(bucket: &Bucket, seconds: u64) -> u32 {
        let start = Instant::now();
        let (mut now, mut calls) = (start, 0);
        while now < start + Duration::from_secs(seconds) {
            now = now.max(bucket.state().reserve(now));
            calls += 1;
        }
        calls
    }

    #[test]
    fn the_table_parses_and_knows_every_service() {
        let table: Table = serde_json::from_str(include_str!("rates.json")).unwrap();
        let rates = table.buckets.iter().map(|row| row.rate).chain([table.default]);
        let slowest = rates.reduce(|one, other| if other.rate < one.rate { other } else { one }).unwrap();
        assert!((slowest.rate - SLOWEST.rate).abs() < 1e-9, "the fallback is {}, not {}", SLOWEST.rate, slowest.rate);
        for action in Action::ALL.iter().filter(|action| action.service() != "kms" && !action.is_kubernetes()) {
            let row = table.buckets.iter().find(|row| row.service == action.service());
            assert!(row.is_some(), "no rate for {action}");
        }
    }

    #[test]
    fn a_documented_rate_is_used_up_to_its_share() {
        let (pacer, _stop) = pacer(soon());
        let bucket = pacer.bucket(Action::LambdaGetPolicy, None);
        let calls = calls_in(&bucket, 100);
        assert!((1349..=1352).contains(&calls), "{calls} calls in 100 s at 13.5 a second");
        bucket.answered();
        assert!((bucket.state().rate - 13.5).abs() < 1e-9, "it does not grow beyond its share");
    }

    #[test]
    fn a_burst_is_saved_up_once() {
        let (pacer, _stop) = pacer(soon());
        let bucket = pacer.bucket(Action::Ec2DescribeSubnets, None);
        let calls = calls_in(&bucket, 10);
        assert!((268..=272).contains(&calls), "{calls} calls: 90 at once and 18 a second");
    }

    #[test]
    fn categories_and_regions_have_buckets_of_their_own() {
        let (pacer, _stop) = pacer(soon());
        let (ireland, ohio) = (RegionName::from("eu-west-1"), RegionName::from("us-east-2"));
        let bucket = |action, region| pacer.bucket(action, Some(region));
        let remainder = bucket(Action::LambdaListFunctions, &ireland);
        assert!(Arc::ptr_eq(&remainder, &bucket(Action::LambdaListLayers, &ireland)));
        assert!(!Arc::ptr_eq(&remainder, &bucket(Action::LambdaListFunctions, &ohio)));
        assert!(!Arc::ptr_eq(&remainder, &bucket(Action::LambdaGetPolicy, &ireland)));
        let global = bucket(Action::IamGetAccountAuthorizationDetails, &ireland);
        assert!(Arc::ptr_eq(&global, &bucket(Action::IamGetAccountAuthorizationDetails, &ohio)));
    }

    #[test]
    fn a_throttle_among_answers_holds_up_its_own_call_alone() {
        let (pacer, _stop) = pacer(soon());
        let bucket = pacer.bucket(Action::LambdaGetPolicy, None);
        for _ in 0..20 {
            assert_eq!(bucket.throttled(Some(Duration::from_secs(7))), Duration::from_secs(7));
            (0..19).for_each(|_| bucket.answered());
        }
        assert!(!bucket.is_resting());
        assert!((bucket.state().rate - 13.5).abs() < 1e-9, "one in twenty is no sign of a crowd");
    }

    #[test]
    fn throttles_in_a_row_rest_the_bucket_for_as_long_as_aws_says() {
        let (pacer, _stop) = pacer(soon());
        let bucket = pacer.bucket(Action::LambdaGetPolicy, None);
        let now = Instant::now();
        for _ in 0..2 {
            bucket.state().throttle(now, Some(Duration::from_secs(7)));
        }
        assert!(bucket.is_resting());
        assert_eq!(bucket.state().reserve(now), now + Duration::from_secs(7));
    }

    #[test]
    fn many_throttles_among_answers_slow_the_bucket() {
        let (pacer, _stop) = pacer(soon());
        let bucket = pacer.bucket(Action::LambdaGetPolicy, None);
        for _ in 0..10 {
            bucket.throttled(None);
            bucket.answered();
        }
        assert!(bucket.state().rate < 13.5 * DECREASE + 3.0, "every other call was throttled");
    }

    #[test]
    fn an_unknown_rate_shrinks_with_each_throttle() {
        let (pacer, _stop) = pacer(soon());
        let bucket = pacer.bucket(Action::IamGetAccountAuthorizationDetails, None);
        let start = bucket.state().rate;
        bucket.throttled(None);
        assert!((bucket.state().rate - start * DECREASE).abs() < 1e-9);
    }

    #[test]
    fn an_unknown_rate_grows_while_calls_succeed() {
        let (pacer, _stop) = pacer(soon());
        let bucket = pacer.bucket(Action::IamGetAccountAuthorizationDetails, None);
        let start = bucket.state().rate;
        for _ in 0..1000 {
            bucket.answered();
        }
        assert!((bucket.state().rate - start * GROWTH_LIMIT).abs() < 1e-9);
    }

    #[tokio::test]
    async fn the_deadline_ends_the_waiting() {
        let (pacer, _stop) = pacer(Instant::now() + Duration::from_secs(5));
        let bucket = pacer.bucket(Action::LambdaGetPolicy, None);
        for _ in 0..2 {
            bucket.throttled(Some(Duration::from_mins(1)));
        }
        assert_eq!(pacer.wait(&bucket).await, Err(Reason::Throttled));
    }

    #[tokio::test]
    async fn a_stop_ends_the_waiting() {
        let (pacer, stop) = pacer(soon());
        let bucket = pacer.bucket(Action::LambdaGetPolicy, None);
        for _ in 0..2 {
            bucket.throttled(Some(Duration::from_mins(1)));
        }
        stop.send(true).unwrap();
        assert_eq!(pacer.wait(&bucket).await, Err(Reason::Interrupted));
    }
}
