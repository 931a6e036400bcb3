use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{EventSource, EventSourceMapping};

check! {
    /// Queue shows messages again while the function works on them
    ///
    /// ## Why
    /// A message that the function has received stays hidden for the queue's visibility timeout. When that ends before
    /// the function does, a second invocation gets the same message. Lambda refuses to set up a mapping whose
    /// visibility timeout is under the function's timeout, but the queue can be changed later. AWS recommends six times
    /// the timeout, so that a throttled batch has time to be tried again.
    ///
    /// The threshold `visibility_timeout_factor` says how many times. The batching window is not part of the sum. A
    /// queue that is not in the audited account cannot be read, and is reported as unknown.
    ///
    /// ## Severity
    /// Medium: messages are processed twice, or land in the dead letter queue without a fault of theirs.
    ///
    /// ## Fix
    /// Raise the queue's `VisibilityTimeout`, or lower the function's `Timeout`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
    CHECK {
        id: "lambda-queue-visibility-timeout-short",
        severity: Severity::Medium,
        controls: &[Control::checklist("sensible-limits")],
        since: "0.1.0",
        rule: Rule::EventSourceMapping(evaluate),
    }
}

fn evaluate(mapping: &EventSourceMapping, context: &Context) -> Outcome {
    let EventSource::Queue(arn) = mapping.kind() else { return Ok(Verdict::NotApplicable) };
    if !mapping.is_enabled()? {
        return Ok(Verdict::NotApplicable);
    }
    let Some(function) = context.function(&mapping.function)? else { return Ok(Verdict::NotApplicable) };
    let Some(queue) = context.readable_queue(&arn)? else { return Ok(Verdict::NotApplicable) };
    let hidden = queue.visibility_timeout_seconds;
    let timeout = function.timeout_seconds;
    let factor = context.settings.thresholds.visibility_timeout_factor;
    let wanted = timeout.saturating_mul(factor);
    Ok(Verdict::fail_when(hidden < timeout || hidden < wanted, || {
        let relation = if hidden < timeout { "less than the".to_owned() } else { format!("under {factor} times the") };
        let name = &function.name;
        format!("VisibilityTimeout of {arn} is {hidden} seconds, {relation} Timeout of {name}, {timeout} seconds")
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Switch;
    use palisade_scenes::{Scene, mapping};

    // The function's timeout is ten seconds.
    let with =
        |seconds| -> Scene { mapping(|_| {}).and_queue("orders", |queue| queue.visibility_timeout_seconds = seconds) };
    Cases::default()
        .pass(with(60))
        .pass(with(10).settings(|settings| settings.thresholds.visibility_timeout_factor = 1))
        .fail(with(59))
        .fail(with(9))
        .fail(with(9).settings(|settings| settings.thresholds.visibility_timeout_factor = 0))
        .not_applicable(mapping(|mapping| mapping.enabled = Switch::Off))
        .unknown(mapping(|mapping| mapping.enabled = Switch::Other("Dreaming".to_owned())))
        .not_applicable(mapping(|mapping| mapping.source = None))
        .not_applicable(mapping(|mapping| mapping.function = palisade_scenes::function_arn("gone")))
        .left_out(mapping(|mapping| mapping.source = Some("arn:aws:sqs:eu-west-1:444455556666:orders".into())))
        .not_applicable(mapping(|_| {}))
}
