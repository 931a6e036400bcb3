//! Manifests: what names the configuration and the layers of an image, or the images of several platforms.
//!
//! Source: <https://github.com/opencontainers/image-spec/blob/main/manifest.md> and `image-index.md` beside it.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use palisade_model::secret::Class;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::flaw::Flaw;
use super::go_json::{Fields, Json};
use super::secrets::{secret_in_command, secret_in_setting};

/// A manifest or a configuration that is longer is refused; real ones have a few kilobytes.
pub(super) const LONGEST: u64 = 4 * 1024 * 1024;
/// An index of more manifests is refused; images for twenty platforms with an attestation each have forty.
const MOST_ENTRIES: usize = 300;
/// A manifest of more layers is refused; Docker makes 127 at the most.
const MOST_LAYERS: usize = 1000;

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_CONFIGURATION: &str = "application/vnd.oci.image.config.v1+json";
const DOCKER_CONFIGURATION: &str = "application/vnd.docker.container.image.v1+json";

/// What is asked for, so that ECR converts nothing: a converted manifest would have another digest.
pub(super) const ACCEPTED: [&str; 4] = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST];

/// The manifest of an image for one platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Its own digest.
    pub(super) digest: String,
    /// Its configuration.
    pub(super) configuration: Descriptor,
    /// Its layers, the oldest first.
    pub(super) layers: Vec<Descriptor>,
    /// What its annotations say.
    pub(super) notes: Notes,
    /// The platform that the index gives it.
    pub(super) platform: Option<String>,
    /// Statements about it that its index lists.
    pub(super) statements: Statements,
}

/// What a manifest says of a blob.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) digest: String,
    /// In bytes, as claimed.
    pub(super) size: u64,
    /// Whether it is a layer of Windows that Microsoft hands out itself, in which is nothing of the image's own.
    pub(super) is_elsewhere: bool,
    /// What a statement is, where an annotation says so.
    pub(super) predicate: Option<String>,
}

impl Descriptor {
    /// Whether registries need not have it.
    pub(super) fn is_foreign(&self) -> bool {
        self.media_type.contains("foreign") || self.media_type.contains("nondistributable")
    }

    /// Whether it is packed files, by its media type; one without a type may be.
    fn is_layer(&self) -> bool {
        self.media_type.is_empty() || self.media_type.contains(".image.layer.") || self.media_type.contains("rootfs")
    }
}

/// Blobs that hold statements about an image: how it was built, what it consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Statements {
    pub(super) blobs: Vec<Descriptor>,
    /// Why there may be more.
    pub(super) flaw: Option<String>,
}

/// What annotations say: of all of them, only what tells the base, and the classes of secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notes {
    /// Annotations that tell the base, by name.
    pub(super) claims: BTreeMap<String, String>,
    pub(super) secrets: Vec<Class>,
}

impl Notes {
    fn of(fields: &Fields<'_>) -> Result<Self, Flaw> {
        const LONGEST: usize = 300;
        let annotations = fields.map("annotations")?;
        let tells_base = |name: &str| {
            name.starts_with("org.opencontainers.image.")
                || name.starts_with("dev.chainguard.")
                || name.starts_with("com.redhat.")
        };
        let found = annotations.iter().map(|(name, value)| (*name, *value, annotation_secret(name, value)));
        let mut notes = Self::default();
        for (name, value, secret) in found {
            match secret {
                Some(class) => notes.secrets.push(class),
                None if tells_base(name) && name.len() + value.len() <= LONGEST && notes.claims.len() < 100 => {
                    notes.claims.insert(name.to_owned(), value.to_owned());
                }
                None => {}
            }
        }
        Ok(notes)
    }

    /// Adds what an index says of the images in it, where they do not say it themselves.
    pub(super) fn add(&mut self, outer: &Self) {
        for (name, value) in &outer.claims {
            self.claims.entry(name.clone()).or_insert_with(|| value.clone());
        }
        self.secrets.extend(&outer.secrets);
    }
}

fn annotation_secret(name: &str, value: &str) -> Option<Class> {
    secret_in_setting(name, value).or_else(|| secret_in_command(value))
}

/// A manifest of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of an image for one platform.
    Image(Manifest),
    /// A list of manifests.
    Index(Index),
    /// Of something that is no image.
    Artifact(Held),
}

/// What an index lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) entries: Vec<Listed>,
    pub(super) notes: Notes,
}

/// An entry of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) digest: String,
    /// Operating system, architecture and variant.
    pub(super) platform: Option<String>,
    /// Whether no runtime would take it for an image: an attestation, as BuildKit adds it, or something that no manifest
    /// describes.
    pub(super) is_no_image: bool,
    /// Whether it can be read as a manifest.
    pub(super) is_manifest: bool,
    /// The image that it is about, if it is a statement.
    pub(super) about: Option<String>,
    pub(super) notes: Notes,
}

/// What a manifest holds that is no image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// What it is, by its media type.
    pub(super) media_type: String,
    pub(super) blobs: Vec<Descriptor>,
}

/// Parses a manifest whose digest must be this one.
pub(super) fn parse(digest: &str, text: &str) -> Result<Kind, Flaw> {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if length > LONGEST {
        return Err(Flaw::new(format!("has {length} bytes, more than {LONGEST}")));
    }
    if !is_sha256(digest) || digest_of(text.as_bytes()) != digest {
        return Err(Flaw::new("has content of another digest"));
    }
    let json = Json::parse(text.as_bytes()).ok_or_else(|| Flaw::new("is no manifest that can be read"))?;
    let fields = Fields::of(&json).map_err(|_| Flaw::new("is no manifest that can be read"))?;
    if fields.number("schemaVersion")? == Some(1) {
        return Err(Flaw::new("is of schema 1, whose configuration has no digest"));
    }
    let media_type = fields.text("mediaType")?.filter(|media_type| !media_type.is_empty());
    match (fields.has("manifests"), fields.has("config") || fields.has("layers")) {
        (true, false) => {
            expect(media_type, &[OCI_INDEX, DOCKER_LIST])?;
            index(digest, &fields).map(Kind::Index)
        }
        (false, true) => {
            expect(media_type, &[OCI_MANIFEST, DOCKER_MANIFEST])?;
            single(digest, &fields)
        }
        (true, true) | (false, false) => Err(Flaw::new("is neither the manifest of an image nor an index")),
    }
}

fn expect(found: Option<&str>, wanted: &[&str]) -> Result<(), Flaw> {
    match found {
        Some(found) if !wanted.contains(&found) => {
            Err(Flaw::new(format!("has a media type that does not fit: {found}")))
        }
        Some(_) | None => Ok(()),
    }
}

fn descriptor(fields: &Fields<'_>) -> Result<Descriptor, Flaw> {
    let media_type = fields.text("mediaType")?.unwrap_or_default().to_owned();
    let digest = fields.text("digest")?.unwrap_or_default();
    if !is_sha256(digest) {
        return Err(Flaw::new(format!("names a blob by what is no SHA-256: {digest}")));
    }
    let urls = fields.texts("urls")?;
    let mut blob = Descriptor {
        media_type,
        digest: digest.to_owned(),
        size: fields.number("size")?.unwrap_or_default(),
        is_elsewhere: false,
        predicate: fields.map("annotations")?.get("in-toto.io/predicate-type").map(|text| (*text).to_owned()),
    };
    blob.is_elsewhere = blob.is_foreign() && !urls.is_empty() && urls.iter().all(|url| is_microsofts(url));
    Ok(blob)
}

/// Whether a layer's address is one at which Microsoft hands out Windows.
///
/// Source: <https://distribution.github.io/distribution/spec/manifest-v2-2/> (foreign layers)
fn is_microsofts(url: &str) -> bool {
    let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| {
        host == "mcr.microsoft.com" || host == "go.microsoft.com" || host.ends_with(".mcr.microsoft.com")
    })
}

/// An image, or something else that has a configuration and blobs: told by the media types of both, for signatures of
/// Cosign have the configuration of an image.
fn single(digest: &str, fields: &Fields<'_>) -> Result<Kind, Flaw> {
    let layers = fields.objects("layers")?;
    if layers.len() > MOST_LAYERS {
        return Err(Flaw::new(format!("lists {} layers, more than {MOST_LAYERS}", layers.len())));
    }
    let layers = layers.iter().map(descriptor).collect::<Result<Vec<_>, _>>()?;
    let Some(configuration) = fields.within("config")? else {
        return Err(Flaw::new("is neither the manifest of an image nor an index"));
    };
    let configuration = descriptor(&configuration)?;
    let is_configuration = [OCI_CONFIGURATION, DOCKER_CONFIGURATION].contains(&configuration.media_type.as_str());
    let is_layered = layers.is_empty() || layers.iter().any(Descriptor::is_layer);
    if !is_configuration || !is_layered {
        let artifact_type = fields.text("artifactType")?.filter(|text| !text.is_empty());
        let of_blob = layers.first().map(|blob| blob.media_type.as_str());
        let by_parts = if is_configuration { of_blob } else { Some(configuration.media_type.as_str()) };
        let media_type = artifact_type.or(by_parts).unwrap_or_default().chars().take(200).collect();
        return Ok(Kind::Artifact(Held { media_type, blobs: layers }));
    }
    if configuration.size > LONGEST {
        return Err(Flaw::new(format!("claims a configuration of {} bytes, more than {LONGEST}", configuration.size)));
    }
    Ok(Kind::Image(Manifest {
        digest: digest.to_owned(),
        configuration,
        layers,
        notes: Notes::of(fields)?,
        platform: None,
        statements: Statements::default(),
    }))
}

fn index(digest: &str, fields: &Fields<'_>) -> Result<Index, Flaw> {
    let entries = fields.objects("manifests")?;
    if entries.len() > MOST_ENTRIES {
        return Err(Flaw::new(format!("lists {} manifests, more than {MOST_ENTRIES}", entries.len())));
    }
    let mut listed: Vec<Listed> = Vec::new();
    for entry in entries {
        let entry = self::listed(&entry)?;
        if entry.digest != digest && !listed.iter().any(|known| known.digest == entry.digest) {
            listed.push(entry);
        }
    }
    Ok(Index { entries: listed, notes: Notes::of(fields)? })
}

fn listed(entry: &Fields<'_>) -> Result<Listed, Flaw> {
    let digest = entry.text("digest")?.unwrap_or_default();
    if !is_sha256(digest) {
        return Err(Flaw::new(format!("names a manifest by what is no SHA-256: {digest}")));
    }
    let media_type = entry.text("mediaType")?.unwrap_or_default();
    let is_manifest = media_type.is_empty() || ACCEPTED.contains(&media_type);
    let parts = match entry.within("platform")? {
        Some(platform) => {
            let part = |name| Ok::<_, Flaw>(platform.text(name)?.unwrap_or_default().to_owned());
            Some([part("os")?, part("architecture")?, part("variant")?])
        }
        None => None,
    };
    let is_unknown = parts.as_ref().is_some_and(|parts| parts[0] == "unknown" && parts[1] == "unknown");
    let has_artifact_type = entry.text("artifactType")?.is_some_and(|text| !text.is_empty());
    let is_no_image = is_unknown || (parts.is_none() && has_artifact_type);
    let platform = parts.and_then(|parts| platform_of(parts.each_ref().map(String::as_str)));
    Ok(Listed {
        digest: digest.to_owned(),
        platform,
        is_no_image: is_no_image || !is_manifest,
        is_manifest,
        about: entry.map("annotations")?.get("vnd.docker.reference.digest").map(|text| (*text).to_owned()),
        notes: Notes::of(entry)?,
    })
}

/// A platform in one word, `linux/arm/v7`; none where a part is missing or odd.
pub(super) fn platform_of(parts: [&str; 3]) -> Option<String> {
    let is_word = |part: &&str| {
        part.len() <= 40 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let is_whole = !parts[0].is_empty() && !parts[1].is_empty() && parts.iter().all(is_word);
    let words = parts.into_iter().filter(|part| !part.is_empty()).map(str::to_ascii_lowercase);
    is_whole.then(|| words.collect::<Vec<_>>().join("/"))
}

/// The digest of some bytes, as registries write it.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    written(&Sha256::digest(bytes))
}

/// A SHA-256, as registries write it.
pub(super) fn written(hash: &[u8]) -> String {
    let digits: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", digits.concat())
}

fn is_sha256(digest: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    digest.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(is_digit))
}
