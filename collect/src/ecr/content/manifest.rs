//! Manifests: what names the configuration and the layers of an image, or the images of several platforms.
//!
//! Source: <https://github.com/opencontainers/image-spec/blob/main/manifest.md> and `image-index.md` beside it.

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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn blob(media_type: &str, letter: char, size: u64) -> Value {
        let digest = format!("sha256:{}", letter.to_string().repeat(64));
        json!({ "mediaType": media_type, "digest": digest, "size": size })
    }

    fn layer(letter: char) -> Value {
        blob("application/vnd.oci.image.layer.v1.tar+gzip", letter, 1000)
    }

    fn parsed(manifest: &Value) -> Result<Kind, String> {
        let text = manifest.to_string();
        parse(&digest_of(text.as_bytes()), &text).map_err(|flaw| flaw.to_string())
    }

    fn image(config_size: u64) -> Value {
        json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST,
            "config": blob(OCI_CONFIGURATION, 'c', config_size),
            "layers": [layer('a'), layer('b')],
        })
    }

    fn index(entries: &[Value]) -> Value {
        json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries })
    }

    fn entry(letter: char, os: &str, architecture: &str) -> Value {
        let mut entry = blob(OCI_MANIFEST, letter, 500);
        entry["platform"] = json!({ "os": os, "architecture": architecture });
        entry
    }

    #[test]
    fn an_image_names_its_configuration_and_layers() {
        let Ok(Kind::Image(manifest)) = parsed(&image(1234)) else { panic!("no image") };
        assert_eq!(manifest.configuration.size, 1234);
        assert_eq!(manifest.layers.len(), 2);
        let docker = json!({
            "schemaVersion": 2, "mediaType": DOCKER_MANIFEST, "config": blob(DOCKER_CONFIGURATION, 'c', 9), "layers": [],
        });
        assert!(matches!(parsed(&docker), Ok(Kind::Image(_))));
        let mut unsaid = image(9);
        unsaid.as_object_mut().unwrap().remove("mediaType");
        assert!(matches!(parsed(&unsaid), Ok(Kind::Image(_))));
    }

    #[test]
    fn an_index_lists_platforms_and_no_attestations() {
        let mut artifact = blob(OCI_MANIFEST, 'f', 500);
        artifact["artifactType"] = json!("application/vnd.in-toto+json");
        let entries =
            [entry('a', "linux", "amd64"), entry('b', "linux", "arm64"), entry('d', "unknown", "unknown"), artifact];
        let Ok(Kind::Index(found)) = parsed(&index(&entries)) else { panic!("no index") };
        let images = found.entries.iter().filter(|entry| !entry.is_no_image).map(|entry| entry.platform.as_deref());
        assert_eq!(images.collect::<Vec<_>>(), [Some("linux/amd64"), Some("linux/arm64")]);
        assert_eq!(found.entries.len(), 4);
    }

    #[test]
    fn an_entry_with_a_real_platform_is_an_image_whatever_else_it_says() {
        let mut disguised = entry('a', "linux", "amd64");
        disguised["artifactType"] = json!("application/vnd.in-toto+json");
        disguised["annotations"] = json!({ "vnd.docker.reference.type": "attestation-manifest" });
        assert!(matches!(parsed(&index(&[disguised])), Ok(Kind::Index(found)) if !found.entries[0].is_no_image));
    }

    #[test]
    fn what_is_no_image_is_told_by_its_parts() {
        let held = |config: &str, layer: &str, artifact_type: Option<&str>| {
            let mut manifest = json!({
                "schemaVersion": 2, "config": blob(config, 'c', 9), "layers": [blob(layer, 'a', 9)],
            });
            if let Some(artifact_type) = artifact_type {
                manifest["artifactType"] = json!(artifact_type);
            }
            match parsed(&manifest) {
                Ok(Kind::Artifact(held)) => held.media_type,
                other => format!("{other:?}"),
            }
        };
        let signature = "application/vnd.dev.cosign.simplesigning.v1+json";
        assert_eq!(held(OCI_CONFIGURATION, signature, None), signature);
        let chart = "application/vnd.cncf.helm.config.v1+json";
        assert_eq!(held(chart, "application/vnd.cncf.helm.chart.content.v1.tar+gzip", None), chart);
        let empty = "application/vnd.oci.empty.v1+json";
        assert_eq!(held(empty, "text/plain", Some("application/vnd.example")), "application/vnd.example");
        let mixed = json!({
            "config": blob(OCI_CONFIGURATION, 'c', 9), "layers": [layer('a'), blob(signature, 'b', 9)],
        });
        assert!(matches!(parsed(&mixed), Ok(Kind::Image(_))));
    }

    #[test]
    fn layers_of_windows_lie_with_microsoft_only_by_their_address() {
        let lies_elsewhere = |media_type: &str, url: &str| {
            let mut manifest = image(9);
            manifest["layers"][0]["mediaType"] = json!(media_type);
            manifest["layers"][0]["urls"] = json!([url]);
            let Ok(Kind::Image(manifest)) = parsed(&manifest) else { panic!("no image") };
            manifest.layers[0].is_elsewhere
        };
        let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        let address = "https://mcr.microsoft.com/v2/windows/nanoserver/blobs/sha256:0";
        assert!(lies_elsewhere(foreign, address));
        assert!(!lies_elsewhere(foreign, "https://mcr.microsoft.com.example/x"));
        assert!(!lies_elsewhere(foreign, "http://mcr.microsoft.com/x"));
        assert!(!lies_elsewhere("application/vnd.oci.image.layer.v1.tar+gzip", address));
    }

    #[test]
    fn annotations_are_kept_only_as_far_as_they_tell_the_base() {
        let mut manifest = image(9);
        manifest["annotations"] = json!({
            "org.opencontainers.image.base.name": "docker.io/library/debian:bookworm",
            "org.opencontainers.image.source": "https://bot:correct-horse@git.shop.example/app",
            "deploy.password": "correct-horse", "other": "x",
        });
        let Ok(Kind::Image(manifest)) = parsed(&manifest) else { panic!("no image") };
        assert_eq!(manifest.notes.claims.len(), 1);
        assert_eq!(manifest.notes.secrets.len(), 2);
        assert!(!serde_json::to_string(&manifest).unwrap().contains("correct-horse"));
    }

    #[test]
    fn another_digest_is_refused() {
        let text = image(9).to_string();
        let other = format!("sha256:{}", "0".repeat(64));
        assert_eq!(parse(&other, &text).unwrap_err().to_string(), "has content of another digest");
        assert!(parse("md5:00", &text).is_err());
    }

    #[test]
    fn crafted_manifests_are_refused_with_a_reason() {
        let many: Vec<Value> = vec![entry('a', "linux", "amd64"); MOST_ENTRIES + 1];
        let mut both = image(9);
        both["manifests"] = json!([entry('a', "linux", "amd64")]);
        let mut path = image(9);
        path["layers"][0]["digest"] = json!("sha256:../../etc/passwd");
        let mut disguised = image(9);
        disguised["mediaType"] = json!(OCI_INDEX);
        let cases = [
            (image(10_737_418_240), "claims a configuration of 10737418240 bytes, more than 4194304"),
            (index(&many), "lists 301 manifests, more than 300"),
            (both, "neither the manifest of an image nor an index"),
            (path, "no SHA-256"),
            (disguised, "a media type that does not fit"),
            (json!({ "schemaVersion": 1, "fsLayers": [] }), "schema 1"),
            (json!("garbage"), "no manifest that can be read"),
            (json!({}), "neither"),
        ];
        for (manifest, reason) in cases {
            let found = parsed(&manifest).unwrap_err();
            assert!(found.contains(reason), "{found} does not say {reason}");
        }
        let negative = image(9).to_string().replace("\"size\":9", "\"size\":-9");
        assert!(parse(&digest_of(negative.as_bytes()), &negative).is_err());
    }
}
