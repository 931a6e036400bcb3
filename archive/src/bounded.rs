//! Readers that count, and that end with an error when there is too much.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::error::ArchiveError;
use crate::limits::Limits;

/// Counts what is read through it.
pub(crate) struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    /// The reader, and the count that it keeps.
    pub(crate) fn new(inner: R) -> (Self, Rc<Cell<u64>>) {
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
pub(crate) struct Unpacked<'l, R> {
    inner: R,
    packed: Rc<Cell<u64>>,
    length: u64,
    limits: &'l Limits,
}

impl<'l, R> Unpacked<'l, R> {
    /// Bounds a reader by its own length and by that of what it unpacks.
    pub(crate) fn new(inner: R, packed: Rc<Cell<u64>>, limits: &'l Limits) -> Self {
        Self { inner, packed, length: 0, limits }
    }
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Limits { unpacked, ratio, ratio_counts_from, .. } = *self.limits;
        let read = self.inner.read(buffer)?;
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
