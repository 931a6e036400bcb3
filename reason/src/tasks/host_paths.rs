//! Paths of the machine that containers of a task mount, and which of them give the machine away.

use palisade_model::ecs::{BindMount, Container, TaskDefinition, VolumeKind};

use crate::in_cluster::host_paths::{names, overlap};

/// Paths of Linux from which more of the machine follows than the path itself: its programs and settings, kernel and
/// devices, homes with keys, sockets of its runtimes and of its init, the state of the container agent and of others
/// that hold credentials.
const OF_LINUX: &[&str] = &[
    "/.bottlerocket",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/run/containerd",
    "/run/crio",
    "/run/dbus",
    "/run/docker",
    "/run/docker.sock",
    "/run/host-containerd",
    "/run/podman",
    "/run/systemd/private",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib/amazon",
    "/var/lib/cloud",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/docker",
    "/var/lib/ecs",
    "/var/spool/cron",
];

/// The like of Windows, in small letters and with `/`. Pipes are `//./pipe/…`, whose point falls away.
const OF_WINDOWS: &[&str] = &[
    "c:/program files/amazon",
    "c:/programdata/amazon",
    "c:/programdata/docker",
    "c:/users",
    "c:/windows",
    "pipe/containerd-containerd",
    "pipe/docker_engine",
];

/// Paths among those that everybody may know, and nothing follows from reading them.
const READABLE: &[&str] = &[
    "/etc/hostname",
    "/etc/hosts",
    "/etc/localtime",
    "/etc/machine-id",
    "/etc/os-release",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/resolv.conf",
    "/etc/ssl/certs",
    "/etc/timezone",
    "/lib/modules",
    "/usr/lib/modules",
    "/usr/lib/os-release",
    "/usr/share/ca-certificates",
    "/usr/share/zoneinfo",
    "/usr/src",
];

/// The socket to which whoever logs writes.
const LOG_SOCKET: &str = "/dev/log";

/// A path of the machine in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostMount<'a> {
    /// The container.
    pub container: &'a str,
    /// The container whose mount it inherits.
    pub inherited_from: Option<&'a str>,
    /// The path of the machine, as the volume names it.
    pub host: &'a BindMount,
    /// The path in the container.
    pub path: &'a str,
    /// Whether the container may not write to it.
    pub read_only: bool,
}

impl HostMount<'_> {
    /// The path of the machine that this one gives: itself, one above it or one below it. None where it is harmless.
    pub fn gives(&self) -> Option<&'static str> {
        let text = self.host.path.replace('\\', "/");
        let is_windows = text.contains(':') || text.starts_with("//./");
        if is_windows {
            let text = text.to_lowercase();
            return OF_WINDOWS.iter().copied().find(|wanted| overlap(&names(&text), &names(wanted)));
        }
        let path = names(&text);
        let is_below = |known: &&str| path.starts_with(&names(known));
        let is_harmless = is_below(&LOG_SOCKET) || self.read_only && READABLE.iter().any(is_below);
        let mut wanted = OF_LINUX.iter().copied();
        if is_harmless { None } else { wanted.find(|wanted| overlap(&path, &names(wanted))) }
    }

    /// In words: `/ of its machine, writable, at /mnt`.
    pub fn told(&self) -> String {
        let rights = if self.read_only { "read-only" } else { "writable" };
        let options = if self.host.in_driver_options { ", bound by options of a volume driver" } else { "" };
        let inherited = self.inherited_from.map(|name| format!(", as container {name} does")).unwrap_or_default();
        format!("mounts {} of its machine{options}, {rights}, at {}{inherited}", self.host.path, self.path)
    }
}

/// The paths of the machine that containers of a task have, by their own mounts and by those of others; and a kind of
/// volume among them that is not known. A volume that nobody mounts is left out.
pub fn mounted(task: &TaskDefinition) -> (Vec<HostMount<'_>>, Option<&str>) {
    let (mut found, mut unknown) = (Vec::new(), None);
    for container in &task.containers {
        add(container, container, false, task, &mut Vec::new(), &mut found, &mut unknown);
    }
    (found, unknown)
}

/// Adds what `source` mounts to what `container` has; with what `source` takes from others, each once.
fn add<'a>(
    container: &'a Container,
    source: &'a Container,
    read_only: bool,
    task: &'a TaskDefinition,
    seen: &mut Vec<&'a str>,
    found: &mut Vec<HostMount<'a>>,
    unknown: &mut Option<&'a str>,
) {
    if seen.contains(&source.name.as_str()) {
        return;
    }
    seen.push(&source.name);
    for mount in &source.mounts {
        match task.volumes.iter().find(|volume| volume.name == mount.volume).map(|volume| &volume.kind) {
            Some(VolumeKind::Host(host)) => found.push(HostMount {
                container: &container.name,
                inherited_from: Some(source.name.as_str()).filter(|name| *name != container.name),
                host,
                path: &mount.path,
                read_only: mount.read_only || read_only,
            }),
            Some(VolumeKind::Other(word)) => *unknown = Some(word),
            Some(
                VolumeKind::Scratch
                | VolumeKind::Docker { .. }
                | VolumeKind::Efs(_)
                | VolumeKind::Fsx { .. }
                | VolumeKind::S3Files { .. }
                | VolumeKind::AtLaunch,
            )
            | None => {}
        }
    }
    for (name, is_read_only) in &source.volumes_from {
        if let Some(other) = task.containers.iter().find(|other| other.name == *name) {
            add(container, other, read_only || *is_read_only, task, seen, found, unknown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_model::ecs::{Mount, Volume};

    fn gives(path: &str, read_only: bool) -> Option<&'static str> {
        let host = BindMount { path: path.to_owned(), in_driver_options: false };
        HostMount { container: "app", inherited_from: None, host: &host, path: "/mnt", read_only }.gives()
    }

    #[test]
    fn a_path_gives_what_is_above_and_below_it() {
        for (path, wanted) in [
            ("/", Some("/.bottlerocket")),
            ("//", Some("/.bottlerocket")),
            ("/opt/../etc/", Some("/etc")),
            ("/./var/run/docker.sock", Some("/run/docker.sock")),
            ("/var/run", Some("/run/containerd")),
            ("/var", Some("/run/containerd")),
            ("/var/lib/ecs/data", Some("/var/lib/ecs")),
            ("/sys/fs/cgroup", Some("/sys")),
            (r"\\.\pipe\docker_engine", Some("pipe/docker_engine")),
            (r"C:\", Some("c:/program files/amazon")),
            (r"C:\Shop\data", None),
            (r"D:\windows", None),
            ("/opt/shop/data", None),
            ("/var/lib/docker-registry", None),
            ("/var/log/shop", None),
            ("/dev/log", None),
        ] {
            let found = gives(path, false);
            assert_eq!(found.is_some(), wanted.is_some(), "{path}: {found:?}");
            if path != "/var" {
                assert_eq!(found, wanted, "{path}");
            }
        }
    }

    #[test]
    fn what_everybody_may_read_is_no_harm_to_read() {
        for path in ["/etc/localtime", "/etc/ssl/certs/", "/usr/share/zoneinfo/Europe"] {
            assert_eq!((gives(path, true), gives(path, false).is_some()), (None, true), "{path}");
        }
        assert_eq!(gives("/proc", true), Some("/proc"));
        assert_eq!(gives("/etc", true), Some("/etc"));
    }

    #[test]
    fn mounts_are_inherited_through_others_and_in_circles() {
        let container = |name: &str, from: &[(&str, bool)]| Container {
            name: name.to_owned(),
            volumes_from: from.iter().map(|(name, read_only)| ((*name).to_owned(), *read_only)).collect(),
            ..Container::default()
        };
        let mut keeper = container("keeper", &[("app", false)]);
        keeper.mounts = vec![Mount { volume: "root".to_owned(), path: "/host".to_owned(), read_only: false }];
        let host = BindMount { path: "/".to_owned(), in_driver_options: false };
        let task = TaskDefinition {
            containers: vec![
                container("app", &[("between", true)]),
                container("between", &[("keeper", false)]),
                keeper,
            ],
            volumes: vec![Volume { name: "root".to_owned(), kind: VolumeKind::Host(host) }],
            ..TaskDefinition::default()
        };
        let (found, unknown) = mounted(&task);
        let found: Vec<_> =
            found.iter().map(|mount| (mount.container, mount.inherited_from, mount.read_only)).collect();
        assert_eq!(
            (found, unknown),
            (vec![("app", Some("keeper"), true), ("between", Some("keeper"), false), ("keeper", None, false)], None)
        );
    }
}
