/// How much an archive may hold and may come to. What goes beyond ends the reading with an error, but for
/// [`Limits::content`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that it may unpack to, long runs of zeros left aside.
    pub unpacked: u64,
    /// Bytes in long runs of zeros that it may unpack to.
    pub zeros: u64,
    /// Bytes that it may unpack to for each packed byte, long runs of zeros left aside.
    pub ratio: u64,
    /// Unpacked bytes up to which the ratio does not count: little that is very regular is no bomb.
    pub ratio_counts_from: u64,
    /// Entries.
    pub entries: u32,
    /// Bytes of a path.
    pub path: u64,
    /// Bytes of an extended header.
    pub header: u64,
    /// Bytes of a file that the visitor is given; the rest is passed over.
    pub content: u64,
}
