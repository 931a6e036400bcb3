//! What stands before an entry and is about it: extended headers, and long names in GNU's form.
//!
//! Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html> (pax Extended Header)

use crate::error::ArchiveError;

/// What is said of the entry that follows.
#[derive(Debug, Default)]
pub(crate) struct Extended {
    /// Its path, in GNU's form, which goes before that of an extended header.
    pub(crate) long_path: Option<Vec<u8>>,
    /// The target of a link, in GNU's form.
    pub(crate) long_target: Option<Vec<u8>>,
    path: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    /// What it says of a sparse file.
    pub(crate) holes: Holes,
}

/// What an extended header says of a file with holes, in the three forms that GNU tar has had.
///
/// Source: <https://www.gnu.org/software/tar/manual/html_node/PAX-keywords.html>
#[derive(Debug, Default)]
pub(crate) struct Holes {
    /// Its version, `1.0` where the map stands before the content.
    pub(crate) major: Option<u64>,
    pub(crate) minor: Option<u64>,
    /// Its real path.
    pub(crate) name: Option<Vec<u8>>,
    /// Its size with the holes.
    pub(crate) real_size: Option<u64>,
    /// Offset and length of each piece that is there, in versions before 1.0.
    pub(crate) map: Option<Vec<u64>>,
}

impl Holes {
    /// Whether the file is a sparse one.
    pub(crate) fn are_said(&self) -> bool {
        self.major.is_some() || self.map.is_some()
    }
}

impl Extended {
    /// Reads `LENGTH KEY=VALUE` records. An empty value takes back what was said before.
    pub(crate) fn read(&mut self, mut records: &[u8], longest_map: usize) -> Result<(), ArchiveError> {
        let garbled = ArchiveError::GarbledHeader;
        while !records.is_empty() {
            let space = records.iter().position(|byte| *byte == b' ').ok_or(garbled)?;
            let length = std::str::from_utf8(&records[..space]).ok().and_then(|text| text.parse().ok());
            let length: usize =
                length.filter(|length| *length > space + 1 && *length <= records.len()).ok_or(garbled)?;
            let record = &records[space + 1..length - 1];
            let equals = record.iter().position(|byte| *byte == b'=').ok_or(garbled)?;
            self.record(&record[..equals], &record[equals + 1..], longest_map)?;
            records = &records[length..];
        }
        Ok(())
    }

    fn record(&mut self, key: &[u8], value: &[u8], longest_map: usize) -> Result<(), ArchiveError> {
        let garbled = ArchiveError::GarbledHeader;
        let text = || if value.contains(&0) { Err(garbled) } else { Ok((!value.is_empty()).then(|| value.to_vec())) };
        let number = || match value {
            [] => Ok(None),
            digits => decimal(digits).map(Some).ok_or(garbled),
        };
        match key {
            b"path" => self.path = text()?,
            b"linkpath" => self.target = text()?,
            b"size" => self.size = number()?,
            b"GNU.sparse.name" => self.holes.name = text()?,
            b"GNU.sparse.major" => self.holes.major = number()?,
            b"GNU.sparse.minor" => self.holes.minor = number()?,
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => self.holes.real_size = number()?,
            b"GNU.sparse.map" => {
                let numbers = value.split(|byte| *byte == b',').map(decimal).collect::<Option<Vec<u64>>>();
                self.holes.map = Some(numbers.filter(|map| map.len() <= longest_map).ok_or(ArchiveError::Sparse)?);
            }
            // Version 0.0 has a record for each number.
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
                let map = self.holes.map.get_or_insert_default();
                map.push(decimal(value).filter(|_| map.len() < longest_map).ok_or(ArchiveError::Sparse)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// The path of the entry.
    pub(crate) fn path(&self) -> Option<&[u8]> {
        self.holes.name.as_deref().or(self.long_path.as_deref()).or(self.path.as_deref())
    }

    /// The target of the link.
    pub(crate) fn target(&self) -> Option<&[u8]> {
        self.long_target.as_deref().or(self.target.as_deref())
    }

    /// The bytes that follow the entry's own header, which has this size. Only a size that is too large for that may
    /// stand here alone.
    pub(crate) fn size(&self, own: u64) -> Result<u64, ArchiveError> {
        const LARGEST_IN_HEADER: u64 = 0o777_7777_7777;
        match self.size {
            Some(size) if size == own || (own == 0 && size > LARGEST_IN_HEADER) => Ok(size),
            Some(_) => Err(ArchiveError::DisputedSize),
            None => Ok(own),
        }
    }
}

/// A number in decimal digits.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    let is_plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits).ok().filter(|_| is_plain)?.parse().ok()
}
