use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_reason::access::dangling::nobodies;

check! {
    /// Resource policy names a principal that is nobody
    ///
    /// ## Why
    /// When a user or role is deleted, AWS leaves its unique id (`AIDA…`, `AROA…`) in the policies that named it, and
    /// one of the same name made later is not let in. A principal with a wildcard inside its ARN never was anybody.
    /// Such an entry of an `Allow` is a leftover; in a `Deny` it no longer keeps out whom it was written for.
    ///
    /// ## Severity
    /// Low: an entry that matches nobody lets nobody in.
    ///
    /// ## Fix
    /// Remove the entry, or name the user or role that is meant.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
    CHECK {
        id: "lambda-policy-dangling-principal",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    let (policies, gap) = function.policies();
    let mut evidence = Vec::new();
    for (arn, policy) in policies {
        evidence.extend(nobodies(arn, policy));
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None => Ok(Verdict::fail_if_any(evidence)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::shares::{alias, allows, policies};
    use palisade_scenes::{function, policy};

    let with = |principal: Value| policies(&[allows(json!({ "AWS": principal }), "lambda:InvokeFunction", json!({}))]);
    let role = "arn:aws:iam::111122223333:role/deploy";
    let gone = || policy(allows(json!({ "AWS": "AIDA1234567890EXAMPLE" }), "lambda:InvokeFunction", json!({})));
    Cases::default()
        .pass(function(|_| {}))
        .pass(with(json!("*")))
        .pass(with(json!([role, "444455556666", "arn:aws:iam::444455556666:root"])))
        .fail(with(json!("AROAFAKEHARBORPINEOLD")))
        .fail(with(json!([role, "AIDA1234567890EXAMPLE"])))
        .fail(with(json!("arn:aws:iam::*:root")))
        .fail(with(json!("arn:aws:iam::111122223333:role/*")))
        .fail(policies(&[json!({
            "Effect": "Deny", "NotPrincipal": { "AWS": [role, "AROA1234567890EXAMPLE"] }, "Action": "*", "Resource": "*"
        })]))
        .fail(function(|function| function.qualifiers = Fact::Known(vec![alias("live", Some(gone()))])))
}
