use jiff::SignedDuration;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function runs on a runtime that is soon deprecated
    ///
    /// ## Why
    /// After the day of deprecation AWS no longer patches the runtime. Moving to the next one takes a change of code, a
    /// test and a deployment, for which there is still time.
    ///
    /// The threshold `runtime_notice_days` says how many days before the deprecation the notice begins. A runtime that
    /// is deprecated already is the business of `lambda-runtime-deprecated`.
    ///
    /// ## Severity
    /// Low: nothing is wrong yet.
    ///
    /// ## Fix
    /// Plan the move to a runtime that AWS supports for longer.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtime-deprecation-levels>
    CHECK {
        id: "lambda-runtime-deprecation-near",
        severity: Severity::Low,
        controls: &[Control::checklist("supported-runtime")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let Some((runtime, end)) = function.managed_runtime()? else { return Ok(Verdict::NotApplicable) };
    let Some(day) = end else { return Ok(Verdict::Pass) };
    let left = day.duration_since(context.today());
    if left <= SignedDuration::ZERO {
        return Ok(Verdict::NotApplicable);
    }
    let notice = SignedDuration::from_hours(24 * i64::from(context.settings.thresholds.runtime_notice_days));
    Ok(Verdict::fail_when(left <= notice, || format!("Runtime is {}, deprecated from {day} on", runtime.0)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Runtime;
    use palisade_model::lambda::Package;
    use palisade_scenes::function;

    let with = |runtime: &str| function(|function| function.runtime = Some(Runtime(runtime.to_owned())));
    let on = |day: &str| {
        with("nodejs22.x").settings(|settings| {
            settings.now = format!("{day}T12:00:00Z").parse().unwrap();
            settings.thresholds.runtime_notice_days = 30;
        })
    };
    let without = |package| {
        function(|function| {
            function.runtime = None;
            function.package = package;
        })
    };
    Cases::default()
        .pass(with("python3.13"))
        .pass(with("java17.al2023"))
        .pass(on("2027-03-30"))
        .fail(on("2027-03-31"))
        .fail(on("2027-04-29"))
        .fail(with("nodejs22.x"))
        .not_applicable(on("2027-04-30"))
        .not_applicable(with("python3.8"))
        .not_applicable(without(Package::Image))
        .unknown(without(Package::Zip))
        .unknown(with("python4.0"))
}
