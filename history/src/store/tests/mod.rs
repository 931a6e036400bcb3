//! Runs recorded one after another.

mod files;
mod measure;
mod runs;
mod truth;

use std::path::PathBuf;

use palisade_report::document::Document;
use palisade_report::view::View;
use tempfile::TempDir;

use super::{History, Recorded};

/// A place for a history that is not there yet.
pub(super) fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    (folder, path)
}

/// A new history with these runs.
pub(super) fn with(reports: impl IntoIterator<Item = Document>) -> (TempDir, History, Vec<Recorded>) {
    let (folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let recorded = reports.into_iter().map(|report| history.record(&View::read(report)).unwrap()).collect();
    (folder, history, recorded)
}
