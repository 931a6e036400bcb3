use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::access::pods::association::conclude;

check! {
    /// Pod Identity gives pods a role that does not exist
    ///
    /// ## Why
    /// The pods of the service account get no credentials, or use those of their node. Whoever may create a role of that
    /// name decides what they get from then on.
    ///
    /// Roles of other accounts are not judged.
    ///
    /// ## Severity
    /// Low: pods fail, and it takes the right to create roles to use it.
    ///
    /// ## Fix
    /// Delete the association, or give it a role that exists.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html>
    CHECK {
        id: "eks-pod-identity-role-missing",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    conclude(cluster, |association| {
        let details = association.details.known()?;
        for role in [Some(&details.role), details.target_role.as_ref()].into_iter().flatten() {
            let is_own = role.account() == context.inventory().account.as_str();
            if is_own && context.role(role)?.is_none() {
                return Ok(Some(format!("{role} does not exist")));
            }
        }
        Ok(None)
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::pods::{association, beside_cluster};
    use palisade_scenes::role_arn;

    let with = |role: &str, target: Option<&str>| {
        let associated = association(|_, details| {
            details.role = role_arn(role);
            details.target_role = target.map(Into::into);
        });
        beside_cluster(|_| {}).and_associations(&[associated]).of_cluster()
    };
    Cases::default()
        .pass(with("orders-role", None))
        .pass(with("orders-role", Some("arn:aws:iam::444455556666:role/reader")))
        .fail(with("gone", None))
        .fail(with("orders-role", Some("arn:aws:iam::111122223333:role/gone")))
        .not_applicable(beside_cluster(|_| {}).of_cluster())
}
