//! Frames of zstd, one after another: what `zstd:chunked` writes as well, with a table of contents in frames that are
//! skipped.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8878#section-3>

use std::io::{self, BufRead, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::error::ArchiveError;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// What a frame may ask to be kept in memory: as much as the decoder of containerd and Docker allows.
/// <https://pkg.go.dev/github.com/klauspost/compress/zstd#WithDecoderMaxWindow>
const LARGEST_WINDOW: u64 = 64 * 1024 * 1024;

/// Whether these bytes begin a frame.
pub(crate) fn begins(start: &[u8]) -> bool {
    start.starts_with(&MAGIC) || (start.len() >= 4 && is_skippable([start[0], start[1], start[2], start[3]]))
}

fn is_skippable(magic: [u8; 4]) -> bool {
    u32::from_le_bytes(magic) & 0xffff_fff0 == 0x184d_2a50
}

/// What all frames unpack to.
pub(crate) struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    is_within: bool,
}

impl<R: BufRead> Zstd<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), is_within: false }
    }

    /// Goes to the next frame with a content; false at the end.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            let mut magic = [0; 4];
            self.source.read_exact(&mut magic)?;
            if is_skippable(magic) {
                let mut length = [0; 4];
                self.source.read_exact(&mut length)?;
                let length = u64::from(u32::from_le_bytes(length));
                if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                    return Err(ArchiveError::Unreadable.into());
                }
                continue;
            }
            let header = self.header(magic)?;
            self.decoder.reset(header.chain(&mut self.source)).map_err(|_| ArchiveError::Unreadable)?;
            return Ok(true);
        }
    }

    /// The header of a frame, whose window is not too large.
    fn header(&mut self, magic: [u8; 4]) -> io::Result<io::Cursor<Vec<u8>>> {
        let mut descriptor = [0];
        self.source.read_exact(&mut descriptor)?;
        let [descriptor] = descriptor;
        let is_single = descriptor & 0x20 != 0;
        let content_size = match descriptor >> 6 {
            0 => usize::from(is_single),
            exponent => 1 << exponent,
        };
        let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let mut rest = vec![0; usize::from(!is_single) + dictionary + content_size];
        self.source.read_exact(&mut rest)?;
        let window = if is_single {
            let mut size = [0; 8];
            size[..content_size].copy_from_slice(&rest[dictionary..]);
            u64::from_le_bytes(size) + if content_size == 2 { 256 } else { 0 }
        } else {
            let base = 1_u64 << (10 + (rest[0] >> 3));
            base + base / 8 * u64::from(rest[0] & 7)
        };
        if window > LARGEST_WINDOW {
            return Err(ArchiveError::Window(LARGEST_WINDOW).into());
        }
        let start = [&magic[..], &[descriptor], &rest].concat();
        Ok(io::Cursor::new(start))
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_within {
                if !self.next()? {
                    return Ok(0);
                }
                self.is_within = true;
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                self.is_within = false;
                continue;
            }
            let some = BlockDecodingStrategy::UptoBlocks(1);
            self.decoder.decode_blocks(&mut self.source, some).map_err(|_| ArchiveError::Unreadable)?;
        }
    }
}
