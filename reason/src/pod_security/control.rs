//! The controls of the standards, by their names.

use std::fmt;

use super::Level;

macro_rules! controls {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal, $level:ident, $since:literal, $title:literal;)+) => {
        /// A control of the Pod Security Standards, as the API server's own code divides them.
        ///
        /// Source: <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Control {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Control {
            /// All of them: those of the baseline level first.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The id that the API server's code gives it.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            /// The level it belongs to.
            pub fn level(self) -> Level {
                match self {
                    $(Self::$variant => Level::$level,)+
                }
            }

            /// The first version of the standards, `v1.N`, that has it.
            pub fn since(self) -> u32 {
                match self {
                    $(Self::$variant => $since,)+
                }
            }

            /// The name in the standards.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)+
                }
            }
        }
    };
}

controls! {
    /// No AppArmor profile but the runtime's and those of the node.
    AppArmorProfile = "appArmorProfile", Baseline, 0, "AppArmor";
    /// No capabilities beyond the runtime's default set.
    CapabilitiesBaseline = "capabilities_baseline", Baseline, 0, "Capabilities";
    /// No sharing of the node's network, processes and shared memory.
    HostNamespaces = "hostNamespaces", Baseline, 0, "Host Namespaces";
    /// No paths of the node.
    HostPathVolumes = "hostPathVolumes", Baseline, 0, "HostPath Volumes";
    /// No ports of the node.
    HostPorts = "hostPorts", Baseline, 0, "Host Ports";
    /// No probes and lifecycle handlers that call another host.
    HostProbesAndLifecycle = "hostProbesAndHostLifecycle", Baseline, 34, "Host Probes / Lifecycle Hooks";
    /// No containers with all rights.
    Privileged = "privileged", Baseline, 0, "Privileged Containers";
    /// No unmasked `/proc`.
    ProcMountBaseline = "procMount", Baseline, 0, "/proc Mount Type";
    /// No SELinux user, role or type but those of containers.
    SeLinuxOptions = "seLinuxOptions", Baseline, 0, "SELinux";
    /// No container without a seccomp profile by wish.
    SeccompProfileBaseline = "seccompProfile_baseline", Baseline, 0, "Seccomp";
    /// No kernel parameters but those that are safe for the node.
    Sysctls = "sysctls", Baseline, 0, "Sysctls";
    /// No Windows containers that are processes of the node.
    WindowsHostProcess = "windowsHostProcess", Baseline, 0, "HostProcess";
    /// No process with more rights than its parent.
    AllowPrivilegeEscalation = "allowPrivilegeEscalation", Restricted, 8, "Privilege Escalation";
    /// No capabilities at all but one.
    CapabilitiesRestricted = "capabilities_restricted", Restricted, 22, "Capabilities";
    /// No unmasked `/proc`, whatever the pod's user ids.
    ProcMountRestricted = "procMount_restricted", Restricted, 35, "/proc Mount Type";
    /// No volumes but of the types that stay within the pod.
    RestrictedVolumes = "restrictedVolumes", Restricted, 0, "Volume Types";
    /// Only containers that the kubelet refuses to start as root.
    RunAsNonRoot = "runAsNonRoot", Restricted, 0, "Running as Non-root";
    /// No container that asks for user 0.
    RunAsUser = "runAsUser", Restricted, 23, "Running as Non-root user";
    /// Only containers with a seccomp profile.
    SeccompProfileRestricted = "seccompProfile_restricted", Restricted, 19, "Seccomp";
}

impl Control {
    /// The baseline control that this one takes the place of.
    pub fn replaces(self) -> Option<Self> {
        match self {
            Self::CapabilitiesRestricted => Some(Self::CapabilitiesBaseline),
            Self::ProcMountRestricted => Some(Self::ProcMountBaseline),
            Self::RestrictedVolumes => Some(Self::HostPathVolumes),
            Self::SeccompProfileRestricted => Some(Self::SeccompProfileBaseline),
            Self::AppArmorProfile
            | Self::CapabilitiesBaseline
            | Self::HostNamespaces
            | Self::HostPathVolumes
            | Self::HostPorts
            | Self::HostProbesAndLifecycle
            | Self::Privileged
            | Self::ProcMountBaseline
            | Self::SeLinuxOptions
            | Self::SeccompProfileBaseline
            | Self::Sysctls
            | Self::WindowsHostProcess
            | Self::AllowPrivilegeEscalation
            | Self::RunAsNonRoot
            | Self::RunAsUser => None,
        }
    }

    /// The controls that a level holds a pod to in version `v1.minor`: those of the level and of the levels below it,
    /// without those that a stricter one takes the place of.
    pub fn at(level: Level, minor: u32) -> impl Iterator<Item = Self> {
        let held = move |control: Self| control.level() <= level && control.since() <= minor;
        let replaced =
            move |control: Self| Self::ALL.iter().any(|other| held(*other) && other.replaces() == Some(control));
        Self::ALL.iter().copied().filter(move |control| held(*control) && !replaced(*control))
    }
}

impl fmt::Display for Control {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.id())
    }
}
