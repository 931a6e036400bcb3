//! What is read of one layer: the list of its entries, users and releases, and which files hold a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use palisade_archive::{ArchiveError, Entry, Kind, Limits, Visitor};
use palisade_model::secret::Class;

use super::files::{secret_in_file, wants};
use super::flaw::Flaw;
use super::listing::Listing;
use super::rootfs::split;
use super::tools::use_of;

/// Files with secrets that are kept of one layer.
const MOST_SECRETS: usize = 100;
/// Bytes of texts that are kept of one layer.
const MOST_TEXT: usize = 2 * 1024 * 1024;
/// Bytes that the list of a layer's entries may take: a million of them take less.
const LARGEST_LISTING: usize = 64 * 1024 * 1024;

/// Files that wait to be looked into, of a MiB each at the most.
const WAITING: usize = 8;

/// A file to be looked into: the number of its entry, its path, its content.
type Job = (u32, String, Vec<u8>);

/// Names of files whose text is kept, wherever they lie: links lead to them from where they are looked for.
const TEXTS: [&str; 2] = ["passwd", "os-release"];

/// What one layer holds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// All its entries.
    pub(super) listing: Listing,
    /// Texts of users and releases, by the number of the entry.
    pub(super) texts: BTreeMap<u32, String>,
    /// Files that hold a secret, by the number of the entry: the path as it is shown, and the class.
    pub(super) secrets: BTreeMap<u32, (String, Class)>,
    number: u32,
    wanted: Wanted,
    /// Who looks into files beside the reading; without anybody it is done at once.
    lookers: Option<SyncSender<Job>>,
}

/// Why the content of the present entry is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wanted {
    text: bool,
    secret: bool,
    program: bool,
}

impl Visitor for Scan {
    fn entry(&mut self, entry: &Entry<'_>) -> u64 {
        if self.listing.size() > LARGEST_LISTING {
            return 0;
        }
        self.number = self.listing.add(entry);
        if entry.kind != Kind::File {
            return 0;
        }
        let (_, name) = split(entry.path);
        self.wanted = Wanted {
            text: TEXTS.contains(&name) && self.texts.values().map(String::len).sum::<usize>() < MOST_TEXT,
            secret: self.secrets.len() < MOST_SECRETS && wants(entry.path, entry.size),
            program: entry.mode & 0o111 != 0 && use_of(name).is_some(),
        };
        match self.wanted {
            Wanted { text: false, secret: false, program: false } => 0,
            Wanted { text: false, secret: false, program: true } => 4,
            Wanted { .. } => u64::MAX,
        }
    }

    fn content(&mut self, path: &str, content: &[u8]) {
        if self.wanted.program && content.starts_with(b"\x7fELF") {
            self.listing.last_is_binary();
        }
        if self.wanted.text {
            self.texts.insert(self.number, String::from_utf8_lossy(content).into_owned());
        }
        if !self.wanted.secret {
            return;
        }
        match &self.lookers {
            // Where all of them have failed, the reading ends as they did.
            Some(lookers) => _ = lookers.send((self.number, path.to_owned(), content.to_vec())),
            None => self.secrets.extend(looked_into((self.number, path.to_owned(), content.to_vec()))),
        }
    }
}

/// The secret of one file, as it is kept.
fn looked_into((number, path, content): Job) -> Option<(u32, (String, Class))> {
    secret_in_file(&path, &content).map(|class| (number, (shown(&path), class)))
}

/// Looks into files until no more come.
fn look(jobs: &Mutex<Receiver<Job>>) -> Vec<(u32, (String, Class))> {
    let mut found = Vec::new();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return found };
        found.extend(looked_into(job));
    }
}

impl Scan {
    /// Reads a layer to its end. Files are looked into beside that, on the processors that there are.
    pub(super) fn read(layer: impl Read, unpacked: u64) -> Result<Self, Flaw> {
        let mut scan = Self::default();
        let count = std::thread::available_parallelism().map_or(1, |count| count.get().min(4));
        let (sender, receiver) = sync_channel(WAITING);
        let jobs = Arc::new(Mutex::new(receiver));
        let (read, found) = std::thread::scope(|scope| {
            let lookers = (0..count).map(|_| {
                let jobs = Arc::clone(&jobs);
                scope.spawn(move || look(&jobs))
            });
            let lookers: Vec<_> = lookers.collect();
            // The receiver goes with the last of them, so that nobody waits for one who has failed.
            drop(jobs);
            scan.lookers = Some(sender);
            let read = palisade_archive::read(layer, &limits(unpacked), &mut scan);
            scan.lookers = None;
            let found: Option<Vec<_>> = lookers.into_iter().map(|looker| looker.join().ok()).collect();
            (read, found)
        });
        read.map_err(flaw)?;
        let found = found.ok_or_else(|| Flaw::new("holds a file that cannot be looked into"))?;
        let found: BTreeMap<u32, (String, Class)> = found.into_iter().flatten().collect();
        scan.secrets = found.into_iter().take(MOST_SECRETS).collect();
        if scan.listing.size() > LARGEST_LISTING {
            return Err(Flaw::new("holds more names than are looked at"));
        }
        scan.listing.finish();
        Ok(scan)
    }

    /// How many bytes it takes, about.
    pub(super) fn size(&self) -> usize {
        let secrets: usize = self.secrets.values().map(|(path, _)| path.len() + 64).sum();
        self.listing.size() + self.texts.values().map(String::len).sum::<usize>() + secrets
    }
}

/// What is looked up in a layer once more, when all layers tell that a link leads to a file of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Second {
    /// Files by the number of the entry, with the paths that links give them.
    pub(super) named: BTreeMap<u32, Vec<String>>,
    /// Files whose text is wanted, by the number of the entry.
    pub(super) texts_of: BTreeSet<u32>,
    /// Paths of files with a secret.
    pub(super) secrets: Vec<(u32, String, Class)>,
    /// The texts.
    pub(super) texts: BTreeMap<u32, String>,
    next: u32,
}

impl Visitor for Second {
    fn entry(&mut self, _: &Entry<'_>) -> u64 {
        let number = self.next;
        self.next += 1;
        if self.named.contains_key(&number) || self.texts_of.contains(&number) { u64::MAX } else { 0 }
    }

    fn content(&mut self, _: &str, content: &[u8]) {
        let number = self.next - 1;
        if self.texts_of.contains(&number) {
            self.texts.insert(number, String::from_utf8_lossy(content).into_owned());
        }
        let paths = self.named.get(&number).into_iter().flatten();
        let found = paths.filter_map(|path| Some((number, shown(path), secret_in_file(path, content)?)));
        self.secrets.extend(found);
    }
}

impl Second {
    /// Reads a layer to its end.
    pub(super) fn read(mut self, layer: impl Read, unpacked: u64) -> Result<Self, Flaw> {
        palisade_archive::read(layer, &limits(unpacked), &mut self).map_err(flaw)?;
        Ok(self)
    }
}

pub(super) fn limits(unpacked: u64) -> Limits {
    const MIB: u64 = 1024 * 1024;
    Limits {
        unpacked,
        // What a few seconds go through.
        zeros: 8 * 1024 * MIB,
        // File systems come to ten.
        ratio: 200,
        ratio_counts_from: 16 * MIB,
        entries: 1_000_000,
        // What Linux allows a path to have.
        path: 4096,
        header: MIB,
        content: MIB,
    }
}

fn flaw(error: ArchiveError) -> Flaw {
    Flaw::new(error.to_string())
}

/// The path as it is shown: cut short, without control characters.
fn shown(path: &str) -> String {
    const LONGEST: usize = 300;
    let path = path.chars().filter(|character| !character.is_control()).take(LONGEST);
    ['/'].into_iter().chain(path).collect()
}
