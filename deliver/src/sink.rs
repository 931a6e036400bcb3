//! What findings can be sent to.

use std::io;
use std::time::Duration;

use crate::{Item, Limits, Reported, Soon};

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The sink has it.
    Taken,
    /// The sink had it already.
    There,
    /// The sink will never take it as it is; with the reason.
    Refused(String),
    /// The sink did not take it now, and may when it is sent again; with the reason.
    Again(String),
    /// The sink may have it or not, and does not tell in time: it is sent again by the next run.
    Later(String),
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// What became of each of its items, in their order.
    Each {
        /// One for each item.
        fates: Vec<Fate>,
        /// How long to wait before those are sent again that were not taken; zero goes on where the sink stopped.
        wait: Option<Duration>,
    },
    /// None was taken, as far as is known; the request may be sent again.
    Again {
        /// Why.
        reason: String,
        /// How long the sink asks to wait.
        wait: Option<Duration>,
    },
    /// None was taken, and half of them may be.
    Halve {
        /// Why.
        reason: String,
    },
    /// None was taken, and none will be until somebody changes something.
    Stop {
        /// What, in words for who runs the program.
        reason: String,
    },
}

impl Sent {
    /// All of these items met the same fate.
    pub(crate) fn all(items: &[Item], fate: &Fate) -> Self {
        Self::Each { fates: vec![fate.clone(); items.len()], wait: None }
    }
}

/// What findings can be sent to.
pub trait Sink: Send + Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Where it is, for people.
    fn place(&self) -> String;

    /// What tells it from another sink of its kind, such as its address. It is kept only as a digest.
    fn target(&self) -> String;

    /// How much it takes at once.
    fn limits(&self) -> Limits;

    /// The findings of a report in its form, each with the lane that it goes by, such as a Region: items of two lanes are
    /// never sent together, and one that is closed does not hold up the others.
    fn items(&self, reported: &Reported<'_>, each: &mut dyn FnMut(&str, Item) -> io::Result<()>) -> io::Result<()>;

    /// Sends some items once.
    fn send<'a>(&'a self, lane: &'a str, items: &'a [Item]) -> Soon<'a, Sent>;
}
