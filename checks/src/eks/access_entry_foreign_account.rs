use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Fact;
use palisade_model::eks::{AccessEntry, AccessPolicy, Cluster};
use palisade_reason::access::entries::{is_foreign, policy_name, scope_name};

check! {
    /// Principals of foreign accounts may enter the cluster
    ///
    /// ## Why
    /// An access entry may name a role or user of any account. Who takes on that role, and with how much care its keys
    /// are kept, is decided there and not here.
    ///
    /// Accounts among `trusted_accounts` count as the account's own. What the entry allows is in the evidence.
    ///
    /// ## Severity
    /// Medium: the foreign account has to be taken over, or to be hostile.
    ///
    /// ## Fix
    /// Let the foreign principals assume a role of this account, whose trust policy says under which conditions; or
    /// name the account under `trusted_accounts`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html>
    CHECK {
        id: "eks-access-entry-foreign-account",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.1.1"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let judge = |entry: &AccessEntry| Ok(is_foreign(&entry.principal, context).then(|| told(entry)));
    Gathered::of(&cluster.access_entries, judge).outcome()
}

/// The principal and what is known of its rights.
fn told(entry: &AccessEntry) -> String {
    let mut rights: Vec<String> = Vec::new();
    match &entry.policies {
        Fact::Known(policies) => {
            let name = |policy: &AccessPolicy| format!("{} {}", policy_name(policy), scope_name(&policy.scope));
            rights.extend(policies.iter().map(name));
        }
        Fact::Unknown(_) => rights.push("access policies that could not be read".to_owned()),
    }
    match &entry.details {
        Fact::Known(details) => rights.extend(details.groups.iter().map(|group| format!("group {group}"))),
        Fact::Unknown(_) => rights.push("groups that could not be read".to_owned()),
    }
    let rights = if rights.is_empty() { "nothing".to_owned() } else { rights.join(", ") };
    format!("{} of account {} has an access entry with {rights}", entry.principal, entry.principal.account())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::AccessScope;
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::{entered, entry};

    let viewed = [("AmazonEKSViewPolicy", AccessScope::Cluster)];
    let own = entry("arn:aws:iam::111122223333:role/platform", &viewed);
    let foreign = entry("arn:aws:iam::444455556666:role/consultant", &viewed);
    let bare = entry("arn:aws:iam::444455556666:user/ada", &[]);
    Cases::default()
        .pass(entered(vec![own.clone()]))
        .pass(entered(vec![foreign.clone()]).settings(|settings| {
            settings.trusted_accounts = ["444455556666".into()].into();
        }))
        .fail(entered(vec![own, foreign]))
        .fail(entered(vec![bare]))
        .not_applicable(cluster(|_| {}))
}
