use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::access::pods::association::conclude;

check! {
    /// Pod Identity gives a role to pods that did not ask for it
    ///
    /// ## Why
    /// Pods that name no service account run as `default`. A role that is associated with it goes to all of them, those
    /// included that are added later by somebody who knows nothing of it. In `kube-system`, where the parts of the cluster
    /// live, a role of one's own hides among those that AWS manages.
    ///
    /// Associations that belong to an add-on are not judged.
    ///
    /// ## Severity
    /// Medium: it takes the right to create a pod in the namespace, or a break-in into any pod there.
    ///
    /// ## Fix
    /// Create a service account for the workload, name it in the pods, and associate the role with that one.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "eks-pod-identity-default-account",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("one-role-per-service-account")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    conclude(cluster, |association| {
        let is_default = association.service_account == "default" || association.namespace == "kube-system";
        Ok((is_default && association.owner.is_none()).then(String::new))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Arn;
    use palisade_model::eks::PodIdentity;
    use palisade_scenes::pods::{association, beside_cluster};

    let of = |namespace: &str, name: &str, owner: Option<&str>| {
        let (namespace, name, owner) = (namespace.to_owned(), name.to_owned(), owner.map(Arn::from));
        association(|association, _| {
            *association = PodIdentity { namespace, service_account: name, owner, ..association.clone() };
        })
    };
    let with = |association: PodIdentity| beside_cluster(|_| {}).and_associations(&[association]).of_cluster();
    let addon = "arn:aws:eks:eu-west-1:111122223333:addon/shop/aws-ebs-csi-driver/0a1b";
    Cases::default()
        .pass(with(of("shop", "orders", None)))
        .pass(with(of("kube-system", "ebs-csi-controller-sa", Some(addon))))
        .fail(with(of("shop", "default", None)))
        .fail(with(of("kube-system", "cluster-autoscaler", None)))
        .fail(with(of("shop", "orders", None)).and_associations(&[of("default", "default", None)]))
        .not_applicable(beside_cluster(|_| {}).of_cluster())
}
