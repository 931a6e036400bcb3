//! Security contexts.

use k8s_openapi::api::core::v1;
use palisade_model::kubernetes::{Capabilities, ContainerSecurity, PodSecurity, ProcMount, Profile, SeLinux};

pub(super) fn of_pod(context: Option<v1::PodSecurityContext>) -> PodSecurity {
    let Some(context) = context else { return PodSecurity::default() };
    PodSecurity {
        run_as_non_root: context.run_as_non_root,
        run_as_user: context.run_as_user,
        run_as_group: context.run_as_group,
        fs_group: context.fs_group,
        supplemental_groups: context.supplemental_groups.unwrap_or_default(),
        seccomp: context.seccomp_profile.map(|profile| self::profile(profile.type_, profile.localhost_profile)),
        app_armor: context.app_armor_profile.map(|profile| self::profile(profile.type_, profile.localhost_profile)),
        selinux: context.se_linux_options.map(selinux),
        sysctls: context.sysctls.unwrap_or_default().into_iter().map(|sysctl| sysctl.name).collect(),
        host_process: context.windows_options.and_then(|options| options.host_process),
    }
}

pub(super) fn of_container(context: Option<v1::SecurityContext>) -> ContainerSecurity {
    let Some(context) = context else { return ContainerSecurity::default() };
    let capabilities = context.capabilities.unwrap_or_default();
    ContainerSecurity {
        privileged: context.privileged,
        allow_privilege_escalation: context.allow_privilege_escalation,
        read_only_root_filesystem: context.read_only_root_filesystem,
        run_as_non_root: context.run_as_non_root,
        run_as_user: context.run_as_user,
        run_as_group: context.run_as_group,
        capabilities: Capabilities {
            add: capabilities.add.unwrap_or_default(),
            drop: capabilities.drop.unwrap_or_default(),
        },
        proc_mount: context.proc_mount.map(|mount| match mount.as_str() {
            "Default" => ProcMount::Default,
            "Unmasked" => ProcMount::Unmasked,
            _ => ProcMount::Other(mount),
        }),
        seccomp: context.seccomp_profile.map(|profile| self::profile(profile.type_, profile.localhost_profile)),
        app_armor: context.app_armor_profile.map(|profile| self::profile(profile.type_, profile.localhost_profile)),
        selinux: context.se_linux_options.map(selinux),
        host_process: context.windows_options.and_then(|options| options.host_process),
    }
}

fn profile(kind: String, localhost: Option<String>) -> Profile {
    match kind.as_str() {
        "RuntimeDefault" => Profile::RuntimeDefault,
        "Localhost" => Profile::Localhost(localhost),
        "Unconfined" => Profile::Unconfined,
        _ => Profile::Other(kind),
    }
}

fn selinux(options: v1::SELinuxOptions) -> SeLinux {
    SeLinux {
        user: options.user.unwrap_or_default(),
        role: options.role.unwrap_or_default(),
        kind: options.type_.unwrap_or_default(),
        level: options.level.unwrap_or_default(),
    }
}
