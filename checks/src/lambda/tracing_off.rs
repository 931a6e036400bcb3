use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, Tracing};
use palisade_model::{Action, Gap};

check! {
    /// Function is not traced
    ///
    /// ## Why
    /// Without active tracing, a slow or failing request cannot be followed from the function to the services it calls,
    /// and an incident takes longer to understand.
    ///
    /// ## Severity
    /// Low: it opens no way in; it costs time when something has gone wrong.
    ///
    /// ## Fix
    /// Set `TracingConfig.Mode` to `Active` and allow the role `xray:PutTraceSegments` and `xray:PutTelemetryRecords`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>
    CHECK {
        id: "lambda-tracing-off",
        severity: Severity::Low,
        controls: &[Control::security_hub("Lambda.7"), Control::checklist("tracing")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    Ok(match &function.tracing {
        Tracing::Active => Verdict::Pass,
        Tracing::PassThrough => Verdict::fail("TracingConfig.Mode is PassThrough"),
        Tracing::Other(mode) => {
            return Err(Gap::not_known(Action::LambdaListFunctions, &function.arn, "TracingConfig.Mode", mode));
        }
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    Cases::default()
        .pass(function(|function| function.tracing = Tracing::Active))
        .fail(function(|function| function.tracing = Tracing::PassThrough))
        .unknown(function(|function| function.tracing = Tracing::Other("Dreaming".to_owned())))
}
