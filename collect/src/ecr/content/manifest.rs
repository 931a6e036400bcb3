//! Manifests: what names the configuration and the layers of an image, or the images of several platforms.
//!
//! Source: <https://github.com/opencontainers/image-spec/blob/main/manifest.md> and `image-index.md` beside it.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::flaw::Flaw;

/// A manifest or a configuration that is longer is refused; real ones have a few kilobytes.
pub(super) const LONGEST: u64 = 4 * 1024 * 1024;
/// An index of more platforms is refused.
const MOST_PLATFORMS: usize = 8;
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Its own digest.
    pub(super) digest: String,
    /// Its configuration.
    pub(super) configuration: Descriptor,
    /// Its layers, the oldest first.
    pub(super) layers: Vec<Descriptor>,
}

/// What a manifest says of a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Descriptor {
    #[serde(default, rename = "mediaType")]
    pub(super) media_type: String,
    pub(super) digest: String,
    /// In bytes, as claimed.
    pub(super) size: u64,
}

/// A manifest of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of one platform.
    Image(Manifest),
    /// Digests of the manifests of several platforms.
    Index(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    media_type: Option<String>,
    schema_version: Option<u64>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    media_type: String,
    digest: String,
    platform: Option<Platform>,
    artifact_type: Option<String>,
}

#[derive(Deserialize)]
struct Platform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
}

impl Entry {
    /// Whether no runtime would take it for an image: an attestation, as BuildKit adds it, or another artifact.
    fn is_no_image(&self) -> bool {
        match &self.platform {
            Some(platform) => platform.os == "unknown" && platform.architecture == "unknown",
            None => self.artifact_type.is_some(),
        }
    }
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
    let raw: Raw = serde_json::from_str(text).map_err(|_| Flaw::new("is no manifest that can be read"))?;
    match raw {
        Raw { schema_version: Some(1), .. } => Err(Flaw::new("is of schema 1, whose configuration has no digest")),
        Raw { manifests: Some(entries), config: None, layers: None, media_type, .. } => {
            expect(media_type.as_deref(), &[OCI_INDEX, DOCKER_LIST])?;
            platforms(digest, entries).map(Kind::Index)
        }
        Raw { config: Some(configuration), layers: Some(layers), manifests: None, media_type, .. } => {
            expect(media_type.as_deref(), &[OCI_MANIFEST, DOCKER_MANIFEST])?;
            image(digest, configuration, layers).map(Kind::Image)
        }
        _ => Err(Flaw::new("is neither the manifest of an image nor an index")),
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

fn image(digest: &str, configuration: Descriptor, layers: Vec<Descriptor>) -> Result<Manifest, Flaw> {
    if ![OCI_CONFIGURATION, DOCKER_CONFIGURATION].contains(&configuration.media_type.as_str()) {
        return Err(Flaw::new(format!("is of no container image: its configuration is {}", configuration.media_type)));
    }
    if configuration.size > LONGEST {
        return Err(Flaw::new(format!("claims a configuration of {} bytes, more than {LONGEST}", configuration.size)));
    }
    if layers.len() > MOST_LAYERS {
        return Err(Flaw::new(format!("lists {} layers, more than {MOST_LAYERS}", layers.len())));
    }
    if let Some(odd) = layers.iter().chain([&configuration]).find(|blob| !is_sha256(&blob.digest)) {
        return Err(Flaw::new(format!("names a blob by what is no SHA-256: {}", odd.digest)));
    }
    Ok(Manifest { digest: digest.to_owned(), configuration, layers })
}

fn platforms(digest: &str, entries: Vec<Entry>) -> Result<Vec<String>, Flaw> {
    let mut digests: Vec<String> = Vec::new();
    for entry in entries.into_iter().filter(|entry| !entry.is_no_image()) {
        if entry.digest == digest || [OCI_INDEX, DOCKER_LIST].contains(&entry.media_type.as_str()) {
            return Err(Flaw::new(format!("is an index that lists another index, {}", entry.digest)));
        }
        if !is_sha256(&entry.digest) {
            return Err(Flaw::new(format!("names a manifest by what is no SHA-256: {}", entry.digest)));
        }
        if !digests.contains(&entry.digest) {
            digests.push(entry.digest);
        }
        if digests.len() > MOST_PLATFORMS {
            return Err(Flaw::new(format!("lists more than {MOST_PLATFORMS} platforms")));
        }
    }
    if digests.is_empty() { Err(Flaw::new("is an index that lists no image")) } else { Ok(digests) }
}

/// The digest of some bytes, as registries write it.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    written(&Sha256::digest(bytes))
}

/// A SHA-256, as registries write it.
fn written(hash: &[u8]) -> String {
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
        let digests = ["a", "b"].map(|letter| format!("sha256:{}", letter.repeat(64)));
        assert_eq!(parsed(&index(&entries)), Ok(Kind::Index(digests.to_vec())));
    }

    #[test]
    fn an_entry_with_a_real_platform_is_an_image_whatever_else_it_says() {
        let mut disguised = entry('a', "linux", "amd64");
        disguised["artifactType"] = json!("application/vnd.in-toto+json");
        disguised["annotations"] = json!({ "vnd.docker.reference.type": "attestation-manifest" });
        assert!(matches!(parsed(&index(&[disguised])), Ok(Kind::Index(digests)) if digests.len() == 1));
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
        let nested = index(&[blob(OCI_INDEX, 'a', 500)]);
        let many: Vec<Value> = "012345678".chars().map(|letter| entry(letter, "linux", "amd64")).collect();
        let mut both = image(9);
        both["manifests"] = json!([entry('a', "linux", "amd64")]);
        let mut helm = image(9);
        helm["config"]["mediaType"] = json!("application/vnd.cncf.helm.config.v1+json");
        let mut path = image(9);
        path["layers"][0]["digest"] = json!("sha256:../../etc/passwd");
        let mut disguised = image(9);
        disguised["mediaType"] = json!(OCI_INDEX);
        let cases = [
            (image(10_737_418_240), "claims a configuration of 10737418240 bytes, more than 4194304"),
            (nested, "lists another index"),
            (index(&many), "lists more than 8 platforms"),
            (index(&[entry('d', "unknown", "unknown")]), "lists no image"),
            (both, "neither the manifest of an image nor an index"),
            (helm, "its configuration is application/vnd.cncf.helm.config.v1+json"),
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
