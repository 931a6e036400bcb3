//! Requests that bring their policies along, a line each.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use palisade_policy::batch;

use crate::exit::Exit;
use crate::inventory::FileError;
use crate::output::but_closed;
use crate::run::RunError;

/// Answers every line of a file, or of standard input.
pub(super) fn answer(path: &Path) -> Result<Exit, RunError> {
    let read_error = |cause| RunError::File(FileError::Read { path: path.to_owned(), cause });
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(read_error)?)
    };
    let mut lines = BufReader::new(source);
    let mut out = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).map_err(read_error)? == 0 {
            break;
        }
        let Some(answer) = answer_to(&line) else { continue };
        // Whoever waits for an answer before asking on gets it.
        let flush = lines.buffer().is_empty();
        let written = writeln!(out, "{answer}").and_then(|()| if flush { out.flush() } else { Ok(()) });
        if written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            return Ok(Exit::Clean);
        }
        written.map_err(RunError::Stdout)?;
    }
    but_closed(out.flush()).map_err(RunError::Stdout)?;
    Ok(Exit::Clean)
}

/// The answer to a line; none to an empty one.
fn answer_to(line: &[u8]) -> Option<String> {
    match str::from_utf8(line) {
        Ok(text) if text.trim().is_empty() => None,
        Ok(text) => Some(batch::answer(text)),
        Err(_) => Some(r#"{"id":null,"error":"the line is not UTF-8"}"#.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_but_an_empty_one_has_an_answer() {
        assert_eq!(answer_to(b"\n"), None);
        assert!(answer_to(b"\xff\n").unwrap().contains("UTF-8"));
        assert!(answer_to(b"{\"id\": 7}\n").unwrap().contains("\"error\""));
    }
}
