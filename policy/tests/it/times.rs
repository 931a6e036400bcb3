//! Dates as of a time, names of sessions, and calls for which no policy is asked.

use palisade_policy::{Caller, Identity, Policies, Request, RequestContext, evaluate, needs_no_policy};
use serde_json::{Value, json};

use crate::ask::{Answer, ROLE, SESSION, USER, ask, deny, policy};

/// 2026-11-29T00:00:00Z.
const NOW: i64 = 1_795_910_400;
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/jane";

fn under(effect: &str, condition: &Value) -> palisade_policy::Document {
    policy(&json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition}))
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html
#[test]
fn what_has_passed_grants_nothing_and_what_comes_is_left_open() {
    for (operator, value, expected) in [
        ("DateLessThan", "2025-01-01T00:00:00Z", Answer::NotAllowed),
        ("DateLessThanEquals", "2099-01-01T00:00:00Z", Answer::Allowed),
        ("DateGreaterThan", "2025-01-01", Answer::Allowed),
        ("DateGreaterThan", "2099-01-01", Answer::Depends),
        ("DateGreaterThanIfExists", "2099-01-01", Answer::Depends),
        ("DateEquals", "2025-01-01T00:00:00Z", Answer::NotAllowed),
        ("DateEquals", "2099-01-01T00:00:00Z", Answer::Depends),
        ("DateNotEquals", "2025-01-01T00:00:00Z", Answer::Allowed),
        ("DateLessThan", "soon", Answer::Depends),
        ("StringLike", "2026-*", Answer::Depends),
        ("Null", "true", Answer::NotAllowed),
    ] {
        let condition = json!({operator: {"aws:CurrentTime": value}});
        let asked = ask(USER, "s3:GetObject", "arn:aws:s3:::a/b").identity(under("Allow", &condition));
        assert_eq!(asked.context(RequestContext::partial().as_of(NOW)).answer(), expected, "{operator} {value}");
    }
    for (operator, value, expected) in [
        ("NumericLessThan", "1700000000", Answer::NotAllowed),
        ("NumericGreaterThan", "1700000000", Answer::Allowed),
        ("NumericGreaterThanEquals", "4070908800", Answer::Depends),
        ("DateLessThan", "1700000000", Answer::NotAllowed),
    ] {
        let condition = json!({operator: {"aws:EpochTime": value}});
        let asked = ask(USER, "s3:GetObject", "arn:aws:s3:::a/b").identity(under("Allow", &condition));
        assert_eq!(asked.context(RequestContext::partial().as_of(NOW)).answer(), expected, "{operator} {value}");
    }
}

#[test]
fn a_denial_that_has_begun_holds_and_one_to_come_does_not_yet() {
    let asked = |value: &str| {
        let denial = under("Deny", &json!({"DateGreaterThan": {"aws:CurrentTime": value}}));
        let asked = ask(USER, "s3:GetObject", "arn:aws:s3:::a/b").identity(crate::ask::allow("*", "*"));
        asked.identity(denial).context(RequestContext::partial().as_of(NOW)).answer()
    };
    assert_eq!(asked("2025-01-01"), Answer::Denied);
    assert_eq!(asked("2099-01-01"), Answer::Depends);
}

#[test]
fn a_window_of_time_is_open_while_it_lasts() {
    let window = |from: &str, to: &str| {
        let condition = json!({
            "DateGreaterThan": {"aws:CurrentTime": from}, "DateLessThan": {"aws:CurrentTime": to},
        });
        let asked = ask(USER, "s3:GetObject", "arn:aws:s3:::a/b").identity(under("Allow", &condition));
        asked.context(RequestContext::partial().as_of(NOW)).answer()
    };
    assert_eq!(window("2026-01-01", "2027-01-01"), Answer::Allowed);
    assert_eq!(window("2025-01-01", "2026-01-01"), Answer::NotAllowed);
    assert_eq!(window("2027-01-01", "2028-01-01"), Answer::Depends);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
#[test]
fn a_session_tells_its_name_and_a_role_its_id() {
    let asked = |caller: &str, context: RequestContext, operator: &str, value: &str| {
        let allowed = under("Allow", &json!({operator: {"aws:userid": value}}));
        ask(caller, "s3:GetObject", "arn:aws:s3:::a/b").identity(allowed).context(context).answer()
    };
    let of = |caller: &str| RequestContext::of(&Caller::parse(caller).unwrap());
    for (operator, value, expected) in [
        ("StringLike", "*:run-1", Answer::Allowed),
        ("StringLike", "*:run-*", Answer::Allowed),
        ("StringLike", "*:run-2", Answer::NotAllowed),
        ("StringLike", "AROA1:*", Answer::Depends),
        ("StringEquals", "AROA1:run-1", Answer::Depends),
        ("StringEquals", "AROA1:run-2", Answer::NotAllowed),
        ("StringNotLike", "*:run-1", Answer::NotAllowed),
        ("StringEqualsIgnoreCase", "aroa1:RUN-2", Answer::NotAllowed),
        ("Null", "true", Answer::NotAllowed),
    ] {
        assert_eq!(asked(SESSION, of(SESSION), operator, value), expected, "{operator} {value}");
    }
    let role = || of(ROLE).like("aws:userid", "AROA1:*");
    assert_eq!(asked(ROLE, role(), "StringLike", "AROA1:*"), Answer::Allowed);
    assert_eq!(asked(ROLE, role(), "StringLike", "AROA2:*"), Answer::NotAllowed);
    assert_eq!(asked(ROLE, role(), "StringLike", "*:run-1"), Answer::Depends);
}

#[test]
fn some_calls_need_no_permission() {
    let nothing = |caller: &str, action: &str| ask(caller, action, "*").answer();
    let denied = |caller: &str, action: &str| ask(caller, action, "*").identity(deny("*", "*")).answer();
    for caller in [USER, ROLE, SESSION, FEDERATED, "111122223333"] {
        assert_eq!(nothing(caller, "sts:GetCallerIdentity"), Answer::Allowed, "{caller}");
        assert_eq!(denied(caller, "STS:getcalleridentity"), Answer::Allowed, "{caller}");
    }
    assert_eq!(nothing("anonymous", "sts:GetCallerIdentity"), Answer::NotAllowed);
    assert_eq!(nothing(USER, "sts:GetSessionToken"), Answer::Allowed);
    assert_eq!(denied(USER, "sts:GetSessionToken"), Answer::Denied);
    assert_eq!(nothing(USER, "sts:GetFederationToken"), Answer::NotAllowed);
    let everything = |caller: &str, action: &str| ask(caller, action, "*").identity(crate::ask::allow("*", "*"));
    // It takes long-term credentials, and a federated user may call nothing else of STS.
    assert_eq!(everything(ROLE, "sts:GetSessionToken").answer(), Answer::NotAllowed);
    let federated = everything(FEDERATED, "sts:AssumeRole").session(crate::ask::allow("*", "*"));
    assert_eq!(federated.answer(), Answer::NotAllowed);
    assert!(needs_no_policy(&Caller::parse(SESSION).unwrap(), "sts:GetSessionToken"));
    assert!(!needs_no_policy(&Caller::parse(USER).unwrap(), "sts:GetSessionToken"));
}

#[test]
fn a_federated_user_of_whom_nothing_can_be_read_may_be_allowed() {
    let caller = Caller::parse(FEDERATED).unwrap();
    let context = RequestContext::of(&caller);
    let request = Request {
        caller: &caller,
        action: "ec2:DescribeInstances",
        resource: "*",
        resource_account: None,
        context: &context,
    };
    let unread = Policies { identity: Identity::Unknown, ..Policies::default() };
    let decision = evaluate(&request, &unread);
    assert!(decision.may_be_allowed() && !decision.is_allowed(), "{decision:?}");
    assert!(!evaluate(&request, &Policies::default()).may_be_allowed());
}
