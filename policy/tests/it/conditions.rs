//! Condition operators.
//!
//! Unless a test names another source:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use palisade_policy::RequestContext;
use serde_json::{Value, json};

use crate::ask::{Answer, ROLE, allow, ask, policy};

/// What a condition on an `Allow` comes to: it holds, it does not, or that is not known.
#[derive(Debug, PartialEq)]
enum Holds {
    Yes,
    No,
    Perhaps,
}

fn holds(condition: &Value, context: RequestContext) -> Holds {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    match ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").identity(policy(&statement)).context(context).answer() {
        Answer::Allowed => Holds::Yes,
        Answer::NotAllowed => Holds::No,
        Answer::Depends => Holds::Perhaps,
        Answer::Denied => unreachable!("nothing denies"),
    }
}

fn with(value: &str) -> RequestContext {
    RequestContext::complete().known("x:Key", [value])
}

fn absent() -> RequestContext {
    RequestContext::complete()
}

/// Rows of operator, wanted values, value in the request, and whether the condition holds.
fn check(rows: &[(&str, Value, &str, bool)]) {
    for (operator, wanted, value, expected) in rows {
        let found = holds(&json!({*operator: {"x:key": wanted}}), with(value));
        let expected = if *expected { Holds::Yes } else { Holds::No };
        assert_eq!(found, expected, "{operator} {wanted} on {value}");
    }
}

#[test]
fn strings() {
    check(&[
        ("StringEquals", json!("a"), "a", true),
        ("StringEquals", json!("a"), "A", false),
        ("StringEquals", json!(["a", "b"]), "b", true),
        ("StringEquals", json!("a*"), "ab", false),
        ("StringEquals", json!("a*"), "a*", true),
        ("StringEquals", json!([]), "a", false),
        ("StringNotEquals", json!("a"), "b", true),
        ("StringNotEquals", json!(["a", "b"]), "b", false),
        ("StringNotEquals", json!([]), "a", true),
        ("StringEqualsIgnoreCase", json!("aB"), "Ab", true),
        ("StringNotEqualsIgnoreCase", json!("aB"), "Ab", false),
        ("StringLike", json!("a*:?/z"), "a:b:c:d/z", true),
        ("StringLike", json!("a*"), "A", false),
        ("StringNotLike", json!(["a*", "b*"]), "bc", false),
        ("StringNotLike", json!(["a*", "b*"]), "c", true),
    ]);
}

#[test]
fn operator_and_key_names_have_no_case() {
    check(&[
        ("stringequals", json!("a"), "a", true),
        ("STRINGLIKEIFEXISTS", json!("a"), "a", true),
        ("forAnyValue:stringEquals", json!("a"), "a", true),
    ]);
    assert_eq!(holds(&json!({"StringEquals": {"X:KEY": "a"}}), with("a")), Holds::Yes);
}

#[test]
fn an_operator_that_is_not_known_may_hold() {
    for operator in ["StringMatches", "StringEqualsIfExist", "ForSomeValue:StringEquals", "NullIfExists", ""] {
        for context in [with("a"), absent(), RequestContext::partial()] {
            assert_eq!(holds(&json!({operator: {"x:key": "a"}}), context), Holds::Perhaps, "{operator}");
        }
    }
}

#[test]
fn numbers() {
    check(&[
        ("NumericEquals", json!("10"), "10.0", true),
        ("NumericEquals", json!(10), "010", true),
        ("NumericEquals", json!("0"), "-0", true),
        ("NumericNotEquals", json!("10"), "11", true),
        ("NumericNotEquals", json!("10"), "10.00", false),
        ("NumericLessThan", json!("10"), "9", true),
        ("NumericLessThan", json!("10"), "10", false),
        ("NumericLessThan", json!("-1"), "-1.5", true),
        ("NumericLessThanEquals", json!("10"), "10", true),
        ("NumericGreaterThan", json!("0.25"), "0.3", true),
        ("NumericGreaterThanEquals", json!("9007199254740993"), "9007199254740992", false),
        // What is no number fails, negated or not.
        ("NumericEquals", json!("ten"), "ten", false),
        ("NumericNotEquals", json!("ten"), "10", false),
        ("NumericNotEquals", json!("10"), "ten", false),
        ("NumericLessThan", json!("10"), "", false),
    ]);
}

// https://www.w3.org/TR/NOTE-datetime
#[test]
fn dates_in_iso_form_or_as_seconds() {
    check(&[
        ("DateEquals", json!("2026-01-02T03:04:05Z"), "1767323045", true),
        ("DateEquals", json!("2026-01-02T04:04:05+01:00"), "2026-01-02T03:04:05.000Z", true),
        ("DateEquals", json!("2026"), "2026-01-01T00:00Z", true),
        ("DateEquals", json!("2026-01"), "20260101T000000Z", true),
        ("DateEquals", json!(0), "1970-01-01", true),
        ("DateNotEquals", json!("2026-01-01"), "2026-01-02", true),
        ("DateLessThan", json!("2000-03-01"), "2000-02-29T23:59:59.999Z", true),
        ("DateLessThan", json!("2026-01-01T00:00:00Z"), "2025-12-31T23:30:00-01:00", false),
        ("DateLessThanEquals", json!("2026-01-01"), "2026-01-01", true),
        ("DateGreaterThan", json!("2026-01-01"), "1767225601", true),
        ("DateGreaterThanEquals", json!("1969-12-31"), "-86400", true),
        ("DateEquals", json!("2026-02-29"), "2026-02-29", false),
        ("DateEquals", json!("2026-01-01T25:00Z"), "2026-01-01T25:00Z", false),
        ("DateNotEquals", json!("yesterday"), "2026-01-01", false),
        ("DateGreaterThan", json!("2026-*"), "2027-01-01", false),
    ]);
}

#[test]
fn booleans() {
    check(&[
        ("Bool", json!("true"), "TRUE", true),
        ("Bool", json!(true), "true", true),
        ("Bool", json!("False"), "false", true),
        ("Bool", json!("true"), "false", false),
        ("Bool", json!("yes"), "yes", false),
        ("Bool", json!(["true", "false"]), "false", true),
    ]);
}

#[test]
fn binary() {
    check(&[
        ("BinaryEquals", json!("QmluYXJ5"), "QmluYXJ5", true),
        ("BinaryEquals", json!("YQ=="), "YQ", true),
        ("BinaryEquals", json!("YQ=="), "YR==", true),
        ("BinaryEquals", json!("YQ=="), "Yg==", false),
        ("BinaryEquals", json!("not base64!"), "not base64!", false),
    ]);
}

#[test]
fn addresses() {
    check(&[
        ("IpAddress", json!("203.0.113.0/24"), "203.0.113.9", true),
        ("IpAddress", json!("203.0.113.9/24"), "203.0.113.200", true),
        ("IpAddress", json!("203.0.113.9"), "203.0.113.9", true),
        ("IpAddress", json!("203.0.113.9"), "203.0.113.10", false),
        ("IpAddress", json!("0.0.0.0/0"), "8.8.8.8", true),
        ("IpAddress", json!("2001:DB8::/32"), "2001:0db8:0000::1", true),
        ("IpAddress", json!("::/0"), "2001:db8::1", true),
        // A version 4 address is in no version 6 network, and the other way round.
        ("IpAddress", json!("::/0"), "8.8.8.8", false),
        ("IpAddress", json!("0.0.0.0/0"), "2001:db8::1", false),
        ("NotIpAddress", json!("::/0"), "8.8.8.8", true),
        ("NotIpAddress", json!(["10.0.0.0/8", "192.168.0.0/16"]), "192.168.4.4", false),
        ("NotIpAddress", json!(["10.0.0.0/8", "192.168.0.0/16"]), "172.16.0.1", true),
        ("IpAddress", json!("203.0.113.0/33"), "203.0.113.9", false),
        ("IpAddress", json!("203.0.113.0/24"), "somewhere", false),
    ]);
}

#[test]
fn arns() {
    check(&[
        ("ArnEquals", json!("arn:aws:sns:*:111122223333:t*"), "arn:aws:sns:eu-west-1:111122223333:topic", true),
        ("ArnLike", json!("arn:aws:sns:*:111122223333:t*"), "arn:aws:sns:eu-west-1:111122223333:topic", true),
        ("ArnLike", json!("arn:aws:sns:*:*:t"), "arn:aws:sns:eu-west-1:111122223333:T", false),
        // No wildcard runs over a colon, but in the last part.
        ("ArnLike", json!("arn:aws:*:topic"), "arn:aws:sns:eu-west-1:111122223333:topic", false),
        ("ArnLike", json!("arn:aws:*"), "arn:aws:sns:eu-west-1:111122223333:topic", false),
        ("ArnLike", json!("arn:aws:lambda:*:*:*"), "arn:aws:lambda:eu-west-1:111122223333:function:f:prod", true),
        ("ArnLike", json!("arn:aws:lambda:*:*:function:f"), "arn:aws:lambda:eu-west-1:1:function:f:prod", false),
        ("ArnLike", json!("*"), "arn:aws:sns:eu-west-1:111122223333:topic", true),
        ("ArnNotEquals", json!("arn:aws:iam::*:role/a*"), "arn:aws:iam::111122223333:role/admin", false),
        ("ArnNotLike", json!("arn:aws:iam::*:role/a*"), "arn:aws:iam::111122223333:role/b", true),
    ]);
}

#[test]
fn an_absent_key_fails_a_positive_operator_and_meets_a_negated_one() {
    for (operator, expected) in [
        ("StringEquals", Holds::No),
        ("StringLike", Holds::No),
        ("NumericLessThan", Holds::No),
        ("Bool", Holds::No),
        ("IpAddress", Holds::No),
        ("ArnLike", Holds::No),
        ("StringNotEquals", Holds::Yes),
        ("StringNotLike", Holds::Yes),
        ("StringNotEqualsIgnoreCase", Holds::Yes),
        ("NumericNotEquals", Holds::Yes),
        ("DateNotEquals", Holds::Yes),
        ("NotIpAddress", Holds::Yes),
        ("ArnNotLike", Holds::Yes),
        ("StringEqualsIfExists", Holds::Yes),
        ("StringNotEqualsIfExists", Holds::Yes),
        ("BoolIfExists", Holds::Yes),
        ("ForAllValues:StringEquals", Holds::Yes),
        ("ForAllValues:StringNotEquals", Holds::Yes),
        ("ForAnyValue:StringEquals", Holds::No),
        ("ForAnyValue:StringNotEquals", Holds::No),
        ("ForAnyValue:StringEqualsIfExists", Holds::Yes),
    ] {
        assert_eq!(holds(&json!({operator: {"x:key": "1"}}), absent()), expected, "{operator}");
    }
}

#[test]
fn if_exists_changes_nothing_for_a_key_that_is_there() {
    assert_eq!(holds(&json!({"StringEqualsIfExists": {"x:key": "a"}}), with("b")), Holds::No);
    assert_eq!(holds(&json!({"StringEqualsIfExists": {"x:key": "a"}}), with("a")), Holds::Yes);
}

#[test]
fn null_asks_for_presence() {
    for (wanted, there, not_there) in [
        (json!("true"), Holds::No, Holds::Yes),
        (json!(false), Holds::Yes, Holds::No),
        (json!("TRUE"), Holds::No, Holds::Yes),
        (json!(["true", "false"]), Holds::Yes, Holds::Yes),
        (json!("maybe"), Holds::No, Holds::No),
    ] {
        let condition = json!({"Null": {"x:key": wanted}});
        assert_eq!(holds(&condition, with("a")), there, "{wanted}");
        assert_eq!(holds(&condition, absent()), not_there, "{wanted}");
    }
    let unknown = holds(&json!({"Null": {"x:key": "true"}}), RequestContext::partial());
    assert_eq!(unknown, Holds::Perhaps);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
#[test]
fn set_operators_on_keys_with_several_values() {
    let tags = |values: &[&str]| RequestContext::complete().known("aws:TagKeys", values.iter().copied());
    for (operator, wanted, values, expected) in [
        ("ForAllValues:StringEquals", json!(["a", "b"]), ["a", "b"].as_slice(), Holds::Yes),
        ("ForAllValues:StringEquals", json!(["a", "b"]), &["a", "c"], Holds::No),
        ("ForAllValues:StringEquals", json!(["a"]), &[], Holds::Yes),
        ("ForAllValues:StringEquals", json!(["a"]), &[""], Holds::Yes),
        ("ForAllValues:StringNotEquals", json!(["a"]), &["b", "c"], Holds::Yes),
        ("ForAllValues:StringNotEquals", json!(["a"]), &["b", "a"], Holds::No),
        ("ForAnyValue:StringLike", json!(["a*"]), &["b", "ac"], Holds::Yes),
        ("ForAnyValue:StringLike", json!(["a*"]), &["b", "c"], Holds::No),
        ("ForAnyValue:StringEquals", json!(["a"]), &[""], Holds::No),
        ("ForAnyValue:StringNotEquals", json!(["a", "b"]), &["a", "c"], Holds::Yes),
        ("ForAnyValue:StringNotEquals", json!(["a", "b"]), &["a", "b"], Holds::No),
        // Without a set operator a key of several values never matches, even if it has one.
        ("StringEquals", json!(["a", "b"]), &["a", "b"], Holds::No),
        ("StringNotEquals", json!(["c"]), &["a", "b"], Holds::No),
        ("StringEquals", json!("a"), &["a"], Holds::No),
    ] {
        let found = holds(&json!({operator: {"aws:TagKeys": wanted}}), tags(values));
        assert_eq!(found, expected, "{operator} {wanted} on {values:?}");
    }
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
#[test]
fn the_catalogue_knows_which_keys_have_several_values() {
    let layers = RequestContext::complete().known("lambda:Layer", ["arn:aws:lambda:eu-west-1:111122223333:layer:l:1"]);
    let wanted = json!({"lambda:Layer": "arn:aws:lambda:eu-west-1:111122223333:layer:l:1"});
    assert_eq!(holds(&json!({"StringEquals": wanted}), layers.clone()), Holds::No);
    assert_eq!(holds(&json!({"ForAllValues:StringEquals": wanted}), layers), Holds::Yes);
}

#[test]
fn all_keys_of_all_operators_must_hold() {
    let condition = json!({"StringEquals": {"x:key": "a", "x:other": "b"}, "Bool": {"x:flag": "true"}});
    let both = with("a").known("x:other", ["b"]);
    assert_eq!(holds(&condition, both.clone()), Holds::No);
    assert_eq!(holds(&condition, both.clone().known("x:flag", ["true"])), Holds::Yes);
    assert_eq!(holds(&condition, both.unknown("x:flag")), Holds::Perhaps);
    assert_eq!(holds(&condition, with("b").unknown("x:flag").known("x:other", ["b"])), Holds::No);
}

#[test]
fn keys_that_differ_in_case_only_both_apply() {
    let condition = json!({"StringEquals": {"x:key": "a", "X:Key": "b"}});
    assert_eq!(holds(&condition, with("a")), Holds::No);
    assert_eq!(holds(&condition, with("b")), Holds::No);
}

#[test]
fn an_unknown_key_leaves_the_condition_open() {
    for operator in ["StringEquals", "StringNotEquals", "ForAllValues:StringEquals", "ForAnyValue:StringLike", "Bool"] {
        assert_eq!(
            holds(&json!({operator: {"x:key": "true"}}), RequestContext::partial()),
            Holds::Perhaps,
            "{operator}"
        );
    }
}

#[test]
fn a_condition_that_every_request_meets_is_none() {
    let everything = |operator: &str, key: &str| holds(&json!({operator: {key: "*"}}), RequestContext::partial());
    assert_eq!(everything("StringLikeIfExists", "aws:PrincipalOrgID"), Holds::Yes);
    assert_eq!(everything("ForAllValues:StringLike", "aws:TagKeys"), Holds::Yes);
    assert_eq!(everything("StringLike", "aws:PrincipalOrgID"), Holds::Perhaps);
    assert_eq!(everything("StringNotLikeIfExists", "aws:PrincipalOrgID"), Holds::Perhaps);
    // If it had several values, the operator would fail for want of a quantifier.
    assert_eq!(everything("StringLikeIfExists", "aws:TagKeys"), Holds::Perhaps);
    assert_eq!(everything("StringLikeIfExists", "x:unheard-of"), Holds::Perhaps);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
#[test]
fn a_long_term_key_escapes_bool_but_not_bool_if_exists() {
    let guarded = |operator: &str| {
        let guard = json!({
            "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {operator: {"aws:MultiFactorAuthPresent": "false"}},
        });
        ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").identity(allow("*", "*")).identity(policy(&guard)).answer()
    };
    assert_eq!(guarded("Bool"), Answer::Allowed);
    assert_eq!(guarded("BoolIfExists"), Answer::Denied);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
#[test]
fn for_all_values_in_an_allow_limits_nothing_without_null() {
    let condition = json!({"ForAllValues:StringEquals": {"aws:TagKeys": "team"}});
    assert_eq!(holds(&condition, absent()), Holds::Yes);
    let both = json!({"ForAllValues:StringEquals": {"aws:TagKeys": "team"}, "Null": {"aws:TagKeys": "false"}});
    assert_eq!(holds(&both, absent()), Holds::No);
}
