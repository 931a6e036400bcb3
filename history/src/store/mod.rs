//! A database of runs: since when a finding is open, what became of it, and how the account fares over time.
//!
//! One file of SQLite for many accounts, which two runs may write at once: one waits for the seconds of the other's commit.
//! It stays on a local disk; what is shared are reports.

mod error;
mod finding;
mod read;
mod record;
mod schema;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

pub use self::error::StoreError;
pub use self::read::{Point, TimeToFix, Which};
pub use self::record::Recorded;
use self::schema::{APPLICATION, Head, MIGRATIONS};

/// For how long one waits for another's commit.
const PATIENCE: Duration = Duration::from_mins(1);

/// What every database of SQLite begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// The length of what a database says of itself first.
const HEAD: usize = 100;

/// A history that is open.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    connection: Connection,
}

impl History {
    /// Opens a history, which is begun when there is no such file. Only its owner may read it then.
    ///
    /// A file that is something else, that is damaged or that is empty is an error, and stays as it is.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_as(path, MIGRATIONS)
    }

    /// Opens a history of this version's form or an earlier one.
    fn open_as(path: &Path, migrations: &[&str]) -> Result<Self, StoreError> {
        let open = |cause| StoreError::Open { path: path.to_owned(), cause };
        let begin = match begin_of(path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                create(path, migrations)?;
                begin_of(path)
            }
            other => other,
        };
        let begin = begin.map_err(open)?;
        if begin.is_empty() {
            return Err(StoreError::Empty { path: path.to_owned() });
        }
        if !begin.starts_with(MAGIC) {
            return Err(StoreError::NoDatabase { path: path.to_owned() });
        }
        if is_cut(path, &begin).map_err(open)? {
            return Err(StoreError::Damaged { path: path.to_owned(), what: "it was cut short".to_owned() });
        }
        let failed = |cause| StoreError::of(path, cause);
        let mut connection = connect(path).map_err(failed)?;
        let Head { application, version } = schema::head(&connection).map_err(failed)?;
        if application != APPLICATION {
            return Err(StoreError::Foreign { path: path.to_owned() });
        }
        match usize::try_from(version) {
            Ok(known) if (1..=migrations.len()).contains(&known) => {}
            _ => return Err(StoreError::Newer { path: path.to_owned(), found: version }),
        }
        let check = |row: &rusqlite::Row| row.get::<_, String>(0);
        let found = connection.pragma_query_value(None, "quick_check", check).map_err(failed)?;
        if found != "ok" {
            return Err(StoreError::Damaged {
                path: path.to_owned(),
                what: "its pages do not fit together".to_owned(),
            });
        }
        schema::migrate(&mut connection, migrations).map_err(failed)?;
        Ok(Self { path: path.to_owned(), connection })
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        let path = self.path.clone();
        move |cause| StoreError::of(&path, cause)
    }
}

/// The first bytes of a file.
fn begin_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut begin = Vec::with_capacity(HEAD);
    File::open(path)?.take(HEAD as u64).read_to_end(&mut begin)?;
    Ok(begin)
}

/// Whether a database has fewer pages than it says: one of which less than a page is left would pass for a new one.
///
/// Source: <https://www.sqlite.org/fileformat.html#the_database_header>
fn is_cut(path: &Path, begin: &[u8]) -> io::Result<bool> {
    let number = |from: usize, to: usize| {
        begin.get(from..to).map(|bytes| bytes.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte)))
    };
    let (Some(size), Some(pages), HEAD) = (number(16, 18), number(28, 32), begin.len()) else { return Ok(true) };
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    // Somebody is writing, or stopped while writing: SQLite puts that in order.
    if Path::new(&journal).exists() {
        return Ok(false);
    }
    let size = if size == 1 { 65_536 } else { size };
    Ok(std::fs::metadata(path)?.len() < size.saturating_mul(pages))
}

/// Makes an empty history under another name, and gives it its own once it is whole: a file that is there is a history.
fn create(path: &Path, migrations: &[&str]) -> Result<(), StoreError> {
    let open = |cause| StoreError::Open { path: path.to_owned(), cause };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let new = tempfile::Builder::new().prefix(".palisade-").tempfile_in(folder).map_err(open)?;
    let made = connect(new.path()).and_then(|mut connection| schema::migrate(&mut connection, migrations));
    made.map_err(|cause| StoreError::of(path, cause))?;
    match new.persist_noclobber(path) {
        Ok(_) => Ok(()),
        // Another run was faster.
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(failed) => Err(open(failed.error)),
    }
}

/// Connects to a file that is there.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    // A file may come from anywhere: what stands in its tables of tables runs nothing.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}
