use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::{AccessEntry, Cluster};

check! {
    /// Access entry names a principal that is gone
    ///
    /// ## Why
    /// The entry is left over from a role or user that was deleted. It lets nobody in, since it is bound to the id of
    /// what was deleted, but hides who can enter. Rights that are bound to its groups or its user name stay in the
    /// cluster for whoever gets that name next.
    ///
    /// ## Severity
    /// Low: a principal that is made anew under the same name is not let in by the entry.
    ///
    /// ## Fix
    /// Delete the access entry, and the bindings in the cluster that name its groups and user name.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html>
    CHECK {
        id: "eks-access-entry-dangling",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    Gathered::of(&cluster.access_entries, |entry| judge(entry, context)).outcome()
}

fn judge(entry: &AccessEntry, context: &Context) -> Result<Option<String>, Gap> {
    let principal = &entry.principal;
    // Principals of other accounts cannot be looked up: eks-access-entry-foreign-account speaks of them.
    if principal.account() != context.inventory().account.as_str() {
        return Ok(None);
    }
    let is_gone = match principal.resource().split_once('/') {
        Some(("role", _)) => context.role(principal)?.is_none(),
        Some(("user", _)) => context.inventory().iam.users.find(|user| user.arn == *principal)?.is_none(),
        Some(_) | None => false,
    };
    Ok(is_gone.then(|| format!("{principal} has an access entry and is not in IAM")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::iam::User;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::{entered, entry};

    let named = |principals: &[&str]| entered(principals.iter().map(|principal| entry(principal, &[])).collect());
    let known = "arn:aws:iam::111122223333:role/orders-role";
    let ada = User {
        arn: "arn:aws:iam::111122223333:user/ada".into(),
        name: "ada".to_owned(),
        id: "AIDAADA".to_owned(),
        groups: vec![],
        inline: vec![],
        attached: vec![],
        boundary: None,
        access_keys: Fact::Known(vec![]),
    };
    Cases::default()
        .pass(named(&[known]))
        .pass(named(&["arn:aws:iam::111122223333:root"]))
        .pass(named(&["arn:aws:iam::444455556666:role/anything"]))
        .pass(named(&[ada.arn.as_str()]).iam(|iam| iam.users = Listing::whole(vec![ada.clone()])))
        .fail(named(&[known, "arn:aws:iam::111122223333:role/gone"]))
        .fail(named(&["arn:aws:iam::111122223333:role/team/orders-role"]))
        .fail(named(&["arn:aws:iam::111122223333:user/ada"]))
        .not_applicable(cluster(|_| {}))
}
