//! The journal of finished reads, from which a run that was cut off can go on.
//!
//! One JSON object a line: first what the run is about, then an answer each. An answer is written as soon as it is
//! there; a line that was cut short is left out when the journal is read. Calls that gave no answer are not kept: they are
//! asked again.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::{Timestamp, ToSpan as _};
use palisade_model::{AccountId, Action, Depth, Place};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::private::private;

const VERSION: u32 = 1;

/// A journal that is older would mix two states of the account.
const OLDEST_HOURS: i64 = 24;

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be opened.
    #[error("cannot open the journal {path}: {cause}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// It is something else.
    #[error("{path} is not a journal of this program; name another file after --resume, or delete it")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It is of another run.
    #[error("the journal {path} is of another run ({about}); name another file after --resume, or delete it")]
    OtherRun {
        /// The file.
        path: PathBuf,
        /// What that run is about.
        about: String,
    },
}

/// What the run of a journal is about: answers of another would be wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    journal_version: u32,
    account: AccountId,
    depth: Depth,
    required_tags: bool,
    started_at: Timestamp,
}

impl About {
    /// A run that starts now.
    pub fn new(account: AccountId, depth: Depth, required_tags: bool, started_at: Timestamp) -> Self {
        Self { journal_version: VERSION, account, depth, required_tags, started_at }
    }

    fn agrees(&self, other: &Self) -> bool {
        Self { started_at: other.started_at, ..self.clone() } == *other
    }
}

#[derive(Serialize)]
struct Entry<'a, T> {
    key: &'a str,
    value: &'a T,
}

#[derive(Deserialize)]
struct OwnedEntry {
    key: String,
    value: Value,
}

/// Answers of an earlier run, and the file to which those of this run are added.
#[derive(Default)]
pub struct Journal {
    path: Option<PathBuf>,
    file: Option<Mutex<File>>,
    earlier: Mutex<HashMap<String, Value>>,
}

impl Journal {
    /// Goes on with the journal at this path, or begins one. Gives the time at which the run began.
    pub fn open(path: &Path, about: &About) -> Result<(Self, Timestamp), JournalError> {
        let open = |cause| JournalError::Open { path: path.to_owned(), cause };
        let mut file = private(OpenOptions::new().read(true).append(true).create(true)).open(path).map_err(open)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(open)?;
        let mut lines = text.split(|byte| *byte == b'\n');
        let started_at = match lines.next().filter(|_| !text.is_empty()) {
            None => {
                write_line(&mut file, about).map_err(open)?;
                about.started_at
            }
            Some(first) => {
                let foreign = |_| JournalError::Foreign { path: path.to_owned() };
                let found: About = serde_json::from_slice(first).map_err(foreign)?;
                check(path, &found, about)?;
                found.started_at
            }
        };
        if text.last().is_some_and(|last| *last != b'\n') {
            file.write_all(b"\n").map_err(open)?;
        }
        let entries = lines.filter_map(|line| serde_json::from_slice::<OwnedEntry>(line).ok());
        let earlier = entries.map(|entry| (entry.key, entry.value)).collect();
        let journal = Self { path: Some(path.to_owned()), file: Some(Mutex::new(file)), earlier: Mutex::new(earlier) };
        Ok((journal, started_at))
    }

    /// How many answers of an earlier run there are.
    pub fn earlier_answers(&self) -> usize {
        self.earlier.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The answer of an earlier run.
    pub(crate) fn recall<T: DeserializeOwned>(&self, action: Action, place: &Place, label: &str) -> Option<T> {
        self.file.as_ref()?;
        let value = self.earlier.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(action, place, label))?;
        serde_json::from_value(value).ok()
    }

    /// Keeps an answer. A journal that cannot be written is a pity, not a reason to stop.
    pub(crate) fn record<T: Serialize>(&self, action: Action, place: &Place, label: &str, value: &T) {
        let Some(file) = &self.file else { return };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = write_line(&mut file, &Entry { key: &key(action, place, label), value }) {
            tracing::warn!("the journal could not be written: {error}");
        }
    }

    /// Deletes the journal of a run that is through.
    pub fn close(&self) {
        let Some(path) = &self.path else { return };
        if let Err(error) = std::fs::remove_file(path) {
            tracing::warn!("the journal {} could not be deleted: {error}", path.display());
        }
    }
}

fn check(path: &Path, found: &About, about: &About) -> Result<(), JournalError> {
    let other = |about: String| Err(JournalError::OtherRun { path: path.to_owned(), about });
    if !found.agrees(about) {
        let depth = format!("depth {:?}", found.depth).to_lowercase();
        // Whatever else stands in its place is not repeated.
        let is_number = found.account.as_str().bytes().all(|byte| byte.is_ascii_digit());
        return other(if is_number { format!("account {}, {depth}", found.account) } else { depth });
    }
    if found.started_at < about.started_at - OLDEST_HOURS.hours() {
        return other(format!("begun {}, more than {OLDEST_HOURS} hours ago", found.started_at));
    }
    Ok(())
}

fn write_line(file: &mut File, value: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}

fn key(action: Action, place: &Place, label: &str) -> String {
    let region = place.region.as_ref().map_or("", |region| region.as_str());
    let resource = place.resource.as_ref().map_or("", |resource| resource.as_str());
    format!("{action} {region} {resource} {label}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(account: &str) -> About {
        About::new(account.into(), Depth::Standard, false, "2026-11-22T10:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_journal_that_was_cut_off_gives_back_its_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let place = Place::region(&"eu-west-1".into());
        let (journal, _) = Journal::open(&path, &about("1")).unwrap();
        journal.record(Action::LambdaGetPolicy, &place, "", &Some("kept"));
        drop(journal);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"key\":\"cut o").unwrap();

        let (journal, started_at) = Journal::open(&path, &about("1")).unwrap();
        assert_eq!(started_at, about("1").started_at);
        assert_eq!(journal.earlier_answers(), 1);
        let recalled: Option<Option<String>> = journal.recall(Action::LambdaGetPolicy, &place, "");
        assert_eq!(recalled, Some(Some("kept".to_owned())));
        journal.record(Action::LambdaListLayers, &place, "", &1);
        drop(journal);
        assert_eq!(Journal::open(&path, &about("1")).unwrap().0.earlier_answers(), 2);
    }

    #[test]
    fn a_journal_of_another_run_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        Journal::open(&path, &about("1")).unwrap();
        assert!(matches!(Journal::open(&path, &about("2")), Err(JournalError::OtherRun { .. })));
        let later = About { started_at: "2026-11-24T10:00:00Z".parse().unwrap(), ..about("1") };
        assert!(matches!(Journal::open(&path, &later), Err(JournalError::OtherRun { .. })));
        std::fs::write(&path, "a letter\n").unwrap();
        assert!(matches!(Journal::open(&path, &about("1")), Err(JournalError::Foreign { .. })));
    }
}
