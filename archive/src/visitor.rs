/// What is made of an archive's entries. Paths begin below the root and hold no `.` and no `..`.
pub trait Visitor {
    /// Whether the content of a file at this path is to be read.
    fn wants(&self, path: &str) -> bool;

    /// A file that was wanted, with its content, which is cut at [`Limits::content`](crate::Limits::content).
    fn file(&mut self, path: &str, content: &[u8]);

    /// A file that was not wanted, or a link or device; folders are passed over.
    fn entry(&mut self, path: &str);
}
