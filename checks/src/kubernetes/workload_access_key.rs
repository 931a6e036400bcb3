use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::environment::Variable;
use palisade_model::kubernetes::Controller;
use palisade_model::kubernetes::{Container, EnvironmentVariable};

use palisade_reason::in_cluster::credentials::{holds_key, is_aws_key};
use palisade_reason::in_cluster::workloads::{each_container, each_spec};

check! {
    /// Workload holds an access key of AWS
    ///
    /// ## Why
    /// Whoever may read the workload in the cluster, in the repository that it is deployed from, or in a backup has the
    /// key. It stays valid until somebody deletes it, wherever it is copied to, and what is done with it shows as the
    /// user's doing.
    ///
    /// A key's id is compared with those of the account's users by its hash; neither id nor key is kept. Keys are found
    /// in the values of variables, in commands and arguments, and in probes and hooks.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// High: everybody who may look at pods has the key.
    ///
    /// ## Fix
    /// Give the service account a role, by EKS Pod Identity or IRSA, take the key out, and delete it: it has to be
    /// taken for known.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html>
    CHECK {
        id: "kubernetes-workload-access-key",
        severity: Severity::High,
        controls: &[Control::cis("eks-1.8.0:4.4.1"), Control::checklist("no-secrets-in-environment")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    each_spec(inside, context, |spec| Ok(each_container(spec, |container| keys(container, context))))
}

fn keys(container: &Container, context: &Context) -> Vec<String> {
    let variables = container.environment.iter().filter_map(|variable| match variable {
        EnvironmentVariable::Literal(variable) if holds_key(variable) => Some(told(variable, context)),
        EnvironmentVariable::Literal(_) | EnvironmentVariable::Reference { .. } => None,
    });
    let arguments = container.secrets_in_arguments.iter().filter(|class| is_aws_key(**class));
    variables
        .chain(arguments.map(|class| format!("command, arguments, probes and hooks: an {}", class.label())))
        .collect()
}

/// The variable, with the user whose key it is where that is known.
fn told(variable: &Variable, context: &Context) -> String {
    let Variable { name, secret, key_id_hash, .. } = variable;
    let class = secret.map_or("secret", |class| class.label());
    match key_id_hash.as_ref().map(|hash| context.owner_of_key(hash)) {
        Some(Ok(Some(user))) => format!("{name} holds an {class}, of {}", user.arn),
        Some(Ok(None) | Err(_)) | None => format!("{name} holds: {class}"),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::secret::Class;
    use palisade_scenes::kubernetes::{container, pod_spec};
    use palisade_scenes::running::new_pod;

    // Assembled, so that no scanner takes this file for a leak.
    let id = ["AKIA", "QWERTYUIOPASDFGH"].concat();
    let key = ["aB3dE6gH9jK2mN5pQ8sT", "1vW4yZ7bC0eF3hJ6kL9n"].concat();
    let literal = |name: &str, value: &str| EnvironmentVariable::Literal(Variable::classify(name, value));
    let with = |name: &str, value: &str| container(|container| container.environment = vec![literal(name, value)]);
    let arguing = |class: Class| container(|container| container.secrets_in_arguments = vec![class]);
    Cases::default()
        .pass(with("AWS_REGION", "eu-west-1"))
        .pass(with("DB_PASSWORD", "correct-horse"))
        // What a stand-in of AWS takes for a key.
        .pass(with("AWS_ACCESS_KEY_ID", "test"))
        .pass(with("AWS_SECRET_ACCESS_KEY", "$(KEY)"))
        .pass(arguing(Class::GitHubToken))
        .fail(with("AWS_ACCESS_KEY_ID", &id))
        .fail(with("UPLOAD_USER", &id))
        .fail(with("AWS_SECRET_ACCESS_KEY", &key))
        .fail(with("SUPPLIER_SECRET_KEY", &key))
        .fail(arguing(Class::AwsAccessKeyId))
        .fail(pod_spec(|_| {}).and_pods(vec![new_pod(|spec| {
            spec.containers[0].environment = vec![literal("AWS_ACCESS_KEY_ID", &id)];
        })]))
}
