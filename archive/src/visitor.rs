/// One entry of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its path, which begins below the root and holds no `.` and no `..`.
    pub path: &'a str,
    /// What it is.
    pub kind: Kind<'a>,
    /// The bytes of a file, with the holes of one that is sparse; 0 of anything else.
    pub size: u64,
    /// Its permissions: the lower twelve bits of its mode.
    pub mode: u32,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A folder.
    Folder,
    /// A file with a content of its own.
    File,
    /// A symbolic link, with its target as it stands there.
    Symbolic(&'a str),
    /// Another name of a file, which has this path, in the form of [`Entry::path`].
    Hard(&'a str),
    /// A device, a pipe, or something that is not known here.
    Other,
}

/// What is made of an archive's entries, in their order.
pub trait Visitor {
    /// An entry; answers how many bytes of its content are to be read, if it is a file. The root itself is passed over.
    fn entry(&mut self, entry: &Entry<'_>) -> u64;

    /// The beginning of the file whose entry was shown last: as much as was asked for, as there is, and as
    /// [`Limits::content`](crate::Limits::content) allows.
    fn content(&mut self, path: &str, content: &[u8]);
}
