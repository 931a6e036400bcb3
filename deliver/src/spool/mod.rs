//! The folder in which findings wait for a sink to take them.
//!
//! `waiting` holds batches, `refused` what a sink will not take, `damaged` files that could not be read, and `taken` a list for
//! each report of what the sink has, so that no crash sends it twice. Who delivers holds a lock of the operating system's, which
//! ends with the process. A file is written beside and then renamed: whoever looks sees all of it or none.

mod batch;
mod ledger;
mod lock;

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

pub(crate) use self::batch::{Batch, Unread};
pub(crate) use self::ledger::Ledger;
pub(crate) use self::lock::Lock;
use crate::Error;

/// How the names of files begin that are still being written.
const UNFINISHED: &str = ".new-";
const DAY: Duration = Duration::from_hours(24);

/// A folder in which findings wait for a sink to take them. Only its owner may look into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// The spool in this folder, which is made when it is needed.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The spool of a sink where the user's state is: `$XDG_STATE_HOME/palisade/spool/SINK`.
    pub fn of_sink(sink: &str, environment: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let folder = |name| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
        Ok(Self::at(state.ok_or(Error::NoSpool)?.join("palisade/spool").join(sink)))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts a batch into the spool.
    pub(crate) fn add(&self, batch: &Batch, now: Timestamp) -> Result<PathBuf, Error> {
        self.store("waiting", &batch.to_text()?, now)
    }

    /// Keeps items that a sink will not take, with the reason in the first line.
    pub(crate) fn refuse(&self, batch: &Batch, reason: &str, now: Timestamp) -> Result<PathBuf, Error> {
        self.store("refused", &batch.to_refused(reason)?, now)
    }

    /// Writes a batch anew, with the items that are left.
    pub(crate) fn replace(&self, path: &Path, batch: &Batch) -> Result<(), Error> {
        let folder = self.private("waiting")?;
        let written = write_beside(&folder, &batch.to_text()?)
            .and_then(|file| file.persist(path).map_err(|error| error.error))
            .and_then(|_| sync(&folder));
        written.map_err(|cause| Error::Spool { folder: path.to_owned(), cause })
    }

    /// Removes a batch of which nothing is left.
    pub(crate) fn remove(&self, path: &Path) -> Result<(), Error> {
        let removed = fs::remove_file(path).and_then(|()| sync(&self.folder.join("waiting")));
        removed.map_err(|cause| Error::Spool { folder: path.to_owned(), cause })
    }

    /// Moves a file that cannot be read to where nobody reads it, and gives its new place.
    pub(crate) fn set_aside(&self, path: &Path) -> Result<PathBuf, Error> {
        let place = self.private("damaged")?.join(path.file_name().unwrap_or_default());
        fs::rename(path, &place).map_err(|cause| Error::Spool { folder: path.to_owned(), cause })?;
        Ok(place)
    }

    /// Removes files that were never finished: what is being written now is not that old.
    pub(crate) fn sweep(&self, now: Timestamp) -> Result<(), Error> {
        for within in ["waiting", "refused"] {
            let folder = self.private(within)?;
            let swept = sweep(&folder, SystemTime::from(now));
            swept.map_err(|cause| Error::Spool { folder, cause })?;
        }
        Ok(())
    }

    /// The batches, those first that came first.
    pub(crate) fn waiting(&self) -> Result<Vec<PathBuf>, Error> {
        let folder = self.private("waiting")?;
        let error = |cause| Error::Spool { folder: folder.clone(), cause };
        let entries = fs::read_dir(&folder).map_err(error)?;
        let entries: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut paths = entries.map_err(|cause| Error::Spool { folder: folder.clone(), cause })?;
        // What is being written beside begins with a dot.
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "batch"));
        paths.sort();
        Ok(paths)
    }

    fn store(&self, within: &str, text: &[u8], now: Timestamp) -> Result<PathBuf, Error> {
        let folder = self.private(within)?;
        store(&folder, text, now).map_err(|cause| Error::Spool { folder, cause })
    }

    /// A folder of the spool that only its owner may enter.
    fn private(&self, within: &str) -> Result<PathBuf, Error> {
        let folder = self.folder.join(within);
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|cause| Error::Spool { folder: folder.clone(), cause })?;
        Ok(folder)
    }
}

/// Stores a text under a name that is new, and later in the alphabet than those before.
fn store(folder: &Path, text: &[u8], now: Timestamp) -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut file = write_beside(folder, text)?;
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{:015}-{count:08}-{}.batch", now.as_millisecond().max(0), std::process::id());
        let path = folder.join(name);
        match file.persist_noclobber(&path) {
            Ok(_) => {
                sync(folder)?;
                return Ok(path);
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => file = error.file,
            Err(error) => return Err(error.error),
        }
    }
}

fn sweep(folder: &Path, now: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_unfinished = entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED));
        // Of another run, it may be gone by now.
        let Some(written) = entry.metadata().ok().and_then(|data| data.modified().ok()) else { continue };
        if is_unfinished && now.duration_since(written).is_ok_and(|age| age > DAY) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A file without a name of its own yet, readable by its owner only.
fn write_beside(folder: &Path, text: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes the names in a folder outlive a loss of power, where the system can.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A short name for a long one, by which the long one cannot be had.
pub(crate) fn digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text)[..8])
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
