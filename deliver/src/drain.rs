//! Sends what waits in a spool.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::Path;
use std::time::Duration;

use crate::outcome::{Damaged, Outcome};
use crate::queue::Queued;
use crate::spool::{Batch, Ledger, Lock, Unread, digest};
use crate::{Clock, Error, Fate, Item, Sent, Sink, Spool};

/// How often a request is sent.
const ATTEMPTS: u32 = 6;
/// The longest wait that a sink may ask for; with more, the next run sends the rest.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How often and how long another run on the same spool is waited for.
const TURNS: (u32, Duration) = (600, Duration::from_secs(1));
/// How many items a sink may refuse one by one, and take none, before nothing more is sent to it.
const REFUSALS: u32 = 8;

/// Sends what waits in a spool, what came first before the rest, and tells what became of it. `queued` is what this run put
/// there; none to send only what earlier runs left.
pub async fn drain(sink: &dyn Sink, spool: &Spool, clock: &dyn Clock, queued: &Queued) -> Result<Outcome, Error> {
    let outcome = Outcome { spool: spool.folder().to_owned(), refused: queued.refused.clone(), ..Outcome::default() };
    let mut waited = 0;
    let lock = loop {
        match Lock::of(spool)? {
            Some(lock) => break Some(lock),
            None if waited == TURNS.0 => break None,
            None => clock.pause(TURNS.1).await,
        }
        waited += 1;
    };
    let mut drain = Drain { sink, spool, clock, outcome, ledger: Ledger::of(spool)?, closed: Vec::new(), refusals: 0 };
    if lock.is_none() {
        Outcome::add(&mut drain.outcome.spooled, "another run is delivering from this spool", queued.items);
        return Ok(drain.outcome);
    }
    spool.sweep(clock.now())?;
    let mut reports = HashSet::new();
    for path in spool.waiting()? {
        let is_new = queued.files.contains(&path);
        reports.extend(drain.file(&path, is_new).await?);
    }
    drain.ledger.prune(&reports)?;
    Ok(drain.outcome)
}

struct Drain<'a> {
    sink: &'a dyn Sink,
    spool: &'a Spool,
    clock: &'a dyn Clock,
    outcome: Outcome,
    ledger: Ledger,
    /// Lanes to which nothing more is sent in this run, with the reason.
    closed: Vec<(String, String)>,
    /// How many items in a row were refused one by one.
    refusals: u32,
}

/// Items of a batch that are sent together.
struct Lot {
    items: Vec<Item>,
    attempts: u32,
    repeats: u32,
}

impl Lot {
    fn new(items: Vec<Item>) -> Self {
        Self { items, attempts: 0, repeats: 0 }
    }
}

impl Drain<'_> {
    /// Sends what is in a file. Gives the report of which something still waits in it.
    async fn file(&mut self, path: &Path, is_new: bool) -> Result<Option<String>, Error> {
        let batch = match Batch::read(path) {
            Ok(batch) => batch,
            Err(Unread::Gone) => return Ok(None),
            Err(Unread::Newer) => {
                self.outcome.foreign += 1;
                return Ok(None);
            }
            Err(Unread::Damaged(flaw)) => {
                let path = self.spool.set_aside(path)?;
                self.outcome.damaged.push(Damaged { path, flaw });
                return Ok(None);
            }
            Err(Unread::Failed(kind)) => return Err(Error::Spool { folder: path.to_owned(), cause: kind.into() }),
        };
        if batch.sink != self.sink.name() || batch.target != digest(&self.sink.target()) {
            self.outcome.foreign += 1;
            return Ok(Some(batch.report));
        }
        let mut items = Vec::new();
        for item in &batch.items {
            if !batch.again && self.ledger.has(&batch.report, item)? {
                self.outcome.already += 1;
            } else {
                items.push(item.clone());
            }
        }
        let before = self.outcome.delivered;
        let left = self.send(&batch, items).await?;
        if !is_new {
            self.outcome.earlier += self.outcome.delivered - before;
        }
        if left.is_empty() {
            self.spool.remove(path)?;
            return Ok(None);
        }
        if left.len() < batch.items.len() {
            self.spool.replace(path, &batch.with(left))?;
        }
        Ok(Some(batch.report))
    }

    /// Sends items until each is taken, refused or left for the next run; gives the last.
    async fn send(&mut self, batch: &Batch, items: Vec<Item>) -> Result<Vec<Item>, Error> {
        let mut left = Vec::new();
        let mut lots: VecDeque<_> = (!items.is_empty()).then(|| Lot::new(items)).into_iter().collect();
        while let Some(mut lot) = lots.pop_front() {
            let closed = self.closed.iter().find(|(lane, _)| *lane == batch.lane).map(|(_, reason)| reason.clone());
            if let Some(reason) = closed {
                self.leave(&mut left, lot.items, &reason);
                continue;
            }
            match self.sink.send(&batch.lane, &lot.items).await {
                Sent::Each { fates, .. } if fates.len() != lot.items.len() => {
                    // Nothing can be said of any: as if there had been no answer.
                    let reason = format!("{} told of another number of findings", self.sink.name());
                    self.close(batch, &reason);
                    self.leave(&mut left, lot.items, &reason);
                }
                Sent::Each { fates, wait } => {
                    let Told { again, reason, progress } = self.tell(batch, &mut left, lot.items, fates)?;
                    lot.items = again;
                    if lot.items.is_empty() {
                        if !progress {
                            self.close(batch, &reason);
                        }
                        continue;
                    }
                    if progress && wait == Some(Duration::ZERO) {
                        lots.push_front(Lot::new(lot.items));
                        continue;
                    }
                    lot.repeats += 1;
                    if lot.repeats > self.sink.limits().repeats || !self.wait(lot.repeats, wait).await {
                        if !progress {
                            self.close(batch, &reason);
                        }
                        self.leave(&mut left, lot.items, &reason);
                    } else {
                        lots.push_front(lot);
                    }
                }
                Sent::Again { reason, wait } => {
                    lot.attempts += 1;
                    if lot.attempts < ATTEMPTS && self.wait(lot.attempts, wait).await {
                        lots.push_front(lot);
                    } else {
                        self.close(batch, &reason);
                        self.leave(&mut left, lot.items, &reason);
                    }
                }
                Sent::Halve { reason } if lot.items.len() == 1 => {
                    self.refusals += 1;
                    self.refuse(batch, lot.items, &reason)?;
                    if self.refusals >= REFUSALS {
                        self.close(batch, &format!("one after the other is refused: {reason}"));
                    }
                }
                Sent::Halve { .. } => {
                    let second = lot.items.split_off(lot.items.len() / 2);
                    lots.push_front(Lot::new(second));
                    lots.push_front(Lot::new(lot.items));
                }
                Sent::Stop { reason } => {
                    self.close(batch, &reason);
                    self.leave(&mut left, lot.items, &reason);
                }
            }
        }
        Ok(left)
    }

    /// Keeps what became of each item; gives those to send again.
    fn tell(&mut self, batch: &Batch, left: &mut Vec<Item>, items: Vec<Item>, fates: Vec<Fate>) -> Result<Told, Error> {
        let mut told = Told { again: Vec::new(), reason: String::new(), progress: false };
        let has = |fate: &Fate| matches!(fate, Fate::Taken | Fate::There);
        let taken = items.iter().zip(&fates).filter(|(_, fate)| has(fate)).map(|(item, _)| item);
        self.ledger.add(&batch.report, taken)?;
        let mut refused: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for (item, fate) in items.into_iter().zip(fates) {
            told.progress |= !matches!(fate, Fate::Again(_) | Fate::Later(_));
            match fate {
                Fate::Taken => self.outcome.delivered += 1,
                Fate::There => self.outcome.already += 1,
                Fate::Refused(reason) => refused.entry(reason).or_default().push(item),
                Fate::Later(reason) => {
                    self.leave(left, vec![item], &reason);
                    told.reason = reason;
                }
                Fate::Again(reason) => {
                    told.reason = reason;
                    told.again.push(item);
                }
            }
        }
        if told.progress {
            self.refusals = 0;
        }
        for (reason, items) in refused {
            self.refuse(batch, items, &reason)?;
        }
        Ok(told)
    }

    /// Waits before the next attempt, as long as the sink asks; not at all where that is too long.
    async fn wait(&self, attempts: u32, asked: Option<Duration>) -> bool {
        let wait = asked.unwrap_or_else(|| Duration::from_secs(1 << (attempts - 1).min(6)));
        if wait > LONGEST_WAIT {
            return false;
        }
        self.clock.pause(wait).await;
        true
    }

    fn close(&mut self, batch: &Batch, reason: &str) {
        self.closed.push((batch.lane.clone(), reason.to_owned()));
    }

    fn leave(&mut self, left: &mut Vec<Item>, mut items: Vec<Item>, reason: &str) {
        Outcome::add(&mut self.outcome.spooled, reason, items.len());
        left.append(&mut items);
    }

    fn refuse(&mut self, batch: &Batch, items: Vec<Item>, reason: &str) -> Result<(), Error> {
        Outcome::add(&mut self.outcome.refused, reason, items.len());
        self.spool.refuse(&batch.with(items), reason, self.clock.now())?;
        Ok(())
    }
}

/// What items are to be sent again, and the last reason why.
struct Told {
    again: Vec<Item>,
    reason: String,
    /// Whether the sink decided something.
    progress: bool,
}
