use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function without reserved concurrency shares a small pool
    ///
    /// ## Why
    /// Functions without a reservation draw on what the account's limit leaves in the Region. Where little is left, one
    /// busy function starves all others, and whoever can invoke one can stop the rest.
    ///
    /// The threshold `unreserved_concurrency` says what is little. Where more is left, no function is at fault.
    ///
    /// ## Severity
    /// Low: it costs availability, and only while another function takes the pool.
    ///
    /// ## Fix
    /// Reserve concurrency for the functions that must run, cap those that may grow, or have the account's limit
    /// raised.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html>
    CHECK {
        id: "lambda-concurrency-unreserved",
        severity: Severity::Low,
        controls: &[Control::checklist("concurrency-limits")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let account = context.account_settings(function)?;
    if account.unreserved_concurrency >= context.settings.thresholds.unreserved_concurrency {
        return Ok(Verdict::Pass);
    }
    let reserved = function.reserved_concurrency.required("it was collected with a lower threshold")?;
    Ok(Verdict::fail_when(reserved.is_none(), || {
        let (left, all) = (account.unreserved_concurrency, account.concurrency);
        format!("ReservedConcurrentExecutions is not set; the Region has {left} of {all} unreserved")
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::lambda::AccountSettings;
    use palisade_scenes::function;

    let with = |unreserved_concurrency, reserved: Option<u32>| {
        let settings = AccountSettings { concurrency: 1000, unreserved_concurrency, functions: 1 };
        function(|function| function.reserved_concurrency = Fact::Known(reserved))
            .lambda(|lambda| lambda.account_settings = Fact::Known(settings))
    };
    Cases::default()
        .pass(with(1000, None))
        .pass(with(200, None))
        .pass(with(199, Some(5)))
        .pass(with(199, Some(0)))
        .pass(with(150, None).settings(|settings| settings.thresholds.unreserved_concurrency = 150))
        .fail(with(199, None))
}
