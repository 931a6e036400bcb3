//! The images of pods.

use crate::pod_security::place;
use palisade_model::Gap;
use palisade_model::kubernetes::{PodSpec, VolumeSource};

/// The images of a pod, containers and volumes, each with what it is for.
fn images(spec: &PodSpec) -> impl Iterator<Item = (String, &str)> {
    let of_containers = spec.containers.iter().map(|container| (place(container), container.image.as_str()));
    let of_volumes = spec.volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::Image(image) => Some((format!("volume {}", volume.name), image.as_str())),
        VolumeSource::ConfigMap(_)
        | VolumeSource::Csi(_)
        | VolumeSource::DownwardApi
        | VolumeSource::EmptyDir
        | VolumeSource::Ephemeral
        | VolumeSource::HostPath(_)
        | VolumeSource::PersistentVolumeClaim
        | VolumeSource::Projected(_)
        | VolumeSource::Secret(_)
        | VolumeSource::Other(_) => None,
    });
    of_containers.chain(of_volumes)
}

/// What speaks against the images of a pod, those of volumes included, each told with what it is for. What is found goes before what could not be
/// decided.
pub fn judged(spec: &PodSpec, judge: impl Fn(&str) -> Result<Option<String>, Gap>) -> Result<Vec<String>, Gap> {
    let (mut found, mut unclear) = (Vec::new(), None);
    for (place, image) in images(spec) {
        match judge(image) {
            Ok(text) => found.extend(text.map(|text| format!("{place}: {text}"))),
            Err(gap) => unclear = Some(gap),
        }
    }
    match unclear {
        Some(gap) if found.is_empty() => Err(gap),
        Some(_) | None => Ok(found),
    }
}
