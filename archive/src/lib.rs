//! Reads archives that anybody may have packed: tar, as it is or within gzip or zstd, as a stream. Nothing is written, no
//! link is followed, and every length is bounded by [`Limits`]. What is looked for in the files is the affair of a
//! [`Visitor`].
//!
//! Where readers of tar differ, this one reads as Go's `archive/tar` does, with which Docker, containerd, BuildKit and
//! Podman unpack layers.
//!
//! Sources: <https://github.com/opencontainers/image-spec/blob/main/layer.md>, <https://pkg.go.dev/archive/tar>

#![warn(missing_docs)]

mod bounded;
mod entries;
mod error;
mod extended;
mod header;
mod limits;
mod members;
mod sparse;
mod visitor;
mod zstd;

#[cfg(test)]
mod tests;

use std::io::{BufRead as _, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use bounded::{Counted, Unpacked};
pub use error::ArchiveError;
pub use limits::Limits;
pub use members::{Member, members};
pub use visitor::{Entry, Kind, Visitor};
use zstd::Zstd;

/// Bytes that are unpacked at a time.
const AT_ONCE: usize = 128 * 1024;

/// Reads an archive to its end. What the visitor saw before an error is not to be relied on.
///
/// How it is packed is told by its first bytes, as runtimes tell it, whatever its media type says.
pub fn read(packed: impl Read, limits: &Limits, visitor: &mut impl Visitor) -> Result<(), ArchiveError> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    let (counted, count) = Counted::new(packed);
    let mut packed = BufReader::with_capacity(AT_ONCE, counted);
    let start = packed.fill_buf().map_err(|error| ArchiveError::of(&error))?;
    let read = if zstd::begins(start) {
        entries::read(unpacked(Zstd::new(packed), count, limits), limits, visitor)
    } else if start.starts_with(&GZIP) {
        entries::read(unpacked(MultiGzDecoder::new(packed), count, limits), limits, visitor)
    } else {
        entries::read(unpacked(packed, count, limits), limits, visitor)
    };
    read.map_err(|error| ArchiveError::of(&error))
}

fn unpacked<R: Read>(inner: R, packed: bounded::Count, limits: &Limits) -> BufReader<Unpacked<'_, R>> {
    BufReader::with_capacity(AT_ONCE, Unpacked::new(inner, packed, limits))
}
