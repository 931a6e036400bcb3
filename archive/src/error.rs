use std::{fmt, io};

/// Why an archive cannot be read, as the rest of a sentence that begins with its name. Nothing of what the archive holds
/// is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArchiveError {
    /// It is no archive, or ends early.
    Unreadable,
    /// It is packed with zstd, and asks for a window of more bytes than these.
    Window(u64),
    /// It unpacks to more bytes than these.
    Unpacked(u64),
    /// It unpacks to more zeros than these.
    Zeros(u64),
    /// It unpacks to more than so many times its size.
    Ratio(u64),
    /// It holds more entries than these.
    Entries(u32),
    /// It holds a path of more bytes than these.
    Path(u64),
    /// A header holds the path or the settings of the entry after it, and is longer than it may be.
    Header {
        /// What it holds.
        what: &'static str,
        /// Its size in bytes.
        size: u64,
        /// The most that it may have.
        most: u64,
    },
    /// It holds an extended header that cannot be read.
    GarbledHeader,
    /// It holds a file with two sizes that differ: two readers could see two archives.
    DisputedSize,
    /// It holds a sparse file whose map of holes cannot be read.
    Sparse,
}

impl ArchiveError {
    /// Our own error that was carried through a reader, or that the archive cannot be read.
    pub(crate) fn of(error: &io::Error) -> Self {
        let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        own.copied().unwrap_or(Self::Unreadable)
    }
}

impl From<ArchiveError> for io::Error {
    fn from(error: ArchiveError) -> Self {
        Self::other(error)
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => formatter.write_str("is no archive that can be read"),
            Self::Window(most) => write!(formatter, "asks for a window of more than {most} bytes to be unpacked"),
            Self::Unpacked(most) => write!(formatter, "unpacks to more than {most} bytes"),
            Self::Zeros(most) => write!(formatter, "unpacks to more than {most} zeros"),
            Self::Ratio(most) => write!(formatter, "unpacks to more than {most} times its size"),
            Self::Entries(most) => write!(formatter, "holds more than {most} entries"),
            Self::Path(most) => write!(formatter, "holds a path of more than {most} bytes"),
            Self::Header { what, size, most } => {
                write!(formatter, "holds a {what} of {size} bytes, more than {most}")
            }
            Self::GarbledHeader => formatter.write_str("holds an extended header that cannot be read"),
            Self::DisputedSize => formatter.write_str("holds a file with two sizes that differ"),
            Self::Sparse => formatter.write_str("holds a sparse file that cannot be read"),
        }
    }
}

impl std::error::Error for ArchiveError {}
