//! What a sink has taken, one file for each report.

use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Spool, digest};
use crate::{Error, Item};

/// How many reports are remembered beside those that wait.
const REPORTS: usize = 16;

/// What a sink has taken.
pub(crate) struct Ledger {
    folder: PathBuf,
    known: HashMap<String, HashSet<String>>,
}

impl Ledger {
    pub(crate) fn of(spool: &Spool) -> Result<Self, Error> {
        Ok(Self { folder: spool.private("taken")?, known: HashMap::new() })
    }

    /// Whether the sink has the item. One of other content is another, though it has the same id: a report that was judged anew.
    pub(crate) fn has(&mut self, report: &str, item: &Item) -> Result<bool, Error> {
        if !self.known.contains_key(report) {
            let path = self.folder.join(report);
            let text = match fs::read(&path) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
                Err(cause) => return Err(Error::Spool { folder: path, cause }),
            };
            // A last line that was cut is that of no item.
            let lines = String::from_utf8_lossy(&text).lines().map(str::to_owned).collect();
            self.known.insert(report.to_owned(), lines);
        }
        Ok(self.known.get(report).is_some_and(|known| known.contains(&line(item))))
    }

    /// Remembers what the sink took, before anything else is done about it.
    pub(crate) fn add<'i>(&mut self, report: &str, items: impl Iterator<Item = &'i Item>) -> Result<(), Error> {
        let lines: Vec<_> = items.map(line).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let path = self.folder.join(report);
        append(&path, &lines).map_err(|cause| Error::Spool { folder: path, cause })?;
        self.known.entry(report.to_owned()).or_default().extend(lines);
        Ok(())
    }

    /// Forgets the oldest reports of which nothing waits.
    pub(crate) fn prune(&self, waiting: &HashSet<String>) -> Result<(), Error> {
        let error = |cause| Error::Spool { folder: self.folder.clone(), cause };
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(error)? {
            let entry = entry.map_err(error)?;
            let is_waiting = entry.file_name().to_str().is_some_and(|name| waiting.contains(name));
            if !is_waiting {
                files.push((entry.metadata().and_then(|data| data.modified()).map_err(error)?, entry.path()));
            }
        }
        files.sort();
        for (_, path) in files.iter().rev().skip(REPORTS) {
            fs::remove_file(path).map_err(error)?;
        }
        Ok(())
    }
}

/// An item by its id and its content.
fn line(item: &Item) -> String {
    format!("{} {}", item.id.replace(char::is_whitespace, "_"), digest(&item.body))
}

fn append(path: &Path, lines: &[String]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // The line before may have been cut by a crash.
    file.write_all(format!("\n{}\n", lines.join("\n")).as_bytes())?;
    file.sync_data()
}
