use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_model::kubernetes::{Container, EnvironmentVariable};
use palisade_reason::in_cluster::credentials::{holds_key, is_aws_key};
use palisade_reason::in_cluster::workloads::{each_container, each_spec};

check! {
    /// Workload holds a secret in its own text
    ///
    /// ## Why
    /// Whoever may read the workload in the cluster, in the repository that it is deployed from, or in a backup has the
    /// secret: the right to look at pods is given freely, and is not meant to give passwords.
    ///
    /// A value is taken for a secret by its published form, by what it holds (JSON, settings, options, Base64 of these), or by a
    /// name that says so together with a value that is neither a reference nor a placeholder; docs/secrets.md has the rules.
    /// Looked at are variables, command and arguments, and what probes and hooks run and send. All of it is looked at once,
    /// when it is read, and never kept. Access keys of AWS are told of by `kubernetes-workload-access-key`.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// High: everybody who may look at pods has the secret.
    ///
    /// ## Fix
    /// Keep the secret in Secrets Manager or in a Secret, mount it as a file, and replace it: it has to be taken for
    /// known.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/secrets-good-practices/>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/manage-secrets.html>
    CHECK {
        id: "kubernetes-workload-secret-in-environment",
        severity: Severity::High,
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
    each_spec(inside, context, |spec| Ok(each_container(spec, secrets)))
}

fn secrets(container: &Container) -> Vec<String> {
    let variables = container.environment.iter().filter_map(|variable| match variable {
        EnvironmentVariable::Literal(variable) if !holds_key(variable) => {
            Some(format!("{}: {}", variable.name, variable.told()?))
        }
        EnvironmentVariable::Literal(_) | EnvironmentVariable::Reference { .. } => None,
    });
    let arguments = container.secrets_in_arguments.iter().filter(|class| !is_aws_key(**class));
    variables.chain(arguments.map(|class| format!("command, arguments, probes and hooks: {}", class.told()))).collect()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::environment::Variable;
    use palisade_model::secret::Class;
    use palisade_scenes::kubernetes::container;

    let with = |name: &str, value: &str| {
        let variable = EnvironmentVariable::Literal(Variable::classify(name, value));
        container(|container| container.environment = vec![variable])
    };
    let key = ["AKIA", "QWERTYUIOPASDFGH"].concat();
    Cases::default()
        .pass(with("TABLE", "orders"))
        .pass(with("DB_PASSWORD", "$(FROM_SECRET)"))
        .pass(with("AWS_ACCESS_KEY_ID", &key))
        .fail(with("DB_PASSWORD", "correct-horse"))
        .fail(with("URL", "postgres://shop:hunter2secret@db.internal:5432/shop"))
        .fail(container(|container| container.secrets_in_arguments = vec![Class::AwsAccessKeyId, Class::Named]))
}
