use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Execution role of the function does not exist
    ///
    /// ## Why
    /// Without its role the function cannot run. Worse, whoever may create a role of that name decides what the
    /// function may do from then on.
    ///
    /// ## Severity
    /// Medium: the function is out of order; abuse needs the right to create roles.
    ///
    /// ## Fix
    /// Give the function a role that exists, or delete the function.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>
    CHECK {
        id: "lambda-execution-role-missing",
        severity: Severity::Medium,
        controls: &[Control::cis("compute-services-1.1.0:12.7"), Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    if function.role.account() != function.arn.account() {
        return Ok(Verdict::NotApplicable);
    }
    let role = context.role(&function.role)?;
    Ok(Verdict::fail_when(role.is_none(), || format!("Role is {}; the account has no such role", function.role)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::{function, new_role};

    Cases::default()
        .pass(function(|_| {}))
        .fail(function(|_| {}).iam(|iam| iam.roles = Listing::whole(vec![])))
        .fail(function(|_| {}).iam(|iam| iam.roles = Listing::whole(vec![new_role("payments-role")])))
        .not_applicable(function(|function| function.role = "arn:aws:iam::444455556666:role/orders-role".into()))
}
