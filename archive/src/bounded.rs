//! Readers that count, and that end with an error when there is too much.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::error::ArchiveError;
use crate::limits::Limits;

/// How many bytes were read.
pub(crate) type Count = Rc<Cell<u64>>;

/// Counts what is read through it.
pub(crate) struct Counted<R> {
    inner: R,
    count: Count,
}

impl<R> Counted<R> {
    /// The reader, and the count that it keeps.
    pub(crate) fn new(inner: R) -> (Self, Count) {
        let count = Rc::default();
        (Self { inner, count: Rc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count.set(self.count.get() + length as u64);
        Ok(length)
    }
}

/// What an archive unpacks to: ends with an error when that is more than is good.
///
/// Zeros have a bound of their own: the holes of a file that was sparse, such as `/var/log/lastlog`, pack to nearly nothing
/// and are read as fast as memory.
pub(crate) struct Unpacked<'l, R> {
    inner: R,
    packed: Count,
    length: u64,
    zeros: u64,
    limits: &'l Limits,
}

impl<'l, R> Unpacked<'l, R> {
    /// Bounds a reader by its own length and by that of what it unpacks.
    pub(crate) fn new(inner: R, packed: Count, limits: &'l Limits) -> Self {
        Self { inner, packed, length: 0, zeros: 0, limits }
    }
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Limits { unpacked, zeros, ratio, ratio_counts_from, .. } = *self.limits;
        let read = self.inner.read(buffer)?;
        if buffer[..read].iter().all(|byte| *byte == 0) {
            self.zeros += read as u64;
            return if self.zeros > zeros { Err(ArchiveError::Zeros(zeros).into()) } else { Ok(read) };
        }
        self.length += read as u64;
        if self.length > unpacked {
            return Err(ArchiveError::Unpacked(unpacked).into());
        }
        if self.length > ratio_counts_from && self.length > self.packed.get().saturating_mul(ratio) {
            return Err(ArchiveError::Ratio(ratio).into());
        }
        Ok(read)
    }
}
