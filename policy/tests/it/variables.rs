//! Policy variables.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use palisade_policy::{Document, RequestContext};
use serde_json::{Value, json};

use crate::ask::{Answer, USER, ask, document};

fn allowed(version: &str, resource_element: &str, pattern: &str, resource: &str, context: RequestContext) -> Answer {
    let read: Document = document(&json!({"Version": version, "Statement": {
        "Effect": "Allow", "Action": "*", resource_element: pattern,
    }}));
    ask(USER, "s3:GetObject", resource).identity(read).context(context).answer()
}

fn resource(pattern: &str, resource: &str, context: RequestContext) -> Answer {
    allowed("2012-10-17", "Resource", pattern, resource, context)
}

fn ann() -> RequestContext {
    RequestContext::complete().known("aws:username", ["ann"])
}

#[test]
fn a_variable_stands_for_its_value() {
    let home = "arn:aws:s3:::b/${aws:username}/*";
    assert_eq!(resource(home, "arn:aws:s3:::b/ann/x", ann()), Answer::Allowed);
    assert_eq!(resource(home, "arn:aws:s3:::b/bob/x", ann()), Answer::NotAllowed);
    assert_eq!(resource("arn:aws:s3:::b/${AWS:UserName}/*", "arn:aws:s3:::b/ann/x", ann()), Answer::Allowed);
}

#[test]
fn a_wildcard_in_a_value_is_no_wildcard() {
    let starred = RequestContext::complete().known("aws:PrincipalTag/team", ["*"]);
    let pattern = "arn:aws:s3:::b/${aws:PrincipalTag/team}/k";
    assert_eq!(resource(pattern, "arn:aws:s3:::b/red/k", starred.clone()), Answer::NotAllowed);
    assert_eq!(resource(pattern, "arn:aws:s3:::b/*/k", starred), Answer::Allowed);
}

#[test]
fn a_default_stands_in_for_an_absent_value_only() {
    let pattern = "arn:aws:s3:::b/${aws:username, 'no one'}/k";
    assert_eq!(resource(pattern, "arn:aws:s3:::b/no one/k", RequestContext::complete()), Answer::Allowed);
    assert_eq!(resource(pattern, "arn:aws:s3:::b/no one/k", ann()), Answer::NotAllowed);
    assert_eq!(resource(pattern, "arn:aws:s3:::b/ann/k", ann()), Answer::Allowed);
    let braced = "arn:aws:s3:::b/${aws:username, '{}'}";
    assert_eq!(resource(braced, "arn:aws:s3:::b/{}", RequestContext::complete()), Answer::Allowed);
}

#[test]
fn escapes_are_plain_characters() {
    assert_eq!(resource("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", ann()), Answer::Allowed);
    assert_eq!(resource("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", ann()), Answer::NotAllowed);
    assert_eq!(resource("arn:aws:s3:::b/${?}${$}", "arn:aws:s3:::b/?$", ann()), Answer::Allowed);
    assert_eq!(resource("arn:aws:s3:::b/${aws:username", "arn:aws:s3:::b/${aws:username", ann()), Answer::Allowed);
    assert_eq!(resource("arn:aws:s3:::b/$x", "arn:aws:s3:::b/$x", ann()), Answer::Allowed);
}

#[test]
fn a_resource_with_a_variable_without_value_matches_nothing() {
    let pattern = "arn:aws:s3:::b/${aws:username}";
    let none = RequestContext::complete();
    assert_eq!(resource(pattern, "arn:aws:s3:::b/", none.clone()), Answer::NotAllowed);
    let not = |resource| allowed("2012-10-17", "NotResource", pattern, resource, none.clone());
    assert_eq!(not("arn:aws:s3:::other"), Answer::NotAllowed);
    assert_eq!(allowed("2012-10-17", "NotResource", pattern, "arn:aws:s3:::b/bob", ann()), Answer::Allowed);
}

#[test]
fn a_key_with_several_values_cannot_be_a_variable() {
    let several = RequestContext::complete().known("aws:TagKeys", ["a"]).known("x:y", ["a", "b"]);
    assert_eq!(resource("arn:aws:s3:::${aws:TagKeys}", "arn:aws:s3:::a", several.clone()), Answer::NotAllowed);
    assert_eq!(resource("arn:aws:s3:::${x:y}", "arn:aws:s3:::a", several), Answer::NotAllowed);
}

#[test]
fn variables_stand_in_the_last_part_of_an_arn_only() {
    let here = RequestContext::complete().known("aws:PrincipalAccount", ["111122223333"]);
    let pattern = "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q";
    assert_eq!(resource(pattern, "arn:aws:sqs:eu-west-1:111122223333:q", here), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
#[test]
fn under_the_old_version_a_variable_is_text() {
    let pattern = "arn:aws:s3:::b/${aws:username}";
    let old = |resource| allowed("2008-10-17", "Resource", pattern, resource, ann());
    assert_eq!(old("arn:aws:s3:::b/ann"), Answer::NotAllowed);
    assert_eq!(old("arn:aws:s3:::b/${aws:username}"), Answer::Allowed);
}

#[test]
fn an_unknown_value_leaves_the_answer_open_where_it_matters() {
    let pattern = "arn:aws:s3:::b/${aws:username}/*";
    assert_eq!(resource(pattern, "arn:aws:s3:::b/ann/x", RequestContext::partial()), Answer::Depends);
    assert_eq!(resource(pattern, "arn:aws:s3:::other/ann/x", RequestContext::partial()), Answer::NotAllowed);
    // Without a value the statement would concern nothing, this other resource included.
    let not = |pattern| allowed("2012-10-17", "NotResource", pattern, "arn:aws:s3:::other", RequestContext::partial());
    assert_eq!(not(pattern), Answer::Depends);
    assert_eq!(not("arn:aws:s3:::b/${aws:username, 'none'}"), Answer::Allowed);
}

fn condition(condition: &Value, context: RequestContext) -> Answer {
    let read = document(&json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition,
    }}));
    ask(USER, "s3:GetObject", "arn:aws:s3:::b/k").identity(read).context(context).answer()
}

#[test]
fn conditions_take_variables_too() {
    let tagged = |own: &str, other: &str| {
        RequestContext::complete().known("aws:PrincipalTag/team", [own]).known("aws:ResourceTag/team", [other])
    };
    let same = json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}});
    assert_eq!(condition(&same, tagged("red", "red")), Answer::Allowed);
    assert_eq!(condition(&same, tagged("red", "blue")), Answer::NotAllowed);
    let folded = json!({"StringEqualsIgnoreCase": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}});
    assert_eq!(condition(&folded, tagged("RED", "red")), Answer::Allowed);
    let like = json!({"StringLike": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}-*"}});
    assert_eq!(condition(&like, tagged("red", "red-1")), Answer::Allowed);
    assert_eq!(condition(&like, tagged("*", "red-1")), Answer::NotAllowed);
    let arn = json!({"ArnLike": {"aws:ResourceTag/team": "arn:aws:iam::${aws:PrincipalTag/team}:role/*"}});
    assert_eq!(condition(&arn, tagged("1", "arn:aws:iam::1:role/r")), Answer::Allowed);
}

#[test]
fn without_value_a_positive_operator_fails_and_a_negated_one_holds() {
    let tagged = RequestContext::complete().known("aws:ResourceTag/team", ["red"]);
    let positive = json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}});
    let negated = json!({"StringNotEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}});
    assert_eq!(condition(&positive, tagged.clone()), Answer::NotAllowed);
    assert_eq!(condition(&negated, tagged), Answer::Allowed);
}

#[test]
fn exact_operators_take_the_escapes() {
    let starred = RequestContext::complete().known("s3:prefix", ["*"]);
    assert_eq!(condition(&json!({"StringEquals": {"s3:prefix": "${*}"}}), starred.clone()), Answer::Allowed);
    assert_eq!(condition(&json!({"StringLike": {"s3:prefix": "${*}"}}), starred), Answer::Allowed);
    let other = RequestContext::complete().known("s3:prefix", ["x"]);
    assert_eq!(condition(&json!({"StringLike": {"s3:prefix": "${*}"}}), other), Answer::NotAllowed);
}
