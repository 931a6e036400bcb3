//! A report of an earlier run, written in other forms.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use palisade_report::document::{self, Document, ReadError};
use palisade_report::view::View;

use crate::cli;
use crate::exit::Exit;
use crate::output::reports;
use crate::run::{RunError, Surroundings, by_frameworks};

/// Why a report of an earlier run is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("cannot read the report {path}: {cause}")]
    Unread { path: PathBuf, cause: io::Error },
    #[error("{path}: {cause}")]
    Refused { path: PathBuf, cause: ReadError },
}

/// Reads a report that `audit --format json` wrote.
pub(crate) fn read(path: &Path) -> Result<Document, ReportError> {
    let file = File::open(path).map_err(|cause| ReportError::Unread { path: path.to_owned(), cause })?;
    document::read(file).map_err(|cause| ReportError::Refused { path: path.to_owned(), cause })
}

/// Writes the forms that are asked for.
pub(crate) async fn report(arguments: &cli::Report, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let judged_by = by_frameworks(&arguments.framework)?;
    let targets = reports::open(&arguments.output, &[Some(&*arguments.file)], &surroundings.stop).await?;
    let mut view = View::read(read(&arguments.file)?);
    view.judge_by(judged_by);
    reports::write(&view, None, &targets, &arguments.output)?;
    Ok(Exit::Clean)
}
