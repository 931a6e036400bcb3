use std::fs;

use palisade_model::Arn;
use serde_json::{Value, json};

use super::*;

/// An entry of a tar, with its content.
fn entry(path: &str, data: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_path(path).unwrap();
    header.set_size(data.len() as u64);
    header.set_mode(0o755);
    header.set_cksum();
    let padding = vec![0; data.len().next_multiple_of(512) - data.len()];
    [header.as_bytes().as_slice(), data, &padding].concat()
}

fn layer() -> Vec<u8> {
    let key = ["-----BEGIN ", "PRIVATE KEY-----\nMIIE"].concat();
    let passwd = b"root:x:0:0::/:\nboss:x:0:0::/:\n";
    [entry("etc/passwd", passwd), entry("app/tls.key", key.as_bytes()), entry("usr/bin/bash", b"x")].concat()
}

fn configuration() -> Vec<u8> {
    json!({ "os": "linux", "architecture": "amd64", "config": { "User": "boss" } }).to_string().into_bytes()
}

/// Puts a blob into a layout; what names it.
fn put(folder: &Path, media_type: &str, bytes: &[u8]) -> Value {
    let digest = digest_of(bytes);
    fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    fs::write(folder.join("blobs/sha256").join(&digest[7..]), bytes).unwrap();
    json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
}

fn layout(folder: &Path) -> Value {
    let config = put(folder, "application/vnd.oci.image.config.v1+json", &configuration());
    let layer = put(folder, "application/vnd.oci.image.layer.v1.tar", &layer());
    let manifest = json!({ "schemaVersion": 2, "config": config, "layers": [layer] });
    let mut image = put(folder, "application/vnd.oci.image.manifest.v1+json", manifest.to_string().as_bytes());
    image["annotations"] = json!({ "org.opencontainers.image.ref.name": "v1" });
    fs::write(folder.join("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}").unwrap();
    fs::write(folder.join("index.json"), json!({ "manifests": [image] }).to_string()).unwrap();
    layer
}

fn read_all(image: &LocalImage, platform: Option<&str>) -> Result<Vec<Local>, String> {
    let place = Place::resource(&Arn::from("arn:aws:ecr:local:000000000000:repository/x"));
    read(image, &LocalPlan { most: 1 << 20, platform, place: &place })
}

fn assert_told(images: &[Local]) {
    assert_eq!((images.len(), images[0].tags.as_slice()), (1, ["v1".to_owned()].as_slice()));
    let content = &images[0].contents[0];
    let files = content.files.known().unwrap();
    assert_eq!((files.user_id, files.secrets[0].path.as_str(), files.unread.len()), (Some(0), "/app/tls.key", 0));
    assert_eq!(content.tools, ["/usr/bin/bash"]);
}

#[test]
fn an_oci_layout_is_read_by_name_and_platform() {
    let folder = tempfile::tempdir().unwrap();
    let layer = layout(folder.path());
    let named = |name: Option<&str>| LocalImage::OciLayout(folder.path().to_owned(), name.map(str::to_owned));
    assert_told(&read_all(&named(None), None).unwrap());
    assert_told(&read_all(&named(Some("v1")), Some("linux/amd64")).unwrap());
    assert!(read_all(&named(Some("v2")), None).err().unwrap().contains("no image v2"));
    assert!(read_all(&named(None), Some("linux/arm64")).err().unwrap().contains("linux/arm64"));
    // A layer with another content is not believed.
    let path = folder.path().join("blobs/sha256").join(&layer["digest"].as_str().unwrap()[7..]);
    fs::write(path, entry("x", b"y")).unwrap();
    let images = read_all(&named(None), None).unwrap();
    let files = images[0].contents[0].files.known().unwrap();
    assert_eq!(files.unread[0].reason, Reason::Failed("has content of another digest".to_owned()));
}

#[test]
fn what_docker_saves_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = json!([{ "Config": "5e.json", "RepoTags": ["v1"], "Layers": ["aa/layer.tar"] }]).to_string();
    let parts = [
        entry("aa/layer.tar", &[layer(), vec![0; 1024]].concat()),
        entry("5e.json", &configuration()),
        entry("manifest.json", manifest.as_bytes()),
        vec![0; 1024],
    ];
    let path = folder.path().join("image.tar");
    fs::write(&path, parts.concat()).unwrap();
    assert_told(&read_all(&LocalImage::DockerArchive(path.clone()), None).unwrap());
    fs::write(&path, [0x1f, 0x8b, 8, 0]).unwrap();
    assert!(read_all(&LocalImage::DockerArchive(path), None).err().unwrap().contains("not packed"));
}

#[test]
fn what_is_no_image_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let place = LocalImage::OciLayout(folder.path().to_owned(), None);
    assert!(read_all(&place, None).err().unwrap().contains("oci-layout"));
    fs::write(folder.path().join("oci-layout"), "{}").unwrap();
    fs::write(folder.path().join("index.json"), "{}").unwrap();
    assert!(read_all(&place, None).err().unwrap().contains("not an image"));
}
