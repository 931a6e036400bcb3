//! What pushing an image puts into a repository: manifests and blobs.

use hyper::body::Bytes;
use serde_json::{Value, json};

/// Everything that pushing an image puts into a repository.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The image or index first, then the images of an index, then what hangs on it.
    pub(super) manifests: Vec<Manifest>,
    pub(super) blobs: Vec<Blob>,
    /// Digests of layers that are named and cannot be downloaded.
    pub(super) absent: Vec<String>,
}

/// A manifest.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) digest: String,
    pub(super) media_type: &'static str,
    /// The media type of what it holds: of the configuration, or the type of the artifact.
    pub(super) artifact_type: Option<&'static str>,
    pub(super) body: String,
    /// Bytes of its layers and configuration.
    pub(super) size: u64,
    /// The digest of what it is about.
    pub(super) subject: Option<String>,
    /// Tags of its own, besides those of the image.
    pub(super) tag: Option<String>,
}

/// A blob that can be downloaded.
#[derive(Debug)]
pub(super) struct Blob {
    pub(super) digest: String,
    pub(super) body: Bytes,
}

pub(super) fn descriptor(media_type: &str, digest: &str, size: u64) -> Value {
    json!({"digest": digest, "mediaType": media_type, "size": size})
}
