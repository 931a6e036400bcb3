use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function may run as long as Lambda allows
    ///
    /// ## Why
    /// The timeout is what ends an invocation that hangs. At the maximum of 15 minutes, each one that waits for an
    /// answer that never comes is paid for, holds concurrency, and goes unnoticed for as long as can be.
    ///
    /// ## Severity
    /// Low: it makes a fault elsewhere dearer and longer.
    ///
    /// ## Fix
    /// Set `Timeout` to what the slowest sound invocation needs, with some room; split work that needs longer.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>
    CHECK {
        id: "lambda-timeout-maximum",
        severity: Severity::Low,
        controls: &[Control::checklist("sensible-limits")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

/// The longest timeout that Lambda takes, in seconds.
const MAXIMUM: u32 = 900;

fn evaluate(function: &Function, _: &Context) -> Outcome {
    let seconds = function.timeout_seconds;
    Ok(Verdict::fail_when(seconds >= MAXIMUM, || format!("Timeout is {seconds} seconds")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    let with = |seconds| function(|function| function.timeout_seconds = seconds);
    Cases::default().pass(with(3)).pass(with(899)).fail(with(900))
}
