//! How the policies of all layers are combined.
//!
//! Unless a test names another source:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use palisade_policy::{Document, RequestContext};
use serde_json::json;

use crate::ask::{
    ACCOUNT, Answer, Ask, FUNCTION, OTHER_ACCOUNT, ROLE, SESSION, USER, allow, ask, deny, document, grant, policy,
};

const ROOT: &str = "arn:aws:iam::111122223333:root";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/bo";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1";
const TARGET: &str = "arn:aws:iam::111122223333:role/target";

/// A trust policy: it has no resource.
fn trust(principal: &serde_json::Value, action: &str) -> Document {
    document(&json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": action},
    ]}))
}

#[test]
fn nothing_allows_by_itself() {
    assert_eq!(ask(ROLE, "lambda:InvokeFunction", FUNCTION).answer(), Answer::NotAllowed);
}

#[test]
fn an_explicit_deny_in_any_layer_wins() {
    let allowed = ask(ROLE, "ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/r")
        .identity(allow("*", "*"))
        .boundary(allow("*", "*"))
        .session(allow("*", "*"))
        .service_control(vec![allow("*", "*")])
        .resource_policy(grant(&json!({"AWS": ROLE})))
        .endpoint(grant(&json!("*")));
    assert_eq!(allowed.answer(), Answer::Allowed);
    let denial = deny("ecr:*", "*");
    let to_all = policy(&json!({"Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Resource": "*"}));
    for denied in [
        allowed.clone().identity(denial.clone()),
        allowed.clone().boundary(denial.clone()),
        allowed.clone().session(denial.clone()),
        allowed.clone().service_control(vec![allow("*", "*"), denial]),
        allowed.clone().resource_policy(to_all.clone()),
        allowed.clone().resource_control(to_all.clone()),
        allowed.endpoint(to_all),
    ] {
        assert_eq!(denied.answer(), Answer::Denied);
    }
}

#[test]
fn identity_policies_are_united() {
    let nearly_all = policy(&json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}));
    for (action, parts, expected) in [
        ("iam:CreateUser", vec![allow("iam:*", "*")], Answer::Allowed),
        ("s3:GetObject", vec![allow("iam:*", "*")], Answer::NotAllowed),
        ("s3:GetObject", vec![allow("iam:*", "*"), nearly_all.clone()], Answer::Allowed),
        ("iam:CreateUser", vec![nearly_all.clone()], Answer::NotAllowed),
        ("s3:GetObject", vec![nearly_all, deny("s3:*", "*")], Answer::Denied),
    ] {
        let asked = parts.into_iter().fold(ask(ROLE, action, "*"), Ask::identity);
        assert_eq!(asked.answer(), expected, "{action}");
    }
}

#[test]
fn a_boundary_and_a_session_policy_only_limit() {
    let asked = || ask(SESSION, "s3:GetObject", "arn:aws:s3:::b/k");
    assert_eq!(asked().boundary(allow("*", "*")).answer(), Answer::NotAllowed);
    assert_eq!(asked().session(allow("*", "*")).answer(), Answer::NotAllowed);
    let granted = || asked().identity(allow("*", "*"));
    assert_eq!(granted().boundary(allow("s3:*", "*")).session(allow("s3:Get*", "*")).answer(), Answer::Allowed);
    assert_eq!(granted().boundary(allow("ec2:*", "*")).answer(), Answer::NotAllowed);
    assert_eq!(granted().session(allow("ec2:*", "*")).answer(), Answer::NotAllowed);
    assert_eq!(granted().boundary(allow("ec2:*", "*")).boundary(allow("s3:*", "*")).answer(), Answer::Allowed);
}

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
#[test]
fn every_level_of_service_control_must_allow() {
    let asked = || ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").identity(allow("*", "*"));
    let (all, other) = (vec![allow("*", "*")], vec![allow("ec2:*", "*")]);
    assert_eq!(asked().service_control(all.clone()).service_control(all.clone()).answer(), Answer::Allowed);
    assert_eq!(asked().service_control(all.clone()).service_control(other.clone()).answer(), Answer::NotAllowed);
    assert_eq!(asked().service_control(other.clone()).service_control(all.clone()).answer(), Answer::NotAllowed);
    assert_eq!(asked().service_control(vec![]).answer(), Answer::NotAllowed);
    let both = [other, all].concat();
    assert_eq!(asked().service_control(both).answer(), Answer::Allowed);
}

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
#[test]
fn service_control_takes_the_whole_language() {
    let asked = || ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").identity(allow("*", "*"));
    let level = |statement| vec![policy(&statement)];
    let not_action = level(json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}));
    assert_eq!(asked().service_control(not_action).answer(), Answer::Allowed);
    let scoped = level(json!({"Effect": "Allow", "Action": "s3:*Object", "NotResource": "arn:aws:s3:::c/*"}));
    assert_eq!(asked().service_control(scoped).answer(), Answer::Allowed);
    let conditional = level(json!({
        "Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    }));
    assert_eq!(asked().service_control(conditional.clone()).answer(), Answer::NotAllowed);
    assert_eq!(asked().service_control(conditional).context(RequestContext::partial()).answer(), Answer::Depends);
}

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#not-restricted-by-scp
#[test]
fn service_control_leaves_service_linked_roles_and_services_alone() {
    let nothing = || vec![deny("*", "*")];
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";
    let asked = |caller| ask(caller, "lambda:InvokeFunction", FUNCTION).service_control(nothing());
    assert_eq!(asked(linked).identity(allow("*", "*")).answer(), Answer::Allowed);
    assert_eq!(asked(ROLE).identity(allow("*", "*")).answer(), Answer::Denied);
    let events = grant(&json!({"Service": "events.amazonaws.com"}));
    assert_eq!(asked("events.amazonaws.com").resource_policy(events).answer(), Answer::Allowed);
}

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
#[test]
fn resource_control_reaches_only_services_that_support_it() {
    let denial = policy(&json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}));
    let asked = |action, resource| {
        ask(ROLE, action, resource).identity(allow("*", "*")).resource_control(denial.clone()).answer()
    };
    assert_eq!(asked("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/r"), Answer::Denied);
    assert_eq!(asked("lambda:InvokeFunction", FUNCTION), Answer::Allowed);
    assert_eq!(asked("eks:DescribeCluster", "arn:aws:eks:eu-west-1:111122223333:cluster/c"), Answer::Allowed);
    // Its `Allow` grants nothing.
    let allowing = ask(ROLE, "ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/r")
        .resource_control(grant(&json!("*")));
    assert_eq!(allowing.answer(), Answer::NotAllowed);
}

#[test]
fn resource_control_constrains_who_assumes_a_role() {
    let outsiders = policy(&json!({
        "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*",
        "Condition": {"StringNotEquals": {"oidc:aud": "sts.amazonaws.com"}},
    }));
    let provider = "arn:aws:iam::111122223333:oidc-provider/oidc";
    let asked = ask(provider, "sts:AssumeRoleWithWebIdentity", TARGET)
        .resource_policy(trust(&json!({"Federated": provider}), "sts:AssumeRoleWithWebIdentity"));
    assert_eq!(asked.answer(), Answer::Allowed);
    assert_eq!(asked.resource_control(outsiders).answer(), Answer::Denied);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic
#[test]
fn what_a_resource_policy_grants_is_limited_by_how_it_names_the_caller() {
    let everyone_named_by_arn = policy(&json!({
        "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}},
    }));
    let of_role = RequestContext::complete().known("aws:PrincipalArn", [ROLE]);
    for (caller, resource_policy, by_boundary, by_session) in [
        (USER, grant(&json!({"AWS": USER})), Answer::Allowed, Answer::Allowed),
        (SESSION, grant(&json!({"AWS": SESSION})), Answer::Allowed, Answer::Allowed),
        (FEDERATED, grant(&json!({"AWS": FEDERATED})), Answer::Allowed, Answer::Allowed),
        (SESSION, grant(&json!({"AWS": ROLE})), Answer::NotAllowed, Answer::NotAllowed),
        (SESSION, everyone_named_by_arn, Answer::Allowed, Answer::Allowed),
        (SESSION, grant(&json!({"AWS": ACCOUNT})), Answer::NotAllowed, Answer::NotAllowed),
    ] {
        let asked =
            ask(caller, "lambda:InvokeFunction", FUNCTION).context(of_role.clone()).resource_policy(resource_policy);
        let silent = allow("s3:*", "*");
        assert_eq!(asked.clone().boundary(silent.clone()).answer(), by_boundary, "{caller} with a boundary");
        assert_eq!(asked.session(silent).answer(), by_session, "{caller} with a session policy");
    }
}

#[test]
fn a_role_named_by_a_resource_policy_needs_no_identity_policy() {
    let asked = ask(SESSION, "lambda:InvokeFunction", FUNCTION).resource_policy(grant(&json!({"AWS": ROLE})));
    assert_eq!(asked.answer(), Answer::Allowed);
    assert_eq!(asked.boundary(allow("lambda:*", "*")).session(allow("*", "*")).answer(), Answer::Allowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html
#[test]
fn an_identity_policy_alone_never_assumes_a_role() {
    let asked = |principal| ask(ROLE, "sts:AssumeRole", TARGET).resource_policy(trust(&principal, "sts:AssumeRole"));
    let other = json!({"AWS": "arn:aws:iam::111122223333:role/other"});
    assert_eq!(ask(ROLE, "sts:AssumeRole", TARGET).identity(allow("*", "*")).answer(), Answer::NotAllowed);
    assert_eq!(asked(other).identity(allow("*", "*")).answer(), Answer::NotAllowed);
    assert_eq!(asked(json!({"AWS": ACCOUNT})).answer(), Answer::NotAllowed);
    assert_eq!(asked(json!({"AWS": ACCOUNT})).identity(allow("sts:AssumeRole", "*")).answer(), Answer::Allowed);
    // Named itself, a role in the same account needs no permission of its own.
    assert_eq!(asked(json!({"AWS": ROLE})).answer(), Answer::Allowed);
    assert_eq!(asked(json!({"AWS": ROLE})).boundary(allow("s3:*", "*")).answer(), Answer::NotAllowed);
    assert_eq!(asked(json!({"AWS": ROLE})).identity(deny("sts:*", "*")).answer(), Answer::Denied);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
#[test]
fn tagging_the_session_needs_its_own_trust() {
    let trusting = |action| trust(&json!({"Service": "pods.eks.amazonaws.com"}), action);
    let asked = |action, document| ask("pods.eks.amazonaws.com", action, TARGET).resource_policy(document).answer();
    assert_eq!(asked("sts:AssumeRole", trusting("sts:AssumeRole")), Answer::Allowed);
    assert_eq!(asked("sts:TagSession", trusting("sts:AssumeRole")), Answer::NotAllowed);
    assert_eq!(asked("sts:TagSession", trusting("sts:TagSession")), Answer::Allowed);
    assert_eq!(asked("sts:SetSourceIdentity", trusting("sts:AssumeRole")), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
#[test]
fn a_key_policy_is_never_passed_over() {
    let asked = || ask(ROLE, "kms:Decrypt", KEY);
    assert_eq!(asked().identity(allow("kms:*", "*")).answer(), Answer::NotAllowed);
    let by_account = asked().resource_policy(grant(&json!({"AWS": ROOT})));
    assert_eq!(by_account.answer(), Answer::NotAllowed);
    assert_eq!(by_account.identity(allow("kms:*", "*")).answer(), Answer::Allowed);
    assert_eq!(asked().resource_policy(grant(&json!({"AWS": ROLE}))).answer(), Answer::Allowed);
    // Listing keys is about no key.
    assert_eq!(ask(ROLE, "kms:ListKeys", "*").identity(allow("kms:*", "*")).answer(), Answer::Allowed);
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let foreign = "arn:aws:lambda:eu-west-1:444455556666:function:f";
    let asked = || ask(ROLE, "lambda:InvokeFunction", foreign);
    let own = || asked().identity(allow("*", "*"));
    assert_eq!(own().answer(), Answer::NotAllowed);
    for principal in [json!({"AWS": ROLE}), json!({"AWS": ACCOUNT}), json!("*")] {
        assert_eq!(asked().resource_policy(grant(&principal)).answer(), Answer::NotAllowed, "{principal}");
        assert_eq!(own().resource_policy(grant(&principal)).answer(), Answer::Allowed, "{principal}");
    }
    let by_role = || own().resource_policy(grant(&json!({"AWS": ROLE})));
    assert_eq!(by_role().boundary(allow("s3:*", "*")).answer(), Answer::NotAllowed);
    assert_eq!(by_role().service_control(vec![allow("s3:*", "*")]).answer(), Answer::NotAllowed);
    let user = ask(USER, "lambda:InvokeFunction", foreign).resource_policy(grant(&json!({"AWS": USER})));
    assert_eq!(user.answer(), Answer::NotAllowed);
}

#[test]
fn the_account_of_a_bucket_has_to_be_told() {
    let asked = || ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").identity(allow("s3:*", "*"));
    assert_eq!(asked().answer(), Answer::Allowed);
    assert_eq!(asked().account(ACCOUNT).answer(), Answer::Allowed);
    assert_eq!(asked().account(OTHER_ACCOUNT).answer(), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
#[test]
fn policies_managed_by_aws_are_in_no_foreign_account() {
    let managed = ask(ROLE, "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    assert_eq!(managed.identity(allow("iam:Get*", "*")).answer(), Answer::Allowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
#[test]
fn the_root_user_is_limited_by_service_control_and_resource_denials_only() {
    let asked = || ask(ROOT, "lambda:InvokeFunction", FUNCTION);
    assert_eq!(asked().answer(), Answer::Allowed);
    assert_eq!(asked().service_control(vec![allow("s3:*", "*")]).answer(), Answer::NotAllowed);
    let denial = policy(&json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}));
    assert_eq!(asked().resource_policy(denial).answer(), Answer::Denied);
    assert_eq!(ask(ROOT, "kms:Decrypt", KEY).answer(), Answer::NotAllowed);
    assert_eq!(
        ask(ROOT, "kms:Decrypt", KEY).resource_policy(grant(&json!({"AWS": ACCOUNT}))).answer(),
        Answer::Allowed
    );
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html
#[test]
fn a_federated_user_has_what_its_session_policy_lists() {
    let asked = || ask(FEDERATED, "lambda:InvokeFunction", FUNCTION).identity(allow("*", "*"));
    assert_eq!(asked().answer(), Answer::NotAllowed);
    assert_eq!(asked().session(allow("lambda:*", "*")).answer(), Answer::Allowed);
    assert_eq!(asked().session(allow("s3:*", "*")).answer(), Answer::NotAllowed);
    let role = ask(SESSION, "lambda:InvokeFunction", FUNCTION).identity(allow("*", "*"));
    assert_eq!(role.answer(), Answer::Allowed);
}

#[test]
fn services_and_the_anonymous_have_the_resource_policy_alone() {
    for caller in ["events.amazonaws.com", "anonymous"] {
        let asked = || ask(caller, "lambda:InvokeFunction", FUNCTION);
        assert_eq!(asked().identity(allow("*", "*")).answer(), Answer::NotAllowed);
        assert_eq!(asked().resource_policy(grant(&json!("*"))).answer(), Answer::Allowed);
    }
}

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
#[test]
fn an_endpoint_policy_only_limits() {
    let asked = || ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").identity(allow("*", "*"));
    assert_eq!(asked().endpoint(grant(&json!("*"))).answer(), Answer::Allowed);
    let other = policy(&json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::c/*"}));
    assert_eq!(asked().endpoint(other).answer(), Answer::NotAllowed);
    assert_eq!(ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").endpoint(grant(&json!("*"))).answer(), Answer::NotAllowed);
}

#[test]
fn an_unknown_condition_is_neither_protection_nor_safety() {
    let from_home = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    let conditional = |effect: &str| {
        policy(&json!({"Sid": "Home", "Effect": effect, "Action": "*", "Resource": "*", "Condition": from_home}))
    };
    let asked = || ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").context(RequestContext::partial());
    assert_eq!(asked().identity(conditional("Allow")).answer(), Answer::Depends);
    assert_eq!(asked().identity(allow("*", "*")).identity(conditional("Deny")).answer(), Answer::Depends);
    // An `Allow` without conditions beside it settles the one; nothing settles the other.
    assert_eq!(asked().identity(conditional("Allow")).identity(allow("*", "*")).answer(), Answer::Allowed);
    assert_eq!(asked().identity(conditional("Deny")).answer(), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
#[test]
fn the_caller_tells_which_keys_a_request_has() {
    let conditional = |condition| {
        policy(&json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}))
    };
    let source = json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}});
    let organisation = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}});
    let tag = json!({"StringEquals": {"aws:PrincipalTag/team": "red"}});
    let service = json!({"Bool": {"aws:PrincipalIsAWSService": "true"}});
    let name = json!({"StringEquals": {"aws:username": "ann"}});
    for (caller, condition, expected) in [
        // Only a service acting for a resource has a source.
        (ROLE, &source, Answer::NotAllowed),
        ("anonymous", &source, Answer::NotAllowed),
        ("events.amazonaws.com", &source, Answer::Depends),
        (ROLE, &organisation, Answer::Depends),
        ("anonymous", &organisation, Answer::NotAllowed),
        ("events.amazonaws.com", &organisation, Answer::NotAllowed),
        (ROLE, &tag, Answer::Depends),
        ("anonymous", &tag, Answer::NotAllowed),
        ("events.amazonaws.com", &tag, Answer::NotAllowed),
        ("events.amazonaws.com", &service, Answer::Allowed),
        (ROLE, &service, Answer::NotAllowed),
        ("anonymous", &service, Answer::NotAllowed),
        (USER, &name, Answer::Allowed),
        (ROLE, &name, Answer::NotAllowed),
    ] {
        let context = RequestContext::of(&palisade_policy::Caller::parse(caller).unwrap());
        let asked = ask(caller, "lambda:InvokeFunction", FUNCTION).resource_policy(conditional(condition.clone()));
        assert_eq!(asked.context(context).answer(), expected, "{caller} under {condition}");
    }
}
