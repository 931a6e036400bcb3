use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function has an extreme amount of memory
    ///
    /// ## Why
    /// Each millisecond is paid for by the memory that is configured, used or not. The most that Lambda offers is
    /// rarely what was measured, and makes a loop or a flood of events as dear as can be.
    ///
    /// The threshold `memory_mb` says from where on the amount is called extreme.
    ///
    /// ## Severity
    /// Informational: the work may need it.
    ///
    /// ## Fix
    /// Measure the function with less memory, and set `MemorySize` to what serves it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
    CHECK {
        id: "lambda-memory-extreme",
        severity: Severity::Informational,
        controls: &[Control::checklist("sensible-limits")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let is_extreme = function.memory_mb >= context.settings.thresholds.memory_mb;
    Ok(Verdict::fail_when(is_extreme, || format!("MemorySize is {} MB", function.memory_mb)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    let with = |megabytes| function(|function| function.memory_mb = megabytes);
    Cases::default()
        .pass(with(10_239))
        .fail(with(10_240))
        .fail(with(4096).settings(|settings| settings.thresholds.memory_mb = 4096))
}
