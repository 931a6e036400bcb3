//! The header of an entry, one block of 512 bytes.
//!
//! Sources: <https://pkg.go.dev/archive/tar>, <https://www.gnu.org/software/tar/manual/html_node/Standard.html>

use std::io::{self, BufRead};

use crate::error::ArchiveError;

/// The size of a block.
pub(crate) const BLOCK: usize = 512;

/// What an entry is, by its type flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    /// A file, of the type flag that says so or of one that old archives have, which may also be a folder.
    File {
        is_old: bool,
    },
    Folder,
    Symbolic,
    Hard,
    /// A device or a pipe: it has no content, whatever its size says.
    Special,
    /// The extended header of the entry that follows.
    Extended,
    /// Settings for all that follows, which no runtime heeds.
    Global,
    /// The path of the entry that follows, in GNU's form.
    LongPath,
    /// The target of the link that follows, in GNU's form.
    LongTarget,
    /// A file with holes, in GNU's old form.
    Sparse,
    /// Something that is not known here.
    Other,
}

/// One block that holds a header.
pub(crate) struct Header(pub(crate) [u8; BLOCK]);

impl Header {
    /// The next header; none at the end: two blocks of zeros, or where the archive just stops.
    pub(crate) fn next(input: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut block = [0; BLOCK];
        for _ in 0..2 {
            match fill(input, &mut block)? {
                0 => return Ok(None),
                BLOCK => {}
                _ => return Err(ArchiveError::Unreadable.into()),
            }
            if block.iter().any(|byte| *byte != 0) {
                break;
            }
        }
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let header = Self(block);
        if header.is_intact() { Ok(Some(header)) } else { Err(ArchiveError::Unreadable.into()) }
    }

    /// Whether the sum of its bytes is what it says, bytes taken as numbers without or with a sign.
    fn is_intact(&self) -> bool {
        let Some(said) = octal(&self.0[148..156]) else { return false };
        let (mut plain, mut signed) = (0_i64, 0_i64);
        for (at, byte) in self.0.iter().enumerate() {
            let byte = if (148..156).contains(&at) { b' ' } else { *byte };
            plain += i64::from(byte);
            signed += i64::from(byte.cast_signed());
        }
        i64::try_from(said).is_ok_and(|said| said == plain || said == signed)
    }

    pub(crate) fn flag(&self) -> Flag {
        match self.0[156] {
            0 => Flag::File { is_old: true },
            b'0' | b'7' => Flag::File { is_old: false },
            b'1' => Flag::Hard,
            b'2' => Flag::Symbolic,
            b'3' | b'4' | b'6' => Flag::Special,
            b'5' => Flag::Folder,
            b'x' => Flag::Extended,
            b'g' => Flag::Global,
            b'L' => Flag::LongPath,
            b'K' => Flag::LongTarget,
            b'S' => Flag::Sparse,
            _ => Flag::Other,
        }
    }

    /// Its path, put together of both parts where it has two.
    pub(crate) fn path(&self) -> Vec<u8> {
        let name = text(&self.0[..100]);
        let prefix = match (&self.0[257..263], &self.0[508..512]) {
            (b"ustar\0", b"tar\0") => text(&self.0[345..476]),
            (b"ustar\0", _) => text(&self.0[345..500]),
            (_, _) => &[],
        };
        if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
    }

    /// The target of a link.
    pub(crate) fn target(&self) -> &[u8] {
        text(&self.0[157..257])
    }

    /// The lower twelve bits of its mode; none when it is garbled.
    pub(crate) fn mode(&self) -> u32 {
        number(&self.0[100..108]).map_or(0, |mode| u32::try_from(mode & 0o7777).unwrap_or_default())
    }

    /// The bytes that follow it.
    pub(crate) fn size(&self) -> io::Result<u64> {
        number(&self.0[124..136]).ok_or_else(|| ArchiveError::Unreadable.into())
    }
}

/// Reads as much as there is, up to the length of the buffer.
pub(crate) fn fill(input: &mut impl BufRead, mut buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while !buffer.is_empty() {
        match input.read(buffer) {
            Ok(0) => break,
            Ok(length) => {
                filled += length;
                buffer = &mut buffer[length..];
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The text up to the first zero.
fn text(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    &field[..end]
}

/// A number in octal digits, or in GNU's form for large ones: bytes after a first one with its highest bit set.
pub(crate) fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 == 0 {
        return octal(field);
    }
    // The next bit is the sign.
    if first & 0x40 != 0 {
        return None;
    }
    rest.iter().try_fold(u64::from(first & 0x3f), |number, byte| {
        number.checked_mul(256).map(|number| number + u64::from(*byte))
    })
}

fn octal(field: &[u8]) -> Option<u64> {
    let is_filler = |byte: &u8| *byte == b' ' || *byte == 0;
    let start = field.iter().position(|byte| !is_filler(byte)).unwrap_or(field.len());
    let end = field.iter().rposition(|byte| !is_filler(byte)).map_or(start, |at| at + 1);
    let digits = text(&field[start..end]);
    digits.iter().try_fold(0_u64, |number, digit| match digit {
        b'0'..=b'7' => number.checked_mul(8).map(|number| number + u64::from(digit - b'0')),
        _ => None,
    })
}
