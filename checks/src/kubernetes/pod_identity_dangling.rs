use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::access::pods::association::conclude;

check! {
    /// Pod Identity gives a role to a service account that does not exist
    ///
    /// ## Why
    /// Whoever may create a service account of that name in that namespace, or a namespace of that name, is given the
    /// role, without asking for it in AWS.
    ///
    /// ## Severity
    /// Low: it takes the right to create service accounts there, or namespaces.
    ///
    /// ## Fix
    /// Delete the association (`eks:DeletePodIdentityAssociation`), or create the service account.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html>
    CHECK {
        id: "kubernetes-pod-identity-dangling",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    conclude(cluster, |association| {
        let objects = cluster.inside.known()?;
        let accounts = &objects.service_accounts;
        let is_its =
            |namespace: &str, name: &str| *namespace == association.namespace && *name == association.service_account;
        if accounts.find(|account| is_its(&account.namespace, &account.name))?.is_some() {
            return Ok(None);
        }
        let namespace = objects.namespaces.find(|namespace| namespace.name == association.namespace)?;
        let missing = if namespace.is_some() { "service account" } else { "namespace" };
        Ok(Some(format!("there is no such {missing}")))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::cluster;
    use palisade_scenes::kubernetes::{inside, new_service_account};
    use palisade_scenes::pods::association;

    let given = |namespace: &str| {
        let pods = association(|association, _| namespace.clone_into(&mut association.namespace));
        inside(|_| {}).with_accounts(vec![new_service_account("orders")]).and_associations(&[pods])
    };
    Cases::default()
        .pass(given("shop"))
        .fail(given("billing"))
        .fail(given("shop").with_accounts(vec![new_service_account("web")]))
        .not_applicable(inside(|_| {}))
        .left_out(cluster(|_| {}).and_associations(&[association(|_, _| {})]))
}
