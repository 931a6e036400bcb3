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
