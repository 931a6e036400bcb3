use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::access::entries::is_foreign;
use palisade_reason::in_cluster::aws_auth::{in_force, mappings, parsed};

check! {
    /// ConfigMap aws-auth lets in principals of foreign accounts
    ///
    /// ## Why
    /// Who takes on a role of another account, and with how much care its keys are kept, is decided there and not here.
    /// In the ConfigMap such an entry is seen by nobody who looks at AWS.
    ///
    /// Accounts among `trusted_accounts` count as the account's own.
    ///
    /// ## Severity
    /// Medium: the foreign account has to be taken over, or to be hostile.
    ///
    /// ## Fix
    /// Let the foreign principals assume a role of this account, and make an access entry for that; or name the account
    /// under `trusted_accounts`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html>
    CHECK {
        id: "kubernetes-aws-auth-foreign-account",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.1.7"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(auth) = in_force(cluster)? else { return Ok(Verdict::NotApplicable) };
    let principals = mappings(auth).filter(|mapping| is_foreign(&mapping.arn, context));
    let principals = principals.map(|mapping| {
        let groups = if mapping.groups.is_empty() { "no group".to_owned() } else { mapping.groups.join(", ") };
        format!("aws-auth maps {} to {groups}", mapping.arn)
    });
    let accounts = parsed(&auth.accounts).iter().filter(|account| !context.trusts(account.as_str()));
    let accounts = accounts.map(|account| format!("mapAccounts names {account}"));
    let mut gathered = Gathered::default();
    gathered.add(Ok(principals.chain(accounts)));
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::AuthenticationMode;
    use palisade_model::kubernetes::MappingText;
    use palisade_scenes::in_cluster::{authenticated_by, mapped, mapped_role};

    let foreign = || mapped_role("arn:aws:iam::444455556666:role/consultant", "consultant", &["viewers"]);
    let accounts = |ids: &[&str]| {
        let ids = ids.iter().map(|&id| id.into()).collect();
        mapped(|auth| auth.accounts = MappingText::Parsed(ids))
    };
    Cases::default()
        .pass(mapped(|_| {}))
        .pass(accounts(&["111122223333"]))
        .pass(foreign().settings(|settings| settings.trusted_accounts = ["444455556666".into()].into()))
        .fail(foreign())
        .fail(mapped_role("arn:aws:iam::444455556666:user/ada", "ada", &[]))
        .fail(accounts(&["111122223333", "444455556666"]))
        .not_applicable(authenticated_by(foreign(), AuthenticationMode::Api))
}
