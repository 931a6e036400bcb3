//! Reads a layer from a file, and says how many entries and bytes it holds: what reading costs by itself, to be held
//! against `gzip -dc FILE | tar -t`.

use std::fs::File;
use std::io::{self, Write as _};

use palisade_archive::{Entry, Limits, Visitor};

/// Counts entries, and reads the beginnings of small files.
#[derive(Default)]
struct Count {
    entries: u64,
    bytes: u64,
    read: u64,
}

impl Visitor for Count {
    fn entry(&mut self, entry: &Entry<'_>) -> u64 {
        self.entries += 1;
        self.bytes += entry.size;
        if entry.size < 64 * 1024 { u64::MAX } else { 0 }
    }

    fn content(&mut self, _: &str, content: &[u8]) {
        self.read += content.len() as u64;
    }
}

fn main() -> io::Result<()> {
    const MIB: u64 = 1024 * 1024;
    let limits = Limits {
        unpacked: 100 * 1024 * MIB,
        zeros: 100 * 1024 * MIB,
        ratio: 200,
        ratio_counts_from: 16 * MIB,
        entries: 1_000_000,
        path: 4096,
        header: MIB,
        content: MIB,
    };
    let path = std::env::args_os().nth(1).ok_or_else(|| io::Error::other("name a layer"))?;
    let mut count = Count::default();
    palisade_archive::read(File::open(path)?, &limits, &mut count).map_err(io::Error::other)?;
    let Count { entries, bytes, read } = count;
    writeln!(io::stdout(), "{entries} entries, {bytes} bytes, of which {read} were looked at")
}
