use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, LogFormat};
use palisade_model::{Action, Gap};

check! {
    /// Function logs plain text
    ///
    /// ## Why
    /// Plain lines carry no level and no request id that a query could select by. Searching them during an incident
    /// means guessing at words, and Lambda cannot leave out lines below a level.
    ///
    /// ## Severity
    /// Low: it costs time when something has gone wrong.
    ///
    /// ## Fix
    /// Set `LoggingConfig.LogFormat` to `JSON`, and log through the runtime's own logger.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>
    CHECK {
        id: "lambda-log-format-text",
        severity: Severity::Low,
        controls: &[Control::checklist("structured-logs")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    Ok(match &function.logging.format {
        LogFormat::Json => Verdict::Pass,
        LogFormat::Text => Verdict::fail("LoggingConfig.LogFormat is Text"),
        LogFormat::Other(format) => {
            let what = "LoggingConfig.LogFormat";
            return Err(Gap::not_known(Action::LambdaListFunctions, &function.arn, what, format));
        }
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    let with = |format| function(|function| function.logging.format = format);
    Cases::default()
        .pass(with(LogFormat::Json))
        .fail(with(LogFormat::Text))
        .unknown(with(LogFormat::Other("Binary".to_owned())))
}
