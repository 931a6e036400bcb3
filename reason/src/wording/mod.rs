//! How evidence tells what was concluded: the one place that puts decisions, conditions and callers into words.

mod invoker;
mod share;

use palisade_policy::{
    BaseOperator, Condition, Decision, Effect, Grade, MatchedStatement, Open, PolicyType, PrincipalElement, Residual,
};

/// The statements of a decision as evidence quotes them, with the conditions that it hangs on.
pub fn reasons(decision: &Decision<'_>) -> String {
    match decision {
        Decision::Allowed { by } | Decision::DeniedExplicitly { by } => statements(by),
        Decision::AllowedIf { by, conditions } => {
            let open: Vec<_> = conditions.iter().map(condition).collect();
            if open.is_empty() {
                statements(by)
            } else {
                format!("{}, depending on {}", statements(by), open.join(" and "))
            }
        }
        Decision::DeniedImplicitly { .. } => "no statement".to_owned(),
    }
}

/// The statements, those of the identity itself where there are any: what limits it allows too, and proves nothing.
fn statements(by: &[MatchedStatement<'_>]) -> String {
    let own = |reason: &&MatchedStatement<'_>| reason.layer == PolicyType::Identity;
    let has_own = by.iter().any(|reason| own(&reason));
    let chosen: Vec<_> = by.iter().filter(|reason| !has_own || own(reason)).map(MatchedStatement::to_string).collect();
    chosen.join(" and ")
}

/// What is left open, as the policy writes it.
pub fn condition(residual: &Residual<'_>) -> String {
    let Residual { by, open } = residual;
    let text = match open {
        Open::Condition(condition) => format!("{}{}", written(condition), later(condition)),
        Open::Resource(_) | Open::Principal(_) => format!("{} [{}]", open.operator(), open.values().join(", ")),
        Open::IdentityPolicies => "the caller's own policies".to_owned(),
    };
    match by {
        Some(reason) => format!("{text} of {reason}"),
        None => text,
    }
}

/// What is left open of what a policy gives, as a clause: `where StringEquals aws:SourceAccount 111122223333`.
pub fn clause(residual: &Residual<'_>) -> String {
    let Residual { by, open } = residual;
    let denies = by.is_some_and(|reason| reason.statement.effect == Effect::Deny);
    let spares = matches!(open, Open::Principal(PrincipalElement::NotPrincipal(_)));
    let word = if denies == spares { "where" } else { "unless" };
    let values = open.values().join(", ");
    match open {
        Open::Condition(condition) => format!("{word} {} {} {values}{}", open.operator(), open.key(), later(condition)),
        Open::Resource(_) => format!("{word} the resource is {values}"),
        Open::Principal(_) => format!("{word} the caller is {values}"),
        Open::IdentityPolicies => format!("{word} the caller's own policies allow it"),
    }
}

/// A condition as the policy writes it: `StringEquals aws:SourceAccount [111122223333]`.
pub fn written(condition: &Condition) -> String {
    format!("{} {} [{}]", condition.operator().as_str(), condition.key(), condition.values().join(", "))
}

/// What is added to a condition on the time that is left open: as of the inventory's time it does not hold, and it will.
fn later(condition: &Condition) -> &'static str {
    if is_about_time(condition) { " (later than the inventory)" } else { "" }
}

/// Whether a condition compares the time of the request with a date. One that is left open begins later than the
/// inventory was made.
pub fn is_about_time(condition: &Condition) -> bool {
    let compares = condition.operator().base().is_some_and(|base| {
        matches!(
            base,
            BaseOperator::DateEquals
                | BaseOperator::DateGreaterThan
                | BaseOperator::DateGreaterThanEquals
                | BaseOperator::NumericEquals
                | BaseOperator::NumericGreaterThan
                | BaseOperator::NumericGreaterThanEquals
        )
    });
    compares && ["aws:CurrentTime", "aws:EpochTime"].iter().any(|key| condition.key().eq_ignore_ascii_case(key))
}

/// The conditions that a decision hangs on, as the policy writes them.
pub fn depending_on(decision: &Decision<'_>) -> Vec<String> {
    match decision {
        Decision::AllowedIf { conditions: open, .. } => conditions(open),
        Decision::Allowed { .. } | Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => Vec::new(),
    }
}

/// The conditions among what is left open, as the policy writes them.
pub fn conditions(open: &[Residual<'_>]) -> Vec<String> {
    let conditions = open.iter().filter_map(|residual| match residual.open {
        Open::Condition(condition) => Some(format!("{}{}", written(condition), later(condition))),
        Open::Resource(_) | Open::Principal(_) | Open::IdentityPolicies => None,
    });
    conditions.collect()
}

/// A grade in words.
pub fn callers(grade: Grade, who: &str) -> String {
    match grade {
        Grade::AnonymousInternet => "anyone on the internet".to_owned(),
        Grade::AnyAwsAccount => "any AWS account".to_owned(),
        Grade::Organisation => format!("any account of {who}"),
        Grade::ListedNetworks => "any AWS account within the listed networks".to_owned(),
        Grade::IdentityProvider => format!("whom {who} vouches for"),
        Grade::ListedAccounts => format!("account {who}"),
        Grade::OwnAccount => "principals of the account".to_owned(),
        Grade::ServiceWithoutSource => format!("{who} on behalf of any account"),
        Grade::ServiceWithSource => format!("{who} on behalf of listed sources"),
    }
}
