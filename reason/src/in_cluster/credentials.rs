//! Static credentials of AWS in pods.

use crate::pod_security::place;
use palisade_model::environment::Variable;
use palisade_model::kubernetes::{Container, EnvironmentVariable, PodSpec, Projected, Reference, Volume, VolumeSource};
use palisade_model::secret::Class;

/// The variables from which the SDKs read an access key.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html>
const KEY_VARIABLES: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// The variable that tells the SDKs where a file with access keys is.
const FILE_VARIABLE: &str = "AWS_SHARED_CREDENTIALS_FILE";

/// Whether a kind of secret is a part of an access key of AWS.
pub fn is_aws_key(class: Class) -> bool {
    matches!(class, Class::AwsAccessKeyId | Class::AwsSecretKey)
}

/// Whether a variable whose value stands in the pod holds a part of an access key.
pub fn holds_key(variable: &Variable) -> bool {
    let is_named = KEY_VARIABLES.contains(&variable.name.as_str());
    variable.secret.is_some_and(|class| is_aws_key(class) || is_named)
}

/// Where a pod gets an access key from without holding it: variables by reference, and files.
pub fn key_references(spec: &PodSpec) -> Vec<String> {
    spec.containers.iter().flat_map(|container| of_container(spec, container)).collect()
}

/// Whether a container's SDK finds an access key in variables, which goes before every role.
pub fn has_key_in_variables(container: &Container) -> bool {
    container.environment.iter().any(|variable| match variable {
        EnvironmentVariable::Literal(variable) => {
            holds_key(variable) && KEY_VARIABLES.contains(&variable.name.as_str())
        }
        EnvironmentVariable::Reference { name, from } => {
            KEY_VARIABLES.contains(&name.as_str()) && *from != Reference::Pod
        }
    })
}

/// What a reference names, as evidence tells it; `None` for what stands in the pod itself.
pub fn source(reference: &Reference) -> Option<String> {
    match reference {
        Reference::Secret { name, key } => Some(format!("key {key} of Secret {name}")),
        Reference::ConfigMap { name, key } => Some(format!("key {key} of ConfigMap {name}")),
        Reference::File { volume, path, key } => Some(format!("key {key} of file {path} in volume {volume}")),
        Reference::Pod => None,
        Reference::Other(kind) => Some(format!("elsewhere ({kind})")),
    }
}

fn of_container(spec: &PodSpec, container: &Container) -> Vec<String> {
    let place = place(container);
    let variables = container.environment.iter().filter_map(|variable| match variable {
        EnvironmentVariable::Reference { name, from } if KEY_VARIABLES.contains(&name.as_str()) => {
            Some(format!("{place}: {name} comes from {}", source(from)?))
        }
        EnvironmentVariable::Reference { name, .. } if name == FILE_VARIABLE => Some(format!("{place}: {name} is set")),
        EnvironmentVariable::Literal(variable) if variable.name == FILE_VARIABLE => {
            Some(format!("{place}: {FILE_VARIABLE} is set"))
        }
        EnvironmentVariable::Reference { .. } | EnvironmentVariable::Literal(_) => None,
    });
    let files = container.mounts.iter().filter_map(|mount| {
        let volume = spec.volumes.iter().find(|volume| volume.name == mount.volume)?;
        let is_of_aws = mount.path.split('/').any(|name| name == ".aws");
        is_of_aws.then(|| Some(format!("{place}: {} is mounted at {}", secret(volume)?, mount.path)))?
    });
    variables.chain(files).collect()
}

/// Whether a pod's own template gives it a token for somebody beyond the cluster, as AWS is.
pub fn has_own_token(spec: &PodSpec) -> bool {
    spec.volumes.iter().any(|volume| match &volume.source {
        VolumeSource::Projected(projected) => projected.tokens.iter().any(|token| token.audience.is_some()),
        VolumeSource::ConfigMap(_)
        | VolumeSource::Csi(_)
        | VolumeSource::DownwardApi
        | VolumeSource::EmptyDir
        | VolumeSource::Ephemeral
        | VolumeSource::HostPath(_)
        | VolumeSource::Image(_)
        | VolumeSource::PersistentVolumeClaim
        | VolumeSource::Secret(_)
        | VolumeSource::Other(_) => false,
    })
}

/// The Secret that a volume holds, if it holds one.
fn secret(volume: &Volume) -> Option<String> {
    match &volume.source {
        VolumeSource::Secret(name) => Some(format!("Secret {name}")),
        VolumeSource::Projected(Projected { secrets, .. }) => {
            (!secrets.is_empty()).then(|| format!("Secret {}", secrets.join(", ")))
        }
        VolumeSource::Csi(driver) => driver.contains("secrets-store").then(|| format!("a secret of {driver}")),
        VolumeSource::ConfigMap(_)
        | VolumeSource::DownwardApi
        | VolumeSource::EmptyDir
        | VolumeSource::Ephemeral
        | VolumeSource::HostPath(_)
        | VolumeSource::Image(_)
        | VolumeSource::PersistentVolumeClaim
        | VolumeSource::Other(_) => None,
    }
}
