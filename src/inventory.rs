//! Inventories from files, read with an error that says what is wrong.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use palisade_model::saved::{self, OLDEST_INVENTORY_VERSION, Versioned};
use palisade_model::{INVENTORY_VERSION, Inventory};

use palisade_collect::discreet;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("cannot read {path}: {cause}")]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{path} is not a whole inventory: {flaw}; collect it again with `palisade collect --output {path}`")]
    Broken { path: PathBuf, flaw: String },
    #[error(
        "{path} has the inventory version {found}, this program reads up to {INVENTORY_VERSION}: update palisade, or \
         collect the inventory again with this one"
    )]
    Newer { path: PathBuf, found: u32 },
    #[error(
        "{path} has the inventory version {found}, this program reads from {OLDEST_INVENTORY_VERSION}: collect it again"
    )]
    Older { path: PathBuf, found: u32 },
    #[error("{path} holds no Region; collect it again")]
    Empty { path: PathBuf },
}

/// Reads an inventory of this version or an older one.
pub(crate) fn read(path: &Path) -> Result<Inventory, FileError> {
    // Read twice: an inventory of another version may have another form.
    let open =
        || File::open(path).map(BufReader::new).map_err(|cause| FileError::Read { path: path.to_owned(), cause });
    let broken = |error| FileError::Broken { path: path.to_owned(), flaw: discreet::json(&error) };
    let version: Versioned = serde_json::from_reader(open()?).map_err(broken)?;
    let found = version.inventory_version;
    if found > INVENTORY_VERSION {
        return Err(FileError::Newer { path: path.to_owned(), found });
    }
    if !version.is_read() {
        return Err(FileError::Older { path: path.to_owned(), found });
    }
    let inventory = saved::read(version, &mut open()?).map_err(broken)?;
    if inventory.regions.is_empty() {
        return Err(FileError::Empty { path: path.to_owned() });
    }
    Ok(inventory)
}
