//! What changed: between two runs, since a baseline, and since the first run of a history; and what is accepted from now on.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use palisade_history::diff::{Changes, Diff, DiffError};
use palisade_history::store::{Point, StoreError, TimeToFix, Which};
use palisade_history::suppress::{self, Accepted, NewSuppression, SuppressError};
use palisade_history::{History, Side, trend};
use palisade_report::document::Document;
use palisade_report::view::{Past, Since, View};

use crate::cli::{self, DiffFormat, TrendFormat};
use crate::exit::Exit;
use crate::output::{self, OutputError};
use crate::rewrite;
use crate::run::{RunError, Surroundings};

/// Why runs cannot be compared, or nothing can be told of them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{older} cannot be compared with {newer}: {cause}")]
    Other { older: String, newer: String, cause: Box<DiffError> },
    #[error("`{text}`: {cause}")]
    NoRun { text: String, cause: <Which as FromStr>::Err },
    #[error("`{0}` means a run of a history: name the history with --history FILE")]
    NoHistory(String),
    #[error("which account of the history {path} is meant? Name one of these with --account: {accounts}")]
    WhichAccount { path: PathBuf, accounts: String },
    #[error("the history {0} has no run yet: audit with --history first")]
    NoRuns(PathBuf),
    #[error("{path}: {cause}")]
    Suppress { path: PathBuf, cause: SuppressError },
    #[error("cannot read {path}: {cause}")]
    Read { path: PathBuf, cause: std::io::Error },
}

/// One of the two runs that are compared, as the command line names it.
#[derive(Clone, Debug)]
pub(crate) enum Run {
    /// The JSON report of a run.
    Report(PathBuf),
    /// A run of the history, by the text after `history:`.
    History(String),
}

impl FromStr for Run {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.strip_prefix("history:").map_or_else(|| Self::Report(text.into()), |which| Self::History(which.into())))
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Report(path) => path.display().fmt(formatter),
            Self::History(which) => write!(formatter, "history:{which}"),
        }
    }
}

/// Tells what changed between two runs.
pub(crate) async fn diff(arguments: &cli::Diff, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let cli::Diff { older, newer, history, format, output, all, fail_on_new } = arguments;
    let sources = [older, newer].map(|run| match run {
        Run::Report(path) => Some(path.as_path()),
        Run::History(_) => history.as_deref(),
    });
    let destination = output::open([output.as_deref()], &sources, &surroundings.stop).await?;
    let newer_report = match newer {
        Run::Report(path) => rewrite::read(path)?,
        Run::History(_) => {
            return Err(RunError::Usage("the newer of two runs is a report: write one with --format json".to_owned()));
        }
    };
    let earlier = side(older, history.as_deref(), &newer_report)?;
    let told = Diff::between(&earlier, &Side::of_document(&newer_report)).map_err(|cause| HistoryError::Other {
        older: older.to_string(),
        newer: newer.to_string(),
        cause: Box::new(cause),
    })?;
    let most = if *all { usize::MAX } else { 10 };
    for place in &destination {
        let written = place.write(|out| match format {
            DiffFormat::Table => told.write_text(out, most),
            DiffFormat::Json => told.write_json(out),
            DiffFormat::Markdown => told.write_markdown(out, most),
        });
        written.map_err(|cause| OutputError::Unfit { place: place.to_string(), cause })?;
    }
    let is_new = !told.changes.into_new(false).is_empty();
    Ok(if *fail_on_new && is_new { Exit::Findings } else { Exit::Clean })
}

fn side(run: &Run, history: Option<&Path>, other: &Document) -> Result<Side, RunError> {
    Ok(match run {
        Run::Report(path) => Side::of_document(&rewrite::read(path)?),
        Run::History(text) => {
            let path = history.ok_or_else(|| HistoryError::NoHistory(run.to_string()))?;
            let which: Which = text.parse().map_err(|cause| HistoryError::NoRun { text: run.to_string(), cause })?;
            let history = existing(path)?;
            history.run(&other.account, &other.partition, which).map_err(HistoryError::from)?
        }
    })
}

/// A history that is there already: what only reads begins none.
fn existing(path: &Path) -> Result<History, HistoryError> {
    fs::metadata(path).map_err(|cause| HistoryError::Read { path: path.to_owned(), cause })?;
    Ok(History::open(path)?)
}

/// Tells how an account fared.
pub(crate) async fn trend(arguments: &cli::Trend, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let cli::Trend { history: path, account, format, output } = arguments;
    let destination = output::open([output.as_deref()], &[Some(path.as_path())], &surroundings.stop).await?;
    let history = existing(path)?;
    let accounts = history.accounts().map_err(HistoryError::from)?;
    let meant: Vec<_> =
        accounts.iter().filter(|(name, _)| account.as_ref().is_none_or(|one| one.as_str() == name)).collect();
    let (name, partition) = match meant.as_slice() {
        [one] => one,
        [] if accounts.is_empty() => return Err(HistoryError::NoRuns(path.clone()).into()),
        [] | [_, _, ..] => {
            let names: Vec<_> = accounts.iter().map(|(name, _)| name.as_str()).collect();
            return Err(HistoryError::WhichAccount { path: path.clone(), accounts: names.join(", ") }.into());
        }
    };
    let points = history.trend(name, partition).map_err(HistoryError::from)?;
    let times = history.time_to_fix(name, partition).map_err(HistoryError::from)?;
    for place in &destination {
        let written = place.write(|out| match format {
            TrendFormat::Table => trend::write_text(&points, &times, out),
            TrendFormat::Svg => trend::write_svg(name, &points, out),
        });
        written.map_err(|cause| OutputError::Unfit { place: place.to_string(), cause })?;
    }
    Ok(Exit::Clean)
}

/// Accepts a finding, or a pattern of them, in the configuration.
pub(crate) fn suppress(arguments: &cli::Suppress) -> Result<Exit, RunError> {
    let cli::Suppress { fingerprint, check, resource, account, reason, by, expires, config } = arguments;
    let path = config.clone().unwrap_or_else(|| PathBuf::from(crate::config::DEFAULT));
    let what = match (fingerprint, check, resource) {
        (Some(uid), None, None) => Accepted::Finding(uid.clone()),
        (None, Some(check), Some(resource)) => {
            crate::config::check("--check", check)?;
            Accepted::Matching { check: check.clone(), resource: resource.clone() }
        }
        _ => return Err(RunError::Usage("name a finding by its uid, or --check and --resource".to_owned())),
    };
    let new = NewSuppression {
        what,
        account: account.as_ref().map(ToString::to_string),
        reason: reason.clone(),
        by: by.clone(),
        expires: *expires,
    };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(cause) => return Err(HistoryError::Read { path, cause }.into()),
    };
    let changed = suppress::add(&text, &new).map_err(|cause| HistoryError::Suppress { path: path.clone(), cause })?;
    output::replace(&path, changed.as_bytes())?;
    tracing::info!("{} has one suppression more", path.display());
    Ok(Exit::Clean)
}

/// Adds a run to a history, and to the view what that tells: what changed, and how the account fared.
pub(crate) fn record(history: &mut History, view: &mut View) -> Result<(), HistoryError> {
    let recorded = history.record(view)?;
    view.since = recorded.previous.map(|previous| {
        let Changes { counts, .. } = &recorded.changes;
        Since {
            time: previous.collected_at,
            score: previous.score,
            new: counts.new + counts.suppression_ended,
            newly_seen: counts.newly_seen,
            reopened: counts.reopened,
            fixed: counts.fixed,
            gone: counts.gone,
            not_comparable: counts.not_comparable,
        }
    });
    let (account, partition) = (&view.head.account, &view.head.partition);
    let points = history.trend(account, partition)?;
    // A selection stands for less than the account, and cannot be held against the rest.
    let whole = points.into_iter().filter(|point| !point.selected);
    let past = whole.map(|Point { time, score, open, unknown, .. }| Past { time, score, open, unknown }).collect();
    let times = history.time_to_fix(account, partition)?;
    let days = |time: TimeToFix| (time.mean.as_hours() / 24, time.fixed);
    let times = times.into_iter().rev().map(|(severity, time)| (severity, days(time).0, days(time).1)).collect();
    (view.past, view.time_to_fix) = (past, times);
    Ok(())
}
