//! Time, which tests bring along.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

/// What comes about later.
pub type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What tells the time and waits.
pub trait Clock: Send + Sync {
    /// The time of day.
    fn now(&self) -> Timestamp;

    /// Waits between two attempts.
    fn pause(&self, time: Duration) -> Soon<'_, ()>;

    /// Ends when a request has taken too long.
    fn deadline(&self, time: Duration) -> Soon<'_, ()>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn pause(&self, time: Duration) -> Soon<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn deadline(&self, time: Duration) -> Soon<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}
