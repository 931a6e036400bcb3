//! What a collection has done so far: counted for the report, and shown while it runs.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use palisade_model::{Action, Calls, RegionName};

/// Counters of a collection, and the line that shows them.
pub struct Progress {
    bar: ProgressBar,
    throttled: AtomicU64,
    functions: AtomicU64,
    done: AtomicU64,
    by_action: Mutex<BTreeMap<Action, u64>>,
    /// When a service last answered in a Region; none stands for global services.
    answered: Mutex<HashMap<(Option<RegionName>, &'static str), Instant>>,
}

impl Progress {
    /// Counters that are shown on standard error when it is a terminal and `visible` is set.
    pub fn new(visible: bool) -> Self {
        let bar = if visible { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise}  {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self {
            bar,
            throttled: AtomicU64::default(),
            functions: AtomicU64::default(),
            done: AtomicU64::default(),
            by_action: Mutex::default(),
            answered: Mutex::default(),
        }
    }

    /// A request is about to be sent.
    pub(crate) fn called(&self, action: Action) {
        *self.by_action.lock().unwrap_or_else(PoisonError::into_inner).entry(action).or_default() += 1;
        self.show();
    }

    /// AWS throttled a request.
    pub(crate) fn throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    /// A call was answered.
    pub(crate) fn answered(&self, action: Action, region: Option<&RegionName>) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.insert((region.cloned(), action.service()), Instant::now());
    }

    /// Whether a Region has accepted the credentials before.
    pub(crate) fn has_accepted(&self, region: Option<&RegionName>) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.keys().any(|(there, _)| there.as_ref() == region)
    }

    /// Whether a service has ever answered in a Region.
    pub(crate) fn has_answered(&self, action: Action, region: Option<&RegionName>) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.contains_key(&(region.cloned(), action.service()))
    }

    /// Whether a service has answered in a Region at or after this moment.
    pub(crate) fn has_answered_since(&self, action: Action, region: Option<&RegionName>, moment: Instant) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.get(&(region.cloned(), action.service())).is_some_and(|last| *last >= moment)
    }

    /// So many more functions were found.
    pub(crate) fn found_functions(&self, count: usize) {
        self.functions.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// All there is to read of one function was read.
    pub(crate) fn finished_function(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn show(&self) {
        if self.bar.is_hidden() {
            return;
        }
        let calls = self.calls();
        let (done, functions) = (self.done.load(Ordering::Relaxed), self.functions.load(Ordering::Relaxed));
        let Calls { total, throttled, .. } = calls;
        self.bar.set_message(format!("{done} of {functions} functions read · {total} calls, {throttled} throttled"));
    }

    /// What the collection has cost so far.
    pub fn calls(&self) -> Calls {
        let by_action = self.by_action.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Calls { total: by_action.values().sum(), throttled: self.throttled.load(Ordering::Relaxed), by_action }
    }

    /// Says one thing, above the line if it is shown.
    pub fn say(&self, text: &str) {
        self.bar.suspend(|| tracing::info!("{text}"));
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
