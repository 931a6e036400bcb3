//! One layer, read as a stream: nothing is written, no link is followed, and every length is bounded.
//!
//! Source: <https://github.com/opencontainers/image-spec/blob/main/layer.md>

use std::cell::Cell;
use std::io::{self, BufRead as _, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::files::{Found, SMALL_FILE, wants};
use super::flaw::Flaw;

/// Bytes of an unpacked layer for each byte that was asked for.
pub(super) const UNPACKED_FACTOR: u64 = 10;
const MOST_ENTRIES: u32 = 200_000;
/// What Linux allows a path to have.
const LONGEST_PATH: u64 = 4096;
/// What an extended header may have.
const LONGEST_EXTENSION: u64 = 1024 * 1024;
/// From this size on a layer must not unpack to more than [`MOST_RATIO`] times its size: file systems come to ten.
const RATIO_COUNTS_FROM: u64 = 16 * 1024 * 1024;
const MOST_RATIO: u64 = 200;

/// Reads a layer to its end. `unpacked` bounds the bytes that it may unpack to.
pub(super) fn scan(reader: impl Read, unpacked: u64) -> Result<Found, Flaw> {
    let packed = Rc::new(Cell::new(0));
    let mut reader = BufReader::new(Counted { inner: reader, count: Rc::clone(&packed) });
    let start = reader.fill_buf().map_err(|error| flaw(&error))?;
    if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Err(Flaw::new("is compressed with zstd, which is not read"));
    }
    let found = if start.starts_with(&[0x1f, 0x8b]) {
        entries(Bounded { inner: MultiGzDecoder::new(reader), packed, unpacked: 0, most: unpacked })
    } else {
        entries(Bounded { inner: reader, packed, unpacked: 0, most: unpacked })
    };
    found.map_err(|error| flaw(&error))
}

fn entries(reader: impl Read) -> io::Result<Found> {
    let mut found = Found::default();
    let mut extended = Extended::default();
    let mut archive = Archive::new(reader);
    let mut count = 0;
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        count += 1;
        if count > MOST_ENTRIES {
            return Err(refused(format!("holds more than {MOST_ENTRIES} entries")));
        }
        match entry.header().entry_type() {
            EntryType::GNULongName => extended.path = Some(bounded(&mut entry, LONGEST_PATH, "path")?),
            EntryType::GNULongLink | EntryType::XGlobalHeader => {
                bounded(&mut entry, LONGEST_EXTENSION, "extended header")?;
            }
            EntryType::XHeader => {
                let header = bounded(&mut entry, LONGEST_EXTENSION, "extended header")?;
                extended.read(&header)?;
            }
            EntryType::GNUSparse => return Err(refused("holds a sparse file, which is not read")),
            kind => {
                let path = std::mem::take(&mut extended).path.unwrap_or_else(|| entry.path_bytes().into_owned());
                take(&mut found, &mut entry, kind, &path)?;
            }
        }
    }
    Ok(found)
}

fn take(found: &mut Found, entry: &mut Entry<impl Read>, kind: EntryType, path: &[u8]) -> io::Result<()> {
    if u64::try_from(path.len()).unwrap_or(u64::MAX) > LONGEST_PATH {
        return Err(refused(format!("holds a path of more than {LONGEST_PATH} bytes")));
    }
    let Some(path) = normal(path) else { return Ok(()) };
    match kind {
        EntryType::Directory => Ok(()),
        EntryType::Regular | EntryType::Continuous if wants(&path) => {
            let mut text = Vec::new();
            entry.take(SMALL_FILE).read_to_end(&mut text)?;
            found.file(&path, &String::from_utf8_lossy(&text));
            Ok(())
        }
        _ => {
            found.entry(&path);
            Ok(())
        }
    }
}

/// What an extended header says of the entry after it.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
}

impl Extended {
    /// Reads `LENGTH KEY=VALUE` records. A size that differs from the entry's own header would let two readers see two
    /// different archives.
    fn read(&mut self, mut records: &[u8]) -> io::Result<()> {
        let garbled = || refused("holds an extended header that cannot be read");
        while !records.is_empty() {
            let space = records.iter().position(|byte| *byte == b' ').ok_or_else(garbled)?;
            let length = std::str::from_utf8(&records[..space]).ok().and_then(|text| text.parse().ok());
            let length: usize =
                length.filter(|length| *length > space + 1 && *length <= records.len()).ok_or_else(garbled)?;
            let record = &records[space + 1..length - 1];
            let equals = record.iter().position(|byte| *byte == b'=').ok_or_else(garbled)?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            if key == b"path" {
                self.path = Some(value.to_vec());
            } else if key == b"size" || key.starts_with(b"GNU.sparse.") {
                return Err(refused("holds a file whose size stands in an extended header, which is not read"));
            }
            records = &records[length..];
        }
        Ok(())
    }
}

fn bounded(entry: &mut Entry<impl Read>, most: u64, what: &str) -> io::Result<Vec<u8>> {
    if entry.size() > most {
        return Err(refused(format!("holds a {what} of {} bytes, more than {most}", entry.size())));
    }
    let mut bytes = Vec::new();
    entry.take(most).read_to_end(&mut bytes)?;
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    Ok(bytes)
}

/// The path from the root, without `.` and `..`, which do not lead beyond the root; none for the root itself.
fn normal(path: &[u8]) -> Option<String> {
    let path = String::from_utf8_lossy(path);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.trim_end_matches('\0').split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count.set(self.count.get() + length as u64);
        Ok(length)
    }
}

/// Ends with an error when more is unpacked than is good.
struct Bounded<R> {
    inner: R,
    packed: Rc<Cell<u64>>,
    unpacked: u64,
    most: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.unpacked += length as u64;
        if self.unpacked > self.most {
            return Err(refused(format!("unpacks to more than {} bytes", self.most)));
        }
        if self.unpacked > RATIO_COUNTS_FROM && self.unpacked / MOST_RATIO > self.packed.get() {
            return Err(refused(format!("unpacks to more than {MOST_RATIO} times its size")));
        }
        Ok(length)
    }
}

fn refused(why: impl Into<String>) -> io::Error {
    io::Error::other(Flaw::new(why))
}

/// Our own words, or none of the archive's.
fn flaw(error: &io::Error) -> Flaw {
    let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Flaw>());
    own.cloned().unwrap_or_else(|| Flaw::new("is no archive that can be read"))
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;
