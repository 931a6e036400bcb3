//! Images on this machine: an OCI layout in a folder, or what `docker save` writes. They are read as those of a registry
//! are, and nothing is unpacked to disk.
//!
//! Sources: <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>,
//! <https://github.com/moby/docker-image-spec/blob/main/spec.md> (Combined Image JSON + Filesystem Changeset Format)

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_archive::{Member, members};
use palisade_model::ecr::{Attestations, Content, Unread};
use palisade_model::{Fact, Place, Reason};
use sha2::{Digest as _, Sha256};

use super::config::{self, Configured};
use super::flaw::Flaw;
use super::go_json::{Fields, Json};
use super::layers::add;
use super::manifest::{self, Descriptor, Kind, LONGEST, Listed, Manifest, Notes, digest_of, written};
use super::manifests::{DEEPEST, Found, MOST_MANIFESTS, entries};
use super::scan::{Scan, limits};
use super::statements;
use super::system::{Claims, System};

/// Where an image lies on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalImage {
    /// A folder in the form of an OCI layout, and which of its images, by the name that its index gives it; all of them
    /// where none is named.
    OciLayout(PathBuf, Option<String>),
    /// A file that `docker save` wrote, unpacked.
    DockerArchive(PathBuf),
}

/// What is asked of it.
pub(in crate::ecr) struct LocalPlan<'a> {
    /// Bytes that each layer may unpack to.
    pub(in crate::ecr) most: u64,
    /// The one platform that is looked at.
    pub(in crate::ecr) platform: Option<&'a str>,
    pub(in crate::ecr) place: &'a Arc<Place>,
}

/// One image with its platforms.
pub(in crate::ecr) struct Local {
    pub(in crate::ecr) digest: String,
    pub(in crate::ecr) tags: Vec<String>,
    pub(in crate::ecr) is_index: bool,
    pub(in crate::ecr) contents: Vec<Content>,
}

/// What holds the blobs.
enum Blobs {
    Folder(PathBuf),
    Archive(PathBuf, BTreeMap<String, Member>),
}

impl Blobs {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read>, Flaw> {
        let lacking = |_| Flaw::new("is not there");
        match self {
            Self::Folder(folder) => {
                let hex = descriptor.digest.strip_prefix("sha256:").unwrap_or_default();
                Ok(Box::new(File::open(folder.join("blobs/sha256").join(hex)).map_err(lacking)?))
            }
            Self::Archive(path, members) => {
                let member = members.get(&descriptor.digest).ok_or_else(|| Flaw::new("is not there"))?;
                let mut file = File::open(path).map_err(lacking)?;
                file.seek(SeekFrom::Start(member.offset)).map_err(lacking)?;
                Ok(Box::new(file.take(member.size)))
            }
        }
    }

    /// A short blob. Its digest is verified, where it is named by one.
    fn bytes(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Flaw> {
        let mut bytes = Vec::new();
        let read = self.open(descriptor)?.take(LONGEST + 1).read_to_end(&mut bytes);
        read.map_err(|_| Flaw::new("cannot be read"))?;
        if bytes.len() as u64 > LONGEST {
            return Err(Flaw::new(format!("has more than {LONGEST} bytes")));
        }
        if self.is_verified() && digest_of(&bytes) != descriptor.digest {
            return Err(Flaw::new("has content of another digest"));
        }
        Ok(bytes)
    }

    /// Reads a layer to its end, and verifies its digest.
    fn layer<T>(
        &self,
        descriptor: &Descriptor,
        read: impl FnOnce(&mut dyn Read) -> Result<T, Flaw>,
    ) -> Result<T, Flaw> {
        let mut hashed = Hashed { inner: self.open(descriptor)?, hash: Sha256::new() };
        let found = read(&mut hashed)?;
        std::io::copy(&mut hashed, &mut std::io::sink()).map_err(|_| Flaw::new("cannot be read"))?;
        if self.is_verified() && descriptor.digest != written(&hashed.hash.finalize()) {
            return Err(Flaw::new("has content of another digest"));
        }
        Ok(found)
    }

    /// Whether blobs are named by their digests.
    fn is_verified(&self) -> bool {
        match self {
            Self::Folder(_) => true,
            Self::Archive(..) => false,
        }
    }
}

/// Hashes what is read through it.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.hash.update(&buffer[..length]);
        Ok(length)
    }
}

/// Reads all images of a place; why not, as the rest of a sentence that begins with the place.
pub(in crate::ecr) fn read(image: &LocalImage, plan: &LocalPlan<'_>) -> Result<Vec<Local>, String> {
    match image {
        LocalImage::OciLayout(folder, name) => oci_layout(folder, name.as_deref(), plan),
        LocalImage::DockerArchive(path) => docker_archive(path, plan),
    }
}

fn short(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("holds no {} ({error})", name_of(path)))?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|error| format!("holds a {} that {error}", name_of(path)))?;
    Ok(bytes)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn oci_layout(folder: &Path, name: Option<&str>, plan: &LocalPlan<'_>) -> Result<Vec<Local>, String> {
    const NAME: &str = "org.opencontainers.image.ref.name";
    short(&folder.join("oci-layout"))?;
    let text = short(&folder.join("index.json"))?;
    let json = Json::parse(&text).ok_or("holds an index.json that cannot be read")?;
    let fields = Fields::of(&json).map_err(|flaw| format!("holds an index.json that {flaw}"))?;
    let listed = fields.objects("manifests").map_err(|flaw| format!("holds an index.json that {flaw}"))?;
    let blobs = Blobs::Folder(folder.to_owned());
    let mut images = Vec::new();
    for entry in listed {
        let flawed = |flaw: Flaw| format!("holds an index.json that {flaw}");
        let tag = entry.map("annotations").map_err(flawed)?.get(NAME).map(|tag| (*tag).to_owned());
        if name.is_some() && tag.as_deref() != name {
            continue;
        }
        let digest = entry.text("digest").map_err(flawed)?.unwrap_or_default().to_owned();
        let flawed = |flaw: Flaw| format!("holds a manifest {digest} that {flaw}");
        let kind = parsed(&blobs, &digest).map_err(flawed)?;
        let is_index = matches!(kind, Kind::Index(_));
        let manifests = manifests(&blobs, kind, &digest).map_err(flawed)?;
        // A signature beside an image is no image.
        if manifests.is_empty() {
            continue;
        }
        let contents = contents(&blobs, &manifests, plan)?;
        images.push(Local { digest, tags: tag.into_iter().collect(), is_index, contents });
    }
    match (images.is_empty(), name) {
        (false, _) => Ok(images),
        (true, Some(name)) => Err(format!("holds no image {name}")),
        (true, None) => Err("is not an image: it holds none".to_owned()),
    }
}

fn parsed(blobs: &Blobs, digest: &str) -> Result<Kind, Flaw> {
    let descriptor = Descriptor { digest: digest.to_owned(), ..Descriptor::default() };
    let bytes = blobs.bytes(&descriptor)?;
    let text = String::from_utf8(bytes).map_err(|_| Flaw::new("is no manifest that can be read"))?;
    manifest::parse(digest, &text)
}

/// The images of a manifest, those of an index and of the indexes in it included.
fn manifests(blobs: &Blobs, kind: Kind, digest: &str) -> Result<Vec<Manifest>, Flaw> {
    let index = match kind {
        Kind::Image(manifest) => return Ok(vec![manifest]),
        Kind::Artifact(_) => return Ok(Vec::new()),
        Kind::Index(index) => index,
    };
    let (mut found, mut seen) = (Found::default(), BTreeSet::from([digest.to_owned()]));
    let mut level: Vec<(Listed, Notes)> = entries(index, &Notes::default());
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for (entry, notes) in level {
            if !entry.is_manifest || !seen.insert(entry.digest.clone()) {
                continue;
            }
            match parsed(blobs, &entry.digest) {
                Ok(kind) => found.add(kind, entry, &notes, &mut next),
                Err(flaw) if entry.is_no_image => found.flaw = Some(format!("{} {flaw}", entry.digest)),
                Err(flaw) => return Err(Flaw::new(format!("lists {}, which {flaw}", entry.digest))),
            }
        }
        if seen.len() > MOST_MANIFESTS {
            return Err(Flaw::new(format!("lists more than {MOST_MANIFESTS} manifests")));
        }
        if next.is_empty() {
            return Ok(found.images());
        }
        level = next;
    }
    Err(Flaw::new(format!("is an index of more than {DEEPEST} within each other")))
}

fn contents(blobs: &Blobs, manifests: &[Manifest], plan: &LocalPlan<'_>) -> Result<Vec<Content>, String> {
    let is_wanted = |platform: Option<&str>| {
        plan.platform.zip(platform).is_none_or(|(wanted, one)| super::is_platform(wanted, one))
    };
    let mut contents = Vec::new();
    for manifest in manifests.iter().filter(|manifest| is_wanted(manifest.platform.as_deref())) {
        let digest = &manifest.configuration.digest;
        let flawed = |flaw: Flaw| format!("holds a configuration {digest} that {flaw}");
        let bytes = blobs.bytes(&manifest.configuration).map_err(flawed)?;
        let Configured { mut content, search_path } = config::parse(manifest, &bytes, plan.place).map_err(flawed)?;
        if !is_wanted(Some(&content.platform)) {
            continue;
        }
        content.attestations = attestations(blobs, manifest, plan.place);
        add_files(blobs, manifest, plan, &search_path, &mut content)?;
        contents.push(content);
    }
    match plan.platform {
        Some(platform) if contents.is_empty() => Err(format!("holds no image for the platform {platform}")),
        Some(_) | None => Ok(contents),
    }
}

fn attestations(blobs: &Blobs, manifest: &Manifest, place: &Arc<Place>) -> Fact<Attestations> {
    let gap = |why: String| {
        Fact::Unknown(palisade_model::Gap {
            action: palisade_model::Action::EcrGetDownloadUrlForLayer,
            place: Arc::clone(place),
            reason: Reason::Failed(why),
        })
    };
    if let Some(flaw) = &manifest.statements.flaw {
        return gap(format!("the attestation {flaw}"));
    }
    let mut attestations = Attestations::default();
    for blob in &manifest.statements.blobs {
        let added = statements::is_about_the_build(blob, &mut attestations)
            .then(|| blobs.bytes(blob).and_then(|bytes| statements::add(&mut attestations, &bytes)));
        if let Some(Err(flaw)) = added {
            return gap(format!("the attestation {} {flaw}", blob.digest));
        }
    }
    Fact::Known(attestations)
}

fn add_files(
    blobs: &Blobs,
    manifest: &Manifest,
    plan: &LocalPlan<'_>,
    search_path: &str,
    content: &mut Content,
) -> Result<(), String> {
    let (mut scans, mut unread) = (Vec::new(), Vec::new());
    for layer in &manifest.layers {
        let scan = if layer.is_elsewhere {
            Ok(Scan::default())
        } else {
            blobs.layer(layer, |reader| Scan::read(reader, plan.most))
        };
        match scan {
            Ok(scan) => scans.push(Some(Arc::new(scan))),
            Err(flaw) => {
                unread.push(Unread { digest: layer.digest.clone(), reason: Reason::Failed(flaw.to_string()) });
                scans.push(None);
            }
        }
    }
    let mut system = System::new(scans);
    for (number, second) in &mut system.second {
        let layer = &manifest.layers[usize::from(*number)];
        let wanted = second.clone();
        *second = blobs
            .layer(layer, |reader| wanted.read(reader, plan.most))
            .map_err(|flaw| format!("holds a layer {} that {flaw}", layer.digest))?;
    }
    let digests: Vec<&str> = manifest.layers.iter().map(|layer| layer.digest.as_str()).collect();
    let user = content.user.clone().unwrap_or_default();
    let distribution = content.distribution.clone();
    let claims = Claims { user: &user, search_path, distribution: distribution.as_ref() };
    let told = system.told(&digests, unread, &claims);
    content.files = Fact::Known(add(told, content));
    Ok(())
}

/// What `docker save` writes lists its images in `manifest.json`, by the paths of configurations and layers.
fn docker_archive(path: &Path, plan: &LocalPlan<'_>) -> Result<Vec<Local>, String> {
    let file = File::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    let members = members(file, &limits(u64::MAX))
        .map_err(|error| format!("{error}; write it as `docker save` does, and not packed"))?;
    let blobs = Blobs::Archive(path.to_owned(), members);
    let named = |path: &str| Descriptor { digest: path.to_owned(), ..Descriptor::default() };
    let listed = blobs.bytes(&named("manifest.json")).map_err(|flaw| format!("holds a manifest.json that {flaw}"))?;
    let json = Json::parse(&listed).ok_or("holds a manifest.json that cannot be read")?;
    let Json::List(items) = &json else { return Err("holds a manifest.json that is no list".to_owned()) };
    let mut images = Vec::new();
    for item in items {
        let flawed = |flaw: Flaw| format!("holds a manifest.json that {flaw}");
        let fields = Fields::of(item).map_err(flawed)?;
        let configuration = named(fields.text("Config").map_err(flawed)?.unwrap_or_default());
        let bytes = blobs.bytes(&configuration).map_err(|flaw| format!("holds a configuration that {flaw}"))?;
        let layers = fields.texts("Layers").map_err(flawed)?.into_iter().map(named).collect();
        let manifest = Manifest { digest: digest_of(&bytes), configuration, layers, ..Manifest::default() };
        let tags = fields.texts("RepoTags").map_err(flawed)?.into_iter().map(str::to_owned).collect();
        let digest = manifest.digest.clone();
        images.push(Local { digest, tags, is_index: false, contents: contents(&blobs, &[manifest], plan)? });
    }
    if images.is_empty() { Err("is not an image: it holds none".to_owned()) } else { Ok(images) }
}

#[cfg(test)]
mod tests;
