//! What a repository holds, told apart by media types.

use aws_sdk_ecr::types::{ImageDetail, ImageStatus};
use palisade_model::Switch;
use palisade_model::ecr::{Artifact, ArtifactKind};

use crate::sdk::timestamp;

/// The media types of a list of manifests.
const INDEXES: &[&str] =
    &["application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json"];
/// The media types of a single manifest.
const MANIFESTS: &[&str] = &[
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
];
/// The media types of the configuration of a container image, which ECR gives as the artifact's.
const CONFIGURATIONS: &[&str] =
    &["application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"];
/// Words in the media types of signatures: Notation, Cosign, and Sigstore's bundles.
const SIGNATURES: &[&str] =
    &["notary.signature", "notation", "cosign.artifact.sig", "simplesigning", "sigstore.bundle"];
/// Words in the media types of statements about an image.
const ATTESTATIONS: &[&str] = &["in-toto", "cyclonedx", "spdx", "cosign.artifact.sbom", "cosign.artifact.att", "dsse"];

/// None when an image lacks its digest.
pub(super) fn convert(detail: &ImageDetail) -> Option<Artifact> {
    let media_types = (detail.image_manifest_media_type(), detail.artifact_media_type());
    let (kind, subject) = classify(media_types, detail.image_tags());
    Some(Artifact {
        digest: detail.image_digest()?.to_owned(),
        tags: detail.image_tags().to_vec(),
        pushed_at: timestamp(detail.image_pushed_at()),
        last_pulled_at: timestamp(detail.last_recorded_pull_time()),
        size_bytes: detail.image_size_in_bytes().and_then(|size| size.try_into().ok()).unwrap_or_default(),
        kind,
        subject: detail.subject_manifest_digest().map(str::to_owned).or(subject),
        archived: archived(detail.image_status()),
    })
}

/// Whether an image lies in the archive, or is only about to leave it. One that does not say can be pulled.
fn archived(status: Option<&ImageStatus>) -> Switch {
    match status {
        Some(ImageStatus::Active) | None => Switch::Off,
        Some(ImageStatus::Archived | ImageStatus::Activating) => Switch::On,
        Some(other) => Switch::Other(other.as_str().to_owned()),
    }
}

/// What a manifest is, by its own media type and that of what it holds, and the image that its tags say it is about.
/// What does not say what it is, is taken for an image and looked at.
fn classify((manifest, held): (Option<&str>, Option<&str>), tags: &[String]) -> (ArtifactKind, Option<String>) {
    if let Some((kind, subject)) = by_tags(tags) {
        return (kind, Some(subject));
    }
    let held = held.unwrap_or_default().to_ascii_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| held.contains(word));
    let is_image = held.is_empty() || CONFIGURATIONS.contains(&held.as_str());
    let kind = match manifest {
        _ if holds(SIGNATURES) => ArtifactKind::Signature,
        _ if holds(ATTESTATIONS) => ArtifactKind::Attestation,
        Some(index) if INDEXES.contains(&index) => ArtifactKind::Index,
        None if is_image => ArtifactKind::Image,
        Some(image) if MANIFESTS.contains(&image) && is_image => ArtifactKind::Image,
        Some(strange) if is_image => ArtifactKind::Other(strange.to_owned()),
        Some(_) | None => ArtifactKind::Other(held),
    };
    (kind, None)
}

/// What is held under a media type that is no image's configuration.
pub(super) fn kind_of(media_type: &str) -> ArtifactKind {
    match classify((None, Some(media_type)), &[]).0 {
        ArtifactKind::Image => ArtifactKind::Other("no media type".to_owned()),
        kind => kind,
    }
}

/// Before manifests could name a subject, Cosign tagged what it made with the digest that it was about. A manifest with
/// other tags beside that is an image with a strange tag.
///
/// Source: <https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>
fn by_tags(tags: &[String]) -> Option<(ArtifactKind, String)> {
    let [tag] = tags else { return None };
    let (hex, ending) = tag.strip_prefix("sha256-")?.split_at_checked(64)?;
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let kind = match ending {
        ".sig" => ArtifactKind::Signature,
        // Without an ending, it is the list of what refers to an image.
        ".att" | ".sbom" | "" => ArtifactKind::Attestation,
        _ => return None,
    };
    is_hex.then(|| (kind, format!("sha256:{hex}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OCI: Option<&str> = Some("application/vnd.oci.image.manifest.v1+json");
    const OCI_INDEX: Option<&str> = Some("application/vnd.oci.image.index.v1+json");
    const DOCKER: Option<&str> = Some("application/vnd.docker.distribution.manifest.v2+json");
    const DOCKER_LIST: Option<&str> = Some("application/vnd.docker.distribution.manifest.list.v2+json");

    #[test]
    fn media_types_tell_artifacts_apart() {
        let kind = |manifest, held| classify((manifest, held), &[]).0;
        let config = Some("application/vnd.docker.container.image.v1+json");
        assert_eq!(kind(DOCKER, config), ArtifactKind::Image);
        assert_eq!(kind(OCI, Some("application/vnd.oci.image.config.v1+json")), ArtifactKind::Image);
        assert_eq!(kind(OCI, None), ArtifactKind::Image);
        assert_eq!(kind(None, None), ArtifactKind::Image);
        assert_eq!(kind(DOCKER_LIST, None), ArtifactKind::Index);
        assert_eq!(kind(OCI_INDEX, config), ArtifactKind::Index);
        for signature in [
            "application/vnd.cncf.notary.signature",
            "application/vnd.dev.cosign.artifact.sig.v1+json",
            "application/vnd.dev.sigstore.bundle.v0.3+json",
        ] {
            assert_eq!(kind(OCI, Some(signature)), ArtifactKind::Signature, "{signature}");
        }
        for attestation in ["application/vnd.in-toto+json", "application/vnd.cyclonedx+json", "text/spdx+json"] {
            assert_eq!(kind(OCI, Some(attestation)), ArtifactKind::Attestation, "{attestation}");
        }
        let chart = "application/vnd.cncf.helm.config.v1+json";
        assert_eq!(kind(OCI, Some(chart)), ArtifactKind::Other(chart.to_owned()));
        let new = "application/vnd.oci.image.manifest.v9+json";
        assert_eq!(kind(Some(new), None), ArtifactKind::Other(new.to_owned()));
    }

    #[test]
    fn tags_of_cosign_name_their_subject() {
        let digest = "0123456789abcdef".repeat(4);
        let kind = |tags: &[&str]| classify((OCI, None), &tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        let subject = Some(format!("sha256:{digest}"));
        assert_eq!(kind(&[&format!("sha256-{digest}.sig")]), (ArtifactKind::Signature, subject.clone()));
        assert_eq!(kind(&[&format!("sha256-{digest}.att")]), (ArtifactKind::Attestation, subject.clone()));
        assert_eq!(kind(&[&format!("sha256-{digest}.sbom")]), (ArtifactKind::Attestation, subject));
        assert_eq!(kind(&[&format!("sha256-{digest}.tar")]).0, ArtifactKind::Image);
        assert_eq!(kind(&["sha256-abc.sig"]).0, ArtifactKind::Image);
        // A tag alone hides no image that bears another.
        assert_eq!(kind(&["live", &format!("sha256-{digest}.sig")]).0, ArtifactKind::Image);
    }
}
