use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::credentials::key_references;
use palisade_reason::in_cluster::workloads::each_spec;

check! {
    /// Workload is given an access key of AWS from a Secret or a file
    ///
    /// ## Why
    /// A Secret keeps the key out of the deployment. It is a static key all the same: it is valid until somebody
    /// deletes it, whoever may read Secrets of the namespace or start pods there has it, and it goes before every role
    /// that the pod is given.
    ///
    /// Counted are variables of the SDKs for access keys that come from Secrets, ConfigMaps and elsewhere, the variable
    /// for a credentials file, and Secrets that are mounted in a folder `.aws`. What a Secret holds is never read.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Medium: it takes rights in the namespace, and the key outlives them.
    ///
    /// ## Fix
    /// Give the service account a role, by EKS Pod Identity or IRSA, and delete the key.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html>
    CHECK {
        id: "kubernetes-workload-access-key-reference",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.4.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    each_spec(inside, context, |spec| Ok(key_references(spec)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::environment::Variable;
    use palisade_model::kubernetes::{EnvironmentVariable, Mount, Projected, Reference, Volume, VolumeSource};
    use palisade_scenes::kubernetes::{container, pod_spec};

    let from = |name: &str, from: Reference| {
        let variable = EnvironmentVariable::Reference { name: name.to_owned(), from };
        container(|container| container.environment = vec![variable])
    };
    let secret = || Reference::Secret { name: "uploader".to_owned(), key: "id".to_owned() };
    let map = || Reference::ConfigMap { name: "uploader".to_owned(), key: "id".to_owned() };
    let mounted = |source: VolumeSource, path: &str| {
        pod_spec(|spec| {
            spec.volumes = vec![Volume { name: "files".to_owned(), source }];
            let mount = Mount { volume: "files".to_owned(), path: path.to_owned(), read_only: true };
            spec.containers[0].mounts = vec![mount];
        })
    };
    let of_secret = || VolumeSource::Secret("uploader".to_owned());
    let projected = |secrets: &[&str]| {
        let secrets = secrets.iter().map(|name| (*name).to_owned()).collect();
        VolumeSource::Projected(Projected { tokens: vec![], secrets })
    };
    Cases::default()
        .pass(from("DB_PASSWORD", secret()))
        .pass(from("AWS_REGION", map()))
        .pass(from("AWS_ACCESS_KEY_ID", Reference::Pod))
        .pass(mounted(of_secret(), "/etc/tls"))
        .pass(mounted(VolumeSource::EmptyDir, "/root/.aws"))
        .pass(mounted(projected(&[]), "/root/.aws"))
        .fail(from("AWS_ACCESS_KEY_ID", secret()))
        .fail(from("AWS_SECRET_ACCESS_KEY", map()))
        .fail(from("AWS_SESSION_TOKEN", Reference::Other("vault".to_owned())))
        .fail(from("AWS_SHARED_CREDENTIALS_FILE", map()))
        .fail(container(|container| {
            let file = Variable::classify("AWS_SHARED_CREDENTIALS_FILE", "/keys/credentials");
            container.environment = vec![EnvironmentVariable::Literal(file)];
        }))
        .fail(mounted(of_secret(), "/root/.aws"))
        .fail(mounted(projected(&["uploader"]), "/home/app/.aws/"))
        .fail(mounted(VolumeSource::Csi("secrets-store.csi.k8s.io".to_owned()), "/root/.aws"))
}
