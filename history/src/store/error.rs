//! Why a history cannot be used, and what to do about it. It is never taken to hold nothing.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::ErrorCode;

use super::schema::VERSION;

/// Why a history cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each says in its words what it holds")]
pub enum StoreError {
    #[error("cannot open the history {path}: {cause}")]
    Open { path: PathBuf, cause: io::Error },
    #[error("the history {path} is an empty file: put back a copy of it, or remove the file to begin a new one")]
    Empty { path: PathBuf },
    #[error("{path} is no history of palisade, nor any database: name another file for --history")]
    NoDatabase { path: PathBuf },
    #[error("{path} is a database of another program: name another file for --history")]
    Foreign { path: PathBuf },
    #[error(
        "the history {path} has the form {found}, this program knows up to {VERSION}: it was written by a newer palisade: \
         update it"
    )]
    Newer { path: PathBuf, found: i64 },
    #[error("the history {path} is damaged ({what}): put back a copy of it, or move the file away to begin a new one")]
    Damaged { path: PathBuf, what: String },
    #[error("the history {path} was in use by another palisade for too long: run again")]
    Busy { path: PathBuf },
    #[error("the history {path} could not be read or written: {cause}")]
    Sqlite { path: PathBuf, cause: rusqlite::Error },
    #[error(
        "the history {path} has a run of {latest}, which is later than this one of {this}: runs are recorded in the order \
         of their times"
    )]
    OutOfOrder { path: PathBuf, latest: Timestamp, this: Timestamp },
    #[error("the history {path} has this run of {this} already")]
    Recorded { path: PathBuf, this: Timestamp },
    #[error("the history {path} has no run of account {account}{which}")]
    NoRun { path: PathBuf, account: String, which: String },
    #[error("the report has a finding whose uid is none: {check}")]
    NoUid { check: String },
}

impl StoreError {
    /// What SQLite says, with what it means for whoever named the file.
    pub(super) fn of(path: &Path, cause: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match cause.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NoDatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, what: "malformed".to_owned() },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            _ => Self::Sqlite { path, cause },
        }
    }
}
