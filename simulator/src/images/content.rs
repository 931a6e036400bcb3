//! Manifests and configuration blobs, built from what an account file says of an image.

use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::digest::digest_of;
use super::layers::{Layer, absent, layer};
use super::manifest::{Blob, Content, Manifest, descriptor};
use super::{attached, cycle};
use crate::account::{Config, Fault, Image, iso};
use crate::wire::json::object;

/// The size of an image whose layers and size are left out.
const USUAL_SIZE: u64 = 48_000_000;
/// What a descriptor claims that is not to be believed.
const TEN_GIGABYTES: u64 = 10_737_418_240;

/// The media types of one of the two families of manifests.
struct Family {
    manifest: &'static str,
    index: &'static str,
    config: &'static str,
    layer: &'static str,
}

const OCI: Family = Family {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    index: "application/vnd.oci.image.index.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

const DOCKER: Family = Family {
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
};

/// Builds an image; the same `seed` and description always make the same digests.
pub(super) fn build(seed: &str, image: &Image, today: Timestamp) -> Content {
    let family = if image.docker { &DOCKER } else { &OCI };
    let mut content = Content::default();
    match image.fault {
        Some(Fault::CycleOfOne) => content.manifests = cycle::of_one(seed, family.index),
        Some(Fault::CycleOfTwo) => content.manifests = cycle::of_two(seed, family.index),
        Some(
            Fault::HugeConfig
            | Fault::WrongConfig
            | Fault::GarbageConfig
            | Fault::LongConfig
            | Fault::WrongManifest
            | Fault::GarbageManifest,
        )
        | None => {
            let platforms = image.platforms();
            for platform in &platforms {
                platform_image(&mut content, family, seed, image, platform, today);
            }
            if platforms.len() > 1 {
                content.manifests.insert(0, index(family, &platforms, &content.manifests));
            }
        }
    }
    spoil(&mut content, image.fault);
    attached::add(&mut content, seed, &image.attached);
    content
}

/// Adds the image for one platform.
fn platform_image(
    content: &mut Content,
    family: &'static Family,
    seed: &str,
    image: &Image,
    platform: &str,
    today: Timestamp,
) {
    let layers = layers(&format!("{seed} {platform}"), image);
    let config = match image.fault {
        Some(Fault::GarbageConfig) => "\u{1f}%%%{{{ not a configuration".to_owned(),
        _ => configuration(&image.config, platform, &layers, today).to_string(),
    };
    let digest = digest_of(config.as_bytes());
    let claimed = if image.fault == Some(Fault::HugeConfig) { TEN_GIGABYTES } else { config.len() as u64 };
    let size = layers.iter().map(|layer| layer.size).sum::<u64>() + config.len() as u64;
    let body = json!({
        "config": descriptor(family.config, &digest, claimed),
        "layers": layers.iter().map(|layer| descriptor(family.layer, &layer.digest, layer.size)).collect::<Value>(),
        "mediaType": family.manifest,
        "schemaVersion": 2,
    });
    let body = body.to_string();
    content.manifests.push(Manifest {
        digest: digest_of(body.as_bytes()),
        media_type: family.manifest,
        artifact_type: Some(family.config),
        body,
        size,
        subject: None,
        tag: None,
    });
    let served = match image.fault {
        Some(Fault::WrongConfig) => config.replace("\"os\":", "\"os.version\":\"0\",\"os\":"),
        Some(Fault::LongConfig) => format!("{config}{}", " ".repeat(65_536)),
        _ => config,
    };
    content.blobs.push(Blob { digest, body: Bytes::from(served) });
    for layer in layers {
        match layer.body {
            Some(body) => content.blobs.push(Blob { digest: layer.digest, body }),
            None => content.absent.push(layer.digest),
        }
    }
}

fn layers(seed: &str, image: &Image) -> Vec<Layer> {
    if !image.layers.is_empty() {
        let numbered = image.layers.iter().enumerate();
        return numbered.map(|(number, content)| layer(content, &format!("{seed} {number}"))).collect();
    }
    let size = image.size.unwrap_or(USUAL_SIZE);
    let made_up = |name: &str| format!("sha256:{}", crate::ids::hexadecimal(&format!("layer {name} {seed}"), 64));
    vec![absent(made_up("base"), size - size / 4, seed), absent(made_up("application"), size / 4, seed)]
}

/// The parts of `linux/arm64/v8`, as an index and a configuration write them.
fn platform_parts(platform: &str) -> (&str, &str, Option<&str>) {
    let mut parts = platform.split('/');
    let system = parts.next().unwrap_or("linux");
    (system, parts.next().unwrap_or("amd64"), parts.next())
}

/// The configuration blob. Members stand in the order of the alphabet everywhere here, so that digests don't depend on
/// how the JSON library keeps its maps.
fn configuration(config: &Config, platform: &str, layers: &[Layer], today: Timestamp) -> Value {
    let (system, architecture, variant) = platform_parts(platform);
    let unpacked: Value = layers.iter().map(|layer| layer.unpacked.as_str()).collect();
    object([
        ("architecture", architecture.into()),
        ("config", process(config)),
        ("created", config.created.map(|created| iso(created.at(today))).into()),
        ("history", history(config, layers)),
        ("os", system.into()),
        ("rootfs", json!({"diff_ids": unpacked, "type": "layers"})),
        ("variant", variant.into()),
    ])
}

fn process(config: &Config) -> Value {
    let list = |values: &[String]| if values.is_empty() { Value::Null } else { json!(values) };
    let is_plain = config.entrypoint.is_empty() && config.cmd.is_empty();
    let ports: Map<String, Value> = config.ports.iter().map(|port| (port.clone(), json!({}))).collect();
    let mut variables = config.env.clone();
    variables
        .entry("PATH".to_owned())
        .or_insert_with(|| "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned());
    let variables: Vec<String> = variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    object([
        ("Cmd", list(&config.cmd)),
        ("Entrypoint", if is_plain { json!(["/app/server"]) } else { list(&config.entrypoint) }),
        ("Env", json!(variables)),
        ("ExposedPorts", if ports.is_empty() { Value::Null } else { Value::Object(ports) }),
        ("Labels", if config.labels.is_empty() { Value::Null } else { json!(config.labels) }),
        ("User", config.user.clone().into()),
        ("WorkingDir", config.workdir.as_deref().unwrap_or("/").into()),
    ])
}

fn history(config: &Config, layers: &[Layer]) -> Value {
    if config.history.is_empty() {
        let copied = |number| json!({"created_by": format!("COPY part-{number} / # buildkit")});
        return (0..layers.len()).map(copied).collect();
    }
    let step = |text: &String| {
        let makes_layer = ["RUN", "COPY", "ADD", "/bin/sh"].iter().any(|start| text.starts_with(start));
        object([
            ("created_by", text.as_str().into()),
            ("empty_layer", if makes_layer { Value::Null } else { true.into() }),
        ])
    };
    config.history.iter().map(step).collect()
}

/// The index of the images for each platform; its size is that of the largest, as ECR says it.
fn index(family: &'static Family, platforms: &[&str], manifests: &[Manifest]) -> Manifest {
    let listed = platforms.iter().zip(manifests).map(|(platform, manifest)| {
        let (system, architecture, variant) = platform_parts(platform);
        let platform =
            object([("architecture", architecture.into()), ("os", system.into()), ("variant", variant.into())]);
        json!({
            "digest": manifest.digest,
            "mediaType": manifest.media_type,
            "platform": platform,
            "size": manifest.body.len(),
        })
    });
    let body = json!({"manifests": listed.collect::<Value>(), "mediaType": family.index, "schemaVersion": 2});
    let body = body.to_string();
    Manifest {
        digest: digest_of(body.as_bytes()),
        media_type: family.index,
        artifact_type: None,
        body,
        size: manifests.iter().map(|manifest| manifest.size).max().unwrap_or(0),
        subject: None,
        tag: None,
    }
}

/// What goes wrong with the manifest itself.
fn spoil(content: &mut Content, fault: Option<Fault>) {
    let Some(manifest) = content.manifests.first_mut() else { return };
    match fault {
        Some(Fault::WrongManifest) => manifest.body.push(' '),
        Some(Fault::GarbageManifest) => {
            "\u{1f}%%%{{{ not a manifest".clone_into(&mut manifest.body);
            manifest.digest = digest_of(manifest.body.as_bytes());
        }
        Some(
            Fault::HugeConfig
            | Fault::WrongConfig
            | Fault::GarbageConfig
            | Fault::LongConfig
            | Fault::CycleOfOne
            | Fault::CycleOfTwo,
        )
        | None => {}
    }
}
