use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::EventSourceMapping;

check! {
    /// Event source feeds a function that does not exist
    ///
    /// ## Why
    /// Deleting a function leaves its event source mappings behind. The records that the mapping should hand over wait
    /// until they expire, and a function that is later created under the name receives them, whoever creates it.
    ///
    /// ## Severity
    /// Low: records wait for nobody; abuse needs the right to create functions.
    ///
    /// ## Fix
    /// Delete the mapping, or restore the function.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html>
    CHECK {
        id: "lambda-event-source-function-missing",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::EventSourceMapping(evaluate),
    }
}

fn evaluate(mapping: &EventSourceMapping, context: &Context) -> Outcome {
    let function = context.function(&mapping.function)?;
    Ok(Verdict::fail_when(function.is_none(), || {
        format!("FunctionArn is {}; there is no such function", mapping.function)
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::{function_arn, mapping};

    Cases::default()
        .pass(mapping(|_| {}))
        .pass(mapping(|mapping| mapping.function = format!("{}:live", mapping.function).into()))
        .fail(mapping(|mapping| mapping.function = function_arn("gone")))
        .fail(mapping(|mapping| {
            mapping.enabled = palisade_model::Switch::Off;
            mapping.function = function_arn("gone");
        }))
}
