//! The findings of a report as OCSF events, one by one.

use std::io::{self, Write};

use palisade_report::{Format, write_view};
use serde::Deserialize;

use crate::Reported;

/// One event.
pub(crate) struct Event<'a> {
    /// Its JSON, on one line.
    pub(crate) line: &'a str,
    /// What makes it this finding of this report.
    pub(crate) id: String,
    /// When the account was read, in milliseconds since 1970.
    pub(crate) time: i64,
}

#[derive(Deserialize)]
struct Told {
    time: i64,
    finding_info: Info,
}

#[derive(Deserialize)]
struct Info {
    uid: String,
}

/// Gives each event of a report.
pub(crate) fn events(reported: &Reported<'_>, each: &mut dyn FnMut(Event<'_>) -> io::Result<()>) -> io::Result<()> {
    let format = Format::by_name("ocsf").ok_or(io::ErrorKind::Unsupported)?;
    let mut lines = Lines { part: Vec::new(), each };
    write_view(reported.view, format, &reported.style, &mut lines)?;
    if lines.part.is_empty() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Parts what is written into lines.
struct Lines<'a> {
    part: Vec<u8>,
    each: &'a mut dyn FnMut(Event<'_>) -> io::Result<()>,
}

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.part.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::str::from_utf8(&self.part).map_err(io::Error::other)?.trim_end();
                let Told { time, finding_info } = serde_json::from_str(line)?;
                (self.each)(Event { line, id: format!("{}-{time}", finding_info.uid), time })?;
                self.part.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
