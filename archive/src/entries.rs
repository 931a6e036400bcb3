//! The entries of a tar.

use std::io::{self, BufRead};

use crate::error::ArchiveError;
use crate::extended::Extended;
use crate::header::{BLOCK, Flag, Header, fill};
use crate::limits::Limits;
use crate::sparse::Pieces;
use crate::visitor::{Entry, Kind, Visitor};

/// Numbers in the map of a sparse file.
const LONGEST_MAP: usize = 100_000;

/// Shows each entry to the visitor.
pub(crate) fn read(mut input: impl BufRead, limits: &Limits, visitor: &mut impl Visitor) -> io::Result<()> {
    let mut extended = Extended::default();
    let mut content = Vec::new();
    let mut count = 0;
    while let Some(header) = Header::next(&mut input)? {
        count += 1;
        if count > limits.entries {
            return Err(ArchiveError::Entries(limits.entries).into());
        }
        let is_at_end = match header.flag() {
            Flag::Extended => {
                let (records, is_at_end) = about_next(&header, &mut input, limits.header, "extended header")?;
                extended.read(&records, LONGEST_MAP)?;
                is_at_end
            }
            Flag::Global => about_next(&header, &mut input, limits.header, "extended header")?.1,
            Flag::LongPath => {
                let (path, is_at_end) = about_next(&header, &mut input, limits.path, "path")?;
                extended.long_path = Some(cut_at_zero(path));
                is_at_end
            }
            Flag::LongTarget => {
                let (target, is_at_end) = about_next(&header, &mut input, limits.path, "path")?;
                extended.long_target = Some(cut_at_zero(target));
                is_at_end
            }
            flag => {
                let about = std::mem::take(&mut extended);
                let one = One { header: &header, flag, about: &about, limits };
                one.show(&mut input, &mut content, visitor)?
            }
        };
        if is_at_end {
            return Ok(());
        }
    }
    Ok(())
}

/// One entry with what was said of it.
struct One<'a> {
    header: &'a Header,
    flag: Flag,
    about: &'a Extended,
    limits: &'a Limits,
}

impl One<'_> {
    /// Shows the entry, and passes over what follows it; whether the archive ends there.
    fn show(&self, input: &mut impl BufRead, content: &mut Vec<u8>, visitor: &mut impl Visitor) -> io::Result<bool> {
        let own_path = self.header.path();
        let raw_path = self.about.path().unwrap_or(&own_path);
        let target = self.about.target().unwrap_or_else(|| self.header.target());
        for path in [raw_path, target] {
            if path.len() as u64 > self.limits.path {
                return Err(ArchiveError::Path(self.limits.path).into());
            }
        }
        let stored = self.about.size(self.header.size()?)?;
        let path = normal(raw_path);
        let target_text = String::from_utf8_lossy(target);
        let hard_target = normal(target);
        let (kind, mut stored) = match self.flag {
            Flag::Folder => (Kind::Folder, 0),
            // What has no content ends with its header, whatever size that gives.
            Flag::Symbolic => (Kind::Symbolic(&target_text), 0),
            Flag::Hard => (Kind::Hard(hard_target.as_deref().unwrap_or_default()), 0),
            Flag::Special => (Kind::Other, 0),
            Flag::File { is_old: true } if raw_path.ends_with(b"/") => (Kind::Folder, 0),
            Flag::File { .. } | Flag::Sparse => (Kind::File, stored),
            Flag::Other | Flag::Extended | Flag::Global | Flag::LongPath | Flag::LongTarget => (Kind::Other, stored),
        };
        let padding = stored.next_multiple_of(BLOCK as u64) - stored;
        let pieces = if kind == Kind::File { self.pieces(input, &mut stored)? } else { None };
        let size = if kind == Kind::File { pieces.as_ref().map_or(stored, |pieces| pieces.real_size) } else { 0 };
        if let Some(path) = &path {
            let entry = Entry { path, kind, size, mode: self.header.mode() };
            let wanted = visitor.entry(&entry).min(self.limits.content).min(size);
            if kind == Kind::File && wanted > 0 {
                let whole = Pieces { map: vec![(0, stored)], real_size: stored };
                stored -= take(input, pieces.as_ref().unwrap_or(&whole), wanted, stored, content)?;
                visitor.content(path, content);
            }
        }
        if skip(input, stored)? < stored {
            return Err(ArchiveError::Unreadable.into());
        }
        // Nothing is lost where the last entry's padding is cut off.
        Ok(skip(input, padding)? < padding)
    }

    /// Where the pieces of a sparse file lie. What of them was read is taken off from what is stored.
    fn pieces(&self, input: &mut impl BufRead, stored: &mut u64) -> io::Result<Option<Pieces>> {
        if self.flag == Flag::Sparse {
            return Pieces::in_header(self.header, input, LONGEST_MAP).map(Some);
        }
        let holes = &self.about.holes;
        if !holes.are_said() {
            return Ok(None);
        }
        let real_size = holes.real_size.ok_or(ArchiveError::Sparse)?;
        match (holes.major.unwrap_or(0), holes.minor.unwrap_or(0), &holes.map) {
            (1, 0, _) => {
                let (pieces, read) = Pieces::before_content(input, *stored, real_size, LONGEST_MAP)?;
                *stored -= read;
                Ok(Some(pieces))
            }
            (0, _, Some(map)) => Ok(Some(Pieces::new(map, real_size)?)),
            (_, _, _) => Err(ArchiveError::Sparse.into()),
        }
    }
}

/// Reads the beginning of a file with its holes; how many stored bytes that took.
fn take(input: &mut impl BufRead, pieces: &Pieces, wanted: u64, stored: u64, content: &mut Vec<u8>) -> io::Result<u64> {
    content.clear();
    let mut taken = 0;
    for (offset, length) in &pieces.map {
        if *offset >= wanted {
            break;
        }
        let length = (*length).min(wanted - offset).min(stored - taken);
        let (Ok(start), Ok(length)) = (usize::try_from(*offset), usize::try_from(length)) else { break };
        content.resize(start + length, 0);
        if fill(input, &mut content[start..])? < length {
            return Err(ArchiveError::Unreadable.into());
        }
        taken += length as u64;
    }
    let whole = usize::try_from(wanted.min(pieces.real_size)).unwrap_or(content.len());
    content.resize(whole.max(content.len()), 0);
    Ok(taken)
}

/// Passes over so many bytes; how many there were.
fn skip(input: &mut impl BufRead, length: u64) -> io::Result<u64> {
    let mut left = length;
    while left > 0 {
        let there = input.fill_buf()?.len();
        if there == 0 {
            break;
        }
        let step = usize::try_from(left).unwrap_or(there).min(there);
        input.consume(step);
        left -= step as u64;
    }
    Ok(length - left)
}

/// The content of an entry that is about the one after it, and whether the archive ends with it.
pub(crate) fn about_next(
    header: &Header,
    input: &mut impl BufRead,
    most: u64,
    what: &'static str,
) -> io::Result<(Vec<u8>, bool)> {
    let size = header.size()?;
    if size > most {
        return Err(ArchiveError::Header { what, size, most }.into());
    }
    let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
    if fill(input, &mut bytes)? < bytes.len() {
        return Err(ArchiveError::Unreadable.into());
    }
    let padding = size.next_multiple_of(BLOCK as u64) - size;
    Ok((bytes, skip(input, padding)? < padding))
}

pub(crate) fn cut_at_zero(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}

/// The path from the root, without `.` and `..`, which do not lead beyond the root; none for the root itself.
pub(crate) fn normal(path: &[u8]) -> Option<String> {
    let path = String::from_utf8_lossy(path);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
