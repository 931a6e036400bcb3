use palisade_policy::{Principal, Statement};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::{Role, statement_name};
use palisade_model::workload::{Kind, Unseen, Workload};
use palisade_reason::access::roles::{is_service, trust};
use palisade_reason::access::trust::{ASSUME, live, names_somebody};

check! {
    /// Execution role can be assumed by others than Lambda
    ///
    /// ## Why
    /// A role that a function runs as is meant for that function. Each other service or account in its trust policy is
    /// another way to what the function may do, and makes the role's permissions grow for a second purpose.
    ///
    /// Roles that no function runs as are not judged.
    ///
    /// ## Severity
    /// Low: whoever is trusted still needs permissions of their own, or a workload there.
    ///
    /// ## Fix
    /// Leave `lambda.amazonaws.com` as the only principal, and give the others roles of their own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>
    CHECK {
        id: "iam-role-trust-service-extra",
        severity: Severity::Low,
        controls: &[Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    let is_function = |workload: &Workload<'_>| match workload.kind {
        Kind::Function(_) => true,
        Kind::Controller(_) | Kind::Tasks(_) => false,
    };
    if !context.workloads_of_role(&role.arn).iter().any(is_function) {
        let Unseen { functions, controllers: _, tasks: _ } = &context.workloads().unseen;
        return functions.clone().map_or(Ok(Verdict::NotApplicable), Err);
    }
    let live = live(trust(role)?, context).filter(|(_, allow)| ASSUME.iter().any(|action| allow.action.covers(action)));
    Ok(Verdict::fail_if_any(live.flat_map(|(index, allow)| {
        let others = others(allow).into_iter();
        others.map(move |other| format!("{} also lets {other} assume the role", statement_name(index, allow)))
    })))
}

/// Whom a statement names beside Lambda, as the policy writes it.
fn others(allow: &Statement) -> Vec<String> {
    let is_other = |principal: &&Principal| {
        let is_lambda = ["lambda", "edgelambda"].iter().any(|service| is_service(principal.as_str(), service));
        !is_lambda && names_somebody(principal)
    };
    let listed = allow.principals().filter(is_other);
    let mut others: Vec<_> = listed.map(|other| format!("{} {}", other.kind().as_str(), other.as_str())).collect();
    if others.is_empty() && allow.names_everyone() {
        others.push("everybody".to_owned());
    }
    others
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::iam::{role, trusting};
    use palisade_scenes::policy;

    let by = |principal: Value| json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    let used = |principal: Value| role(|role| role.trust = policy(by(principal)));
    Cases::default()
        .pass(used(json!({ "Service": "lambda.amazonaws.com" })))
        .pass(used(json!({ "Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] })))
        .pass(used(json!({ "Service": "lambda.amazonaws.com", "AWS": "AROAEXAMPLEEXAMPLEEXA" })))
        .fail(used(json!({ "Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"] })))
        .fail(used(json!({ "Service": "lambda.amazonaws.com", "AWS": "111122223333" })))
        .fail(used(json!("*")))
        .not_applicable(trusting(by(json!({ "Service": "ec2.amazonaws.com" }))))
}
