use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::access::pods::association::conclude;

check! {
    /// Pod Identity takes pods to a role of another account
    ///
    /// ## Why
    /// The pods of the service account get the credentials of a role whose permissions another account decides, and of
    /// which nothing can be seen from here. What they write there leaves the account.
    ///
    /// Accounts that the configuration lists under `trusted_accounts` are not reported.
    ///
    /// ## Severity
    /// Medium: whoever runs the other account decides what the pods do as the role, and sees what they do with it.
    ///
    /// ## Fix
    /// Give the pods a role of this account, or list the other account under `trusted_accounts` if it is meant.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    CHECK {
        id: "eks-pod-identity-foreign-target",
        severity: Severity::Medium,
        controls: &[Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    conclude(cluster, |association| {
        let target = association.details.known()?.target_role.as_ref();
        let foreign = target.filter(|target| !context.trusts(target.account()));
        Ok(foreign.map(|target| format!("its target role is {target}")))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::pods::{association, beside_cluster};

    let with = |target: Option<&str>| {
        let associated = association(|_, details| details.target_role = target.map(Into::into));
        beside_cluster(|_| {}).and_associations(&[associated]).of_cluster()
    };
    let foreign = || with(Some("arn:aws:iam::444455556666:role/reader"));
    Cases::default()
        .pass(with(None))
        .pass(with(Some("arn:aws:iam::111122223333:role/reader")))
        .pass(foreign().settings(|settings| _ = settings.trusted_accounts.insert("444455556666".into())))
        .fail(foreign())
        .not_applicable(beside_cluster(|_| {}).of_cluster())
}
