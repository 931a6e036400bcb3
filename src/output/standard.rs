//! Standard output.

use std::io::{self, Write};

use super::metadata::{self, Identity, is_character_device};
use std::path::Path;

/// Writes to standard output. A reader that has seen enough, such as `head`, is no error.
pub(crate) fn to_stdout(content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    but_closed(content(&mut out).and_then(|()| out.flush()))
}

/// The result of writing to somebody who may leave at any time.
pub(crate) fn but_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Which file standard output is; none where two reports do each other no harm.
pub(super) fn identity() -> Option<Identity> {
    let metadata = metadata::standard(1)?.ok()?.metadata().ok()?;
    if is_character_device(&metadata) { None } else { metadata::identity(Path::new("-"), &metadata).ok() }
}
