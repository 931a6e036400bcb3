//! Reports that were accepted as they are: only what is new since then matters.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use palisade_report::document::{Document, ReadError, read};
use palisade_report::view::View;

use crate::diff::{Diff, DiffError, Entry};
use crate::side::Side;

/// Why a baseline cannot be used. It is never taken to hold nothing.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// There is no such file.
    #[error(
        "there is no baseline {path}: name the JSON report of an earlier run, or write one with `palisade audit --format \
         json --output {path}`"
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("cannot read the baseline {path}: {cause}")]
    Unread {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// There is nothing in it.
    #[error("the baseline {path} is empty: write it again from a JSON report")]
    Empty {
        /// Where it is.
        path: PathBuf,
    },
    /// It ends too early.
    #[error("the baseline {path} was cut short: it ends at line {line}, column {column}; write it again")]
    Truncated {
        /// Where it is.
        path: PathBuf,
        /// Where it ends.
        line: usize,
        /// Where it ends.
        column: usize,
    },
    /// It is no report, or one of a form that is not read.
    #[error("the baseline {path} cannot be used: {cause}")]
    NoReport {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        cause: ReadError,
    },
    /// It is of another account.
    #[error("the baseline {path} cannot be used: {cause}")]
    Other {
        /// Where it is.
        path: PathBuf,
        /// Whose it is.
        cause: DiffError,
    },
}

/// A report against which others are held.
#[derive(Clone, Debug)]
pub struct Baseline {
    path: PathBuf,
    side: Side,
}

impl Baseline {
    /// Reads the JSON report of an earlier run.
    pub fn read(path: &Path) -> Result<Self, BaselineError> {
        Ok(Self { side: Side::of_document(&document(path)?), path: path.to_owned() })
    }

    /// All that changed since then.
    pub fn diff(&self, view: &View) -> Result<Diff, BaselineError> {
        Diff::between(&self.side, &Side::of_view(view))
            .map_err(|cause| BaselineError::Other { path: self.path.clone(), cause })
    }

    /// The failures that are new since then, the worst first. Those that the run of the baseline could not have seen are no
    /// fault of the change at hand: they are among them when asked for.
    pub fn new_findings(&self, view: &View, newly_seen_too: bool) -> Result<Vec<Entry>, BaselineError> {
        Ok(self.diff(view)?.changes.into_new(newly_seen_too))
    }
}

/// Reads a report from a file, with an error that says what is wrong with it.
pub fn document(path: &Path) -> Result<Document, BaselineError> {
    let unread = |cause| BaselineError::Unread { path: path.to_owned(), cause };
    let mut file = File::open(path).map_err(|cause| {
        if cause.kind() == io::ErrorKind::NotFound {
            BaselineError::Missing { path: path.to_owned() }
        } else {
            unread(cause)
        }
    })?;
    if is_blank(&mut file).map_err(unread)? {
        return Err(BaselineError::Empty { path: path.to_owned() });
    }
    read(File::open(path).map_err(unread)?).map_err(|cause| match cause {
        ReadError::Unread(cause) => unread(cause),
        ReadError::Broken(cause) if cause.is_eof() => {
            BaselineError::Truncated { path: path.to_owned(), line: cause.line(), column: cause.column() }
        }
        cause @ (ReadError::Broken(_) | ReadError::Newer(_) | ReadError::Older(_)) => {
            BaselineError::NoReport { path: path.to_owned(), cause }
        }
    })
}

/// Whether a file holds white space at the most.
fn is_blank(file: &mut File) -> io::Result<bool> {
    let mut part = [0; 4_096];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(true),
            read if part[..read].trim_ascii().is_empty() => {}
            _ => return Ok(false),
        }
    }
}
