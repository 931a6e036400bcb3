//! The saved form of an inventory, and how that of an older version is read.
//!
//! A file says which version it has, and which palisade wrote it. What an older version did not collect is unknown, never
//! taken for what is not there: [`ADDED`] says for each field that came later what stands in for it. Whatever changes in
//! the form of a fact gets a row there, and a raise of [`INVENTORY_VERSION`]; model/tests/it/fields.rs insists.

mod added;
mod site;
mod upgrade;

use std::io::{Read, Write};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::Inventory;
pub use added::{ADDED, Added, INVENTORY_VERSION};

/// The oldest version of the saved form that is read.
pub const OLDEST_INVENTORY_VERSION: u32 = 1;

/// The form of a file, read before the rest: another version may have another form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Versioned {
    /// The version of the saved form.
    pub inventory_version: u32,
}

impl Versioned {
    /// Whether [`read`] takes a file of this version.
    pub fn is_read(self) -> bool {
        (OLDEST_INVENTORY_VERSION..=INVENTORY_VERSION).contains(&self.inventory_version)
    }
}

/// Reads an inventory of a version that [`Versioned::is_read`]. One of an older version becomes one of this version, in which
/// what it lacks is unknown; [`crate::Reason::NotCollected`] says since when.
///
/// A member that is not known is ignored. A text that is cut, or lacks what its version has, is an error.
pub fn read(version: Versioned, reader: &mut dyn Read) -> Result<Inventory, serde_json::Error> {
    if version.inventory_version == INVENTORY_VERSION {
        return serde_json::from_reader(reader);
    }
    if !version.is_read() {
        return Err(serde_json::Error::custom("the inventory's version is not read"));
    }
    let mut file: Value = serde_json::from_reader(reader)?;
    upgrade::upgrade(&mut file, version.inventory_version)?;
    serde_json::from_value(file)
}

/// Writes an inventory.
pub fn write(inventory: &Inventory, writer: &mut dyn Write) -> Result<(), serde_json::Error> {
    serde_json::to_writer(writer, inventory)
}

/// An inventory as JSON. Others call this and [`from_value`] rather than serde: compiling the form of all facts takes a while.
pub fn to_value(inventory: &Inventory) -> Result<Value, serde_json::Error> {
    serde_json::to_value(inventory)
}

/// An inventory of this version from JSON.
pub fn from_value(value: Value) -> Result<Inventory, serde_json::Error> {
    serde_json::from_value(value)
}

/// An inventory with the version of palisade that writes it.
#[derive(Serialize)]
struct Signed<'a> {
    palisade: &'static str,
    #[serde(flatten, with = "Inventory")]
    inventory: &'a Inventory,
}

impl Serialize for Inventory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Signed { palisade: env!("CARGO_PKG_VERSION"), inventory: self }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Inventory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived one, which only older versions need another form for.
        Self::deserialize(deserializer)
    }
}
