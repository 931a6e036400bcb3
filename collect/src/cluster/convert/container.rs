//! Containers of all three kinds.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1;
use palisade_model::environment::Variable;
use palisade_model::kubernetes::{
    Amounts, Container, ContainerKind, EnvironmentSource, EnvironmentVariable, HandlerHost, Mount, Port, Reference,
};
use palisade_model::secret::Class;

use super::security;

pub(super) fn of_kind(kind: ContainerKind, container: v1::Container) -> Container {
    let arguments = [container.command.unwrap_or_default(), container.args.unwrap_or_default()].concat();
    let environment = container.env.unwrap_or_default();
    let lifecycle = container.lifecycle.unwrap_or_default();
    let secrets = secrets(
        &arguments,
        &[&container.liveness_probe, &container.readiness_probe, &container.startup_probe],
        &[&lifecycle.post_start, &lifecycle.pre_stop],
    );
    let handlers = [
        ("livenessProbe", container.liveness_probe),
        ("readinessProbe", container.readiness_probe),
        ("startupProbe", container.startup_probe),
    ];
    let probes = handlers.into_iter().filter_map(|(name, probe)| probe_host(name, probe?));
    let hooks = [("postStart", lifecycle.post_start), ("preStop", lifecycle.pre_stop)];
    let hooks = hooks.into_iter().filter_map(|(name, hook)| hook_host(name, hook?));
    let resources = container.resources.unwrap_or_default();
    Container {
        name: container.name,
        kind,
        image: container.image.unwrap_or_default(),
        image_pull_policy: container.image_pull_policy,
        ports: container.ports.unwrap_or_default().iter().map(port).collect(),
        security: security::of_container(container.security_context),
        settings: settings(&environment),
        environment: environment.into_iter().map(variable).collect(),
        environment_from: container.env_from.unwrap_or_default().into_iter().map(source).collect(),
        secrets_in_arguments: secrets,
        flags: flags(&arguments),
        mounts: container.volume_mounts.unwrap_or_default().into_iter().map(mount).collect(),
        requests: amounts(resources.requests.as_ref()),
        limits: amounts(resources.limits.as_ref()),
        handler_hosts: probes.chain(hooks).collect(),
    }
}

/// An ephemeral container is a container without what only the start of a pod can bring.
pub(super) fn ephemeral(container: v1::EphemeralContainer) -> Container {
    let same = v1::Container {
        args: container.args,
        command: container.command,
        env: container.env,
        env_from: container.env_from,
        image: container.image,
        image_pull_policy: container.image_pull_policy,
        lifecycle: container.lifecycle,
        liveness_probe: container.liveness_probe,
        name: container.name,
        ports: container.ports,
        readiness_probe: container.readiness_probe,
        resources: container.resources,
        security_context: container.security_context,
        startup_probe: container.startup_probe,
        volume_mounts: container.volume_mounts,
        ..v1::Container::default()
    };
    of_kind(ContainerKind::Ephemeral, same)
}

fn port(port: &v1::ContainerPort) -> Port {
    let number = |number: i32| u16::try_from(number).unwrap_or_default();
    Port { container_port: number(port.container_port), host_port: port.host_port.map(number).unwrap_or_default() }
}

/// The value is looked at once, and dropped.
fn variable(variable: v1::EnvVar) -> EnvironmentVariable {
    let Some(source) = variable.value_from else {
        let value = variable.value.unwrap_or_default();
        return EnvironmentVariable::Literal(Variable::classify(&variable.name, &value));
    };
    let from = if let Some(secret) = source.secret_key_ref {
        Reference::Secret { name: secret.name, key: secret.key }
    } else if let Some(map) = source.config_map_key_ref {
        Reference::ConfigMap { name: map.name, key: map.key }
    } else if let Some(file) = source.file_key_ref {
        let volume = palisade_model::kubernetes::volume_name(&file.volume_name).to_owned();
        Reference::File { volume, path: file.path, key: file.key }
    } else if source.field_ref.is_some() || source.resource_field_ref.is_some() {
        Reference::Pod
    } else {
        Reference::Other("unknown source".to_owned())
    };
    EnvironmentVariable::Reference { name: variable.name, from }
}

fn source(source: v1::EnvFromSource) -> EnvironmentSource {
    match (source.secret_ref, source.config_map_ref) {
        (Some(secret), _) => EnvironmentSource::Secret(secret.name),
        (None, Some(map)) => EnvironmentSource::ConfigMap(map.name),
        (None, None) => EnvironmentSource::Other("unknown source".to_owned()),
    }
}

fn settings(environment: &[v1::EnvVar]) -> BTreeMap<String, String> {
    let kept = environment.iter().filter(|variable| Container::KEPT_VARIABLES.contains(&variable.name.as_str()));
    kept.filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?))).collect()
}

fn flags(arguments: &[String]) -> BTreeMap<String, String> {
    let pairs = arguments.iter().filter_map(|argument| argument.trim_start_matches('-').split_once('='));
    let kept = pairs.filter(|(name, _)| Container::KEPT_FLAGS.contains(name));
    kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The kinds of secrets among the words of a container's command and arguments, and in what its probes and hooks run and
/// send. A word is judged by itself as well, so that a kind does not hide behind another.
fn secrets(arguments: &[String], probes: &[&Option<v1::Probe>], hooks: &[&Option<v1::LifecycleHandler>]) -> Vec<Class> {
    let probes = probes.iter().copied().flatten();
    let requests = probes.clone().filter_map(|probe| probe.http_get.as_ref());
    let requests = requests.chain(hooks.iter().copied().flatten().filter_map(|hook| hook.http_get.as_ref()));
    let scripts = probes.filter_map(|probe| probe.exec.as_ref());
    let scripts = scripts.chain(hooks.iter().copied().flatten().filter_map(|hook| hook.exec.as_ref()));
    let commands = scripts.filter_map(|script| script.command.as_deref()).chain([arguments]);
    let in_command = |words: &[String]| {
        let single = words.iter().map(std::slice::from_ref).filter_map(palisade_secrets::in_arguments);
        single.chain(palisade_secrets::in_arguments(words)).map(|hit| hit.class).collect::<Vec<_>>()
    };
    let mut found: Vec<Class> = commands.flat_map(in_command).chain(requests.flat_map(in_request)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The kinds of secrets that a probe or hook sends: in its path and its headers.
fn in_request(request: &v1::HTTPGetAction) -> Vec<Class> {
    let path = request.path.as_deref().and_then(|path| palisade_secrets::in_setting("", path));
    let headers = request.http_headers.iter().flatten();
    let headers = headers.filter_map(|header| palisade_secrets::in_header(&header.name, &header.value));
    path.into_iter().chain(headers).map(|hit| hit.class).collect()
}

fn mount(mount: v1::VolumeMount) -> Mount {
    Mount {
        volume: palisade_model::kubernetes::volume_name(&mount.name).to_owned(),
        path: mount.mount_path,
        read_only: mount.read_only.unwrap_or_default(),
    }
}

pub(super) fn amounts<Q>(amounts: Option<&BTreeMap<String, Q>>) -> Amounts {
    let has = |name: &str| amounts.is_some_and(|amounts| amounts.contains_key(name));
    Amounts { cpu: has("cpu"), memory: has("memory") }
}

fn probe_host(name: &str, probe: v1::Probe) -> Option<HandlerHost> {
    let http = probe.http_get.and_then(|action| action.host);
    let host = http.or_else(|| probe.tcp_socket.and_then(|action| action.host));
    Some(HandlerHost { handler: name.to_owned(), host: host.filter(|host| !host.is_empty())? })
}

fn hook_host(name: &str, hook: v1::LifecycleHandler) -> Option<HandlerHost> {
    let http = hook.http_get.and_then(|action| action.host);
    let host = http.or_else(|| hook.tcp_socket.and_then(|action| action.host));
    Some(HandlerHost { handler: name.to_owned(), host: host.filter(|host| !host.is_empty())? })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_judged_by_the_option_before_it() {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let key = format!("AKIA{}", "IOSFODNN7QWERTYQ");
        let found = |arguments: &[&str]| secrets(&words(arguments), &[], &[]);
        assert_eq!(found(&["--access-key", &key]), [Class::AwsAccessKeyId]);
        assert_eq!(found(&["--db-host", "db.example.com", "--verbose", "-p", "8080"]), []);
        let (joined, split) = ("--db-password=Tr0ub4dor-and-3", ["--db-password", "Tr0ub4dor-and-3"]);
        assert_eq!(found(&split), found(&[joined]));
    }

    #[test]
    fn values_are_classified_and_dropped() {
        let key = format!("AKIA{}", "IOSFODNN7QWERTYQ");
        let container = json!({
            "name": "web", "image": "web:1",
            "command": ["/app", format!("--access-key={key}")],
            "args": ["--enable-network-policy=true", "--verbose=yes"],
            "env": [
                { "name": "AWS_ACCESS_KEY_ID", "value": key },
                { "name": "AWS_ROLE_ARN", "value": "arn:aws:iam::111122223333:role/web" },
                { "name": "TOKEN", "valueFrom": { "secretKeyRef": { "name": "token", "key": "value" } } },
            ],
        });
        let container = of_kind(ContainerKind::Regular, serde_json::from_value(container).unwrap());
        assert_eq!(container.secrets_in_arguments, [Class::AwsAccessKeyId]);
        assert_eq!(container.flags, BTreeMap::from([("enable-network-policy".to_owned(), "true".to_owned())]));
        assert_eq!(container.settings.len(), 1);
        let kept = serde_json::to_string(&container).unwrap();
        assert!(!kept.contains("IOSFODNN7"), "{kept}");
        let token = Reference::Secret { name: "token".to_owned(), key: "value".to_owned() };
        assert_eq!(container.environment[2], EnvironmentVariable::Reference { name: "TOKEN".to_owned(), from: token });
    }

    #[test]
    fn probes_and_hooks_are_looked_at_as_well() {
        let secrets = |handler: serde_json::Value| {
            let mut container = json!({ "name": "web", "image": "web:1" });
            container.as_object_mut().unwrap().extend(handler.as_object().unwrap().clone());
            let container = of_kind(ContainerKind::Regular, serde_json::from_value(container).unwrap());
            assert!(!serde_json::to_string(&container).unwrap().contains("correct-horse"));
            container.secrets_in_arguments
        };
        let ping = json!({ "exec": { "command": ["mysqladmin", "ping", "-uroot", "--password=correct-horse"] } });
        assert_eq!(secrets(json!({ "livenessProbe": ping })), [Class::Named]);
        assert_eq!(secrets(json!({ "lifecycle": { "preStop": ping } })), [Class::Named]);
        let header = json!({ "name": "Authorization", "value": "Basic cHJvYmU6Y29ycmVjdC1ob3JzZQ==" });
        let get = json!({ "httpGet": { "port": 80, "path": "/health", "httpHeaders": [header] } });
        assert_eq!(secrets(json!({ "startupProbe": get })), [Class::AuthorizationHeader]);
        let query = json!({ "httpGet": { "port": 80, "path": "/health?token=9f8a7c6b5d4e3f2a1b0c" } });
        assert_eq!(secrets(json!({ "readinessProbe": query })), [Class::Named]);
        let plain = json!({ "httpGet": { "port": 80, "path": "/health" } });
        assert_eq!(secrets(json!({ "readinessProbe": plain })), []);
    }
}
