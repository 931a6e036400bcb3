use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Switch;
use palisade_model::lambda::Function;

check! {
    /// Function that an event source feeds has the default timeout
    ///
    /// ## Why
    /// An event source hands over batches. The default of three seconds was chosen for nobody's batch: one slow answer
    /// ends the invocation, and all records of the batch are processed again.
    ///
    /// ## Severity
    /// Low: it costs reliability, and shows only under load.
    ///
    /// ## Fix
    /// Set `Timeout` to what a full batch needs, with some room.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html>
    CHECK {
        id: "lambda-timeout-default-with-event-source",
        severity: Severity::Low,
        controls: &[Control::checklist("sensible-limits")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

/// The timeout of a function for which none was chosen, in seconds.
const DEFAULT: u32 = 3;

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let (mappings, gap) = context.mappings_of(function);
    let Some(mapping) = mappings.iter().find(|mapping| mapping.enabled == Switch::On) else {
        for mapping in mappings {
            mapping.is_enabled()?;
        }
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    };
    Ok(Verdict::fail_when(function.timeout_seconds == DEFAULT, || match &mapping.source {
        Some(source) => format!("Timeout is {DEFAULT} seconds; {source} feeds the function"),
        None => format!("Timeout is {DEFAULT} seconds; a self-managed Kafka cluster feeds the function"),
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    let with = |seconds| function(|function| function.timeout_seconds = seconds);
    Cases::default()
        .pass(with(4).and_mapping(|_| {}))
        .fail(with(3).and_mapping(|_| {}))
        .fail(with(3).and_mapping(|mapping| mapping.source = None))
        .fail(with(3).and_mapping(|mapping| mapping.function = format!("{}:live", mapping.function).into()))
        .unknown(with(3).and_mapping(|mapping| mapping.enabled = Switch::Other("Dreaming".to_owned())))
        .not_applicable(with(3))
        .not_applicable(with(3).and_mapping(|mapping| mapping.enabled = Switch::Off))
}
