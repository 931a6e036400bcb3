//! What hangs on an image: signatures, bills of materials, attestations.

use hyper::body::Bytes;
use serde_json::{Value, json};

use super::digest::digest_of;
use super::manifest::{Blob, Content, Manifest, descriptor};
use crate::account::Attached;
use crate::wire::json::object;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// How one kind of thing is written.
struct Form {
    /// The type of the artifact; `None` for what only its layer and tag tell.
    artifact: Option<&'static str>,
    config: &'static str,
    layer: &'static str,
}

fn form(kind: Attached) -> Form {
    match kind {
        Attached::CosignTag => {
            Form { artifact: None, config: IMAGE_CONFIG, layer: "application/vnd.dev.cosign.simplesigning.v1+json" }
        }
        Attached::Cosign => Form {
            artifact: Some("application/vnd.dev.sigstore.bundle.v0.3+json"),
            config: EMPTY,
            layer: "application/vnd.dev.sigstore.bundle.v0.3+json",
        },
        Attached::Notation => Form {
            artifact: Some("application/vnd.cncf.notary.signature"),
            config: EMPTY,
            layer: "application/jose+json",
        },
        Attached::Sbom => {
            Form { artifact: Some("application/spdx+json"), config: EMPTY, layer: "application/spdx+json" }
        }
        Attached::Attestation => Form {
            artifact: Some("application/vnd.in-toto+json"),
            config: EMPTY,
            layer: "application/vnd.in-toto+json",
        },
    }
}

/// Adds what hangs on the first manifest.
pub(super) fn add(content: &mut Content, seed: &str, kinds: &[Attached]) {
    let Some(subject) = content.manifests.first() else { return };
    let about = descriptor(subject.media_type, &subject.digest, subject.body.len() as u64);
    let digest = subject.digest.clone();
    for (number, kind) in kinds.iter().enumerate() {
        one(content, *kind, &digest, &about, &format!("{seed} {number}"));
    }
}

fn one(content: &mut Content, kind: Attached, subject: &str, about: &Value, seed: &str) {
    let form = form(kind);
    let is_tagged = kind == Attached::CosignTag;
    let config = "{}".to_owned();
    let payload = json!({"about": subject, "made": crate::ids::hexadecimal(seed, 32)}).to_string();
    let (config_digest, payload_digest) = (digest_of(config.as_bytes()), digest_of(payload.as_bytes()));
    let body = object([
        ("artifactType", form.artifact.into()),
        ("config", descriptor(form.config, &config_digest, config.len() as u64)),
        ("layers", json!([descriptor(form.layer, &payload_digest, payload.len() as u64)])),
        ("mediaType", MANIFEST.into()),
        ("schemaVersion", 2.into()),
        ("subject", if is_tagged { Value::Null } else { about.clone() }),
    ]);
    let body = body.to_string();
    content.manifests.push(Manifest {
        digest: digest_of(body.as_bytes()),
        media_type: MANIFEST,
        artifact_type: Some(form.artifact.unwrap_or(form.config)),
        size: (config.len() + payload.len()) as u64,
        body,
        subject: (!is_tagged).then(|| subject.to_owned()),
        tag: is_tagged.then(|| format!("{}.sig", subject.replace(':', "-"))),
    });
    content.blobs.push(Blob { digest: config_digest, body: Bytes::from(config) });
    content.blobs.push(Blob { digest: payload_digest, body: Bytes::from(payload) });
}
