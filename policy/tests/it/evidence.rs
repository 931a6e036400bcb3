//! What an answer tells of how it came about.

use palisade_policy::{
    Attached, Caller, Decision, Effect, Identity, Open, Policies, PolicyType, Request, RequestContext, evaluate,
};
use serde_json::json;

use crate::ask::{FUNCTION, OTHER_ACCOUNT, ROLE, allow, ask, document, grant};

#[test]
fn an_answer_names_the_statements_that_decide() {
    let identity = document(&json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Other", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
        {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
        {"Sid": "NoSecrets", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secrets/*"},
    ]}));
    let asked = |resource| ask(ROLE, "s3:GetObject", resource).identity(identity.clone()).boundary(allow("*", "*"));
    asked("arn:aws:s3:::b/k").with_decision(|decision| {
        let Decision::Allowed { by } = decision else { panic!("{decision:?}") };
        let found: Vec<_> = by.iter().map(|reason| (reason.layer, reason.index)).collect();
        assert_eq!(found, [(PolicyType::Identity, 1), (PolicyType::Boundary, 0)]);
        assert_eq!(by[0].to_string(), "policy identity, statement 1 (Read)");
        assert!(decision.is_allowed() && decision.may_be_allowed());
    });
    asked("arn:aws:s3:::secrets/k").with_decision(|decision| {
        let Decision::DeniedExplicitly { by } = decision else { panic!("{decision:?}") };
        assert_eq!(by[0].statement.sid.as_deref(), Some("NoSecrets"));
        assert_eq!((by[0].layer, by[0].index, by.len()), (PolicyType::Identity, 2, 1));
        assert!(!decision.may_be_allowed());
    });
    ask(ROLE, "s3:GetObject", "*").boundary(allow("ec2:*", "*")).with_decision(|decision| {
        let Decision::DeniedImplicitly { lacking } = decision else { panic!("{decision:?}") };
        assert_eq!(lacking, &[PolicyType::Identity, PolicyType::Boundary]);
    });
}

#[test]
fn an_open_answer_names_what_is_open() {
    let identity = document(&json!({"Version": "2012-10-17", "Statement": [
        {
            "Sid": "Team", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"s3:prefix": "a"}},
        },
        {
            "Sid": "Vpc", "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
        },
    ]}));
    let context = RequestContext::partial().known("s3:prefix", ["a"]);
    ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").identity(identity).context(context).with_decision(|decision| {
        let Decision::AllowedIf { by, conditions } = decision else { panic!("{decision:?}") };
        assert_eq!(by.iter().map(|reason| reason.index).collect::<Vec<_>>(), [0]);
        let open: Vec<_> = conditions
            .iter()
            .map(|residual| {
                let effect = residual.by.map(|reason| reason.statement.effect);
                (effect, residual.open.operator(), residual.open.key(), residual.open.values().join(" "))
            })
            .collect();
        let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
        assert_eq!(
            open,
            [
                (allow, "Bool", "aws:SecureTransport", "true".to_owned()),
                (allow, "Resource", "", "arn:aws:s3:::${aws:PrincipalTag/team}/*".to_owned()),
                (deny, "StringNotEquals", "aws:SourceVpc", "vpc-1".to_owned()),
            ]
        );
        assert!(!decision.is_allowed() && decision.may_be_allowed());
        assert!(matches!(conditions[1].open, Open::Resource(_)));
    });
}

#[test]
fn policies_of_a_foreign_account_are_open() {
    let caller = Caller::parse("arn:aws:iam::444455556666:role/r").unwrap();
    let document = grant(&json!({"AWS": OTHER_ACCOUNT}));
    let policies = Policies {
        identity: Identity::Unknown,
        resource: vec![Attached { name: "function", document: &document }],
        ..Policies::default()
    };
    let context = RequestContext::complete();
    let request = Request {
        caller: &caller,
        action: "lambda:InvokeFunction",
        resource: FUNCTION,
        resource_account: None,
        context: &context,
    };
    let decision = evaluate(&request, &policies);
    let Decision::AllowedIf { conditions, .. } = &decision else { panic!("{decision:?}") };
    assert_eq!(conditions[0].open, Open::IdentityPolicies);
}
