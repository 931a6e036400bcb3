//! Writing files: replaced whole where that changes nothing but their content, written in place elsewhere.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::metadata::{has_other_names, keep};
use super::place::folder_of;

/// What puts the content into a file.
pub(super) trait Content: FnOnce(&mut dyn Write) -> io::Result<()> {}

impl<T: FnOnce(&mut dyn Write) -> io::Result<()>> Content for T {}

/// Whether a file that is there can be written.
pub(super) fn try_old(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path).map(drop)
}

/// Whether a folder takes a new file.
pub(super) fn try_new(folder: &Path) -> io::Result<()> {
    beside(folder).map(drop)
}

/// Writes a file that was not there. Only its owner may read it.
pub(super) fn write_new(path: &Path, content: impl Content) -> io::Result<()> {
    let folder = folder_of(path);
    let new = beside(folder)?;
    fill(new.as_file(), content)?;
    new.persist(path).map_err(|failed| failed.error)?;
    sync_folder(folder)
}

/// Writes a file that is there: under another name first, so that nobody ever sees half of it. Where the new file could
/// not be the old one's equal, the old one gets the content in place.
pub(super) fn write_old(path: &Path, old: &Metadata, content: impl Content) -> io::Result<()> {
    let folder = folder_of(path);
    if has_other_names(old) {
        return write_in_place(path, content);
    }
    let Some(new) = beside(folder).ok().filter(|new| keep(old, new.as_file()).is_ok()) else {
        return write_in_place(path, content);
    };
    fill(new.as_file(), content)?;
    match new.persist(path) {
        Ok(_) => sync_folder(folder),
        // A mount point, such as a file that is bound into a container.
        Err(failed) if is_fixed(failed.error.kind()) => copy_in_place(failed.file, path),
        Err(failed) => Err(failed.error),
    }
}

fn is_fixed(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices)
}

/// A file without a name of its own yet, where it can be moved from without being copied.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".palisade-").tempfile_in(folder).map_err(bare)
}

/// The error without the name of a file that nobody has heard of.
fn bare(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(std::error::Error::source);
    let code = inner.and_then(|inner| inner.downcast_ref::<io::Error>()).and_then(io::Error::raw_os_error);
    code.map_or(error, io::Error::from_raw_os_error)
}

fn write_in_place(path: &Path, content: impl Content) -> io::Result<()> {
    fill(&OpenOptions::new().write(true).truncate(true).open(path)?, content)
}

fn copy_in_place(mut from: NamedTempFile, path: &Path) -> io::Result<()> {
    let from = from.as_file_mut();
    from.rewind()?;
    write_in_place(path, |out: &mut dyn Write| io::copy(from, out).map(drop))
}

fn fill(file: &File, content: impl Content) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    content(&mut out)?;
    out.flush()?;
    drop(out);
    tolerate(file.sync_all())
}

/// Makes the new name last, on the disk as well.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    tolerate(File::open(folder).and_then(|folder| folder.sync_all()))
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Some file systems cannot be told to keep what they have, and some folders may be written but not read.
fn tolerate(synced: io::Result<()>) -> io::Result<()> {
    match synced {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}
