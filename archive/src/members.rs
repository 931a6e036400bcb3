//! Where the files of a tar lie that can be read from any place, such as what `docker save` writes.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::entries::{about_next, cut_at_zero, normal};
use crate::error::ArchiveError;
use crate::extended::Extended;
use crate::header::{BLOCK, Flag, Header};
use crate::limits::Limits;

/// A file within an archive that is not packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Where its content begins, in bytes from the start of the archive.
    pub offset: u64,
    /// How long it is, in bytes.
    pub size: u64,
}

/// The files of an archive by their paths, links between them followed. The last of several at one path counts.
/// It fails as [`read`](crate::read) does; sparse files are refused.
pub fn members(archive: impl Read + Seek, limits: &Limits) -> Result<BTreeMap<String, Member>, ArchiveError> {
    let mut input = BufReader::new(archive);
    let (mut files, mut links) = (BTreeMap::new(), BTreeMap::new());
    let mut extended = Extended::default();
    let mut count = 0;
    let failed = |error: std::io::Error| ArchiveError::of(&error);
    while let Some(header) = Header::next(&mut input).map_err(failed)? {
        count += 1;
        if count > limits.entries {
            return Err(ArchiveError::Entries(limits.entries));
        }
        match header.flag() {
            Flag::Extended => {
                let (records, _) = about_next(&header, &mut input, limits.header, "extended header").map_err(failed)?;
                extended.read(&records, 0)?;
            }
            Flag::LongPath => {
                let (path, _) = about_next(&header, &mut input, limits.path, "path").map_err(failed)?;
                extended.long_path = Some(cut_at_zero(path));
            }
            Flag::LongTarget => {
                let (target, _) = about_next(&header, &mut input, limits.path, "path").map_err(failed)?;
                extended.long_target = Some(cut_at_zero(target));
            }
            Flag::Sparse => return Err(ArchiveError::Sparse),
            flag => {
                let about = std::mem::take(&mut extended);
                let stored = about.size(header.size().map_err(failed)?)?;
                let path = normal(about.path().unwrap_or(&header.path()));
                let target = normal_target(&header, &about, flag, path.as_deref());
                let length = match flag {
                    Flag::Folder | Flag::Symbolic | Flag::Hard | Flag::Special => 0,
                    Flag::File { .. }
                    | Flag::Other
                    | Flag::Global
                    | Flag::Extended
                    | Flag::LongPath
                    | Flag::LongTarget
                    | Flag::Sparse => stored,
                };
                let offset = input.stream_position().map_err(failed)?;
                match (path, target, flag) {
                    (Some(path), Some(target), _) => _ = links.insert(path, target),
                    (Some(path), None, Flag::File { .. }) => {
                        files.insert(path, Member { offset, size: length });
                    }
                    _ => {}
                }
                let padded =
                    length.checked_next_multiple_of(BLOCK as u64).and_then(|length| i64::try_from(length).ok());
                input.seek_relative(padded.ok_or(ArchiveError::Unreadable)?).map_err(failed)?;
            }
        }
    }
    let end = input.seek(SeekFrom::End(0)).map_err(failed)?;
    if files.values().any(|file: &Member| file.offset.saturating_add(file.size) > end) {
        return Err(ArchiveError::Unreadable);
    }
    for (path, target) in links {
        if let Some(file) = files.get(&target).copied() {
            files.insert(path, file);
        }
    }
    Ok(files)
}

/// Where a link leads, from the root of the archive.
fn normal_target(header: &Header, about: &Extended, flag: Flag, path: Option<&str>) -> Option<String> {
    let target = about.target().unwrap_or_else(|| header.target());
    match flag {
        Flag::Hard => normal(target),
        Flag::Symbolic => {
            let folder = path?.rsplit_once('/').map_or("", |(folder, _)| folder);
            normal(&[folder.as_bytes(), b"/", target].concat())
        }
        Flag::File { .. }
        | Flag::Folder
        | Flag::Special
        | Flag::Extended
        | Flag::Global
        | Flag::LongPath
        | Flag::LongTarget
        | Flag::Sparse
        | Flag::Other => None,
    }
}
