//! Whether a condition limits a statement about `*` to some of the resources.

use palisade_policy::catalogue::{Catalogue, Catalogued};
use palisade_policy::{BaseOperator, Condition, Quantifier, matches};

use super::trust::asks_for;

/// Whether a condition is about which resource an action concerns, as the catalogue says of its key.
pub fn is_about_resource(condition: &Condition) -> bool {
    let known = Catalogue::get().condition_key(condition.key());
    let is_tag = || condition.key().to_ascii_lowercase().contains(":resourcetag/");
    known.map_or_else(is_tag, |key| key.names_resource)
}

/// Whether a condition lets only some of the resources through: it asks for a key that says which one is meant to have a
/// value that is written out, or begins so.
pub fn limits(condition: &Condition) -> bool {
    is_about_resource(condition)
        && compares_text(condition)
        && asks_for(condition, condition.key())
        && !condition.values().is_empty()
        && condition.values().iter().all(|value| !is_everything(condition, value))
}

/// Whether a condition with `ForAllValues:` limits an action: its key says which resource is meant, and every request of
/// the action gives it. Statements in PartiQL may do without, as a key of its own says of them.
///
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>
pub fn limits_action(condition: &Condition, action: Catalogued) -> bool {
    let key = Catalogue::get().condition_key(condition.key()).filter(|key| key.is_always_given);
    let is_known = key.is_some_and(|key| action.condition_keys().any(|own| own.name == key.name));
    let may_do_without = action.condition_keys().any(|own| own.name == "dynamodb:FullTableScan");
    is_known
        && !may_do_without
        && condition.operator().quantifier() == Some(Quantifier::ForAllValues)
        && !condition.operator().if_exists()
        && compares_text(condition)
        && !condition.values().is_empty()
        && condition.values().iter().all(|value| !is_everything(condition, value))
}

fn compares_text(condition: &Condition) -> bool {
    condition.operator().base().is_some_and(|base| {
        matches!(
            base,
            BaseOperator::StringEquals
                | BaseOperator::StringEqualsIgnoreCase
                | BaseOperator::StringLike
                | BaseOperator::ArnEquals
                | BaseOperator::ArnLike
        )
    })
}

/// Whether a value covers all that there can be: a wildcard alone, or behind what all names of a kind begin with.
fn is_everything(condition: &Condition, value: &str) -> bool {
    let is_exact = condition
        .operator()
        .base()
        .is_some_and(|base| matches!(base, BaseOperator::StringEquals | BaseOperator::StringEqualsIgnoreCase));
    if value.contains("${") || is_exact {
        return false;
    }
    if !value.contains(char::is_alphanumeric) {
        return true;
    }
    let own = condition.key().split(':').next().unwrap_or_default();
    let of_arn = value.split(':').nth(2).filter(|_| value.starts_with("arn:"));
    let services = [Some(own), of_arn].into_iter().flatten().filter_map(|prefix| Catalogue::get().service(prefix));
    let mut kinds = services.flat_map(|service| &service.resource_types);
    kinds.any(|kind| example(&kind.arn, value).is_some_and(|example| matches(value, &example)))
}

/// A resource of a kind that no policy names, as a value of this form would write it: its ARN, or its name with what
/// stands before the names of the kind.
fn example(template: &str, value: &str) -> Option<String> {
    const NAME: &str = "a-name-that-no-policy-names";
    let template: Vec<_> = template.splitn(6, ':').collect();
    let resource = filled(template.get(5)?, NAME);
    if value.starts_with("arn:") {
        let written: Vec<_> = value.splitn(6, ':').collect();
        let parts = template.iter().enumerate().map(|(place, part)| match (place, written.get(place)) {
            (5, _) => resource.clone(),
            (1 | 3 | 4, Some(own)) if part.contains("${") => own.replace(['*', '?'], "1"),
            _ => (*part).to_owned(),
        });
        return Some(parts.collect::<Vec<_>>().join(":"));
    }
    let start = template.get(5)?.split("${").next().filter(|start| !start.is_empty())?;
    value.starts_with(start).then_some(resource)
}

/// The text with a name in place of each `${…}`.
fn filled(text: &str, name: &str) -> String {
    let mut pieces = text.split("${");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| format!("{text}{name}{}", piece.split_once('}').map_or("", |(_, rest)| rest)))
}

#[cfg(test)]
mod tests {
    use palisade_policy::Operator;

    use super::*;

    fn is_limit(operator: &str, key: &str, value: &str) -> bool {
        limits(&Condition::new(Operator::new(operator), key, vec![value.to_owned()]))
    }

    #[test]
    fn what_names_the_resource_limits() {
        for (operator, key, value) in [
            ("StringEquals", "aws:ResourceTag/team", "shop"),
            ("StringLike", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"),
            ("StringEquals", "secretsmanager:ResourceTag/team", "shop"),
            ("StringEquals", "s3:ExistingObjectTag/team", "shop"),
            ("StringEquals", "cloudwatch:namespace", "shop"),
            ("StringLike", "cloudwatch:namespace", "shop/*"),
            ("ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/shop"),
            ("ForAnyValue:StringLike", "kms:ResourceAliases", "alias/shop-*"),
            ("StringEquals", "kms:RequestAlias", "alias/shop"),
            ("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"),
            ("StringEquals", "kms:EncryptionContext:order", "7"),
            ("ArnEquals", "lambda:FunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:orders"),
            ("ArnLike", "lambda:FunctionArn", "arn:aws:lambda:*:*:function:orders-*"),
            ("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:*:111122223333:accesspoint/shop"),
            ("ArnEquals", "ecs:cluster", "arn:aws:ecs:eu-west-1:111122223333:cluster/shop"),
            (
                "ArnEquals",
                "secretsmanager:SecretId",
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-a1b2c3",
            ),
            ("ForAllValues:StringEquals", "dynamodb:LeadingKeys", "shop"),
            ("ForAnyValue:StringEquals", "dynamodb:LeadingKeys", "shop"),
        ] {
            let expected = !operator.starts_with("ForAllValues");
            assert_eq!(is_limit(operator, key, value), expected, "{operator} {key} {value}");
        }
    }

    #[test]
    fn all_values_limit_where_every_request_has_one() {
        let limits = |key: &str, value: &str, action: &str| {
            let condition = Condition::new(Operator::new("ForAllValues:StringEquals"), key, vec![value.to_owned()]);
            limits_action(&condition, Catalogue::get().action(action).unwrap())
        };
        assert!(limits("dynamodb:LeadingKeys", "${aws:userid}", "dynamodb:GetItem"));
        assert!(!limits("dynamodb:LeadingKeys", "shop", "dynamodb:Scan"));
        assert!(!limits("dynamodb:LeadingKeys", "shop", "dynamodb:PartiQLSelect"));
        assert!(!limits("kms:ResourceAliases", "alias/shop", "kms:Decrypt"));
    }

    #[test]
    fn what_every_resource_meets_limits_nothing() {
        for (operator, key, value) in [
            ("StringLike", "aws:ResourceTag/team", "*"),
            ("StringEqualsIfExists", "aws:ResourceTag/team", "shop"),
            ("StringNotEquals", "aws:ResourceTag/team", "shop"),
            ("Null", "aws:ResourceTag/team", "false"),
            ("ForAnyValue:StringLike", "kms:ResourceAliases", "alias/*"),
            ("ArnLike", "lambda:FunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:*"),
            ("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:eu-west-1:111122223333:accesspoint/*"),
            ("ArnLike", "ecs:cluster", "arn:aws:ecs:*:111122223333:cluster/*"),
            ("Bool", "aws:SecureTransport", "true"),
            ("StringEquals", "aws:RequestedRegion", "eu-west-1"),
            ("StringEquals", "aws:ResourceAccount", "111122223333"),
            ("StringEquals", "aws:PrincipalOrgID", "o-shop"),
            ("StringEquals", "kms:CallerAccount", "111122223333"),
            ("StringEquals", "kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"),
            ("StringEquals", "s3:x-amz-acl", "private"),
            ("StringEquals", "iam:PassedToService", "lambda.amazonaws.com"),
            ("ArnEquals", "lambda:SourceFunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:orders"),
            ("IpAddress", "aws:SourceIp", "192.0.2.0/24"),
        ] {
            assert!(!is_limit(operator, key, value), "{operator} {key} {value}");
        }
    }
}
