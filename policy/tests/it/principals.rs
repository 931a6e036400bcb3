//! Whom principal elements name.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use palisade_policy::{Caller, CallerKind, Principal, PrincipalForm, PrincipalKind, RequestContext};
use serde_json::{Value, json};

use crate::ask::{ACCOUNT, Answer, OTHER_ACCOUNT, ROLE, SESSION, USER, allow, ask, grant, policy};

const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:q";
const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC";

/// Whether a resource policy that allows a principal lets a caller in, who has no other policy.
fn granted(principal: &Value, caller: &str) -> Answer {
    ask(caller, "sqs:SendMessage", QUEUE).resource_policy(grant(principal)).answer()
}

#[test]
fn principals_that_grant_by_themselves() {
    for (principal, caller) in [
        (json!({"AWS": USER}), USER),
        (json!({"AWS": [ROLE, USER]}), USER),
        (json!({"AWS": SESSION}), SESSION),
        (json!({"AWS": ROLE}), ROLE),
        // A session's ARN has the role's name without its path.
        (json!({"AWS": ROLE}), SESSION),
        (json!({"AWS": "arn:aws:iam::111122223333:role/worker"}), SESSION),
        (json!({"AWS": "arn:aws:sts::111122223333:federated-user/bo"}), "arn:aws:sts::111122223333:federated-user/bo"),
        (json!({"Service": "events.amazonaws.com"}), "events.amazonaws.com"),
        (json!({"Federated": PROVIDER}), PROVIDER),
        (json!({"Federated": "accounts.google.com"}), "accounts.google.com"),
        (json!("*"), USER),
        (json!("*"), "anonymous"),
        (json!("*"), "events.amazonaws.com"),
        (json!({"AWS": "*"}), SESSION),
        (json!({"AWS": "*"}), "anonymous"),
        (json!({"AWS": "*"}), "events.amazonaws.com"),
        (json!({"AWS": ACCOUNT}), "arn:aws:iam::111122223333:root"),
    ] {
        assert_eq!(granted(&principal, caller), Answer::Allowed, "{principal} to {caller}");
    }
}

#[test]
fn principals_that_name_somebody_else_or_nobody() {
    for (principal, caller) in [
        (json!({"AWS": "arn:aws:iam::111122223333:user/ops/Ann"}), USER),
        (json!({"AWS": "arn:aws:iam::111122223333:user/ann"}), USER),
        (json!({"AWS": "arn:aws:iam::111122223333:role/other"}), SESSION),
        (json!({"AWS": "arn:aws:sts::111122223333:assumed-role/worker/run-2"}), SESSION),
        (json!({"AWS": "arn:aws:iam::444455556666:role/service/worker"}), SESSION),
        // A wildcard within an ARN is no principal AWS knows.
        (json!({"AWS": "arn:aws:iam::111122223333:user/*"}), USER),
        (json!({"AWS": "arn:aws:iam::*:root"}), USER),
        (json!({"AWS": "arn:aws:sts::111122223333:assumed-role/worker/*"}), SESSION),
        // The id of a deleted role.
        (json!({"AWS": "AROA1234567890EXAMPLE"}), ROLE),
        (json!({"Service": "events.amazonaws.com"}), "sns.amazonaws.com"),
        (json!({"Service": "events.amazonaws.com"}), ROLE),
        (json!({"Service": "*"}), USER),
        (json!({"Federated": "*"}), "events.amazonaws.com"),
        (json!({"Federated": PROVIDER}), "accounts.google.com"),
        (json!({"AWS": []}), USER),
        (json!({}), USER),
    ] {
        assert_eq!(granted(&principal, caller), Answer::NotAllowed, "{principal} to {caller}");
    }
}

#[test]
fn an_account_only_delegates() {
    for account in [ACCOUNT, "arn:aws:iam::111122223333:root"] {
        for caller in [USER, ROLE, SESSION] {
            assert_eq!(granted(&json!({"AWS": account}), caller), Answer::NotAllowed, "{account} to {caller}");
        }
    }
    let delegated = ask(USER, "sqs:SendMessage", QUEUE).resource_policy(grant(&json!({"AWS": ACCOUNT})));
    assert_eq!(delegated.identity(allow("sqs:*", "*")).answer(), Answer::Allowed);
}

#[test]
fn one_session_of_a_role_leaves_the_role_open_until_the_session_is_known() {
    let one = || ask(ROLE, "sqs:SendMessage", QUEUE).resource_policy(grant(&json!({"AWS": SESSION})));
    assert_eq!(one().context(RequestContext::partial()).answer(), Answer::Depends);
    assert_eq!(one().context(RequestContext::partial().known("aws:userid", ["AROAX:run-1"])).answer(), Answer::Allowed);
    assert_eq!(
        one().context(RequestContext::partial().known("aws:userid", ["AROAX:run-2"])).answer(),
        Answer::NotAllowed
    );
    assert_eq!(one().answer(), Answer::NotAllowed);
}

#[test]
fn a_deny_of_an_account_is_a_deny_of_everybody_in_it() {
    let denial =
        |principal: &Value| policy(&json!({"Effect": "Deny", "Principal": principal, "Action": "*", "Resource": "*"}));
    for principal in [json!({"AWS": ACCOUNT}), json!({"AWS": ROLE}), json!("*"), json!({"AWS": SESSION})] {
        let asked =
            ask(SESSION, "sqs:SendMessage", QUEUE).identity(allow("*", "*")).resource_policy(denial(&principal));
        assert_eq!(asked.answer(), Answer::Denied, "{principal}");
    }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
#[test]
fn allow_with_not_principal_lets_in_everybody_else() {
    let but_ann = policy(&json!({"Effect": "Allow", "NotPrincipal": {"AWS": USER}, "Action": "*", "Resource": "*"}));
    let asked = |caller: &str| ask(caller, "sqs:SendMessage", QUEUE).resource_policy(but_ann.clone()).answer();
    assert_eq!(asked(USER), Answer::NotAllowed);
    assert_eq!(asked(ROLE), Answer::Allowed);
    assert_eq!(asked("anonymous"), Answer::Allowed);
    assert_eq!(asked("events.amazonaws.com"), Answer::Allowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
#[test]
fn deny_with_not_principal_spares_only_callers_listed_in_full() {
    let but = |listed: &[&str]| {
        let statement = json!({"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Action": "*", "Resource": "*"});
        policy(&statement)
    };
    for (listed, caller, expected) in [
        ([USER, ACCOUNT].as_slice(), USER, Answer::Allowed),
        (&[USER], USER, Answer::Denied),
        (&[ACCOUNT], USER, Answer::Denied),
        (&[SESSION, ROLE, ACCOUNT], SESSION, Answer::Allowed),
        (&[ROLE, ACCOUNT], SESSION, Answer::Denied),
        (&[SESSION, ACCOUNT], SESSION, Answer::Denied),
        (&["*"], USER, Answer::Allowed),
        (&[ACCOUNT], "arn:aws:iam::111122223333:root", Answer::Allowed),
    ] {
        let asked = ask(caller, "sqs:SendMessage", QUEUE).identity(allow("*", "*")).resource_policy(but(listed));
        assert_eq!(asked.answer(), expected, "{listed:?} and {caller}");
    }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
#[test]
fn deny_with_not_principal_spares_nobody_with_a_boundary() {
    let but_ann = json!({"Effect": "Deny", "NotPrincipal": {"AWS": [USER, ACCOUNT]}, "Action": "*", "Resource": "*"});
    let asked = ask(USER, "sqs:SendMessage", QUEUE).identity(allow("*", "*")).resource_policy(policy(&but_ann));
    assert_eq!(asked.answer(), Answer::Allowed);
    assert_eq!(asked.boundary(allow("*", "*")).answer(), Answer::Denied);
}

#[test]
fn entries_are_told_apart() {
    let form = |text: &str| Principal::new(PrincipalKind::Aws, text).form().clone();
    assert_eq!(form("111122223333"), PrincipalForm::Account(ACCOUNT.to_owned()));
    assert_eq!(form("arn:aws-cn:iam::111122223333:root"), PrincipalForm::Account(ACCOUNT.to_owned()));
    assert_eq!(form("AIDA1234567890EXAMPLE"), PrincipalForm::Dangling("AIDA1234567890EXAMPLE".to_owned()));
    assert_eq!(form("arn:aws:iam::*:root"), PrincipalForm::Invalid);
    assert_eq!(form("arn:aws:iam::111122223333:group/g"), PrincipalForm::Invalid);
    assert_eq!(form("arn:aws:iam::111122223333:role/"), PrincipalForm::Invalid);
    assert_eq!(form("somebody"), PrincipalForm::Invalid);
    assert_eq!(Principal::new(PrincipalKind::Federated, PROVIDER).account(), Some(ACCOUNT));
    assert_eq!(Principal::new(PrincipalKind::Aws, OTHER_ACCOUNT).account(), Some(OTHER_ACCOUNT));
}

#[test]
fn callers_are_read_from_their_names() {
    let kind = |text: &str| Caller::parse(text).map(|caller| caller.kind().clone());
    assert_eq!(kind("*"), Ok(CallerKind::Anonymous));
    assert_eq!(kind("111122223333"), Ok(CallerKind::Root(ACCOUNT.to_owned())));
    assert_eq!(kind("arn:aws:iam::111122223333:root"), Ok(CallerKind::Root(ACCOUNT.to_owned())));
    assert_eq!(kind("lambda.amazonaws.com"), Ok(CallerKind::Service));
    assert_eq!(kind("cognito-identity.amazonaws.com"), Ok(CallerKind::Federated));
    assert_eq!(kind("arn:aws:iam::111122223333:saml-provider/corp"), Ok(CallerKind::Federated));
    for text in ["", "me", "arn:aws:s3:::b", "arn:aws:iam::111122223333:group/g", "arn:aws:sts::1:assumed-role/r"] {
        assert!(kind(text).is_err(), "{text}");
    }
}
