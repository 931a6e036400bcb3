//! What the repositories of an account hold: manifests and blobs under their digests.

mod attached;
mod content;
mod cycle;
mod digest;
mod layers;
mod manifest;

use std::collections::HashMap;

use hyper::body::Bytes;
use jiff::Timestamp;

use crate::account::{Account, Image, Repository, USUAL_PLATFORM};
use content::build;

/// The repositories of all Regions, by Region and name.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    shelves: HashMap<String, HashMap<String, Shelf>>,
}

impl Catalogue {
    pub(crate) fn new(account: &Account, today: Timestamp) -> Catalogue {
        let shelves = account.regions.iter().map(|(name, region)| {
            let repositories = region.ecr.repositories.iter();
            (name.clone(), repositories.map(|one| (one.name.clone(), Shelf::new(one, today))).collect())
        });
        Catalogue { shelves: shelves.collect() }
    }

    pub(crate) fn shelf(&self, region: &str, repository: &str) -> Option<&Shelf> {
        self.shelves.get(region)?.get(repository)
    }
}

/// What one repository holds, without the content itself: that is built again when it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) entries: Vec<Entry>,
    by_digest: HashMap<String, usize>,
    by_tag: HashMap<String, usize>,
    /// The image that a blob belongs to, by its digest; `None` in its place for a layer that cannot be downloaded.
    blobs: HashMap<String, Option<usize>>,
}

/// A manifest in a repository.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) digest: String,
    /// The place of its image in the account file's list.
    pub(crate) image: usize,
    /// Which of the image's manifests it is: 0 for the image or index itself.
    pub(crate) part: usize,
    pub(crate) tags: Vec<String>,
    pub(crate) media_type: &'static str,
    pub(crate) artifact_type: Option<&'static str>,
    pub(crate) size: u64,
    pub(crate) subject: Option<String>,
}

impl Entry {
    /// The platform of an image; an index has none, nor has what hangs on an image.
    pub(crate) fn platform<'a>(&self, image: &'a Image) -> Option<&'a str> {
        match image.platforms.as_slice() {
            [] | [_] if self.part > 0 => None,
            [] => Some(USUAL_PLATFORM),
            [one] => Some(one),
            several => several.get(self.part.checked_sub(1)?).map(String::as_str),
        }
    }
}

/// What is found under the digest of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Here,
    /// It is named, and not there.
    Absent,
    Unknown,
}

impl Shelf {
    fn new(repository: &Repository, today: Timestamp) -> Shelf {
        let mut shelf = Shelf::default();
        for (place, image) in repository.images.iter().enumerate() {
            shelf.add(place, image, &seed(repository, place), today);
        }
        shelf
    }

    fn add(&mut self, place: usize, image: &Image, seed: &str, today: Timestamp) {
        let content = build(seed, image, today);
        for blob in content.blobs {
            self.blobs.insert(blob.digest, Some(place));
        }
        for digest in content.absent {
            self.blobs.entry(digest).or_insert(None);
        }
        for (part, manifest) in content.manifests.into_iter().enumerate() {
            let mut tags = if part == 0 { image.tags.clone() } else { Vec::new() };
            tags.extend(manifest.tag);
            let number = self.entries.len();
            self.by_tag.extend(tags.iter().map(|tag| (tag.clone(), number)));
            self.by_digest.insert(manifest.digest.clone(), number);
            self.entries.push(Entry {
                digest: manifest.digest,
                image: place,
                part,
                tags,
                media_type: manifest.media_type,
                artifact_type: manifest.artifact_type,
                size: manifest.size,
                subject: manifest.subject,
            });
        }
    }

    pub(crate) fn by_digest(&self, digest: &str) -> Option<&Entry> {
        self.entries.get(*self.by_digest.get(digest)?)
    }

    pub(crate) fn by_tag(&self, tag: &str) -> Option<&Entry> {
        self.entries.get(*self.by_tag.get(tag)?)
    }

    pub(crate) fn blob(&self, digest: &str) -> Found {
        match self.blobs.get(digest) {
            Some(Some(_)) => Found::Here,
            Some(None) => Found::Absent,
            None => Found::Unknown,
        }
    }

    /// What is downloaded for the digest of a blob.
    pub(crate) fn body(&self, repository: &Repository, digest: &str, today: Timestamp) -> Option<Bytes> {
        let place = (*self.blobs.get(digest)?)?;
        let content = build(&seed(repository, place), repository.images.get(place)?, today);
        content.blobs.into_iter().find(|blob| blob.digest == digest).map(|blob| blob.body)
    }

    /// The text of a manifest.
    pub(crate) fn manifest(repository: &Repository, entry: &Entry, today: Timestamp) -> Option<String> {
        let content = build(&seed(repository, entry.image), repository.images.get(entry.image)?, today);
        content.manifests.into_iter().nth(entry.part).map(|manifest| manifest.body)
    }
}

/// What makes up the parts of an image that the file leaves out: its first tag, so that adding images changes no digest.
fn seed(repository: &Repository, place: usize) -> String {
    let tag = repository.images.get(place).and_then(|image| image.tags.first());
    tag.map_or_else(|| format!("{} {place}", repository.name), |tag| format!("{}:{tag}", repository.name))
}
