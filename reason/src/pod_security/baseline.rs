//! The controls of the baseline level: each lists the fields that it forbids.

use super::Subject;
use palisade_model::kubernetes::{ProcMount, Profile, SeLinux, VolumeSource};

const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Types of SELinux, with the version that began to allow each.
const SELINUX_TYPES: &[(&str, u32)] =
    &[("", 0), ("container_t", 0), ("container_init_t", 0), ("container_kvm_t", 0), ("container_engine_t", 31)];

/// Kernel parameters that concern the pod alone, with the version that began to allow each.
const SYSCTLS: &[(&str, u32)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
];

const APP_ARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_POD_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER_ANNOTATION: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// The version in which seccomp's annotations gave way to a field.
const SECCOMP_FIELD: u32 = 19;

impl Subject<'_> {
    pub(super) fn privileged(self) -> Vec<String> {
        self.each_container(|container| {
            let privileged = container.security.privileged == Some(true);
            privileged.then(|| "securityContext.privileged is true".to_owned())
        })
    }

    pub(super) fn host_namespaces(self) -> Vec<String> {
        let host = self.pod.host;
        let shared = [("hostNetwork", host.network), ("hostPID", host.pid), ("hostIPC", host.ipc)];
        let shared = shared.into_iter().filter(|(_, is_shared)| *is_shared);
        shared.map(|(field, _)| format!("pod: {field} is true")).collect()
    }

    pub(super) fn host_paths(self) -> Vec<String> {
        let volumes = self.pod.volumes.iter();
        let paths = volumes.filter_map(|volume| match &volume.source {
            VolumeSource::HostPath(path) => Some(format!("volume {}: hostPath is {path}", volume.name)),
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
        paths.collect()
    }

    /// A pod on the node's network takes the node's port for each of its own: the API server writes that into pods, not
    /// into templates, so that it is done here for both.
    pub(super) fn host_ports(self) -> Vec<String> {
        let on_network = self.pod.host.network;
        self.each_container(|container| {
            let taken = container.ports.iter().map(|port| match port.host_port {
                0 if on_network => port.container_port,
                host_port => host_port,
            });
            let taken: Vec<_> = taken.filter(|port| *port != 0).map(|port| port.to_string()).collect();
            (!taken.is_empty()).then(|| format!("ports.hostPort is {}", taken.join(", ")))
        })
    }

    pub(super) fn capabilities_added(self) -> Vec<String> {
        self.each_container(|container| {
            let added = container.security.capabilities.add.iter().map(String::as_str);
            let added: Vec<_> = added.filter(|capability| !CAPABILITIES.contains(capability)).collect();
            (!added.is_empty()).then(|| format!("securityContext.capabilities.add has {}", added.join(", ")))
        })
    }

    pub(super) fn handler_hosts(self) -> Vec<String> {
        self.each_container(|container| {
            let hosts = container.handler_hosts.iter().filter(|named| !named.host.is_empty());
            let hosts: Vec<_> = hosts.map(|named| format!("{}.host is {}", named.handler, named.host)).collect();
            (!hosts.is_empty()).then(|| hosts.join(", "))
        })
    }

    pub(super) fn app_armor(self) -> Vec<String> {
        let field = |profile: &Option<Profile>| forbidden_profile(profile.as_ref(), "appArmorProfile");
        let of_pod = field(&self.pod.security.app_armor).map(|text| format!("pod: {text}"));
        let of_containers = self.each_container(|container| field(&container.security.app_armor));
        let annotations = self.pod.annotations.iter().filter(|(key, value)| {
            let allowed = value.is_empty() || *value == "runtime/default" || value.starts_with("localhost/");
            key.starts_with(APP_ARMOR_ANNOTATION) && !allowed
        });
        let annotations = annotations.map(|(key, value)| format!("pod: annotation {key} is {value}"));
        of_pod.into_iter().chain(of_containers).chain(annotations).collect()
    }

    pub(super) fn selinux(self) -> Vec<String> {
        let field = |options: &Option<SeLinux>| options.as_ref().and_then(|options| self.forbidden_label(options));
        let of_pod = field(&self.pod.security.selinux).map(|text| format!("pod: {text}"));
        of_pod.into_iter().chain(self.each_container(|container| field(&container.security.selinux))).collect()
    }

    fn forbidden_label(self, options: &SeLinux) -> Option<String> {
        let SeLinux { user, role, kind, level: _ } = options;
        let known = SELINUX_TYPES.iter().any(|(name, since)| name == kind && *since <= self.minor);
        let parts = [("type", kind, known), ("user", user, user.is_empty()), ("role", role, role.is_empty())];
        let bad = parts.into_iter().filter(|(_, _, allowed)| !allowed);
        let bad: Vec<_> =
            bad.map(|(part, value, _)| format!("securityContext.seLinuxOptions.{part} is {value}")).collect();
        (!bad.is_empty()).then(|| bad.join(", "))
    }

    /// What `/proc` shows must be masked, unless root inside the pod is nobody outside and that counts.
    pub(super) fn proc_mount(self, is_waived: bool) -> Vec<String> {
        self.each_container(|container| match &container.security.proc_mount {
            _ if is_waived => None,
            None | Some(ProcMount::Default) => None,
            Some(mount @ (ProcMount::Unmasked | ProcMount::Other(_))) => {
                Some(format!("securityContext.procMount is {}", mount.name()))
            }
        })
    }

    /// A seccomp profile may be missing, but none may be turned off.
    pub(super) fn seccomp_if_said(self) -> Vec<String> {
        if self.minor < SECCOMP_FIELD {
            return self.seccomp_annotations();
        }
        let field = |profile: &Option<Profile>| forbidden_profile(profile.as_ref(), "seccompProfile");
        let of_pod = field(&self.pod.security.seccomp).map(|text| format!("pod: {text}"));
        of_pod.into_iter().chain(self.each_container(|container| field(&container.security.seccomp))).collect()
    }

    fn seccomp_annotations(self) -> Vec<String> {
        let of_containers = self.pod.containers.iter();
        let of_containers = of_containers.map(|container| format!("{SECCOMP_CONTAINER_ANNOTATION}{}", container.name));
        let keys = std::iter::once(SECCOMP_POD_ANNOTATION.to_owned()).chain(of_containers);
        let values = keys.filter_map(|key| self.pod.annotations.get(&key).map(|value| (key, value)));
        let forbidden = values.filter(|(_, value)| {
            let defaults = ["runtime/default", "docker/default"].contains(&value.as_str());
            !defaults && !value.starts_with("localhost/")
        });
        forbidden.map(|(key, value)| format!("pod: annotation {key} is {value}")).collect()
    }

    pub(super) fn sysctls(self) -> Vec<String> {
        let is_safe = |name: &str| SYSCTLS.iter().any(|(safe, since)| *safe == name && *since <= self.minor);
        let names = self.pod.security.sysctls.iter().filter(|name| !is_safe(name));
        names.map(|name| format!("pod: securityContext.sysctls has {name}")).collect()
    }

    pub(super) fn host_process(self) -> Vec<String> {
        const TEXT: &str = "securityContext.windowsOptions.hostProcess is true";
        let of_pod = (self.pod.security.host_process == Some(true)).then(|| format!("pod: {TEXT}"));
        let of_containers =
            self.each_container(|container| (container.security.host_process == Some(true)).then(|| TEXT.to_owned()));
        of_pod.into_iter().chain(of_containers).collect()
    }
}

/// Whether a profile is one that confines; `RuntimeDefault` and the node's own do.
pub(super) fn confines(profile: &Profile) -> bool {
    match profile {
        Profile::RuntimeDefault | Profile::Localhost(_) => true,
        Profile::Unconfined | Profile::Other(_) => false,
    }
}

/// What is said of a profile that is there and does not confine.
pub(super) fn forbidden_profile(profile: Option<&Profile>, field: &str) -> Option<String> {
    let profile = profile.filter(|profile| !confines(profile))?;
    Some(format!("securityContext.{field}.type is {}", profile.kind()))
}
