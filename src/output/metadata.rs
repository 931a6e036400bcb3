//! What Unix tells of a file beside its content. Elsewhere a file is its path, and has no mode and no owner to keep.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// What makes two paths one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// A file that is there, by device and inode.
    #[cfg_attr(not(unix), expect(dead_code, reason = "other systems tell no inode"))]
    Inode(u64, u64),
    /// A file that is there, by its path without links.
    #[cfg_attr(unix, expect(dead_code, reason = "an inode tells more"))]
    Path(PathBuf),
    /// A name in a folder, for which there is no file yet.
    Name(Box<Identity>, OsString),
}

impl Identity {
    /// The identity of the file, or folder, at a path.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        identity(path, &fs::metadata(path)?)
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems look at the path, which may be gone")]
pub(super) fn identity(_: &Path, metadata: &Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(Identity::Inode(metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    fs::canonicalize(path).map(Identity::Path)
}

/// Whether the file has other names, which a replacement would cut off from it.
#[cfg(unix)]
pub(super) fn has_other_names(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) > 1
}

#[cfg(not(unix))]
pub(super) fn has_other_names(_: &Metadata) -> bool {
    false
}

/// Whether it is a pipe with a name, which opens once somebody reads it.
#[cfg(unix)]
pub(super) fn is_fifo(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
pub(super) fn is_fifo(_: &Metadata) -> bool {
    false
}

/// Whether it is a terminal, `/dev/null` or the like, where two reports do each other no harm.
#[cfg(unix)]
pub(super) fn is_character_device(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type())
}

#[cfg(not(unix))]
pub(super) fn is_character_device(_: &Metadata) -> bool {
    false
}

/// Gives a new file the owner and the mode of the one that it is going to replace.
#[cfg(unix)]
pub(super) fn keep(old: &Metadata, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let made = new.metadata()?;
    if (made.uid(), made.gid()) != (old.uid(), old.gid()) {
        fchown(new, Some(old.uid()), Some(old.gid()))?;
    }
    new.set_permissions(old.permissions())
}

#[cfg(not(unix))]
pub(super) fn keep(_: &Metadata, _: &File) -> io::Result<()> {
    Ok(())
}

/// Standard output or standard error by its number, as a file.
#[cfg(unix)]
pub(super) fn standard(descriptor: u32) -> Option<io::Result<File>> {
    use std::os::fd::AsFd as _;
    let duplicate = match descriptor {
        1 => io::stdout().as_fd().try_clone_to_owned(),
        2 => io::stderr().as_fd().try_clone_to_owned(),
        _ => return None,
    };
    Some(duplicate.map(File::from))
}

#[cfg(not(unix))]
pub(super) fn standard(_: u32) -> Option<io::Result<File>> {
    None
}

/// Makes a folder for its owner alone, with those above it.
pub(super) fn private_folders(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}
