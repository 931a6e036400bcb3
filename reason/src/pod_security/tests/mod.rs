//! The controls as tables: what each allows and forbids, where, and in which versions.

mod baseline;
mod restricted;

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Control, Level, Version, evaluate};
use palisade_model::kubernetes::{Container, HostNamespaces, PodSpec};
use palisade_scenes::specs::{pod, pod_with};

/// Violated in every version that is known.
const ALWAYS: Range<u32> = 0..Version::NEWEST + 1;
/// Violated in none.
const NEVER: Range<u32> = 0..0;

/// Violated since `v1.minor`.
fn since(minor: u32) -> Range<u32> {
    minor..Version::NEWEST + 1
}

/// What is changed about the pod, and the versions in which that violates the control.
type PodRow = (&'static str, fn(&mut PodSpec), Range<u32>);
/// The same about a container.
type ContainerRow = (&'static str, fn(&mut Container), Range<u32>);

fn violated(level: Level, minor: u32, pod: &PodSpec) -> BTreeSet<Control> {
    evaluate(level, Version::Minor(minor), pod).into_iter().map(|violation| violation.control).collect()
}

/// In every version, the pod violates this one control or none, as its row says.
fn hold(level: Level, control: Control, name: &str, pod: &PodSpec, versions: &Range<u32>) {
    for minor in ALWAYS {
        let expected = BTreeSet::from_iter(versions.contains(&minor).then_some(control));
        assert_eq!(violated(level, minor, pod), expected, "{control} at {level} v1.{minor}: {name}");
        if level == Level::Baseline && !expected.is_empty() {
            assert!(!violated(Level::Restricted, minor, pod).is_empty(), "restricted v1.{minor} allows {name}");
        }
    }
    assert!(evaluate(Level::Privileged, Version::Latest, pod).is_empty());
}

fn hold_pods(level: Level, control: Control, rows: &[PodRow]) {
    for (name, change, versions) in rows {
        hold(level, control, name, &pod_with(change), versions);
    }
}

/// Each row holds for an init, a regular and an ephemeral container, and the message names the one.
fn hold_containers(level: Level, control: Control, rows: &[ContainerRow]) {
    for (name, change, versions) in rows {
        for (index, place) in
            ["init container setup: ", "container app: ", "ephemeral container debugger: "].iter().enumerate()
        {
            let pod = pod_with(|pod| change(&mut pod.containers[index]));
            hold(level, control, &format!("{name}, {place}"), &pod, versions);
            if let Some(last) = versions.clone().next_back() {
                let violations = evaluate(level, Version::Minor(last), &pod);
                assert_eq!(violations.len(), 1, "{violations:?}");
                assert!(violations[0].message.starts_with(place), "{violations:?}");
            }
        }
    }
}

#[test]
fn a_plain_pod_keeps_to_the_baseline_and_a_careful_one_to_all() {
    for minor in ALWAYS {
        assert!(violated(Level::Restricted, minor, &pod()).is_empty(), "v1.{minor}");
        assert!(violated(Level::Baseline, minor, &PodSpec::default()).is_empty(), "v1.{minor}");
    }
}

#[test]
fn versions_add_controls() {
    let count = |level, minor| Control::at(level, minor).count();
    for (minor, baseline, restricted) in
        [(0, 11, 12), (8, 11, 13), (19, 11, 13), (22, 11, 13), (23, 11, 14), (34, 12, 15), (35, 12, 15), (37, 12, 15)]
    {
        assert_eq!(
            (count(Level::Baseline, minor), count(Level::Restricted, minor)),
            (baseline, restricted),
            "v1.{minor}"
        );
    }
    let held: Vec<_> = Control::at(Level::Restricted, Version::NEWEST).collect();
    for replaced in Control::ALL.iter().filter_map(|control| control.replaces()) {
        assert!(!held.contains(&replaced), "{replaced}");
    }
    assert!(Control::at(Level::Restricted, 18).any(|control| control == Control::SeccompProfileBaseline));
    assert_eq!(Control::at(Level::Privileged, Version::NEWEST).count(), 0);
}

#[test]
fn latest_is_the_newest_that_is_known_unless_a_server_is_named() {
    let pod = pod_with(|pod| pod.containers[0].handler_hosts = vec![baseline::host("10.0.0.1")]);
    let on = |version: Version| evaluate(Level::Baseline, version, &pod).len();
    assert_eq!((on(Version::Latest), on(Version::Latest.on(34)), on(Version::Latest.on(33))), (1, 1, 0));
    assert_eq!((on(Version::Minor(99)), on(Version::Minor(99).on(33))), (1, 0));
}

#[test]
fn messages_name_container_field_and_value() {
    let pod = pod_with(|pod| {
        pod.host = HostNamespaces { network: true, pid: true, ipc: false };
        pod.security.run_as_non_root = None;
        pod.containers[0].security.capabilities.drop.clear();
        pod.containers[1].security.run_as_user = Some(0);
        pod.containers[1].security.run_as_non_root = Some(true);
        pod.containers[2].security.allow_privilege_escalation = None;
    });
    let messages = evaluate(Level::Restricted, Version::Latest, &pod).into_iter();
    let messages: Vec<_> = messages.map(|violation| format!("{}: {}", violation.control, violation.message)).collect();
    assert_eq!(
        messages,
        [
            "hostNamespaces: pod: hostNetwork is true",
            "hostNamespaces: pod: hostPID is true",
            "allowPrivilegeEscalation: ephemeral container debugger: securityContext.allowPrivilegeEscalation is not set",
            "capabilities_restricted: init container setup: securityContext.capabilities.drop lacks ALL",
            "runAsNonRoot: init container setup: securityContext.runAsNonRoot is not set, and not set for the pod",
            "runAsNonRoot: ephemeral container debugger: securityContext.runAsNonRoot is not set, and not set for the pod",
            "runAsUser: container app: securityContext.runAsUser is 0",
        ]
    );
}
