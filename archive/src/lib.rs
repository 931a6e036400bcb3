//! Reads archives that anybody may have packed: tar, as it is or within gzip, as a stream. Nothing is written, no link is
//! followed, and every length is bounded by [`Limits`]. What is looked for in the files is the affair of a [`Visitor`].
//!
//! Source: <https://github.com/opencontainers/image-spec/blob/main/layer.md>

#![warn(missing_docs)]

mod bounded;
mod entries;
mod error;
mod limits;
mod visitor;

#[cfg(test)]
mod tests;

use std::io::{BufRead as _, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use bounded::{Counted, Unpacked};
pub use error::ArchiveError;
pub use limits::Limits;
pub use visitor::Visitor;

/// Reads an archive to its end. What the visitor saw before an error is not to be relied on.
pub fn read(packed: impl Read, limits: &Limits, visitor: &mut impl Visitor) -> Result<(), ArchiveError> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    let (counted, count) = Counted::new(packed);
    let mut packed = BufReader::new(counted);
    let start = packed.fill_buf().map_err(|error| ArchiveError::of(&error))?;
    if start.starts_with(&ZSTD) {
        return Err(ArchiveError::Zstd);
    }
    let read = if start.starts_with(&GZIP) {
        entries::read(Unpacked::new(MultiGzDecoder::new(packed), count, limits), limits, visitor)
    } else {
        entries::read(Unpacked::new(packed, count, limits), limits, visitor)
    };
    read.map_err(|error| ArchiveError::of(&error))
}
