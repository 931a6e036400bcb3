use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function logs to the group that Lambda names for it
    ///
    /// ## Why
    /// When the group `/aws/lambda/<name>` does not exist yet, the first invocation creates it if the role lets it:
    /// without retention, without a key, outside of any template. A group that somebody chose was chosen on purpose,
    /// and functions of one application can share one, with one retention and one access rule.
    ///
    /// The group itself is not looked at: one with the default name may well have been created with care.
    ///
    /// ## Severity
    /// Informational: the name alone does no harm.
    ///
    /// ## Fix
    /// Create a group with retention and, if wanted, a key, and name it in `LoggingConfig.LogGroup`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>
    CHECK {
        id: "lambda-log-group-default",
        severity: Severity::Informational,
        controls: &[Control::checklist("structured-logs")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    Ok(match &function.logging.group {
        None => Verdict::fail("LoggingConfig.LogGroup is not set"),
        Some(group) => Verdict::fail_when(*group == format!("/aws/lambda/{}", function.name), || {
            format!("LoggingConfig.LogGroup is {group}")
        }),
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    let with = |group: Option<&str>| function(|function| function.logging.group = group.map(ToOwned::to_owned));
    Cases::default()
        .pass(with(Some("/shop/orders")))
        .pass(with(Some("/aws/lambda/shop")))
        .fail(with(Some("/aws/lambda/orders")))
        .fail(with(None))
}
