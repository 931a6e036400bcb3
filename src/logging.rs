//! What is said on standard error. Only our own words: the SDK's could hold what AWS answered.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::EnvFilter;

/// What says as whom an account is read; shown on a terminal too.
pub(crate) const IDENTITY: &str = "palisade_identity";

/// Starts the log: errors and warnings on a terminal, where a line shows the progress, and plain lines elsewhere.
pub(crate) fn start(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => "error",
        (false, 0) if stderr().is_terminal() => "warn",
        (false, 0) => "info",
        (false, 1) => "debug",
        (false, _) => "trace",
    };
    let identity = if quiet { "error" } else { "info" };
    let color = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("off,palisade={level},{IDENTITY}={identity}")))
        .with_writer(stderr)
        .with_ansi(color)
        .with_target(false);
    if verbose > 0 { lines.init() } else { lines.without_time().init() }
}

/// Whether a line may show the progress.
pub(crate) fn may_show_progress(verbose: u8, quiet: bool) -> bool {
    !quiet && verbose == 0 && stderr().is_terminal()
}
