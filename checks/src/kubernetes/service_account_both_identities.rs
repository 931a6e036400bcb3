use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::identity::annotated;

check! {
    /// Service account has a role by annotation and another by Pod Identity
    ///
    /// ## Why
    /// Which of the two the pods use is decided by the order in which their SDK looks: web identity comes before the
    /// container's credentials in most. The permissions that somebody gave by the association then do nothing, and
    /// those that somebody meant to replace stay in force.
    ///
    /// ## Severity
    /// Low: the pods work with a role that was given to them, and perhaps not the one that is meant.
    ///
    /// ## Fix
    /// Take the annotation out once the association works, and the trust in the cluster's provider with it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html>
    /// - <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>
    CHECK {
        id: "kubernetes-service-account-both-identities",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let mut gathered = Gathered::default();
    for annotated in annotated(objects) {
        let name = annotated.name();
        let given = cluster
            .pod_identities
            .find(|association| association.namespace == name.namespace && association.service_account == name.name);
        gathered.add(given.map(|found| {
            found.map(|association| {
                format!("{name} is annotated with {}, and is of {}", annotated.role, association.arn)
            })
        }));
    }
    if let Some(gap) = objects.service_accounts.gap() {
        gathered.add(Err::<Vec<_>, _>(gap.clone()));
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::kubernetes::inside;
    use palisade_scenes::pods::association;
    use palisade_scenes::running::annotated;

    let role = "arn:aws:iam::111122223333:role/orders-role";
    let with = |name: &str, associated: bool| {
        let pods = if associated { vec![association(|_, _| {})] } else { vec![] };
        inside(|_| {}).with_accounts(vec![annotated(name, role)]).and_associations(&pods)
    };
    Cases::default()
        .pass(with("orders", false))
        .pass(with("web", true))
        .fail(with("orders", true))
        .not_applicable(inside(|_| {}).and_associations(&[association(|_, _| {})]))
}
