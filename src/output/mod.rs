//! Where results go. Every place is tried before the first call; what it holds is never lost half-way; and a result that
//! cannot go there in the end is kept elsewhere.

mod file;
mod metadata;
mod place;
pub(crate) mod reports;
mod spool;
mod standard;

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use palisade_model::{Inventory, saved};
use tokio::sync::{oneshot, watch};

pub(crate) use self::standard::{but_closed, to_stdout};

use self::metadata::Identity;
use self::place::{Descriptor, Place};

/// After so long it is said that a pipe waits for its reader.
const PATIENCE: Duration = Duration::from_millis(500);

/// Why a place is not fit for a result, or where a result is instead.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    /// The command line asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    #[error("cannot write {place}: {cause}")]
    Unfit { place: String, cause: io::Error },
    #[error("{first} and {second} are one file: the second report would overwrite the first")]
    Twice { first: String, second: String },
    #[error("{output} is a file that the run reads ({input}): the report would overwrite it")]
    Source { output: String, input: String },
    #[error("stopped while {0} waited for a reader")]
    Stopped(String),
    #[error("{failures}. Nothing is lost: {kept}")]
    Kept { failures: String, kept: String },
    #[error("{failures}, nor could it be kept elsewhere: {refusals}")]
    Lost { failures: String, refusals: String },
}

/// Where one result goes.
#[derive(Debug)]
pub(crate) enum Destination {
    /// Standard output.
    Standard,
    /// What takes text as it comes: a device, a pipe, a file that the shell opened.
    Stream { path: PathBuf, file: File },
    /// A file, written when there is something to write.
    File { path: PathBuf },
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => formatter.write_str("standard output"),
            Self::Stream { path, .. } | Self::File { path } => path.display().fmt(formatter),
        }
    }
}

/// Tries all places of a run: files by their paths, and standard output. None may be another's file, or one of the
/// files that the run reads.
pub(crate) async fn open(
    places: impl IntoIterator<Item = Option<&Path>>,
    sources: &[Option<&Path>],
    stop: &watch::Receiver<bool>,
) -> Result<Vec<Destination>, OutputError> {
    let read: Vec<_> =
        sources.iter().flatten().filter_map(|path| Some((*path, Place::of(path).ok()?.identity().ok()??))).collect();
    let mut taken: Vec<(Identity, String)> = Vec::new();
    let mut opened = Vec::new();
    for place in places {
        let (destination, identity) = match place {
            None => (Destination::Standard, standard::identity()),
            Some(path) => try_path(path, stop).await?,
        };
        if let Some(identity) = identity {
            if let Some((source, _)) = read.iter().find(|(_, known)| *known == identity) {
                let input = source.display().to_string();
                return Err(OutputError::Source { output: destination.to_string(), input });
            }
            if let Some((_, first)) = taken.iter().find(|(known, _)| *known == identity) {
                return Err(OutputError::Twice { first: first.clone(), second: destination.to_string() });
            }
            taken.push((identity, destination.to_string()));
        }
        opened.push(destination);
    }
    Ok(opened)
}

async fn try_path(path: &Path, stop: &watch::Receiver<bool>) -> Result<(Destination, Option<Identity>), OutputError> {
    let unfit = |cause| OutputError::Unfit { place: path.display().to_string(), cause };
    let place = Place::of(path).map_err(unfit)?;
    let identity = place.identity().map_err(unfit)?;
    let stream = |file| Destination::Stream { path: path.to_owned(), file };
    let plain = Destination::File { path: path.to_owned() };
    let destination = match &place {
        Place::Descriptor { path, descriptor, metadata: _ } => {
            // A file that the shell passed on may hold what others wrote: never from its start.
            let opened = match descriptor {
                Descriptor::Own(number) => metadata::standard(*number),
                Descriptor::Other => None,
            };
            let opened = opened.unwrap_or_else(|| OpenOptions::new().append(true).open(path));
            stream(opened.map_err(unfit)?)
        }
        Place::Device { path, metadata: _ } => stream(OpenOptions::new().write(true).open(path).map_err(unfit)?),
        Place::Fifo { path, metadata: _ } => stream(open_fifo(path, stop).await?),
        Place::File { path, metadata: _ } => {
            file::try_old(path).map_err(unfit)?;
            plain
        }
        Place::Free { folder, name: _ } => {
            file::try_new(folder).map_err(unfit)?;
            plain
        }
    };
    Ok((destination, identity))
}

/// Opens a pipe, which waits until somebody reads it. A thread waits, so that the run can still be stopped.
async fn open_fifo(path: &Path, stop: &watch::Receiver<bool>) -> Result<File, OutputError> {
    let name = path.display().to_string();
    let (sender, mut opened) = oneshot::channel();
    let fifo = path.to_owned();
    std::thread::spawn(move || sender.send(OpenOptions::new().write(true).open(fifo)));
    let mut stop = stop.clone();
    let stopped = async { while !*stop.borrow_and_update() && stop.changed().await.is_ok() {} };
    tokio::pin!(stopped);
    let mut patient = true;
    loop {
        tokio::select! {
            opened = &mut opened => {
                let opened = opened.unwrap_or_else(|_| Err(io::Error::other("the thread that opens it ended")));
                return opened.map_err(|cause| OutputError::Unfit { place: name, cause });
            }
            () = &mut stopped => return Err(OutputError::Stopped(name)),
            () = tokio::time::sleep(PATIENCE), if patient => {
                patient = false;
                tracing::warn!("waiting for somebody to read {name}");
            }
        }
    }
}

impl Destination {
    /// Writes a result. A reader that has seen enough, such as `head`, is no error.
    pub(crate) fn write(&self, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::Standard => to_stdout(content),
            Self::Stream { file, .. } => {
                let mut out = BufWriter::new(file);
                but_closed(content(&mut out).and_then(|()| out.flush()))
            }
            // What is at the path may have changed since it was tried.
            Self::File { path } => match Place::of(path)? {
                Place::File { path, metadata } => file::write_old(&path, &metadata, content),
                Place::Free { folder, name } => file::write_new(&folder.join(name), content),
                Place::Descriptor { path, .. } | Place::Device { path, .. } | Place::Fifo { path, .. } => {
                    let mut out = BufWriter::new(OpenOptions::new().append(true).open(path)?);
                    but_closed(content(&mut out).and_then(|()| out.flush()))
                }
            },
        }
    }
}

/// Replaces a file's content, or makes the file.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), OutputError> {
    let destination = Destination::File { path: path.to_owned() };
    let written = destination.write(|out| out.write_all(content));
    written.map_err(|cause| OutputError::Unfit { place: path.display().to_string(), cause })
}

/// Writes an inventory.
pub(crate) fn write_inventory(destination: &Destination, inventory: &Inventory) -> Result<(), OutputError> {
    let written = destination.write(|out| inventory_into(inventory, out));
    written.map_err(|cause| keep(&[(destination.to_string(), cause)], Some(inventory), &[]))
}

/// Keeps results that could not be written, and the inventory that they were made of, where there is one.
pub(crate) fn keep(
    failures: &[(String, io::Error)],
    inventory: Option<&Inventory>,
    reports: &[spool::Kept<'_>],
) -> OutputError {
    let failures: Vec<_> = failures.iter().map(|(place, cause)| format!("cannot write {place}: {cause}")).collect();
    let failures = failures.join("; ");
    let content = |out: &mut dyn Write| inventory.map_or(Ok(()), |inventory| inventory_into(inventory, out));
    let mut results: Vec<spool::Kept<'_>> = Vec::new();
    if inventory.is_some() {
        results.push(("inventory.json".to_owned(), &content));
    }
    results.extend(reports.iter().cloned());
    match spool::keep(&results) {
        Err(refusals) => OutputError::Lost { failures, refusals },
        Ok(folder) => {
            let at = |name: &str| folder.join(name).display().to_string();
            let paths: Vec<_> = reports.iter().map(|(name, _)| at(name)).collect();
            let reports = match paths.as_slice() {
                [] => None,
                [path] => Some(format!("the report is in {path}")),
                paths => Some(format!("the reports are in {}", paths.join(" and "))),
            };
            let inventory =
                inventory.map(|_| format!("what was read is in {}, for `palisade audit --from`", at("inventory.json")));
            let kept: Vec<_> = reports.into_iter().chain(inventory).collect();
            OutputError::Kept { failures, kept: kept.join(", and ") }
        }
    }
}

fn inventory_into(inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    Ok(saved::write(inventory, out)?)
}
