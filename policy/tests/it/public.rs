//! How public a resource policy is.
//!
//! Unless a test names another source, what counts as limited is taken from
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>

use palisade_policy::{Attached, Document, Door, Grade, RequestContext, who_can};
use serde_json::{Value, json};

use crate::ask::{ACCOUNT, FUNCTION, OTHER_ACCOUNT, ROLE, document, policy};

pub(crate) struct Way {
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) anonymous: bool,
    pub(crate) known: RequestContext,
}

pub(crate) fn invoke() -> Way {
    Way { action: "lambda:InvokeFunction", resource: FUNCTION, anonymous: false, known: RequestContext::partial() }
}

/// The grades of a policy with whom they are about, and whether only a secret guards each.
pub(crate) fn reached(way: &Way, documents: &[Document]) -> Vec<(Grade, String, bool)> {
    let policies = documents.iter().map(|document| Attached { name: "p", document }).collect();
    let door = Door {
        action: way.action,
        resource: way.resource,
        account: ACCOUNT,
        organisation: Some("o-own1234567"),
        accepts_anonymous: way.anonymous,
        known: way.known.clone(),
        policies,
        resource_control: Vec::new(),
    };
    let accesses = who_can(&door);
    accesses.iter().map(|access| (access.grade, access.who.clone(), access.shared_secrets().next().is_some())).collect()
}

pub(crate) fn grades(statement: &Value) -> Vec<Grade> {
    reached(&invoke(), &[policy(statement)]).into_iter().map(|(grade, ..)| grade).collect()
}

fn open(principal: &Value, condition: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "lambda:*", "Resource": "*", "Condition": condition})
}

/// The widest grade of a statement that names everybody under a condition.
fn widest(condition: &Value) -> Option<Grade> {
    grades(&open(&json!("*"), condition)).first().copied()
}

#[test]
fn a_star_without_condition_is_any_account_or_everybody() {
    for principal in [json!("*"), json!({"AWS": "*"}), json!({"AWS": [ROLE, "*"]})] {
        let statement = open(&principal, &json!({}));
        assert_eq!(grades(&statement)[0], Grade::AnyAwsAccount, "{principal}");
        let signed_or_not = Way { anonymous: true, ..invoke() };
        assert_eq!(reached(&signed_or_not, &[policy(&statement)])[0].0, Grade::AnonymousInternet);
    }
    let but_one = json!({"Effect": "Allow", "NotPrincipal": {"AWS": ROLE}, "Action": "*", "Resource": "*"});
    assert_eq!(grades(&but_one)[0], Grade::AnyAwsAccount);
}

#[test]
fn a_condition_that_fixes_the_caller_limits() {
    use Grade::{AnyAwsAccount, ListedAccounts, ListedNetworks, Organisation, OwnAccount, ServiceWithSource};
    for (condition, expected) in [
        (json!({"StringEquals": {"aws:PrincipalOrgID": "o-own1234567"}}), Organisation),
        (json!({"StringEqualsIgnoreCase": {"aws:PrincipalOrgID": "o-abc"}}), Organisation),
        (json!({"StringLike": {"aws:PrincipalOrgID": "o-abc"}}), Organisation),
        (json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}}), Organisation),
        (json!({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}), Organisation),
        (json!({"StringEquals": {"aws:PrincipalAccount": OTHER_ACCOUNT}}), ListedAccounts),
        (json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}), OwnAccount),
        (json!({"ArnEquals": {"aws:PrincipalArn": ROLE}}), OwnAccount),
        (json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/*"}}), ListedAccounts),
        (json!({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/*"}}), ListedAccounts),
        (json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}}), ListedNetworks),
        (json!({"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}), ListedNetworks),
        (json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), ListedNetworks),
        (json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}), ListedNetworks),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}), ServiceWithSource),
        (json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}), ServiceWithSource),
        (json!({"StringEquals": {"aws:SourceOwner": ACCOUNT}}), ServiceWithSource),
        (json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}), Grade::ServiceWithoutSource),
        (json!({"StringEquals": {"kms:CallerAccount": ACCOUNT}}), OwnAccount),
        (json!({"StringEquals": {"aws:PrincipalOrgID": ["o-abc", "o-*"]}}), Organisation),
        (json!({"StringLike": {"aws:PrincipalOrgID": ["o-abc", "o-*"]}}), AnyAwsAccount),
    ] {
        assert_eq!(widest(&condition), Some(expected), "{condition}");
    }
}

#[test]
fn a_condition_that_does_not_fix_the_caller_limits_nothing() {
    for condition in [
        json!({"StringLike": {"aws:PrincipalArn": "*"}}),
        json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
        json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-1/*"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}),
        json!({"StringLike": {"aws:SourceVpc": "vpc-*"}}),
        json!({"StringLike": {"aws:userid": "AROA1234567890EXAMPLE:*"}}),
        json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}),
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}),
        json!({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}}),
        json!({"Null": {"aws:PrincipalOrgID": "true"}}),
        json!({"Null": {"aws:PrincipalOrgID": "false"}}),
        json!({"StringEquals": {"aws:PrincipalTag/team": "red"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalTag/account}"}}),
        json!({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}),
        json!({"StringEquals": {"aws:ResourceOrgID": "o-own1234567"}}),
        json!({"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}),
        json!({"StringEquals": {"aws:CalledViaFirst": "athena.amazonaws.com"}}),
        json!({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
        json!({"StringEquals": {"s3:ResourceAccount": ACCOUNT}}),
        json!({"Bool": {"aws:SecureTransport": "true"}}),
        json!({"Bool": {"aws:ViaAWSService": "false"}}),
        json!({"StringLike": {"aws:UserAgent": "me"}}),
        json!({"StringEquals": {"aws:Referer": "https://example.com"}}),
        json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        json!({"DateLessThan": {"aws:CurrentTime": "2030-01-01"}}),
        json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}),
        json!({"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}),
        json!({"StringEquals": {"sts:RoleSessionName": "me"}}),
        json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        json!({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "128.0.0.0/1"]}}),
        json!({"IpAddress": {"aws:SourceIp": "2001:d00::/24"}}),
        json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
    ] {
        assert_eq!(widest(&condition), Some(Grade::AnyAwsAccount), "{condition}");
    }
}

#[test]
fn operators_are_read_whatever_their_case_and_prefix() {
    for condition in [
        json!({"stringequals": {"AWS:PRINCIPALORGID": "o-abc"}}),
        json!({"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o-abc"}}),
    ] {
        assert_eq!(widest(&condition), Some(Grade::Organisation), "{condition}");
    }
}

#[test]
fn one_public_statement_makes_the_policy_public() {
    let two = document(&json!({"Version": "2012-10-17", "Statement": [
        open(&json!("*"), &json!({"StringEquals": {"aws:PrincipalOrgID": "o-own1234567"}})),
        open(&json!("*"), &json!({})),
    ]}));
    let found = reached(&invoke(), &[two]);
    assert_eq!(found[0].0, Grade::AnyAwsAccount);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
#[test]
fn a_denial_limits_as_it_does_at_aws() {
    let with_denial = |condition: &Value| {
        let denial =
            json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition});
        let both = json!({"Version": "2012-10-17", "Statement": [open(&json!("*"), &json!({})), denial]});
        reached(&invoke(), &[document(&both)]).first().map(|(grade, ..)| *grade)
    };
    let outside = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-own1234567"}});
    assert_eq!(with_denial(&outside), Some(Grade::Organisation));
    let outside_if_any = json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-own1234567"}});
    assert_eq!(with_denial(&outside_if_any), Some(Grade::Organisation));
    let elsewhere = json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    assert_eq!(with_denial(&elsewhere), Some(Grade::ListedNetworks));
    // An account outside any organisation has no such key, and so is not denied.
    let other = json!({"StringEquals": {"aws:PrincipalOrgID": "o-enemy"}});
    assert_eq!(with_denial(&other), Some(Grade::AnyAwsAccount));
    let plain_http = json!({"Bool": {"aws:SecureTransport": "false"}});
    assert_eq!(with_denial(&plain_http), Some(Grade::AnyAwsAccount));
    assert_eq!(with_denial(&json!({})), None);
}

#[test]
fn a_resource_control_policy_limits_too() {
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "*"});
    let repository = policy(&statement);
    let control = policy(&json!({
        "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-own1234567"}},
    }));
    let door = Door {
        action: "ecr:BatchGetImage",
        resource: "arn:aws:ecr:eu-west-1:111122223333:repository/r",
        account: ACCOUNT,
        organisation: Some("o-own1234567"),
        accepts_anonymous: false,
        known: RequestContext::partial(),
        policies: vec![Attached { name: "r", document: &repository }],
        resource_control: vec![Attached { name: "rcp", document: &control }],
    };
    let grades: Vec<_> = who_can(&door).iter().map(|access| access.grade).collect();
    assert_eq!(grades[0], Grade::Organisation);
    let uncontrolled = Door { resource_control: Vec::new(), ..door };
    assert_eq!(who_can(&uncontrolled)[0].grade, Grade::AnyAwsAccount);
}

#[test]
fn those_named_are_told_one_by_one() {
    let named = open(
        &json!({"AWS": [OTHER_ACCOUNT, "arn:aws:iam::777788889999:user/u", ROLE, "AROA1234567890EXAMPLE", "arn:aws:iam::*:root"],
                "Service": ["sns.amazonaws.com", "events.amazonaws.com"]}),
        &json!({}),
    );
    let found = reached(&invoke(), &[policy(&named)]);
    let found: Vec<_> = found.iter().map(|(grade, who, _)| (*grade, who.as_str())).collect();
    assert_eq!(
        found,
        [
            (Grade::ListedAccounts, OTHER_ACCOUNT),
            (Grade::ListedAccounts, "777788889999"),
            (Grade::OwnAccount, ACCOUNT),
            (Grade::ServiceWithoutSource, "events.amazonaws.com"),
            (Grade::ServiceWithoutSource, "sns.amazonaws.com"),
        ]
    );
}

#[test]
fn a_star_under_another_key_is_everybody_of_that_kind() {
    let of = |principal: Value| grades(&open(&principal, &json!({})));
    assert_eq!(of(json!({"Service": "*"})), [Grade::ServiceWithoutSource]);
    assert_eq!(of(json!({"Federated": "*"})), [Grade::AnonymousInternet]);
}

#[test]
fn the_widest_comes_first() {
    let service = |name: &str, condition: Value| open(&json!({"Service": name}), &condition);
    let two = document(&json!({"Version": "2012-10-17", "Statement": [
        service("a.amazonaws.com", json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}})),
        service("b.amazonaws.com", json!({})),
    ]}));
    let found: Vec<_> = reached(&invoke(), &[two]).into_iter().map(|(grade, ..)| grade).collect();
    assert_eq!(found, [Grade::ServiceWithoutSource, Grade::ServiceWithSource]);
}

#[test]
fn nobody_is_let_in_by_nothing() {
    for statement in [
        json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
        json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}),
        json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:g"}),
        json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::*:root"}, "Action": "*", "Resource": "*"}),
        json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/a*"}, "Action": "*", "Resource": "*"}),
        json!({"Effect": "Allow", "Principal": {"AWS": "AIDA1234567890EXAMPLE"}, "Action": "*", "Resource": "*"}),
    ] {
        assert_eq!(grades(&statement), [], "{statement}");
    }
    assert_eq!(reached(&invoke(), &[]), []);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
#[test]
fn a_service_is_limited_by_whose_resource_it_acts_for() {
    let service = |condition| grades(&open(&json!({"Service": "s3.amazonaws.com"}), &condition));
    let with = [Grade::ServiceWithSource];
    let without = [Grade::ServiceWithoutSource];
    for (condition, expected) in [
        (json!({}), without),
        (json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}), with),
        (json!({"StringEquals": {"aws:SourceAccount": [ACCOUNT, OTHER_ACCOUNT]}}), with),
        (json!({"StringLike": {"aws:SourceAccount": "1111*"}}), without),
        (json!({"StringEquals": {"aws:SourceOrgID": "o-abc"}}), with),
        (json!({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-abc/*"}}), with),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:events:*:111122223333:rule/*"}}), with),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/mine"}}), without),
        (json!({"StringLike": {"aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/*"}}), with),
        (json!({"StringLike": {"aws:SourceArn": "arn:aws:events:*:111122223333:rule/*"}}), without),
        (json!({"StringLike": {"aws:SourceArn": "arn:aws:events:eu-west-1:1111*:rule/mine"}}), without),
        (json!({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}), without),
        (json!({"StringNotEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}), without),
        // A bucket's ARN names no account: whoever makes a bucket of that name next may use it.
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}), without),
        (json!({"StringEquals": {"aws:SourceArn": "arn:aws:s3:::bucket"}}), without),
        (
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}),
            with,
        ),
    ] {
        assert_eq!(service(condition.clone()), expected, "{condition}");
    }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
#[test]
fn a_shared_secret_is_not_a_caller() {
    let secret = |condition: Value| {
        let found = reached(&invoke(), &[policy(&open(&json!({"AWS": "*"}), &condition))]);
        (found[0].0, found[0].2)
    };
    assert_eq!(secret(json!({"StringEquals": {"sts:ExternalId": "x"}})), (Grade::AnyAwsAccount, true));
    assert_eq!(secret(json!({"StringEquals": {"lambda:EventSourceToken": "x"}})), (Grade::AnyAwsAccount, true));
    assert_eq!(secret(json!({"StringNotEquals": {"sts:ExternalId": "x"}})), (Grade::AnyAwsAccount, false));
    assert_eq!(secret(json!({})), (Grade::AnyAwsAccount, false));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
#[test]
fn identity_providers_anybody_can_sign_up_with_are_public() {
    let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let cluster = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC";
    let way =
        Way { action: "sts:AssumeRoleWithWebIdentity", resource: "arn:aws:iam::111122223333:role/target", ..invoke() };
    let found = |provider: &str, condition: Value| {
        let statement = json!({
            "Effect": "Allow", "Principal": {"Federated": provider}, "Action": way.action, "Condition": condition,
        });
        reached(&way, &[policy(&statement)]).into_iter().map(|(grade, ..)| grade).collect::<Vec<_>>()
    };
    let subject = |pattern: &str| json!({"StringLike": {"token.actions.githubusercontent.com:sub": pattern}});
    assert_eq!(found("graph.facebook.com", json!({})), [Grade::AnonymousInternet]);
    let own_app = json!({"StringEquals": {"graph.facebook.com:app_id": "1"}});
    assert_eq!(found("graph.facebook.com", own_app), [Grade::IdentityProvider]);
    assert_eq!(found(github, json!({})), [Grade::AnonymousInternet]);
    assert_eq!(found(github, subject("repo:*")), [Grade::AnonymousInternet]);
    assert_eq!(found(github, subject("repo:own*")), [Grade::AnonymousInternet]);
    assert_eq!(found(github, subject("repo:own/*")), [Grade::IdentityProvider]);
    assert_eq!(found(github, subject("repo:own/app:ref:refs/heads/main")), [Grade::IdentityProvider]);
    assert_eq!(found(cluster, json!({})), [Grade::IdentityProvider]);
}

#[test]
fn grades_are_ordered_by_how_many_they_let_in() {
    assert!(Grade::AnonymousInternet > Grade::AnyAwsAccount);
    assert!(Grade::AnyAwsAccount > Grade::Organisation);
    assert!(Grade::Organisation > Grade::ListedAccounts);
    assert!(Grade::ListedAccounts > Grade::OwnAccount);
    assert!(Grade::OwnAccount > Grade::ServiceWithoutSource);
    assert!(Grade::ServiceWithoutSource > Grade::ServiceWithSource);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
#[test]
fn whom_a_denial_of_all_others_spares_is_let_in_by_whoever_lets_in_everybody() {
    let reached_when = |statements: &Value| {
        reached(&invoke(), &[document(&json!({"Version": "2012-10-17", "Statement": statements}))])
            .into_iter()
            .map(|(grade, who, _)| (grade, who))
            .collect::<Vec<_>>()
    };
    let everybody = open(&json!("*"), &json!({}));
    let but = |spared: Value| json!({"Effect": "Deny", "NotPrincipal": spared, "Action": "*", "Resource": "*"});
    let account = |id: &str| json!({"AWS": [format!("arn:aws:iam::{id}:root"), format!("arn:aws:iam::{id}:user/ci")]});
    assert_eq!(reached_when(&json!([but(account(OTHER_ACCOUNT))])), [], "it grants nothing");
    let other = (Grade::ListedAccounts, OTHER_ACCOUNT.to_owned());
    assert_eq!(reached_when(&json!([everybody, but(account(OTHER_ACCOUNT))])), std::slice::from_ref(&other));
    // The account alone is its root user.
    let root = json!({"AWS": OTHER_ACCOUNT});
    assert_eq!(reached_when(&json!([everybody, but(root)])), [other]);
    let user = json!({"AWS": format!("arn:aws:iam::{OTHER_ACCOUNT}:user/ci")});
    assert_eq!(reached_when(&json!([everybody, but(user)])), [], "its account is not spared");
    let own = (Grade::OwnAccount, ACCOUNT.to_owned());
    assert_eq!(reached_when(&json!([everybody, but(account(ACCOUNT))])), [own]);
    let service = (Grade::ServiceWithoutSource, "s3.amazonaws.com".to_owned());
    assert_eq!(reached_when(&json!([everybody, but(json!({"Service": "s3.amazonaws.com"}))])), [service]);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicename
#[test]
fn a_service_that_a_condition_names_is_let_in_like_one_that_the_principal_names() {
    let of = |condition: Value| {
        let found = reached(&invoke(), &[policy(&open(&json!("*"), &condition))]);
        found.into_iter().map(|(grade, who, _)| (grade, who)).collect::<Vec<_>>()
    };
    let s3 = |grade: Grade| [(grade, "s3.amazonaws.com".to_owned())];
    for condition in [
        json!({"StringEquals": {"aws:PrincipalServiceName": "s3.amazonaws.com"}}),
        json!({"StringLike": {"AWS:principalservicename": "s3.amazonaws.com"}}),
        json!({"ForAnyValue:StringEquals": {"aws:PrincipalServiceNamesList": "s3.amazonaws.com"}}),
    ] {
        assert_eq!(of(condition.clone()), s3(Grade::ServiceWithoutSource), "{condition}");
    }
    let own = json!({"StringEquals": {"aws:PrincipalServiceName": "s3.amazonaws.com", "aws:SourceAccount": ACCOUNT}});
    assert_eq!(of(own), s3(Grade::ServiceWithSource));
    let several = of(json!({"StringLike": {"aws:PrincipalServiceName": "*.amazonaws.com"}}));
    assert_eq!(several, [(Grade::ServiceWithoutSource, "*.amazonaws.com".to_owned())]);
    let unless = of(json!({"StringEqualsIfExists": {"aws:PrincipalServiceName": "s3.amazonaws.com"}}));
    assert_eq!(unless[0].0, Grade::AnyAwsAccount);
}
