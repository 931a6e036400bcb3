//! The time as AWS has it. Signatures hold a few minutes only, so a machine whose clock is off could not ask at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// A difference that AWS puts up with.
const TOLERATED_SECONDS: u64 = 4 * 60;
/// An answer that took longer says too little about the time.
const SLOWEST: Duration = Duration::from_mins(1);

/// This machine's clock, and how far it is off. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Offsets>);

/// Seconds to be added to this machine's time.
#[derive(Debug, Default)]
struct Offsets {
    /// What the last answer said.
    measured: AtomicI64,
    /// What is in force.
    adopted: AtomicI64,
}

impl Clock {
    /// Takes the time from an answer.
    pub(super) fn observe(&self, response: &HttpResponse, sent: SystemTime) {
        let headers = response.headers();
        let took = sent.elapsed().unwrap_or_default();
        // A cached answer tells when it was made.
        if headers.get("age").is_some() || took > SLOWEST {
            return;
        }
        let date = headers.get("date").and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        let Some(theirs) = date.and_then(|date| SystemTime::try_from(date).ok()) else { return };
        self.0.measured.store(seconds_from(sent + took / 2, theirs), Ordering::Relaxed);
    }

    /// Goes by AWS's time from now on if this machine's differs by too much. Gives by how many seconds it is behind, when
    /// that is news.
    pub fn adopt(&self) -> Option<i64> {
        let measured = self.0.measured.load(Ordering::Relaxed);
        let adopted = self.0.adopted.load(Ordering::Relaxed);
        if measured.abs_diff(adopted) <= TOLERATED_SECONDS {
            return None;
        }
        self.0.adopted.store(measured, Ordering::Relaxed);
        Some(measured)
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        let adopted = self.0.adopted.load(Ordering::Relaxed);
        let offset = Duration::from_secs(adopted.unsigned_abs());
        let now = SystemTime::now();
        let shifted = if adopted < 0 { now.checked_sub(offset) } else { now.checked_add(offset) };
        shifted.unwrap_or(now)
    }
}

fn seconds_from(earlier: SystemTime, later: SystemTime) -> i64 {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match later.duration_since(earlier) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(behind.duration()),
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answer(ahead: i64, age: Option<&'static str>) -> HttpResponse {
        let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(ahead);
        let mut response = HttpResponse::new(StatusCode::try_from(200).unwrap(), SdkBody::empty());
        let date = DateTime::from_secs(now.as_second()).fmt(Format::HttpDate).unwrap();
        response.headers_mut().insert("date", date);
        if let Some(age) = age {
            response.headers_mut().insert("age", age);
        }
        response
    }

    #[test]
    fn a_clock_that_is_off_by_hours_goes_by_the_answers() {
        for hours in [5, -5] {
            let clock = Clock::default();
            clock.observe(&answer(hours * 3600, None), SystemTime::now());
            assert!(seconds_from(SystemTime::now(), clock.now()).abs() < 2, "not before it is adopted");
            let adopted = clock.adopt().unwrap();
            assert!((adopted - hours * 3600).abs() < 3, "{adopted}");
            assert!((seconds_from(SystemTime::now(), clock.now()) - hours * 3600).abs() < 3);
            assert_eq!(clock.adopt(), None, "no news");
        }
    }

    #[test]
    fn small_differences_and_cached_answers_change_nothing() {
        let clock = Clock::default();
        clock.observe(&answer(100, None), SystemTime::now());
        assert_eq!(clock.adopt(), None);
        clock.observe(&answer(36_000, Some("60")), SystemTime::now());
        assert_eq!(clock.adopt(), None);
    }
}
