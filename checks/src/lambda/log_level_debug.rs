use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function logs at a level meant for debugging
    ///
    /// ## Why
    /// At `DEBUG` and `TRACE` libraries write requests, answers and sometimes credentials to the log, where more people
    /// read them than may call the function. The volume is paid for by the gigabyte.
    ///
    /// The level is known for functions that log JSON; the others set theirs in code, which is not looked at.
    ///
    /// ## Severity
    /// Low: what is written has to be worth stealing, and the log has to be readable to the wrong people.
    ///
    /// ## Fix
    /// Set `LoggingConfig.ApplicationLogLevel` to `INFO` or above, and lower it for the time of an investigation only.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
    CHECK {
        id: "lambda-log-level-debug",
        severity: Severity::Low,
        controls: &[Control::checklist("structured-logs")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    let Some(level) = &function.logging.application_level else { return Ok(Verdict::NotApplicable) };
    let is_detailed = ["DEBUG", "TRACE"].iter().any(|detailed| level.eq_ignore_ascii_case(detailed));
    Ok(Verdict::fail_when(is_detailed, || format!("LoggingConfig.ApplicationLogLevel is {level}")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    let with =
        |level: Option<&str>| function(|function| function.logging.application_level = level.map(ToOwned::to_owned));
    Cases::default()
        .pass(with(Some("INFO")))
        .pass(with(Some("FATAL")))
        .fail(with(Some("DEBUG")))
        .fail(with(Some("TRACE")))
        .not_applicable(with(None))
}
