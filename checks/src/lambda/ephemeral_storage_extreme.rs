use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function has an extreme amount of temporary storage
    ///
    /// ## Why
    /// `/tmp` outlives an invocation: what one leaves there, the next one in the same environment can read. The most
    /// that Lambda offers is paid for by the second, and invites to keep data where nobody looks for it.
    ///
    /// The threshold `ephemeral_storage_mb` says from where on the amount is called extreme.
    ///
    /// ## Severity
    /// Informational: the work may need it.
    ///
    /// ## Fix
    /// Stream the data, or set `EphemeralStorage.Size` to what was measured.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html>
    CHECK {
        id: "lambda-ephemeral-storage-extreme",
        severity: Severity::Informational,
        controls: &[Control::checklist("sensible-limits")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let is_extreme = function.ephemeral_storage_mb >= context.settings.thresholds.ephemeral_storage_mb;
    Ok(Verdict::fail_when(is_extreme, || format!("EphemeralStorage.Size is {} MB", function.ephemeral_storage_mb)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    let with = |megabytes| function(|function| function.ephemeral_storage_mb = megabytes);
    Cases::default()
        .pass(with(512))
        .fail(with(10_240))
        .fail(with(2048).settings(|settings| settings.thresholds.ephemeral_storage_mb = 2048))
}
