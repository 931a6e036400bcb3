//! What a simulator does wrong on request.

mod denial;
mod failure;
mod gate;
mod random;
mod refusal;
mod rewrite;

use std::time::Duration;

use jiff::SignedDuration;

use crate::limits::Limits;

pub use denial::{Denial, DeniedBy};
pub use failure::{Failure, FailureKind};
pub(crate) use gate::{Arrival, Gate, Passage};
pub use random::Random;
pub(crate) use refusal::{invalid_token, missing_token, wrong_time};
pub use rewrite::Rewrite;

/// What a simulator does wrong; nothing by default.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Calls refused for want of permission.
    pub deny: Vec<Denial>,
    /// Calls that fail otherwise; the first that fits is taken.
    pub failures: Vec<Failure>,
    /// How often the services may be called; without limits when left out.
    pub limits: Option<Limits>,
    /// How long each answer takes.
    pub latency: Duration,
    /// After this many calls with one access key, it is expired.
    pub expire_after: Option<u64>,
    /// Calls that fail by chance.
    pub random: Option<Random>,
    /// What something in between makes of answers.
    pub rewrite: Option<Rewrite>,
    /// How far AWS's clock is ahead of this machine's; behind when negative.
    pub clock_ahead: SignedDuration,
}
