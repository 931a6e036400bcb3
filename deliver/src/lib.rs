//! Sends a report to where findings are gathered: Security Hub, Splunk, Elastic, or any address that takes JSON.
//!
//! Whatever is to be sent is first written to a [`Spool`], and leaves it once the sink has said that it took it. A run that
//! ends in between, be it by a crash, is made up for by the next one: [`drain`] sends what is left over first, and a list of
//! what was taken keeps it from being sent twice. What a sink refuses is kept apart with the reason. docs/delivery.md has
//! the promises of each sink.
//!
//! ```no_run
//! # use palisade_deliver::{Reported, Sink, Spool, SystemClock, drain, enqueue};
//! # async fn run(reported: &Reported<'_>, sink: &dyn Sink, spool: &Spool) -> Result<(), palisade_deliver::Error> {
//! let queued = enqueue(reported, sink, spool, &SystemClock)?;
//! let outcome = drain(sink, spool, &SystemClock, &queued).await?;
//! assert!(outcome.is_complete(), "{outcome}");
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

mod address;
mod client;
mod clock;
mod drain;
mod elastic;
mod error;
mod events;
mod http_sink;
mod item;
mod outcome;
mod queue;
mod retry_after;
mod secret;
mod security_hub;
mod sink;
mod splunk;
mod spool;
#[cfg(test)]
mod tests;
mod tls;
mod told;

pub use self::address::{Address, Plain};
pub use self::client::Client;
pub use self::clock::{Clock, Soon, SystemClock};
pub use self::drain::drain;
pub use self::elastic::{Elastic, Login};
pub use self::error::Error;
pub use self::http_sink::{Form, Http};
pub use self::item::{Item, Limits};
pub use self::outcome::{Damaged, Outcome, Reasons};
pub use self::queue::{Queued, Reported, enqueue};
pub use self::secret::Secret;
pub use self::security_hub::{Reply, SecurityHub, Signed};
pub use self::sink::{Fate, Sent, Sink};
pub use self::splunk::Splunk;
pub use self::spool::Spool;
pub use self::tls::Trust;
