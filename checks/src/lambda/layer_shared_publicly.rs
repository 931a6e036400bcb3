use palisade_policy::{BaseOperator, Condition, Quantifier, Statement};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::facts::Action;
use crate::facts::iam::statement_name;
use crate::facts::lambda::Layer;

check! {
    /// Layer is shared with everybody
    ///
    /// ## Why
    /// Every AWS account can download the layer version and read what is in it: code, configuration, and whatever was
    /// packed by mistake. What was downloaded cannot be called back.
    ///
    /// A statement for everybody passes when its conditions hold it to an organisation (`aws:PrincipalOrgID` equal to
    /// ids without wildcards). Other conditions are quoted and not weighed.
    ///
    /// ## Severity
    /// High: anybody with an AWS account can take it; how bad that is depends on the content.
    ///
    /// ## Fix
    /// Remove the statement with `RemoveLayerVersionPermission`, and share with accounts or with the organisation.
    /// Replace what the layer gave away.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
    CHECK {
        id: "lambda-layer-shared-publicly",
        severity: Severity::High,
        controls: &[Control::checklist("layers-from-known-accounts")],
        since: "0.1.0",
        rule: Rule::Layer(evaluate),
    }
}

fn evaluate(layer: &Layer, _: &Context) -> Outcome {
    let Some(policy) = layer.policy.known()? else { return Ok(Verdict::Pass) };
    let document = policy.document(Action::LambdaGetLayerVersionPolicy, &layer.arn)?;
    let statements = document.statements.iter().enumerate();
    Ok(Verdict::fail_if_any(statements.filter(|(_, statement)| is_open(statement)).map(|(index, statement)| {
        let name = statement_name(index, statement);
        let conditions: Vec<_> = statement.conditions.iter().map(quoted).collect();
        match conditions.as_slice() {
            [] => format!("{name} allows everybody lambda:GetLayerVersion, without a condition"),
            conditions => format!("{name} allows everybody lambda:GetLayerVersion, where {}", conditions.join(" and ")),
        }
    })))
}

fn is_open(statement: &Statement) -> bool {
    statement.names_everyone()
        && statement.allows_action("lambda:GetLayerVersion")
        && !statement.conditions.iter().any(holds_to_organization)
}

/// Whether a condition lets only principals of named organisations through.
fn holds_to_organization(condition: &Condition) -> bool {
    let operator = condition.operator();
    let equals = matches!(
        operator.base(),
        Some(BaseOperator::StringEquals | BaseOperator::StringEqualsIgnoreCase | BaseOperator::StringLike)
    );
    let needs_key = !operator.if_exists() && operator.quantifier() != Some(Quantifier::ForAllValues);
    let names_ids = condition.values().iter().all(|id| !id.contains(['*', '?', '$']));
    equals && needs_key && names_ids && condition.key().eq_ignore_ascii_case("aws:PrincipalOrgID")
}

fn quoted(condition: &Condition) -> String {
    format!("{} {} {}", condition.key(), condition.operator().as_str(), condition.values().join(", "))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::facts::Fact;
    use crate::facts::iam::PolicyText;
    use crate::testing::{Cases, Scene, layer, policy};

    let shared = |principal: Value, condition: Value| -> Scene {
        let mut statement = json!({
            "Sid": "share", "Effect": "Allow", "Principal": principal,
            "Action": "lambda:GetLayerVersion", "Resource": "*"
        });
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        layer(|layer| layer.policy = Fact::Known(Some(policy(statement))))
    };
    let everybody = |condition: Value| shared(json!("*"), condition);
    let denied = json!({ "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": "*" });
    Cases::default()
        .pass(layer(|layer| layer.policy = Fact::Known(None)))
        .pass(shared(json!({ "AWS": "arn:aws:iam::444455556666:root" }), Value::Null))
        .pass(everybody(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })))
        .pass(everybody(json!({ "ForAnyValue:StringLike": { "AWS:principalorgid": ["o-a1b2c3d4e5"] } })))
        .pass(layer(|layer| layer.policy = Fact::Known(Some(policy(denied)))))
        .fail(everybody(Value::Null))
        .fail(shared(json!({ "AWS": "*" }), Value::Null))
        .fail(everybody(json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } })))
        .fail(everybody(json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })))
        .fail(everybody(json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })))
        .fail(everybody(json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })))
        .fail(everybody(json!({ "Bool": { "aws:SecureTransport": "true" } })))
        .unknown(layer(|layer| layer.policy = Fact::Known(Some(PolicyText::parse("{")))))
}
