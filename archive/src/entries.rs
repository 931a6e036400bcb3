//! The entries of a tar, with the long paths of both forms.

use std::io::{self, Read};

use tar::{Archive, Entry, EntryType};

use crate::error::ArchiveError;
use crate::limits::Limits;
use crate::visitor::Visitor;

/// Shows each entry to the visitor.
pub(crate) fn read(reader: impl Read, limits: &Limits, visitor: &mut impl Visitor) -> io::Result<()> {
    let mut extended = Extended::default();
    let mut archive = Archive::new(reader);
    let mut count = 0;
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        count += 1;
        if count > limits.entries {
            return Err(ArchiveError::Entries(limits.entries).into());
        }
        match entry.header().entry_type() {
            EntryType::GNULongName => extended.path = Some(header(&mut entry, limits.path, "path")?),
            EntryType::GNULongLink | EntryType::XGlobalHeader => {
                header(&mut entry, limits.header, "extended header")?;
            }
            EntryType::XHeader => extended.read(&header(&mut entry, limits.header, "extended header")?)?,
            EntryType::GNUSparse => return Err(ArchiveError::Sparse.into()),
            kind => {
                let path = std::mem::take(&mut extended).path.unwrap_or_else(|| entry.path_bytes().into_owned());
                show(&mut entry, kind, &path, limits, visitor)?;
            }
        }
    }
    Ok(())
}

fn show(
    entry: &mut Entry<impl Read>,
    kind: EntryType,
    path: &[u8],
    limits: &Limits,
    visitor: &mut impl Visitor,
) -> io::Result<()> {
    if path.len() as u64 > limits.path {
        return Err(ArchiveError::Path(limits.path).into());
    }
    let Some(path) = normal(path) else { return Ok(()) };
    match kind {
        EntryType::Directory => {}
        EntryType::Regular | EntryType::Continuous if visitor.wants(&path) => {
            let mut content = Vec::new();
            entry.take(limits.content).read_to_end(&mut content)?;
            visitor.file(&path, &content);
        }
        _ => visitor.entry(&path),
    }
    Ok(())
}

/// What an extended header says of the entry after it.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
}

impl Extended {
    /// Reads `LENGTH KEY=VALUE` records. A size that differs from the entry's own header would let two readers see two
    /// different archives.
    fn read(&mut self, mut records: &[u8]) -> Result<(), ArchiveError> {
        let garbled = ArchiveError::GarbledHeader;
        while !records.is_empty() {
            let space = records.iter().position(|byte| *byte == b' ').ok_or(garbled)?;
            let length = std::str::from_utf8(&records[..space]).ok().and_then(|text| text.parse().ok());
            let length: usize =
                length.filter(|length| *length > space + 1 && *length <= records.len()).ok_or(garbled)?;
            let record = &records[space + 1..length - 1];
            let equals = record.iter().position(|byte| *byte == b'=').ok_or(garbled)?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            if key == b"path" {
                self.path = Some(value.to_vec());
            } else if key == b"size" || key.starts_with(b"GNU.sparse.") {
                return Err(ArchiveError::DisputedSize);
            }
            records = &records[length..];
        }
        Ok(())
    }
}

/// The content of an entry that is about the one after it, without the zeros at its end.
fn header(entry: &mut Entry<impl Read>, most: u64, what: &'static str) -> io::Result<Vec<u8>> {
    if entry.size() > most {
        return Err(ArchiveError::Header { what, size: entry.size(), most }.into());
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
