use std::collections::BTreeMap;

use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::{Arn, Gap};
use palisade_reason::in_cluster::identity::annotated;

check! {
    /// Several service accounts are annotated with one role
    ///
    /// ## Why
    /// A role that several service accounts use has the permissions of all of them together, and the trail does not
    /// tell which of them used it. Whoever breaks into one has what the others need.
    ///
    /// Counted are the annotations of one cluster; `iam-role-shared-by-service-accounts` judges whom a role's trust
    /// policy names.
    ///
    /// ## Severity
    /// Low: it widens what a break-in reaches.
    ///
    /// ## Fix
    /// Give each service account a role of its own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "kubernetes-service-account-role-shared",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("one-role-per-service-account")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let mut accounts: BTreeMap<&Arn, Vec<String>> = BTreeMap::new();
    for annotated in annotated(objects) {
        accounts.entry(annotated.role).or_default().push(annotated.name().to_string());
    }
    let mut gathered = Gathered::default();
    for (role, names) in accounts {
        let shared = (names.len() > 1).then(|| format!("{role} is the role of {}", names.join(", ")));
        gathered.add(Ok::<_, Gap>(shared));
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
    use palisade_scenes::running::annotated;

    let (one, other) = ("arn:aws:iam::111122223333:role/one", "arn:aws:iam::444455556666:role/other");
    let with = |accounts: &[(&str, &str)]| {
        inside(|_| {}).with_accounts(accounts.iter().map(|(name, role)| annotated(name, role)).collect())
    };
    Cases::default()
        .pass(with(&[("web", one), ("orders", other)]))
        .fail(with(&[("web", one), ("orders", one), ("billing", other)]))
        .not_applicable(inside(|_| {}))
}
