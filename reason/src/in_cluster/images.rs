//! The images of pods, and whose registries they come from.

use palisade_policy::matches;

use crate::account::Account;
use crate::pod_security::place;
use palisade_model::Gap;
use palisade_model::ecr::Reference;
use palisade_model::kubernetes::{PodSpec, VolumeSource, is_aws_image};

/// The registry of images whose name has no host.
const DOCKER_HUB: &str = "docker.io";

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

/// Whether an image comes from a registry of the account, of a trusted one, of AWS, or one that the settings name.
pub fn is_of_known_registry(image: &str, account: &Account) -> bool {
    let reference = Reference::parse(image);
    let host = reference.registry.unwrap_or(DOCKER_HUB);
    let is_official = reference.registry.is_none() && !reference.repository.contains('/');
    let library = if is_official { "library/" } else { "" };
    let name = format!("{host}/{library}{}", reference.repository);
    let is_named = |pattern: &String| matches(pattern, host) || matches(pattern, &name);
    let owner = reference.ecr_repository();
    host == "public.ecr.aws"
        || is_aws_image(image)
        || owner.is_some_and(|repository| account.trusts(repository.account()))
        || account.settings.trusted_registries.iter().any(is_named)
}
