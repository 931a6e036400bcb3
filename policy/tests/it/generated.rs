//! Policies and requests made up at random, from few enough parts that they often meet.

use std::fmt::Display;

use palisade_policy::Document;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::ask::{ACCOUNT, FUNCTION, OTHER_ACCOUNT, ROLE, SESSION, USER, document};

pub(crate) const ACTIONS: [&str; 7] =
    ["*", "s3:*", "s3:Get*", "s3:GetObject", "lambda:Invoke*", "lambda:InvokeFunction", "sts:AssumeRole"];
pub(crate) const RESOURCES: [&str; 8] = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/ann",
    "arn:aws:s3",
    FUNCTION,
    "arn:aws:lambda:*:111122223333:function:*",
    "arn:aws:iam::111122223333:role/target",
];
/// An operator that is not known.
pub(crate) const STRANGE: &str = "StringMatches";
pub(crate) const OPERATORS: [&str; 10] = [
    "StringEquals",
    "StringNotEquals",
    "StringLikeIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringNotLike",
    "Null",
    "Bool",
    "NumericLessThan",
    "IpAddress",
    STRANGE,
];
pub(crate) const KEYS: [&str; 4] = ["aws:username", "aws:TagKeys", "x:key", "X:Other"];
pub(crate) const VALUES: [&str; 8] = ["ann", "a*", "*", "true", "5", "${aws:username}", "${x:key, '5'}", "10.0.0.0/8"];
pub(crate) const PRINCIPALS: [&str; 6] = ["*", ACCOUNT, ROLE, USER, SESSION, OTHER_ACCOUNT];
pub(crate) const CALLERS: [&str; 6] =
    [ROLE, USER, SESSION, "anonymous", "events.amazonaws.com", "arn:aws:iam::444455556666:user/u"];

pub(crate) fn some(from: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(from, 1..=2)
}

pub(crate) fn conditions() -> impl Strategy<Value = Value> {
    let one = (select(&OPERATORS[..]), select(&KEYS[..]), some(&VALUES));
    prop::collection::vec(one, 0..3).prop_map(|conditions| {
        let mut blocks = json!({});
        for (operator, key, values) in conditions {
            blocks[operator][key] = json!(values);
        }
        blocks
    })
}

pub(crate) fn statement(with_principal: bool) -> impl Strategy<Value = Value> {
    let elements = (some(&ACTIONS), some(&RESOURCES), some(&PRINCIPALS), conditions());
    let negations =
        (prop::bool::weighted(0.3), prop::bool::weighted(0.2), prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    (elements, negations).prop_map(move |((actions, resources, principals, condition), negations)| {
        let (denies, not_action, not_resource, not_principal) = negations;
        let name = |negated: bool, name: &str| if negated { format!("Not{name}") } else { name.to_owned() };
        let mut statement = json!({
            "Effect": if denies { "Deny" } else { "Allow" },
            name(not_action, "Action"): actions,
            name(not_resource, "Resource"): resources,
            "Condition": condition,
        });
        if with_principal {
            statement[name(not_principal, "Principal")] = json!({"AWS": principals});
        }
        statement
    })
}

pub(crate) fn policy(with_principal: bool) -> impl Strategy<Value = Document> {
    let versions = select(&["2012-10-17", "2008-10-17"][..]);
    (versions, prop::collection::vec(statement(with_principal), 0..4))
        .prop_map(|(version, statements)| document(&json!({"Version": version, "Statement": statements})))
}

pub(crate) const LIMITING: [&str; 7] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/team",
    "aws:SourceIp",
    "aws:SourceVpc",
];
pub(crate) const LIMITS: [&str; 12] = [
    "o-own1234567",
    "o-own1234567/*",
    "o-*",
    "*",
    ACCOUNT,
    ROLE,
    "arn:aws:iam::*:user/*",
    "203.0.113.0/24",
    "0.0.0.0/0",
    "vpc-1",
    "vpc-*",
    "${aws:PrincipalTag/team}",
];
pub(crate) const LIMITERS: [&str; 14] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIfExists",
    "StringNotEqualsIfExists",
    "StringLike",
    "StringNotLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringLike",
    "ForAnyValue:StringNotLike",
    "ArnLike",
    "ArnNotLike",
    "IpAddress",
    "NotIpAddress",
    "Null",
];

/// A statement of a resource policy with the conditions people limit callers by.
pub(crate) fn door_statement() -> impl Strategy<Value = Value> {
    let condition = (select(&LIMITERS[..]), select(&LIMITING[..]), some(&LIMITS), any::<bool>());
    let conditions = prop::collection::vec(condition, 0..3);
    let principal = (select(&["*", ROLE, OTHER_ACCOUNT][..]), prop::bool::weighted(0.2));
    (prop::bool::weighted(0.4), principal, conditions).prop_map(|(denies, (principal, negated), conditions)| {
        let mut statement = json!({"Effect": if denies { "Deny" } else { "Allow" }, "Action": "*", "Resource": "*"});
        statement[if negated { "NotPrincipal" } else { "Principal" }] = json!({"AWS": principal});
        statement["Condition"] = json!({});
        for (operator, key, values, is_absent) in conditions {
            let values = if operator == "Null" { json!(is_absent) } else { json!(values) };
            statement["Condition"][operator][key] = values;
        }
        statement
    })
}

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) caller: &'static str,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) identity: Vec<Document>,
    pub(crate) boundary: Option<Document>,
    pub(crate) service_control: Vec<Document>,
    pub(crate) resource_policy: Option<Document>,
    /// For each key whether it is known, and its values.
    pub(crate) keys: Vec<(bool, Vec<&'static str>)>,
}

/// As JSON, for a compiled policy fills pages.
impl std::fmt::Debug for Case {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Case { caller, action, resource, identity, boundary, service_control, resource_policy, keys } = self;
        let case = json!({
            "principal": caller, "action": action, "resource": resource, "identity": identity, "boundary": boundary,
            "scp": service_control, "resource_policy": resource_policy, "keys": keys,
        });
        Display::fmt(&case, formatter)
    }
}

pub(crate) fn case() -> impl Strategy<Value = Case> {
    let request = (
        select(&CALLERS[..]),
        select(&["s3:GetObject", "lambda:InvokeFunction", "sts:AssumeRole"][..]),
        select(&["arn:aws:s3:::b/ann", "arn:aws:s3:::b/x", FUNCTION, "arn:aws:iam::111122223333:role/target", "*"][..]),
    );
    let policies = (
        prop::collection::vec(policy(false), 0..3),
        prop::option::weighted(0.3, policy(false)),
        prop::collection::vec(policy(false), 0..2),
        prop::option::weighted(0.5, policy(true)),
    );
    let values = subsequence(&["ann", "5", "true", "", "*"][..], 0..=2);
    let keys = prop::collection::vec((any::<bool>(), values), KEYS.len());
    (request, policies, keys).prop_map(|((caller, action, resource), policies, mut keys)| {
        // A request has one user name.
        keys[0].1.truncate(1);
        let (identity, boundary, service_control, resource_policy) = policies;
        Case { caller, action, resource, identity, boundary, service_control, resource_policy, keys }
    })
}

pub(crate) const COMPARING: [&str; 8] = [
    "NumericEquals",
    "DateEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "ArnLike",
    "StringLike",
    "StringEqualsIgnoreCase",
];

pub(crate) const WORDS: [&str; 18] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"Statement\"",
    "\"Effect\"",
    "\"Allow\"",
    "\"Action\"",
    "\"*\"",
    "\"Principal\"",
    "\"Condition\"",
    "\"StringEquals\"",
    "null",
    "1e99",
    "\"id\"",
    "\"context\"",
];
