//! What a path after `--output` stands for.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::metadata::{self, Identity};

/// How many links are followed, as on Linux.
const LINKS: usize = 40;

/// What there is at a path, links followed.
#[derive(Debug)]
pub(super) enum Place {
    /// An open file that the shell passed on by its number, such as `/dev/stdout` or a process substitution.
    Descriptor { path: PathBuf, descriptor: Descriptor, metadata: Metadata },
    /// A device or another thing that takes what is written, and is no file to be replaced.
    Device { path: PathBuf, metadata: Metadata },
    /// A pipe with a name.
    Fifo { path: PathBuf, metadata: Metadata },
    /// A plain file.
    File { path: PathBuf, metadata: Metadata },
    /// A name in a folder, for which there is no file yet.
    Free { folder: PathBuf, name: OsString },
}

/// An open file by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Descriptor {
    /// One of this process.
    Own(u32),
    /// One of another.
    Other,
}

impl Place {
    /// Looks at a path.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        // The kernel is asked first: it may refuse to follow a stranger's link, which `follow` would not.
        let metadata = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let path = follow(path)?;
        let Some(metadata) = metadata else { return free(&path) };
        if let Some(descriptor) = descriptor(&path) {
            return Ok(Self::Descriptor { path, descriptor, metadata });
        }
        Ok(if metadata::is_fifo(&metadata) {
            Self::Fifo { path, metadata }
        } else if metadata.is_file() {
            Self::File { path, metadata }
        } else {
            Self::Device { path, metadata }
        })
    }

    /// What tells whether another path is the same file; none where two reports do each other no harm.
    pub(super) fn identity(&self) -> io::Result<Option<Identity>> {
        match self {
            Self::Descriptor { path, metadata, .. }
            | Self::Device { path, metadata }
            | Self::Fifo { path, metadata }
            | Self::File { path, metadata } => {
                let matters = !metadata::is_character_device(metadata);
                matters.then(|| metadata::identity(path, metadata)).transpose()
            }
            Self::Free { folder, name } => Ok(Some(Identity::Name(Box::new(Identity::at(folder)?), name.clone()))),
        }
    }
}

/// The folder of a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The path without a link at its end, whether or not there is a file. The links of `/proc/self/fd` stay: what they
/// read is no path.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        if !is_link || descriptor(&path).is_some() {
            return Ok(path);
        }
        path = folder_of(&path).join(fs::read_link(&path)?);
    }
    Err(io::Error::other("too many links"))
}

/// The open file that a path names by its number, if it does.
fn descriptor(path: &Path) -> Option<Descriptor> {
    let folder = fs::canonicalize(folder_of(path)).ok()?;
    let of_process = folder.starts_with("/proc") && folder.ends_with("fd");
    if !of_process && folder != Path::new("/dev/fd") {
        return None;
    }
    let is_own = !of_process || fs::canonicalize("/proc/self").is_ok_and(|process| folder.starts_with(process));
    let number = path.file_name()?.to_str()?.parse().ok()?;
    Some(if is_own { Descriptor::Own(number) } else { Descriptor::Other })
}

fn free(path: &Path) -> io::Result<Place> {
    let folder = folder_of(path);
    let is_folder_name = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    let missing = if is_folder_name { path } else { folder };
    if is_folder_name || !folder.is_dir() {
        let message = format!("the folder {} is not there", missing.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    Ok(Place::Free { folder: folder.to_owned(), name: name.to_owned() })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn paths_are_told_apart_by_what_they_lead_to() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "").unwrap();
        symlink("file", at("link")).unwrap();
        symlink(at("nowhere"), at("dangling")).unwrap();
        symlink("/dev/null", at("null")).unwrap();
        symlink("/dev/stdout", at("standard")).unwrap();
        assert!(matches!(Place::of(&at("link")), Ok(Place::File { path, .. }) if path == at("file")));
        assert!(matches!(Place::of(&at("dangling")), Ok(Place::Free { name, .. }) if name == "nowhere"));
        assert!(matches!(Place::of(&at("null")), Ok(Place::Device { .. })));
        assert!(matches!(Place::of(&at("standard")), Ok(Place::Descriptor { descriptor: Descriptor::Own(1), .. })));
        assert!(matches!(
            Place::of(Path::new("/proc/thread-self/fd/2")),
            Ok(Place::Descriptor { descriptor: Descriptor::Own(2), .. })
        ));
    }

    #[test]
    fn what_cannot_be_a_file_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "").unwrap();
        symlink("round", at("round")).unwrap();
        let error = |path: &Path| Place::of(path).unwrap_err().to_string();
        assert!(error(&at("missing/report")).contains("missing is not there"), "{}", error(&at("missing/report")));
        assert!(error(&at("missing/")).contains("is not there"));
        assert!(error(&at("file/report")).contains("os error 20"));
        assert_eq!(error(folder.path()), "is a directory");
        assert!(error(&at("round")).contains("os error 40"));
    }
}
