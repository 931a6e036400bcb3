use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function runs on a deprecated runtime
    ///
    /// ## Why
    /// AWS no longer patches a deprecated runtime, gives no support for it, and in the end refuses to create and then
    /// to update functions that use it. A hole found in the language or its libraries stays open.
    ///
    /// A container image brings its own runtime and is not judged here. A runtime that the table of known runtimes does
    /// not list is reported as unknown.
    ///
    /// ## Severity
    /// Medium: harm needs a hole in the runtime that the function's input can reach, and time brings one.
    ///
    /// ## Fix
    /// Move the function to a runtime that AWS supports, and test it there before AWS blocks updates.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtime-support-policy>
    CHECK {
        id: "lambda-runtime-deprecated",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("Lambda.2"),
            Control::prowler("awslambda_function_using_supported_runtimes"),
            Control::cis("compute-services-1.1.0:12.11"),
            Control::checklist("supported-runtime"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let Some((runtime, end)) = function.managed_runtime()? else { return Ok(Verdict::NotApplicable) };
    let Some(day) = end else { return Ok(Verdict::Pass) };
    let is_past = day <= context.today();
    Ok(Verdict::fail_when(is_past, || format!("Runtime is {}, deprecated since {day}", runtime.0)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Runtime;
    use palisade_model::lambda::Package;
    use palisade_scenes::function;

    let with = |runtime: &str| function(|function| function.runtime = Some(Runtime(runtime.to_owned())));
    let without = |package| {
        function(|function| {
            function.runtime = None;
            function.package = package;
        })
    };
    let on =
        |day: &str| with("nodejs22.x").settings(|settings| settings.now = format!("{day}T12:00:00Z").parse().unwrap());
    Cases::default()
        .pass(with("python3.13"))
        .pass(with("java17.al2023"))
        .pass(on("2027-04-29"))
        .fail(on("2027-04-30"))
        .fail(with("python3.8"))
        .not_applicable(without(Package::Image))
        .unknown(without(Package::Zip))
        .unknown(without(Package::Other("Wasm".to_owned())))
        .unknown(with("python4.0"))
}
