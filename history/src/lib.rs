//! Reports held against each other: what is new between two, what stands in a baseline, what happened since the first run,
//! and how the account fares over time. And the other end of it: a finding that is accepted from now on.
//!
//! One rule holds for all: only what a run looked at can end a finding. No clock and no environment: times come with the
//! reports.

#![warn(missing_docs)]
#![warn(clippy::wildcard_enum_match_arm)]

pub mod baseline;
mod compare;
pub mod diff;
mod evidence;
mod look;
mod side;
pub mod store;
pub mod suppress;
#[cfg(test)]
mod tests;
pub mod trend;

pub use baseline::Baseline;
pub use diff::Diff;
pub use look::Cause;
pub use side::Side;
pub use store::History;
