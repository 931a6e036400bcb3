use palisade_policy::Statement;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Action;
use palisade_model::iam::statement_name;
use palisade_model::invokers::invokes_asynchronously;
use palisade_model::lambda::Function;

check! {
    /// Asynchronous events that fail are lost
    ///
    /// ## Why
    /// A service that invokes a function asynchronously hands the event over and forgets it. When the function fails,
    /// Lambda tries again twice and then drops the event, unless there is a place for it.
    ///
    /// The question arises when the resource policy lets such a service invoke the function. A dead letter target and a
    /// failure destination, also one of a version or an alias, both count as a place. Triggers that stand in the policy
    /// of an alias alone, and callers that invoke asynchronously by themselves, are not seen.
    ///
    /// ## Severity
    /// Medium: an error in the function, or too little concurrency for some hours, loses events for good.
    ///
    /// ## Fix
    /// Configure an on-failure destination (`PutFunctionEventInvokeConfig`) or a dead letter queue, and an alarm on it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html>
    CHECK {
        id: "lambda-async-without-failure-destination",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("awslambda_function_no_dead_letter_queue"),
            Control::checklist("failure-destination"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    if function.dead_letter_target.is_some() {
        return Ok(Verdict::Pass);
    }
    let Some(policy) = function.policy.known()? else { return Ok(Verdict::NotApplicable) };
    let document = policy.document(Action::LambdaGetPolicy, &function.arn)?;
    let statements = document.statements.iter().enumerate();
    let invokers: Vec<_> = statements.filter_map(|(index, statement)| invoker(index, statement)).collect();
    if invokers.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_when(function.failure_destinations.known()?.is_empty(), || {
        format!("{}; neither DeadLetterConfig nor an OnFailure destination is set", invokers.join("; "))
    }))
}

/// What a statement says of a service that invokes asynchronously, if it allows one.
fn invoker(index: usize, statement: &Statement) -> Option<String> {
    let service = statement.service_principals().find(|principal| invokes_asynchronously(principal))?;
    let allows = statement.allows_action("lambda:InvokeFunction");
    allows.then(|| format!("{} lets {service} invoke the function", statement_name(index, statement)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::iam::PolicyText;
    use palisade_scenes::{Scene, function, policy, queue_arn};

    let invoked_by = |service: &str, change: fn(&mut Function)| -> Scene {
        let statement = json!({
            "Sid": "trigger", "Effect": "Allow", "Principal": { "Service": service },
            "Action": "lambda:InvokeFunction", "Resource": "*"
        });
        function(|function| {
            function.policy = Fact::Known(Some(policy(statement)));
            change(function);
        })
    };
    let denied = json!({
        "Effect": "Deny", "Principal": { "Service": "s3.amazonaws.com" }, "Action": "lambda:*", "Resource": "*"
    });
    Cases::default()
        .pass(invoked_by("s3.amazonaws.com", |function| function.dead_letter_target = Some(queue_arn("failed"))))
        .pass(invoked_by("s3.amazonaws.com", |function| {
            function.failure_destinations = Fact::Known(vec![queue_arn("failed")]);
        }))
        .fail(invoked_by("s3.amazonaws.com", |_| {}))
        .fail(invoked_by("logs.eu-west-1.amazonaws.com", |_| {}))
        .not_applicable(invoked_by("apigateway.amazonaws.com", |_| {}))
        .not_applicable(function(|function| function.policy = Fact::Known(Some(policy(denied)))))
        .not_applicable(function(|_| {}))
        .unknown(function(|function| function.policy = Fact::Known(Some(PolicyText::parse("{")))))
}
