//! A file of the spool: a line about it, and a line for each item.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::hexadecimal;
use crate::{Error, Item};

/// The form of these files; a newer one is left to a newer palisade.
const FORM: u32 = 1;

/// Items of one report that go to one lane of one sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    /// The sink's name.
    pub(crate) sink: String,
    /// The digest of what tells it from another of its kind.
    pub(crate) target: String,
    /// The digest of what tells the report from another.
    pub(crate) report: String,
    /// The sink's lane.
    pub(crate) lane: String,
    /// Whether items are sent that the sink took before.
    pub(crate) again: bool,
    pub(crate) items: Vec<Item>,
}

/// Why a file is not a batch to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// A newer palisade wrote it.
    Newer,
    /// It is gone: another run had it.
    Gone,
    /// It is not whole; with what is wrong.
    Damaged(&'static str),
    /// The system does not let us read it now.
    Failed(io::ErrorKind),
}

#[derive(Serialize, Deserialize)]
struct Head<'a> {
    palisade_spool: u32,
    sink: String,
    target: String,
    report: String,
    lane: String,
    again: bool,
    items: usize,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Deserialize)]
struct Form {
    palisade_spool: u32,
}

impl Batch {
    /// The file's content.
    pub(super) fn to_text(&self) -> Result<Vec<u8>, Error> {
        self.text(None).map_err(|cause| self.error(cause))
    }

    /// The same for what a sink will not take.
    pub(super) fn to_refused(&self, reason: &str) -> Result<Vec<u8>, Error> {
        self.text(Some(reason)).map_err(|cause| self.error(cause))
    }

    fn error(&self, cause: serde_json::Error) -> Error {
        Error::Spool { folder: self.sink.clone().into(), cause: cause.into() }
    }

    fn text(&self, reason: Option<&str>) -> serde_json::Result<Vec<u8>> {
        let mut lines = Vec::new();
        for item in &self.items {
            serde_json::to_writer(&mut lines, item)?;
            lines.push(b'\n');
        }
        let head = Head {
            palisade_spool: FORM,
            sink: self.sink.clone(),
            target: self.target.clone(),
            report: self.report.clone(),
            lane: self.lane.clone(),
            again: self.again,
            items: self.items.len(),
            sha256: hexadecimal(&Sha256::digest(&lines)),
            reason,
        };
        let mut text = serde_json::to_vec(&head)?;
        text.push(b'\n');
        text.append(&mut lines);
        Ok(text)
    }

    /// Reads a file, and believes nothing of it that is not whole.
    pub(crate) fn read(path: &Path) -> Result<Self, Unread> {
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Unread::Gone,
            io::ErrorKind::InvalidData => Unread::Damaged("it is no text"),
            other => Unread::Failed(other),
        })?;
        let damaged = |flaw| move |_| Unread::Damaged(flaw);
        let (head, lines) = text.split_once('\n').ok_or(Unread::Damaged("it ends too early"))?;
        let form: Form = serde_json::from_str(head).map_err(damaged("its first line is not that of a batch"))?;
        if form.palisade_spool > FORM {
            return Err(Unread::Newer);
        }
        let head: Head<'_> = serde_json::from_str(head).map_err(damaged("its first line is not that of a batch"))?;
        if hexadecimal(&Sha256::digest(lines)) != head.sha256 {
            return Err(Unread::Damaged("it is not what was written"));
        }
        let items: Result<Vec<Item>, _> = lines.lines().map(serde_json::from_str).collect();
        let items = items.map_err(damaged("a line is no finding"))?;
        if items.len() != head.items {
            return Err(Unread::Damaged("it holds another number of findings than it says"));
        }
        let Head { sink, target, report, lane, again, .. } = head;
        Ok(Self { sink, target, report, lane, again, items })
    }

    /// The same with other items.
    pub(crate) fn with(&self, items: Vec<Item>) -> Self {
        Self { items, ..self.clone() }
    }
}
