//! What became of a delivery.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// How many findings met something, by the reason.
pub type Reasons = BTreeMap<String, usize>;

/// What became of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Findings that the sink took in this run.
    pub delivered: usize,
    /// How many of these an earlier run had left over.
    pub earlier: usize,
    /// Findings that were not sent, or not taken, because the sink had them already.
    pub already: usize,
    /// Findings that the sink refuses, by its reason; kept in `refused` of the spool and not sent again.
    pub refused: Reasons,
    /// Findings that wait in the spool for the next run, by what is in the way.
    pub spooled: Reasons,
    /// Files of the spool that could not be read, and were moved aside.
    pub damaged: Vec<Damaged>,
    /// Batches in the spool that are meant for another address, or were written by a newer version: they were left alone.
    pub foreign: usize,
    /// The spool's folder.
    pub spool: PathBuf,
}

/// A file of the spool that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Where it is now.
    pub path: PathBuf,
    /// What is wrong with it.
    pub flaw: &'static str,
}

impl Outcome {
    /// Whether all that was to be sent is where it belongs.
    pub fn is_complete(&self) -> bool {
        self.refused.is_empty() && self.spooled.is_empty() && self.damaged.is_empty()
    }

    /// How many findings wait for the next run.
    pub fn waiting(&self) -> usize {
        self.spooled.values().sum()
    }

    pub(crate) fn add(reasons: &mut Reasons, reason: &str, count: usize) {
        if count > 0 {
            *reasons.entry(reason.to_owned()).or_default() += count;
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} delivered", self.delivered)?;
        if self.earlier > 0 {
            write!(formatter, " ({} of them left over from before)", self.earlier)?;
        }
        if self.already > 0 {
            write!(formatter, ", {} there already", self.already)?;
        }
        for (reason, count) in &self.refused {
            write!(formatter, "\n{count} refused: {reason}")?;
        }
        if !self.refused.is_empty() {
            write!(formatter, "\nwhat was refused is kept in {}", self.spool.join("refused").display())?;
        }
        for (reason, count) in &self.spooled {
            write!(formatter, "\n{count} not delivered: {reason}")?;
        }
        if !self.spooled.is_empty() {
            write!(formatter, "\nthe next delivery sends what waits in {}", self.spool.display())?;
        }
        for Damaged { path, flaw } in &self.damaged {
            write!(formatter, "\ndamaged, and moved to {}: {flaw}", path.display())?;
        }
        if self.foreign > 0 {
            let (many, folder) = (self.foreign, self.spool.display());
            write!(
                formatter,
                "\n{many} batches in {folder} are for another address, or of a newer palisade: left alone"
            )?;
        }
        Ok(())
    }
}
