//! What is to be sent, put into the spool.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use palisade_report::Style;
use palisade_report::asff::Known;
use palisade_report::view::View;

use crate::outcome::{Outcome, Reasons};
use crate::spool::{Batch, digest};
use crate::{Clock, Error, Item, Limits, Sink, Spool};

/// A report, and what is known beside it.
#[derive(Clone)]
pub struct Reported<'a> {
    /// The report.
    pub view: &'a View<'a>,
    /// Which findings are sent, and in which version of a form.
    pub style: Style,
    /// What is known beside it, for sinks that keep a state.
    pub known: &'a Known,
    /// The report in which stand those findings that `known` has as closed and this one no longer holds.
    pub earlier: Option<&'a View<'a>>,
    /// Whether findings are sent too that the sink took from this report before.
    pub again: bool,
}

/// What was put into the spool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queued {
    /// How many findings.
    pub items: usize,
    /// What no request can hold, by the reason; it is in `refused` of the spool.
    pub refused: Reasons,
    pub(crate) files: BTreeSet<PathBuf>,
}

/// Puts a report into the spool. What is in it, [`drain`](crate::drain) sends.
pub fn enqueue(reported: &Reported<'_>, sink: &dyn Sink, spool: &Spool, clock: &dyn Clock) -> Result<Queued, Error> {
    let head = &reported.view.head;
    let target = digest(&sink.target());
    let report = digest(&format!("{target}\n{}\n{}\n{}", head.partition, head.account, head.collected_at));
    let made = |lane: &str, items: Vec<Item>| Batch {
        sink: sink.name().to_owned(),
        target: target.clone(),
        report: report.clone(),
        lane: lane.to_owned(),
        again: reported.again,
        items,
    };
    let (limits, mut queued, mut failed) = (sink.limits(), Queued::default(), None);
    let mut open: BTreeMap<String, Open> = BTreeMap::new();
    let put = |queued: &mut Queued, lane: &str, items: Vec<Item>| {
        queued.items += items.len();
        queued.files.insert(spool.add(&made(lane, items), clock.now())?);
        Ok::<_, Error>(())
    };
    let formed = sink.items(reported, &mut |lane, item| {
        let done = if item.body.len() > limits.item_bytes {
            let reason = format!("larger than the {} bytes that {} takes", limits.item_bytes, sink.name());
            Outcome::add(&mut queued.refused, &reason, 1);
            spool.refuse(&made(lane, vec![item]), &reason, clock.now()).map(|_| ())
        } else {
            let lot = open.entry(lane.to_owned()).or_default();
            match lot.add(item, limits) {
                Some(full) => put(&mut queued, lane, full),
                None => Ok(()),
            }
        };
        // The error itself goes another way: it says which file it is about.
        done.map_err(|error| failed = Some(error)).map_err(|()| io::Error::other("spool"))
    });
    if let Some(error) = failed {
        return Err(error);
    }
    formed.map_err(|cause| Error::Form { sink: sink.name(), cause })?;
    for (lane, lot) in open {
        put(&mut queued, &lane, lot.items)?;
    }
    Ok(queued)
}

/// Items of one lane that make a request together.
#[derive(Default)]
struct Open {
    items: Vec<Item>,
    bytes: usize,
}

impl Open {
    /// Adds an item; gives those before it when it does not fit beside them.
    fn add(&mut self, item: Item, limits: Limits) -> Option<Vec<Item>> {
        let fits = self.items.is_empty() || limits.fit(self.items.len(), self.bytes, item.body.len());
        let full = (!fits).then(|| std::mem::take(self).items);
        self.bytes += item.body.len() + 1;
        self.items.push(item);
        full
    }
}
