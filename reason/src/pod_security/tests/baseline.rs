//! Tables of the baseline level.

use super::{ALWAYS, NEVER, hold, hold_containers, hold_pods, since};
use crate::pod_security::{Control, Level, Version, evaluate};
use palisade_model::kubernetes::{
    Container, HandlerHost, HostNamespaces, PodSpec, Port, ProcMount, Profile, SeLinux, Volume, VolumeSource,
};
use palisade_scenes::specs::pod_with;

const LEVEL: Level = Level::Baseline;

pub(super) fn host(host: &str) -> HandlerHost {
    HandlerHost { handler: "livenessProbe.httpGet".to_owned(), host: host.to_owned() }
}

fn unknown() -> Profile {
    Profile::Other("Complain".to_owned())
}

fn local() -> Profile {
    Profile::Localhost(Some("profiles/app.json".to_owned()))
}

fn port(container_port: u16, host_port: u16) -> Vec<Port> {
    vec![Port { container_port, host_port }]
}

fn add(container: &mut Container, names: &[&str]) {
    container.security.capabilities.add = names.iter().map(|name| (*name).to_owned()).collect();
}

fn annotate(pod: &mut PodSpec, key: &str, value: &str) {
    pod.annotations.insert(key.to_owned(), value.to_owned());
}

fn label(kind: &str, user: &str, role: &str) -> SeLinux {
    let [kind, user, role] = [kind, user, role].map(str::to_owned);
    SeLinux { user, role, kind, level: "s0:c123,c456".to_owned() }
}

#[test]
fn privileged_containers() {
    hold_containers(
        LEVEL,
        Control::Privileged,
        &[
            ("privileged", |container| container.security.privileged = Some(true), ALWAYS),
            ("not privileged", |container| container.security.privileged = Some(false), NEVER),
        ],
    );
}

#[test]
fn host_namespaces() {
    hold_pods(
        LEVEL,
        Control::HostNamespaces,
        &[
            ("network", |pod| pod.host.network = true, ALWAYS),
            ("processes", |pod| pod.host.pid = true, ALWAYS),
            ("shared memory", |pod| pod.host.ipc = true, ALWAYS),
            ("containers see each other", |pod| pod.share_process_namespace = true, NEVER),
        ],
    );
}

#[test]
fn host_paths() {
    hold_pods(
        LEVEL,
        Control::HostPathVolumes,
        &[
            ("a path", |pod| pod.volumes = volume(VolumeSource::HostPath("/var/run/docker.sock".to_owned())), ALWAYS),
            ("a directory", |pod| pod.volumes = volume(VolumeSource::EmptyDir), NEVER),
        ],
    );
    // The restricted level forbids NFS, the baseline level does not.
    let pod = pod_with(|pod| pod.volumes = volume(VolumeSource::Other("nfs".to_owned())));
    assert!(evaluate(LEVEL, Version::Latest, &pod).is_empty());
}

pub(super) fn volume(source: VolumeSource) -> Vec<Volume> {
    vec![Volume { name: "data".to_owned(), source }]
}

#[test]
fn host_ports() {
    hold_containers(
        LEVEL,
        Control::HostPorts,
        &[
            ("a port of the node", |container| container.ports = port(8080, 80), ALWAYS),
            ("none", |container| container.ports = port(8080, 0), NEVER),
        ],
    );
    // On the node's network each port is one of the node, which the API server writes into pods alone.
    let pod = pod_with(|pod| {
        pod.host = HostNamespaces { network: true, ..HostNamespaces::default() };
        pod.containers[1].ports = port(9100, 0);
    });
    let messages: Vec<_> =
        evaluate(LEVEL, Version::Latest, &pod).into_iter().map(|violation| violation.message).collect();
    assert_eq!(messages, ["pod: hostNetwork is true", "container app: ports.hostPort is 9100"]);
}

#[test]
fn capabilities() {
    hold_containers(
        LEVEL,
        Control::CapabilitiesBaseline,
        &[
            (
                "the runtime's own",
                |container| {
                    let own = "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID \
                               SETPCAP SETUID SYS_CHROOT";
                    add(container, &own.split_whitespace().collect::<Vec<_>>());
                },
                NEVER,
            ),
            ("one more", |container| add(container, &["CHOWN", "NET_RAW"]), ALWAYS),
            ("all", |container| add(container, &["ALL"]), ALWAYS),
            ("in lower case", |container| add(container, &["chown"]), ALWAYS),
            ("with a prefix", |container| add(container, &["CAP_CHOWN"]), ALWAYS),
            ("nothing dropped", |container| container.security.capabilities.drop.clear(), NEVER),
        ],
    );
}

#[test]
fn hosts_of_probes_and_handlers() {
    hold_containers(
        LEVEL,
        Control::HostProbesAndLifecycle,
        &[
            ("an address", |container| container.handler_hosts = vec![host("10.0.0.1")], since(34)),
            ("the pod's own, by name", |container| container.handler_hosts = vec![host("127.0.0.1")], since(34)),
            ("an empty one", |container| container.handler_hosts = vec![host("")], NEVER),
        ],
    );
}

#[test]
fn app_armor() {
    hold_pods(
        LEVEL,
        Control::AppArmorProfile,
        &[
            ("runtime's", |pod| pod.security.app_armor = Some(Profile::RuntimeDefault), NEVER),
            ("node's", |pod| pod.security.app_armor = Some(local()), NEVER),
            ("none", |pod| pod.security.app_armor = Some(Profile::Unconfined), ALWAYS),
            ("a new type", |pod| pod.security.app_armor = Some(unknown()), ALWAYS),
            (
                "annotated, none",
                |pod| annotate(pod, "container.apparmor.security.beta.kubernetes.io/app", "unconfined"),
                ALWAYS,
            ),
            (
                "annotated, elsewhere",
                |pod| annotate(pod, "container.apparmor.security.beta.kubernetes.io/gone", "unconfined"),
                ALWAYS,
            ),
            ("annotated, empty", |pod| annotate(pod, "container.apparmor.security.beta.kubernetes.io/app", ""), NEVER),
            (
                "annotated, runtime's",
                |pod| annotate(pod, "container.apparmor.security.beta.kubernetes.io/app", "runtime/default"),
                NEVER,
            ),
            (
                "annotated, node's",
                |pod| annotate(pod, "container.apparmor.security.beta.kubernetes.io/app", "localhost/app"),
                NEVER,
            ),
            (
                "annotated, almost",
                |pod| annotate(pod, "container.apparmor.security.beta.kubernetes.io/app", "localhost"),
                ALWAYS,
            ),
        ],
    );
    hold_containers(
        LEVEL,
        Control::AppArmorProfile,
        &[
            ("runtime's", |container| container.security.app_armor = Some(Profile::RuntimeDefault), NEVER),
            ("none", |container| container.security.app_armor = Some(Profile::Unconfined), ALWAYS),
            ("a new type", |container| container.security.app_armor = Some(unknown()), ALWAYS),
        ],
    );
}

#[test]
fn selinux() {
    hold_pods(
        LEVEL,
        Control::SeLinuxOptions,
        &[
            ("level alone", |pod| pod.security.selinux = Some(label("", "", "")), NEVER),
            ("containers", |pod| pod.security.selinux = Some(label("container_t", "", "")), NEVER),
            ("init", |pod| pod.security.selinux = Some(label("container_init_t", "", "")), NEVER),
            ("virtual machines", |pod| pod.security.selinux = Some(label("container_kvm_t", "", "")), NEVER),
            ("engines", |pod| pod.security.selinux = Some(label("container_engine_t", "", "")), 0..31),
            ("unconfined", |pod| pod.security.selinux = Some(label("spc_t", "", "")), ALWAYS),
            ("a user", |pod| pod.security.selinux = Some(label("container_t", "system_u", "")), ALWAYS),
            ("a role", |pod| pod.security.selinux = Some(label("container_t", "", "system_r")), ALWAYS),
        ],
    );
    hold_containers(
        LEVEL,
        Control::SeLinuxOptions,
        &[
            ("level alone", |container| container.security.selinux = Some(label("", "", "")), NEVER),
            ("engines", |container| container.security.selinux = Some(label("container_engine_t", "", "")), 0..31),
            ("unconfined", |container| container.security.selinux = Some(label("spc_t", "", "")), ALWAYS),
        ],
    );
}

#[test]
fn proc_mounts() {
    let unmasked: fn(&mut Container) = |container| container.security.proc_mount = Some(ProcMount::Unmasked);
    hold_containers(
        LEVEL,
        Control::ProcMountBaseline,
        &[
            ("masked", |container| container.security.proc_mount = Some(ProcMount::Default), NEVER),
            ("unmasked", unmasked, ALWAYS),
            (
                "a new setting",
                |container| container.security.proc_mount = Some(ProcMount::Other("Half".to_owned())),
                ALWAYS,
            ),
        ],
    );
    for (host_users, versions) in [(None, ALWAYS), (Some(true), ALWAYS), (Some(false), 0..35)] {
        let pod = pod_with(|pod| {
            pod.host_users = host_users;
            unmasked(&mut pod.containers[1]);
        });
        // At the restricted level user ids of one's own help nothing.
        if host_users == Some(false) {
            assert_eq!(
                super::violated(Level::Restricted, 36, &pod).into_iter().collect::<Vec<_>>(),
                [Control::ProcMountRestricted]
            );
        }
        hold(LEVEL, Control::ProcMountBaseline, "unmasked", &pod, &versions);
    }
}

#[test]
fn seccomp_by_field() {
    hold_pods(
        LEVEL,
        Control::SeccompProfileBaseline,
        &[
            ("not said", |pod| pod.security.seccomp = None, NEVER),
            ("node's", |pod| pod.security.seccomp = Some(local()), NEVER),
            ("none", |pod| pod.security.seccomp = Some(Profile::Unconfined), since(19)),
            ("a new type", |pod| pod.security.seccomp = Some(unknown()), since(19)),
        ],
    );
    hold_containers(
        LEVEL,
        Control::SeccompProfileBaseline,
        &[
            ("runtime's", |container| container.security.seccomp = Some(Profile::RuntimeDefault), NEVER),
            ("none", |container| container.security.seccomp = Some(Profile::Unconfined), since(19)),
        ],
    );
}

#[test]
fn seccomp_by_annotation() {
    const POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
    const CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/app";
    for key in [POD, CONTAINER] {
        for (value, versions) in [
            ("runtime/default", NEVER),
            ("docker/default", NEVER),
            ("localhost/app", NEVER),
            ("unconfined", 0..19),
            ("", 0..19),
        ] {
            let pod = pod_with(|pod| annotate(pod, key, value));
            for minor in ALWAYS {
                let found = super::violated(LEVEL, minor, &pod).contains(&Control::SeccompProfileBaseline);
                assert_eq!(found, versions.contains(&minor), "{key}={value:?} at v1.{minor}");
            }
        }
    }
    let elsewhere = pod_with(|pod| annotate(pod, "container.seccomp.security.alpha.kubernetes.io/gone", "unconfined"));
    assert!(super::violated(LEVEL, 18, &elsewhere).is_empty(), "no container has that name");
}

#[test]
fn sysctls() {
    for (name, versions) in [
        ("kernel.shm_rmid_forced", NEVER),
        ("net.ipv4.ip_local_port_range", NEVER),
        ("net.ipv4.tcp_syncookies", NEVER),
        ("net.ipv4.ping_group_range", NEVER),
        ("net.ipv4.ip_unprivileged_port_start", NEVER),
        ("net.ipv4.ip_local_reserved_ports", 0..27),
        ("net.ipv4.tcp_keepalive_time", 0..29),
        ("net.ipv4.tcp_fin_timeout", 0..29),
        ("net.ipv4.tcp_keepalive_intvl", 0..29),
        ("net.ipv4.tcp_keepalive_probes", 0..29),
        ("net.ipv4.tcp_rmem", 0..32),
        ("net.ipv4.tcp_wmem", 0..32),
        ("net.ipv4.tcp_slow_start_after_idle", 0..37),
        ("net.ipv4.tcp_notsent_lowat", 0..37),
        ("net.ipv4.ip_forward", ALWAYS),
        ("kernel.msgmax", ALWAYS),
        ("", ALWAYS),
    ] {
        let pod = pod_with(|pod| pod.security.sysctls = vec!["kernel.shm_rmid_forced".to_owned(), name.to_owned()]);
        hold(LEVEL, Control::Sysctls, name, &pod, &versions);
    }
}

#[test]
fn host_processes_of_windows() {
    hold_pods(
        LEVEL,
        Control::WindowsHostProcess,
        &[
            ("of the node", |pod| pod.security.host_process = Some(true), ALWAYS),
            ("not of the node", |pod| pod.security.host_process = Some(false), NEVER),
        ],
    );
    hold_containers(
        LEVEL,
        Control::WindowsHostProcess,
        &[
            ("of the node", |container| container.security.host_process = Some(true), ALWAYS),
            ("not of the node", |container| container.security.host_process = Some(false), NEVER),
        ],
    );
}
