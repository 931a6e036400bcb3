//! Mistakes made by other evaluators and auditors, and traps of the services, each held to what AWS
//! documents.

use palisade_policy::{Grade, RequestContext};
use serde_json::{Value, json};

use crate::ask::{ACCOUNT, Answer, FUNCTION, OTHER_ACCOUNT, ROLE, SESSION, USER, allow, ask, document, grant, policy};
use crate::public::{Way, grades, invoke, reached};

fn open(condition: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition})
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
#[test]
fn a_statement_that_is_an_object_is_judged_like_one_in_an_array() {
    let single = document(&json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}));
    assert_eq!(reached(&invoke(), &[single])[0].0, Grade::AnyAwsAccount);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
#[test]
fn allow_with_not_principal_is_public() {
    let statement = json!({"Effect": "Allow", "NotPrincipal": {"AWS": ROLE}, "Action": "*", "Resource": "*"});
    assert_eq!(grades(&statement)[0], Grade::AnyAwsAccount);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
#[test]
fn any_value_of_a_limiting_key_is_not_enough() {
    for condition in [
        json!({"StringLike": {"aws:PrincipalArn": "*"}}),
        json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}),
        json!({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}),
        json!({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
    ] {
        assert_eq!(grades(&open(&condition))[0], Grade::AnyAwsAccount, "{condition}");
    }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
#[test]
fn a_wildcard_inside_a_principal_arn_is_not_public() {
    for principal in ["arn:aws:iam::123456789012:role/a*", "arn:aws:iam::*:root"] {
        let statement = json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "*", "Resource": "*"});
        assert_eq!(grades(&statement), [], "{principal}");
    }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
#[test]
fn a_wildcard_beside_what_is_fixed_is_not_public() {
    let topics = "arn:aws:sns:*:111122223333:*";
    for condition in [
        json!({"ArnLike": {"aws:SourceArn": [topics, "arn:aws:sqs:eu-west-1:111122223333:q"]}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}),
    ] {
        assert_eq!(grades(&open(&condition)), [Grade::ServiceWithSource], "{condition}");
    }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
#[test]
fn one_value_open_to_all_opens_the_condition() {
    let condition = json!({"ArnLike": {"aws:PrincipalArn": [ROLE, "arn:aws:iam::*:role/deploy"]}});
    assert_eq!(grades(&open(&condition))[0], Grade::AnyAwsAccount);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
#[test]
fn what_a_role_can_do_is_the_union_of_its_policies_less_boundary_and_denials() {
    let pass = || ask(ROLE, "iam:PassRole", "arn:aws:iam::111122223333:role/target").identity(allow("iam:*", "*"));
    assert_eq!(pass().identity(allow("lambda:*", "*")).answer(), Answer::Allowed);
    assert_eq!(pass().boundary(allow("lambda:*", "*")).answer(), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
#[test]
fn passing_a_role_depends_on_the_role_and_the_service() {
    let statement = json!({
        "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    });
    let to = |service: &str| {
        let context = RequestContext::partial().known("iam:PassedToService", [service]);
        ask(ROLE, "iam:PassRole", "arn:aws:iam::111122223333:role/admin")
            .identity(policy(&statement))
            .context(context)
            .answer()
    };
    assert_eq!(to("lambda.amazonaws.com"), Answer::Allowed);
    assert_eq!(to("ecs-tasks.amazonaws.com"), Answer::NotAllowed);
    let one = allow("iam:PassRole", "arn:aws:iam::111122223333:role/task");
    let passes = |role: &str| ask(ROLE, "iam:PassRole", role).identity(one.clone()).answer();
    assert_eq!(passes("arn:aws:iam::111122223333:role/task"), Answer::Allowed);
    // The execution role has to be passed as well.
    assert_eq!(passes("arn:aws:iam::111122223333:role/execution"), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
#[test]
fn a_guard_on_the_organisation_also_denies_services_unless_it_spares_them() {
    let guard = |condition: Value| {
        let denial =
            json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition});
        let service =
            json!({"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "*", "Resource": "*"});
        let both = document(&json!({"Version": "2012-10-17", "Statement": [service, denial]}));
        let context = RequestContext::of(&palisade_policy::Caller::service("sns.amazonaws.com"));
        ask("sns.amazonaws.com", "lambda:InvokeFunction", FUNCTION).context(context).resource_policy(both).answer()
    };
    let outside = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}});
    assert_eq!(guard(outside.clone()), Answer::Denied);
    let mut sparing = outside;
    sparing["Bool"] = json!({"aws:PrincipalIsAWSService": "false"});
    assert_eq!(guard(sparing), Answer::Allowed);
}

// https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
#[test]
fn a_pods_identity_is_open_in_what_its_trust_leaves_open() {
    let host = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
    let provider = format!("arn:aws:iam::111122223333:oidc-provider/{host}");
    let role = "arn:aws:iam::111122223333:role/pod";
    let trust = |operator: &str, subject: &str| {
        let mut conditions = json!({"StringEquals": {format!("{host}:aud"): "sts.amazonaws.com"}});
        conditions[operator][format!("{host}:sub")] = json!(subject);
        document(&json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": conditions,
        }]}))
    };
    let assumed = |document, namespace: &str| {
        let context = RequestContext::complete()
            .known(&format!("{host}:sub"), [format!("system:serviceaccount:{namespace}:app")])
            .known(&format!("{host}:aud"), ["sts.amazonaws.com"]);
        ask(&provider, "sts:AssumeRoleWithWebIdentity", role).resource_policy(document).context(context).answer()
    };
    let exact = || trust("StringEquals", "system:serviceaccount:shop:app");
    assert_eq!(assumed(exact(), "shop"), Answer::Allowed);
    assert_eq!(assumed(exact(), "other"), Answer::NotAllowed);
    assert_eq!(assumed(trust("StringLike", "system:serviceaccount:*:*"), "other"), Answer::Allowed);
    // An exact operator takes the star for a star: such a trust lets nobody in.
    assert_eq!(assumed(trust("StringEquals", "system:serviceaccount:*:*"), "shop"), Answer::NotAllowed);
    let missing_audience = RequestContext::complete().known(&format!("{host}:sub"), ["system:serviceaccount:shop:app"]);
    let asked = ask(&provider, "sts:AssumeRoleWithWebIdentity", role).resource_policy(exact());
    assert_eq!(asked.context(missing_audience).answer(), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
#[test]
fn a_bucket_without_its_account_and_a_topic_with_it() {
    let from = |service: &str, source: &str| {
        let statement = json!({
            "Effect": "Allow", "Principal": {"Service": service}, "Action": "lambda:InvokeFunction", "Resource": FUNCTION,
            "Condition": {"ArnLike": {"AWS:SourceArn": source}},
        });
        grades(&statement)
    };
    assert_eq!(from("s3.amazonaws.com", "arn:aws:s3:::bucket"), [Grade::ServiceWithoutSource]);
    assert_eq!(from("sns.amazonaws.com", "arn:aws:sns:eu-west-1:111122223333:t"), [Grade::ServiceWithSource]);
}

// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
#[test]
fn a_function_url_needs_both_actions_allowed() {
    let url = json!({
        "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": FUNCTION,
        "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
    });
    let invocation = json!({
        "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": FUNCTION,
        "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
    });
    let through_url = RequestContext::partial()
        .known("lambda:FunctionUrlAuthType", ["NONE"])
        .known("lambda:InvokedViaFunctionUrl", ["true"]);
    let widest = |action, statements: &Value| {
        let way = Way { action, anonymous: true, known: through_url.clone(), ..invoke() };
        let policy = document(&json!({"Version": "2012-10-17", "Statement": statements}));
        reached(&way, &[policy]).first().map(|(grade, ..)| *grade)
    };
    let (only_url, both) = (json!([url.clone()]), json!([url, invocation]));
    assert_eq!(widest("lambda:InvokeFunctionUrl", &only_url), Some(Grade::AnonymousInternet));
    assert_eq!(widest("lambda:InvokeFunction", &only_url), None);
    assert_eq!(widest("lambda:InvokeFunction", &both), Some(Grade::AnonymousInternet));
    assert_eq!(widest("lambda:InvokeFunctionUrl", &json!([])), None);
    // Called without the URL, the second statement lets nobody in.
    let direct = Way { known: RequestContext::partial().known("lambda:InvokedViaFunctionUrl", ["false"]), ..invoke() };
    let policy = document(&json!({"Version": "2012-10-17", "Statement": both}));
    assert_eq!(reached(&direct, &[policy]), []);
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
#[test]
fn a_registry_policy_opens_a_closed_repository() {
    let closed = document(&json!({"Version": "2008-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "ecr:BatchGetImage",
    }]}));
    let registry = policy(&json!({
        "Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "ecr:*",
        "Resource": "arn:aws:ecr:eu-west-1:111122223333:repository/*",
    }));
    let way =
        Way { action: "ecr:BatchGetImage", resource: "arn:aws:ecr:eu-west-1:111122223333:repository/r", ..invoke() };
    let of =
        |documents: &[_]| reached(&way, documents).into_iter().map(|(grade, who, _)| (grade, who)).collect::<Vec<_>>();
    assert_eq!(of(std::slice::from_ref(&closed)), [(Grade::OwnAccount, ACCOUNT.to_owned())]);
    assert_eq!(of(&[closed, registry])[0], (Grade::ListedAccounts, OTHER_ACCOUNT.to_owned()));
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
#[test]
fn in_one_account_a_repository_policy_or_an_identity_policy_suffices() {
    let repository = "arn:aws:ecr:eu-west-1:111122223333:repository/r";
    let asked = || ask(SESSION, "ecr:BatchGetImage", repository);
    assert_eq!(asked().identity(allow("ecr:*", "*")).answer(), Answer::Allowed);
    assert_eq!(asked().resource_policy(grant(&json!({"AWS": ROLE}))).answer(), Answer::Allowed);
    let foreign = "arn:aws:ecr:eu-west-1:444455556666:repository/r";
    let across = || ask(SESSION, "ecr:BatchGetImage", foreign);
    assert_eq!(across().identity(allow("ecr:*", "*")).answer(), Answer::NotAllowed);
    assert_eq!(across().resource_policy(grant(&json!({"AWS": ROLE}))).answer(), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
#[test]
fn an_arn_condition_reads_an_arn_part_by_part() {
    let source = |pattern: &str, value: &str| {
        let statement = json!({
            "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": pattern}},
        });
        let context = RequestContext::complete().known("aws:SourceArn", [value]);
        ask(USER, "s3:GetObject", "arn:aws:s3:::b/k").identity(policy(&statement)).context(context).answer()
    };
    let alias = "arn:aws:lambda:eu-west-1:111122223333:function:f:prod";
    assert_eq!(source("arn:aws:lambda:*:111122223333:*", alias), Answer::Allowed);
    assert_eq!(source("arn:aws:*:*", alias), Answer::NotAllowed);
    assert_eq!(source("arn:aws:lambda:*:111122223333:function:f", alias), Answer::NotAllowed);
}
