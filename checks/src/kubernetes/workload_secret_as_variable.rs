use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_model::kubernetes::{Container, EnvironmentSource, EnvironmentVariable, Reference};
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::workloads::{each_container, each_spec};

check! {
    /// Workload takes a Secret as environment variables
    ///
    /// ## Why
    /// Variables are passed on to every child process, and printed by crash reports and debug pages; a program that is
    /// read out through its own diagnostics gives them away. A file is read by those who open it, and follows a Secret
    /// that changes.
    ///
    /// A variable from a file of the pod's own volume is no Secret's. Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Low: it takes a second leak, in the program or in what watches it.
    ///
    /// ## Fix
    /// Mount the Secret as a volume, or fetch it at run time with the role of the service account.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/secrets-good-practices/>
    CHECK {
        id: "kubernetes-workload-secret-as-variable",
        severity: Severity::Low,
        controls: &[
            Control::prowler("core_no_secrets_envs"),
            Control::cis("eks-1.8.0:4.4.1"),
            Control::checklist("no-secrets-in-environment"),
        ],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    each_spec(inside, context, |spec| {
        let found = each_container(spec, secrets);
        match spec.containers.iter().find_map(unknown) {
            Some(kind) if found.is_empty() => {
                let why = format!("a variable of {} comes from {kind}", inside.object.owner());
                Err(Gap::undecided(Action::KubernetesListPods, &inside.cluster.arn, why))
            }
            Some(_) | None => Ok(found),
        }
    })
}

fn secrets(container: &Container) -> Vec<String> {
    let variables = container.environment.iter().filter_map(|variable| match variable {
        EnvironmentVariable::Reference { name, from: Reference::Secret { name: secret, key } } => {
            Some(format!("{name} comes from key {key} of Secret {secret}"))
        }
        EnvironmentVariable::Reference {
            from: Reference::ConfigMap { .. } | Reference::File { .. } | Reference::Pod | Reference::Other(_),
            ..
        }
        | EnvironmentVariable::Literal(_) => None,
    });
    let sources = container.environment_from.iter().filter_map(|source| match source {
        EnvironmentSource::Secret(secret) => Some(format!("all keys of Secret {secret} are variables")),
        EnvironmentSource::ConfigMap(_) | EnvironmentSource::Other(_) => None,
    });
    variables.chain(sources).collect()
}

/// A source that is not known here, which may be one of secrets.
fn unknown(container: &Container) -> Option<&str> {
    let variables = container.environment.iter().filter_map(|variable| match variable {
        EnvironmentVariable::Reference { from: Reference::Other(kind), .. } => Some(kind.as_str()),
        EnvironmentVariable::Reference {
            from: Reference::Secret { .. } | Reference::ConfigMap { .. } | Reference::File { .. } | Reference::Pod,
            ..
        }
        | EnvironmentVariable::Literal(_) => None,
    });
    let sources = container.environment_from.iter().filter_map(|source| match source {
        EnvironmentSource::Other(kind) => Some(kind.as_str()),
        EnvironmentSource::Secret(_) | EnvironmentSource::ConfigMap(_) => None,
    });
    variables.chain(sources).next()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::kubernetes::container;

    let from = |from: Reference| EnvironmentVariable::Reference { name: "TOKEN".to_owned(), from };
    let one = |reference: Reference| container(|container| container.environment = vec![from(reference)]);
    let all = |source| container(|container| container.environment_from = vec![source]);
    let named = || ("shop".to_owned(), "token".to_owned());
    let (name, key) = named();
    let secret = Reference::Secret { name, key };
    let (name, key) = named();
    let map = Reference::ConfigMap { name, key };
    let own = "config".to_owned();
    let file = Reference::File { volume: own.clone(), path: "config.env".to_owned(), key: own };
    Cases::default()
        .pass(container(|_| {}))
        .pass(one(file))
        .pass(one(map))
        .pass(one(Reference::Pod))
        .pass(all(EnvironmentSource::ConfigMap("shop".to_owned())))
        .fail(one(secret.clone()))
        .fail(all(EnvironmentSource::Secret("shop".to_owned())))
        .fail(container(|container| {
            container.environment = vec![from(Reference::Other("vault".to_owned())), from(secret)];
        }))
        .unknown(one(Reference::Other("vault".to_owned())))
        .unknown(all(EnvironmentSource::Other("vault".to_owned())))
}
