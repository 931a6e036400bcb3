//! Inventories from files, read with an error that says what is wrong.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use palisade_model::{INVENTORY_VERSION, Inventory};
use serde::Deserialize;

use palisade_collect::discreet;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("cannot read {path}: {cause}")]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{path} is not a whole inventory: {flaw}; collect it again with `palisade collect --output {path}`")]
    Broken { path: PathBuf, flaw: String },
    #[error("{path} has the inventory version {found}, this program reads {INVENTORY_VERSION}; collect it again")]
    Version { path: PathBuf, found: u32 },
    #[error("{path} holds no Region; collect it again")]
    Empty { path: PathBuf },
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
