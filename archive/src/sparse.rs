//! Files with holes: where the pieces lie that are there.
//!
//! Source: <https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html>

use std::io::{self, BufRead};

use crate::error::ArchiveError;
use crate::extended::decimal;
use crate::header::{BLOCK, Header, fill, number};

/// The pieces of a file that are stored, one after another.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    /// Where each begins in the file, and how long it is.
    pub(crate) map: Vec<(u64, u64)>,
    /// The size of the file with its holes.
    pub(crate) real_size: u64,
}

impl Pieces {
    /// In order and within the file, or it cannot be read.
    pub(crate) fn new(numbers: &[u64], real_size: u64) -> Result<Self, ArchiveError> {
        let (pairs, rest) = numbers.as_chunks::<2>();
        let mut end = 0;
        for [offset, length] in pairs {
            let next = offset.checked_add(*length).filter(|next| *offset >= end && *next <= real_size);
            end = next.ok_or(ArchiveError::Sparse)?;
        }
        if !rest.is_empty() {
            return Err(ArchiveError::Sparse);
        }
        Ok(Self { map: pairs.iter().map(|[offset, length]| (*offset, *length)).collect(), real_size })
    }

    /// In GNU's old form: four pieces in the header, and more in blocks that follow it.
    pub(crate) fn in_header(header: &Header, input: &mut impl BufRead, longest_map: usize) -> io::Result<Self> {
        let mut numbers = Vec::new();
        add(&mut numbers, &header.0[386..482])?;
        let real_size = number(&header.0[483..495]).ok_or(ArchiveError::Sparse)?;
        let mut goes_on = header.0[482] != 0;
        while goes_on {
            let mut block = [0; BLOCK];
            if fill(input, &mut block)? < BLOCK || numbers.len() > longest_map {
                return Err(ArchiveError::Sparse.into());
            }
            add(&mut numbers, &block[..504])?;
            goes_on = block[504] != 0;
        }
        Ok(Self::new(&numbers, real_size)?)
    }

    /// In version 1.0: lines of digits before the content, which fill whole blocks; and how many bytes those are.
    pub(crate) fn before_content(
        input: &mut impl BufRead,
        stored: u64,
        real_size: u64,
        longest_map: usize,
    ) -> io::Result<(Self, u64)> {
        let (mut numbers, mut line) = (Vec::new(), Vec::new());
        let (mut wanted, mut read) = (None::<usize>, 0_u64);
        while wanted.is_none_or(|wanted| numbers.len() < wanted) {
            let mut block = [0; BLOCK];
            read += BLOCK as u64;
            if read > stored || fill(input, &mut block)? < BLOCK {
                return Err(ArchiveError::Sparse.into());
            }
            for byte in block {
                if byte != b'\n' {
                    line.push(byte);
                    continue;
                }
                let number = decimal(&line).ok_or(ArchiveError::Sparse)?;
                line.clear();
                match wanted {
                    None => {
                        let count = usize::try_from(number).ok().and_then(|count| count.checked_mul(2));
                        wanted = Some(count.filter(|count| *count <= longest_map).ok_or(ArchiveError::Sparse)?);
                    }
                    Some(wanted) if numbers.len() < wanted => numbers.push(number),
                    Some(_) => break,
                }
                if wanted == Some(numbers.len()) {
                    break;
                }
            }
        }
        Ok((Self::new(&numbers, real_size)?, read))
    }
}

/// Adds the pieces of a part of a header; one without digits ends it.
fn add(numbers: &mut Vec<u64>, part: &[u8]) -> Result<(), ArchiveError> {
    for entry in part.as_chunks::<24>().0 {
        if entry[0] == 0 {
            return Ok(());
        }
        for field in [&entry[..12], &entry[12..]] {
            numbers.push(number(field).ok_or(ArchiveError::Sparse)?);
        }
    }
    Ok(())
}
