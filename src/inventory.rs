//! Inventories as files: written whole or not at all, read with an error that says what is wrong.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use palisade_checks::facts::{INVENTORY_VERSION, Inventory};
use serde::Deserialize;
use tempfile::NamedTempFile;

use crate::discreet;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("cannot read {path}: {cause}")]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{path} is not a whole inventory: {flaw}\nCollect it again with `palisade collect --output {path}`")]
    Broken { path: PathBuf, flaw: String },
    #[error("{path} has the inventory version {found}, this program reads {INVENTORY_VERSION}; collect it again")]
    Version { path: PathBuf, found: u32 },
    #[error("{path} holds no Region; collect it again")]
    Empty { path: PathBuf },
    #[error("cannot write {path}: {cause}")]
    Write { path: PathBuf, cause: std::io::Error },
}

#[derive(Deserialize)]
struct Versioned {
    inventory_version: u32,
}

/// Reads an inventory.
pub(crate) fn read(path: &Path) -> Result<Inventory, FileError> {
    // Read twice: an inventory of another version may have another form.
    let open =
        || File::open(path).map(BufReader::new).map_err(|cause| FileError::Read { path: path.to_owned(), cause });
    let broken = |error| FileError::Broken { path: path.to_owned(), flaw: discreet::json(&error) };
    let Versioned { inventory_version } = serde_json::from_reader(open()?).map_err(broken)?;
    if inventory_version != INVENTORY_VERSION {
        return Err(FileError::Version { path: path.to_owned(), found: inventory_version });
    }
    let inventory: Inventory = serde_json::from_reader(open()?).map_err(broken)?;
    if inventory.regions.is_empty() {
        return Err(FileError::Empty { path: path.to_owned() });
    }
    Ok(inventory)
}

/// Writes an inventory.
pub(crate) fn write(path: &Path, inventory: &Inventory) -> Result<(), FileError> {
    write_whole(path, |out| Ok(serde_json::to_writer(out, inventory)?))
}

/// Writes a file under another name first, so that nobody ever sees half of it. Only the owner may read it.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> std::io::Result<()>,
) -> Result<(), FileError> {
    let error = |cause| FileError::Write { path: path.to_owned(), cause };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = NamedTempFile::new_in(folder).map_err(error)?;
    let mut out = BufWriter::new(file.as_file());
    write(&mut out).and_then(|()| out.flush()).map_err(error)?;
    drop(out);
    file.persist(path).map_err(|failed| error(failed.error))?;
    Ok(())
}
