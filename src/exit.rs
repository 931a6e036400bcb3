//! How a run ends.

use std::process::ExitCode;

/// The exit codes, for scripts and schedulers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing open at or above the threshold; the answer is yes, or whole.
    Clean = 0,
    /// Open findings at or above the threshold; the answer is no.
    Findings = 1,
    /// No audit was done, no answer given: bad usage, no credentials, a file that could not be read; or the
    /// result could not be written where it was meant to go.
    Failed = 2,
    /// Something due could not be checked or evaluated; this wins over findings.
    Incomplete = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
