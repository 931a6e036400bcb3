//! What is said on standard error. Only our own words: the SDK's could hold what AWS answered.

use std::fmt;
use std::io::{self, IsTerminal as _, Stderr, Write, stderr};

use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

use palisade_report::safe::visible;

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
        .with_writer(|| Unheard(stderr()))
        .with_ansi(color)
        .with_target(false)
        // The subscriber's own complaints would panic where standard error takes nothing.
        .log_internal_errors(false)
        .fmt_fields(debug_fn(field).delimited(" "));
    if verbose > 0 { lines.init() } else { lines.without_time().init() }
}

/// Whether a line may show the progress.
pub(crate) fn may_show_progress(verbose: u8, quiet: bool) -> bool {
    !quiet && verbose == 0 && stderr().is_terminal()
}

/// Writes a field on one line, with nothing hidden in it: its text may come from AWS, and so from anybody.
fn field(line: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    let text = format!("{value:?}");
    let text = visible(&text);
    if field.name() == "message" { line.write_str(&text) } else { write!(line, "{}={text}", field.name()) }
}

/// Standard error, for those who listen. Whether anybody does changes nothing about the run.
struct Unheard(Stderr);

impl Write for Unheard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A reader that is gone, or a disk that is full, is no reason to stop.
        let _ = self.0.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_others_say_stays_on_its_line() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .fmt_fields(debug_fn(field).delimited(" "))
            .finish();
        let hostile = "denied\n INFO all is well\r\u{1b}[2J\u{9b}31m\u{202e}\u{2028}";
        tracing::subscriber::with_default(
            subscriber,
            || tracing::error!(resource = hostile, who = %hostile, "{hostile}"),
        );
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let unseen = text.trim_end_matches('\n').chars().find(|character| character.is_control());
        assert_eq!(unseen, None);
        assert!(!text.contains(['\u{202e}', '\u{2028}']) && text.contains("\\u{a} INFO all is well"), "{text}");
    }
}
