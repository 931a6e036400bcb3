use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Registry, ReplicationRule};

check! {
    /// Images are replicated to an account that is not trusted
    ///
    /// ## Why
    /// Every image that is pushed is copied to the other account at once, where its administrators decide who reads it.
    /// A rule that somebody added unnoticed sends out all code to come.
    ///
    /// Trusted are the account itself and those of `trusted_accounts`.
    ///
    /// ## Severity
    /// High: the copies are out of reach as soon as an image is pushed.
    ///
    /// ## Fix
    /// Take the destination out of the replication rules (`PutReplicationConfiguration`), or add the account to
    /// `trusted_accounts` when it is meant to have copies.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html>
    CHECK {
        id: "ecr-replication-foreign-account",
        severity: Severity::High,
        controls: &[Control::checklist("registry-access-known")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, context: &Context) -> Outcome {
    let rules = registry.replication.known()?;
    if rules.iter().all(|rule| rule.destinations.is_empty()) {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_if_any(rules.iter().flat_map(|rule| foreign(rule, context))))
}

fn foreign(rule: &ReplicationRule, context: &Context) -> Vec<String> {
    let what = match rule.prefixes.as_slice() {
        [] => "all repositories are".to_owned(),
        prefixes => format!("repositories that begin with {} are", prefixes.join(", ")),
    };
    let foreign = rule.destinations.iter().filter(|(account, _)| !context.trusts(account.as_str()));
    foreign.map(|(account, region)| format!("{what} replicated to account {account} in {region}")).collect()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::{ACCOUNT, registry};

    let to = |accounts: &[&[&str]]| {
        let rule = |accounts: &&[&str]| ReplicationRule {
            destinations: accounts.iter().map(|account| ((*account).into(), "eu-central-1".into())).collect(),
            prefixes: vec!["shop/".to_owned()],
        };
        let rules = accounts.iter().map(rule).collect();
        registry(|registry| registry.replication = Fact::Known(rules))
    };
    Cases::default()
        .not_applicable(registry(|_| {}))
        .not_applicable(to(&[&[]]))
        .pass(to(&[&[ACCOUNT]]))
        .fail(to(&[&["444455556666"]]))
        .fail(to(&[&[ACCOUNT], &[ACCOUNT, "444455556666"]]))
        .pass(to(&[&[ACCOUNT, "444455556666"]]).trusting())
        .fail(to(&[&["444455556666"], &["777788889999"]]).trusting())
}
