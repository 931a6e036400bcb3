//! Tables of the restricted level.

use super::baseline::volume;
use super::{ALWAYS, NEVER, hold, hold_containers, hold_pods, since, violated};
use crate::pod_security::{Control, Level};
use palisade_model::kubernetes::{Container, PodSpec, Profile, Projected, TokenProjection, VolumeSource};
use palisade_scenes::specs::pod_with;

const LEVEL: Level = Level::Restricted;

fn windows(pod: &mut PodSpec) {
    pod.operating_system = Some("windows".to_owned());
}

fn own_users(pod: &mut PodSpec) {
    pod.host_users = Some(false);
}

fn drop(container: &mut Container, names: &[&str]) {
    container.security.capabilities.drop = names.iter().map(|name| (*name).to_owned()).collect();
}

fn add(container: &mut Container, name: &str) {
    container.security.capabilities.add = vec![name.to_owned()];
}

#[test]
fn volume_types() {
    let name = || "settings".to_owned();
    let token = TokenProjection { audience: Some("sts.amazonaws.com".to_owned()), expiration_seconds: Some(86_400) };
    for (source, versions) in [
        (VolumeSource::ConfigMap(name()), NEVER),
        (VolumeSource::Csi("secrets-store.csi.k8s.io".to_owned()), NEVER),
        (VolumeSource::DownwardApi, NEVER),
        (VolumeSource::EmptyDir, NEVER),
        (VolumeSource::Ephemeral, NEVER),
        (VolumeSource::Image("registry.example/tools:1".to_owned()), NEVER),
        (VolumeSource::PersistentVolumeClaim, NEVER),
        (VolumeSource::Projected(Projected { tokens: vec![token], secrets: vec![] }), NEVER),
        (VolumeSource::Secret(name()), NEVER),
        (VolumeSource::HostPath("/var/log".to_owned()), ALWAYS),
        (VolumeSource::Other("nfs".to_owned()), ALWAYS),
        (VolumeSource::Other("awsElasticBlockStore".to_owned()), ALWAYS),
        (VolumeSource::Other("gitRepo".to_owned()), ALWAYS),
        (VolumeSource::Other(String::new()), ALWAYS),
    ] {
        let text = format!("{source:?}");
        hold(LEVEL, Control::RestrictedVolumes, &text, &pod_with(|pod| pod.volumes = volume(source)), &versions);
    }
}

#[test]
fn privilege_escalation() {
    hold_containers(
        LEVEL,
        Control::AllowPrivilegeEscalation,
        &[
            ("allowed", |container| container.security.allow_privilege_escalation = Some(true), since(8)),
            ("not said", |container| container.security.allow_privilege_escalation = None, since(8)),
        ],
    );
    let unsaid = |pod: &mut PodSpec| pod.containers[1].security.allow_privilege_escalation = None;
    let pod = pod_with(|pod| {
        windows(pod);
        unsaid(pod);
    });
    hold(LEVEL, Control::AllowPrivilegeEscalation, "on Windows", &pod, &(8..25));
    let pod = pod_with(|pod| {
        pod.operating_system = Some("linux".to_owned());
        unsaid(pod);
    });
    hold(LEVEL, Control::AllowPrivilegeEscalation, "on Linux", &pod, &since(8));
}

#[test]
fn running_as_non_root() {
    hold_pods(
        LEVEL,
        Control::RunAsNonRoot,
        &[
            ("not said anywhere", |pod| pod.security.run_as_non_root = None, ALWAYS),
            ("root by the pod", |pod| pod.security.run_as_non_root = Some(false), ALWAYS),
            (
                "said by every container",
                |pod| {
                    pod.security.run_as_non_root = None;
                    pod.containers.iter_mut().for_each(|container| container.security.run_as_non_root = Some(true));
                },
                NEVER,
            ),
            (
                "root by the pod, though every container says otherwise",
                |pod| {
                    pod.security.run_as_non_root = Some(false);
                    pod.containers.iter_mut().for_each(|container| container.security.run_as_non_root = Some(true));
                },
                ALWAYS,
            ),
            (
                "said by all but the ephemeral container",
                |pod| {
                    pod.security.run_as_non_root = None;
                    pod.containers[..2]
                        .iter_mut()
                        .for_each(|container| container.security.run_as_non_root = Some(true));
                },
                ALWAYS,
            ),
        ],
    );
    hold_containers(
        LEVEL,
        Control::RunAsNonRoot,
        &[
            ("root by the container", |container| container.security.run_as_non_root = Some(false), ALWAYS),
            ("said twice", |container| container.security.run_as_non_root = Some(true), NEVER),
        ],
    );
}

#[test]
fn nothing_but_user_ids_of_its_own_stands_in_for_non_root() {
    hold_pods(
        LEVEL,
        Control::RunAsNonRoot,
        &[
            (
                "root, with user ids of its own",
                |pod| {
                    own_users(pod);
                    pod.security.run_as_non_root = Some(false);
                },
                0..35,
            ),
            (
                "not said, with the node's user ids",
                |pod| {
                    pod.host_users = Some(true);
                    pod.security.run_as_non_root = None;
                },
                ALWAYS,
            ),
            (
                "not said, on Windows",
                |pod| {
                    windows(pod);
                    pod.security.run_as_non_root = None;
                },
                ALWAYS,
            ),
            // A user id does not stand in for the promise.
            (
                "not said, but a user id",
                |pod| {
                    pod.security.run_as_non_root = None;
                    pod.security.run_as_user = Some(1000);
                },
                ALWAYS,
            ),
        ],
    );
}

#[test]
fn running_as_user_0() {
    hold_pods(
        LEVEL,
        Control::RunAsUser,
        &[
            ("root", |pod| pod.security.run_as_user = Some(0), since(23)),
            ("a user", |pod| pod.security.run_as_user = Some(1), NEVER),
            ("group 0", |pod| pod.security.run_as_group = Some(0), NEVER),
            (
                "root, with user ids of its own",
                |pod| {
                    own_users(pod);
                    pod.security.run_as_user = Some(0);
                },
                23..35,
            ),
        ],
    );
    hold_containers(
        LEVEL,
        Control::RunAsUser,
        &[
            ("root", |container| container.security.run_as_user = Some(0), since(23)),
            ("a user", |container| container.security.run_as_user = Some(65_532), NEVER),
        ],
    );
}

#[test]
fn seccomp() {
    hold_pods(
        LEVEL,
        Control::SeccompProfileRestricted,
        &[
            ("not said anywhere", |pod| pod.security.seccomp = None, since(19)),
            ("node's", |pod| pod.security.seccomp = Some(Profile::Localhost(None)), NEVER),
            ("none", |pod| pod.security.seccomp = Some(Profile::Unconfined), since(19)),
            (
                "said by every container",
                |pod| {
                    pod.security.seccomp = None;
                    let profile = || Some(Profile::RuntimeDefault);
                    pod.containers.iter_mut().for_each(|container| container.security.seccomp = profile());
                },
                NEVER,
            ),
            (
                "none by the pod, though every container says otherwise",
                |pod| {
                    pod.security.seccomp = Some(Profile::Unconfined);
                    let profile = || Some(Profile::RuntimeDefault);
                    pod.containers.iter_mut().for_each(|container| container.security.seccomp = profile());
                },
                since(19),
            ),
            (
                "not said, on Windows",
                |pod| {
                    windows(pod);
                    pod.security.seccomp = None;
                },
                19..25,
            ),
        ],
    );
    hold_containers(
        LEVEL,
        Control::SeccompProfileRestricted,
        &[
            ("node's", |container| container.security.seccomp = Some(Profile::Localhost(None)), NEVER),
            ("none", |container| container.security.seccomp = Some(Profile::Unconfined), since(19)),
            ("a new type", |container| container.security.seccomp = Some(Profile::Other("Log".to_owned())), since(19)),
        ],
    );
}

#[test]
fn capabilities() {
    hold_containers(
        LEVEL,
        Control::CapabilitiesRestricted,
        &[
            ("none dropped", |container| drop(container, &[]), since(22)),
            ("some dropped", |container| drop(container, &["NET_RAW", "MKNOD"]), since(22)),
            ("all dropped, in lower case", |container| drop(container, &["all"]), since(22)),
            ("all dropped, and one by name", |container| drop(container, &["NET_RAW", "ALL"]), NEVER),
            ("low ports", |container| add(container, "NET_BIND_SERVICE"), NEVER),
            ("one that the baseline allows", |container| add(container, "CHOWN"), since(22)),
        ],
    );
    for minor in ALWAYS {
        let pod = pod_with(|pod| add(&mut pod.containers[1], "SYS_ADMIN"));
        let control = if minor < 22 { Control::CapabilitiesBaseline } else { Control::CapabilitiesRestricted };
        assert_eq!(violated(LEVEL, minor, &pod).into_iter().collect::<Vec<_>>(), [control], "v1.{minor}");
    }
    let pod = pod_with(|pod| {
        windows(pod);
        drop(&mut pod.containers[1], &[]);
    });
    hold(LEVEL, Control::CapabilitiesRestricted, "on Windows", &pod, &(22..25));
}

#[test]
fn what_is_good_practice_but_no_standard_is_allowed() {
    let pod = pod_with(|pod| {
        pod.automount_token = Some(true);
        pod.containers[1].security.read_only_root_filesystem = Some(false);
        pod.containers[1].image = "app:latest".to_owned();
    });
    for minor in ALWAYS {
        assert!(violated(LEVEL, minor, &pod).is_empty(), "v1.{minor}");
    }
}
