//! Paths of the node that pods mount.

use crate::pod_security::place;
use palisade_model::kubernetes::{Container, PodSpec, VolumeSource};

/// The volumes of a pod whose path of the node lets it reach one of these paths: the path itself, one above it or one
/// below it, each told with where it is mounted. A `*` in a wanted path stands for one name.
pub fn reaching(spec: &PodSpec, wanted: &[&str]) -> Vec<String> {
    let told = spec.volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::HostPath(path) => {
            let reached = wanted.iter().find(|wanted| overlap(&names(path), &names(wanted)))?;
            let mounted = mounts(spec, &volume.name);
            Some(format!("volume {}: hostPath is {path}, which gives {reached}{mounted}", volume.name))
        }
        VolumeSource::ConfigMap(_)
        | VolumeSource::Csi(_)
        | VolumeSource::DownwardApi
        | VolumeSource::EmptyDir
        | VolumeSource::Ephemeral
        | VolumeSource::Image(_)
        | VolumeSource::PersistentVolumeClaim
        | VolumeSource::Projected(_)
        | VolumeSource::Secret(_)
        | VolumeSource::Other(_) => None,
    });
    told.collect()
}

fn mounts(spec: &PodSpec, volume: &str) -> String {
    let mounted = |container: &Container| {
        let mounts = container.mounts.iter().filter(|mount| mount.volume == volume);
        let place = place(container);
        mounts.map(|mount| format!("{place} at {}", mount.path)).collect::<Vec<_>>()
    };
    let mounts: Vec<_> = spec.containers.iter().flat_map(mounted).collect();
    if mounts.is_empty() { String::new() } else { format!(", mounted in {}", mounts.join(" and ")) }
}

/// The names of a path, with `.` and `..` followed, and `/var/run` read as the link to `/run` that it is.
pub(crate) fn names(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => _ = names.pop(),
            name => names.push(name),
        }
    }
    if names.starts_with(&["var", "run"]) { names.split_off(1) } else { names }
}

/// Whether one path is the other, or above it.
pub(crate) fn overlap(path: &[&str], wanted: &[&str]) -> bool {
    path.iter().zip(wanted).all(|(name, wanted)| name == wanted || *wanted == "*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_scenes::running::host_path;

    #[test]
    fn a_path_is_reached_from_above_and_below() {
        for (path, wanted, reached) in [
            ("/run/containerd/containerd.sock", "/run/containerd/containerd.sock", true),
            ("/var/run/containerd", "/run/containerd/containerd.sock", true),
            ("/", "/run/containerd/containerd.sock", true),
            ("/run/", "/run/containerd/containerd.sock", true),
            ("/var", "/var/lib/kubelet", true),
            ("/var/lib/kubelet/pods", "/var/lib/kubelet", true),
            ("/var/log/../lib/kubelet", "/var/lib/kubelet", true),
            ("/var/lib/kubelet-plugins", "/var/lib/kubelet", false),
            ("/run/containerd-stargz", "/run/containerd/containerd.sock", false),
            ("/home/ada/.aws", "/home/*/.aws", true),
            ("/home/ada/.cache", "/home/*/.aws", false),
        ] {
            let spec = PodSpec { volumes: vec![host_path(path)], ..PodSpec::default() };
            assert_eq!(!reaching(&spec, &[wanted]).is_empty(), reached, "{path} {wanted}");
        }
    }
}
