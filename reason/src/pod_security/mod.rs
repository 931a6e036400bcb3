//! The Pod Security Standards: what a pod violates, and what a namespace holds its pods to.
//!
//! The controls follow the API server's own, version by version; `latest` is the version of the API server, so that a
//! caller passes [`Version::on`] its minor version.
//!
//! Sources: <https://kubernetes.io/docs/concepts/security/pod-security-standards/>,
//! <https://github.com/kubernetes/pod-security-admission>

mod baseline;
mod control;
mod namespace;
mod restricted;
#[cfg(test)]
mod tests;
mod verdict;
mod version;

pub use control::Control;
pub use namespace::{BadLabel, Effective, Modes, Policy, effective};
pub use verdict::{AGENT_NAMESPACES, NamespaceVerdict, judge};
pub(crate) use version::STANDARDS;
pub use version::{Level, Version};

use palisade_model::kubernetes::{Container, ContainerKind, PodSpec};

/// One field of a pod that a control forbids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    /// The control.
    pub control: Control,
    /// Where, which field, and what it says, such as `container app: securityContext.privileged is true`.
    pub message: String,
}

/// Everything of a pod that a level forbids, control by control; nothing at [`Level::Privileged`].
pub fn evaluate(level: Level, version: Version, pod: &PodSpec) -> Vec<Violation> {
    let subject = Subject { pod, minor: version.minor() };
    let violations = Control::at(level, subject.minor)
        .flat_map(|control| subject.violations(control).into_iter().map(move |message| Violation { control, message }));
    violations.collect()
}

/// A pod under judgement, in one version of the standards.
#[derive(Clone, Copy)]
struct Subject<'a> {
    pod: &'a PodSpec,
    minor: u32,
}

impl<'a> Subject<'a> {
    fn violations(self, control: Control) -> Vec<String> {
        match control {
            Control::AppArmorProfile => self.app_armor(),
            Control::CapabilitiesBaseline => self.capabilities_added(),
            Control::HostNamespaces => self.host_namespaces(),
            Control::HostPathVolumes => self.host_paths(),
            Control::HostPorts => self.host_ports(),
            Control::HostProbesAndLifecycle => self.handler_hosts(),
            Control::Privileged => self.privileged(),
            Control::ProcMountBaseline => self.proc_mount(self.has_relaxed_users()),
            Control::SeLinuxOptions => self.selinux(),
            Control::SeccompProfileBaseline => self.seccomp_if_said(),
            Control::Sysctls => self.sysctls(),
            Control::WindowsHostProcess => self.host_process(),
            Control::AllowPrivilegeEscalation => self.privilege_escalation(),
            Control::CapabilitiesRestricted => self.capabilities_kept(),
            Control::ProcMountRestricted => self.proc_mount(false),
            Control::RestrictedVolumes => self.volume_types(),
            Control::RunAsNonRoot => self.non_root(),
            Control::RunAsUser => self.root_user(),
            Control::SeccompProfileRestricted => self.seccomp(),
        }
    }

    /// The messages of all containers; init and ephemeral ones count like any other.
    fn each_container(self, message: impl Fn(&'a Container) -> Option<String>) -> Vec<String> {
        let containers = self.pod.containers.iter();
        containers
            .filter_map(|container| message(container).map(|text| format!("{}: {text}", place(container))))
            .collect()
    }

    /// Whether Linux's controls are waived because the pod says that it runs on Windows: since v1.25.
    fn is_exempt_windows(self) -> bool {
        self.minor >= 25 && self.pod.is_windows()
    }

    /// Whether controls about root are waived because the pod's user ids are its own: since v1.35.
    fn has_relaxed_users(self) -> bool {
        self.minor >= 35 && self.pod.has_own_users()
    }
}

/// How a message names a container.
pub fn place(container: &Container) -> String {
    let name = &container.name;
    match container.kind {
        ContainerKind::Init => format!("init container {name}"),
        ContainerKind::Regular => format!("container {name}"),
        ContainerKind::Ephemeral => format!("ephemeral container {name}"),
    }
}
