//! Whether one set of policies gives no more than another.

use palisade_policy::{Gap, covers};
use serde_json::{Value, json};

use crate::ask::{attached, document};

fn statement(parts: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": parts})
}

fn allow(action: &Value, resource: &Value) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn deny(action: &Value, resource: &Value) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": resource})
}

/// Whether the second is covered by the first.
fn covered(wider: &[Value], narrower: &[Value]) -> bool {
    let (wider, narrower) = ([document(&statement(wider))], [document(&statement(narrower))]);
    covers(&attached("wider", &wider), &attached("narrower", &narrower)).is_ok()
}

#[test]
fn actions_and_resources_are_compared_as_patterns() {
    for (wide, narrow, expected) in [
        (("*", "*"), ("s3:*", "*"), true),
        (("s3:*", "*"), ("*", "*"), false),
        (("s3:Get*", "*"), ("S3:GetObject", "arn:aws:s3:::b/*"), true),
        (("s3:Get*", "*"), ("s3:Get?bject*", "*"), true),
        (("s3:Get?bject", "*"), ("s3:Get*bject", "*"), false),
        (("s3:*Object", "*"), ("s3:Get*Object", "*"), true),
        (("s3:*", "arn:aws:s3:::b/*"), ("s3:*", "arn:aws:s3:::b/a*"), true),
        (("s3:*", "arn:aws:s3:::b/a*"), ("s3:*", "arn:aws:s3:::b/*"), false),
        (("s3:*", "arn:aws:s3:::b/*"), ("s3:*", "*"), false),
        (("s3:*", "arn:aws:s3:::b/*"), ("s3:*", "arn:aws:s3:::b/${aws:username}/*"), true),
        (("s3:*", "arn:aws:s3:::b/${aws:username}/*"), ("s3:*", "arn:aws:s3:::b/${aws:username}/x"), true),
        (("s3:*", "arn:aws:s3:::b/${aws:username}/*"), ("s3:*", "arn:aws:s3:::b/ann/x"), false),
        (("sqs:*", "arn:aws:sqs"), ("sqs:*", "arn:aws:sqs:*:*:q"), true),
        (("sqs:*", "arn:aws:sqs:eu-*-1:1:q"), ("sqs:*", "arn:aws:sqs:eu-west-1:1:q"), true),
        (("sqs:*", "arn:aws:sqs:eu-*-1:1:q"), ("sqs:*", "arn:aws:sqs:eu-*:1:q"), false),
        (("s3:Get Object", "*"), ("s3:GetObject", "*"), false),
    ] {
        let found = covered(&[allow(&json!(wide.0), &json!(wide.1))], &[allow(&json!(narrow.0), &json!(narrow.1))]);
        assert_eq!(found, expected, "{narrow:?} in {wide:?}");
    }
}

#[test]
fn several_statements_together_may_cover_one() {
    let wider = [allow(&json!("s3:*"), &json!("*")), allow(&json!("sqs:*"), &json!("arn:aws:sqs:*:*:q"))];
    let mixed = allow(&json!(["s3:GetObject", "sqs:SendMessage"]), &json!("arn:aws:sqs:*:*:q"));
    assert!(covered(&wider, &[mixed]));
    assert!(!covered(&wider, &[allow(&json!(["s3:GetObject", "sqs:SendMessage"]), &json!("*"))]));
    assert!(covered(&[], &[]) && covered(&wider, &[]) && !covered(&[], &wider));
}

#[test]
fn negated_elements_are_compared_the_other_way_round() {
    let not =
        |actions: Value, resources: Value| json!({"Effect": "Allow", "NotAction": actions, "NotResource": resources});
    let narrow = not(json!(["iam:*", "sts:*"]), json!(["arn:aws:s3:::a*", "arn:aws:s3:::b"]));
    assert!(covered(&[not(json!("iam:*"), json!("arn:aws:s3:::a"))], std::slice::from_ref(&narrow)));
    assert!(!covered(&[not(json!("ec2:*"), json!([]))], std::slice::from_ref(&narrow)));
    assert!(covered(&[allow(&json!("*"), &json!("*"))], std::slice::from_ref(&narrow)));
    let listed = |resource: &str| allow(&json!("lambda:*"), &json!(resource));
    assert!(covered(std::slice::from_ref(&narrow), &[listed("arn:aws:s3:::c*")]));
    assert!(!covered(std::slice::from_ref(&narrow), &[listed("arn:aws:s3:::*")]));
    assert!(!covered(&[narrow], &[allow(&json!("iam:Get*"), &json!("arn:aws:s3:::c"))]));
}

#[test]
fn a_condition_may_be_added_but_not_dropped_or_widened() {
    let with = |condition: Value| {
        let mut statement = allow(&json!("s3:*"), &json!("*"));
        statement["Condition"] = condition;
        statement
    };
    let two = json!({"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}});
    let one = json!({"stringequals": {"AWS:PrincipalOrgId": "o-1"}});
    let but_two = json!({"StringNotEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}});
    let but_one = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}});
    let if_exists = json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}});
    let arn_like = json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}});
    let arn_equals = json!({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::b"}});
    for (wide, narrow, expected) in [
        (json!({}), &one, true),
        (one.clone(), &json!({}), false),
        (two.clone(), &one, true),
        (one.clone(), &two, false),
        (but_one.clone(), &but_two, true),
        (but_two.clone(), &but_one, false),
        (if_exists.clone(), &one, true),
        (one.clone(), &if_exists, false),
        (arn_like, &arn_equals, true),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), &one, false),
        (json!({"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o-1"}}), &one, false),
    ] {
        assert_eq!(covered(&[with(wide.clone())], &[with(narrow.clone())]), expected, "{narrow} in {wide}");
    }
}

#[test]
fn a_denial_has_to_be_kept_where_it_matters() {
    let all = || allow(&json!("*"), &json!("*"));
    let reads = || allow(&json!("s3:Get*"), &json!("*"));
    let denial = || deny(&json!("s3:*"), &json!("arn:aws:s3:::secrets/*"));
    assert!(!covered(&[all(), denial()], &[reads()]));
    assert!(covered(&[all(), denial()], &[reads(), denial()]));
    assert!(covered(&[all(), denial()], &[reads(), deny(&json!("*"), &json!("*"))]));
    assert!(covered(&[all(), denial()], &[allow(&json!("ec2:*"), &json!("*"))]));
    assert!(covered(&[all(), denial()], &[allow(&json!("s3:*"), &json!("arn:aws:s3:::open/*"))]));
    assert!(!covered(&[all(), json!({"Effect": "Deny", "NotAction": "ec2:*", "Resource": "*"})], &[reads()]));
    assert!(covered(&[all(), json!({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"})], &[reads()]));
    assert!(covered(&[reads()], &[reads(), denial()]));
}

#[test]
fn what_is_not_covered_is_named() {
    let wider = [document(&statement(&[allow(&json!("s3:*"), &json!("*")), deny(&json!("s3:Put*"), &json!("*"))]))];
    let narrower = [document(&statement(&[
        allow(&json!("s3:Get*"), &json!("*")),
        allow(&json!("s3:PutObject"), &json!("*")),
        allow(&json!("ec2:*"), &json!("*")),
    ]))];
    let uncovered = covers(&attached("wider", &wider), &attached("narrower", &narrower)).unwrap_err();
    let found: Vec<_> = uncovered.iter().map(|one| (one.policy, one.index, one.gap)).collect();
    assert_eq!(found, [("narrower", 1, Gap::Denied), ("narrower", 2, Gap::NotAllowed)]);
}

#[test]
fn a_statement_with_an_operator_that_is_not_known_may_apply() {
    let strange = |mut statement: Value, value: &str| {
        statement["Condition"] = json!({"StringMatches": {"aws:x": value}});
        statement
    };
    let all = || allow(&json!("*"), &json!("*"));
    let denial = || deny(&json!("*"), &json!("*"));
    assert!(!covered(&[], &[strange(all(), "y")]));
    assert!(!covered(&[strange(all(), "y")], &[all()]));
    assert!(!covered(&[strange(all(), "y")], &[strange(all(), "z")]));
    assert!(covered(&[strange(all(), "y")], &[strange(all(), "y")]));
    assert!(covered(&[all()], &[strange(all(), "y")]));
    assert!(!covered(&[all(), strange(denial(), "y")], &[all()]));
    assert!(covered(&[all(), strange(denial(), "y")], &[all(), strange(denial(), "y")]));
    assert!(covered(&[all(), strange(denial(), "y")], &[all(), denial()]));
}
