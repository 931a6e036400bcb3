//! Pods for tests: one that keeps to everything, and changes of it.

use palisade_model::kubernetes::{
    Amounts, Capabilities, Container, ContainerKind, ContainerSecurity, PodSecurity, PodSpec, Profile,
};

/// A container that keeps to the restricted level of every version.
pub fn container(name: &str, kind: ContainerKind) -> Container {
    Container {
        name: name.to_owned(),
        kind,
        image: "registry.example:5000/shop/app:1.4.2".to_owned(),
        image_pull_policy: None,
        ports: vec![],
        security: ContainerSecurity {
            allow_privilege_escalation: Some(false),
            capabilities: Capabilities { add: vec![], drop: vec!["ALL".to_owned()] },
            ..ContainerSecurity::default()
        },
        environment: vec![],
        environment_from: vec![],
        secrets_in_arguments: vec![],
        flags: [].into(),
        settings: [].into(),
        mounts: vec![],
        requests: Amounts::default(),
        limits: Amounts::default(),
        handler_hosts: vec![],
    }
}

/// A pod of one container of each kind that keeps to the restricted level of every version.
pub fn pod() -> PodSpec {
    PodSpec {
        containers: vec![
            container("setup", ContainerKind::Init),
            container("app", ContainerKind::Regular),
            container("debugger", ContainerKind::Ephemeral),
        ],
        security: PodSecurity {
            run_as_non_root: Some(true),
            seccomp: Some(Profile::RuntimeDefault),
            ..PodSecurity::default()
        },
        service_account: "orders".to_owned(),
        ..PodSpec::default()
    }
}

/// That pod, changed.
pub fn pod_with(change: impl FnOnce(&mut PodSpec)) -> PodSpec {
    let mut pod = pod();
    change(&mut pod);
    pod
}
