//! Actions, resources and wildcards.

use palisade_policy::{ActionElement, ActionPattern, Catalogue, ResourcePattern, matches};
use serde_json::json;

use crate::ask::{Answer, ROLE, allow, ask, document, grant, policy};

#[test]
fn wildcards_match_runs_and_single_characters() {
    for (pattern, text, expected) in [
        ("*", "", true),
        ("", "", true),
        ("", "a", false),
        ("?", "", false),
        ("?", "a", true),
        ("?", "é", true),
        ("??", "é", false),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYcZ", false),
        ("*a", "aaab", false),
        ("*aab", "aaaab", true),
        ("a**", "a", true),
        ("*?", "", false),
        ("A", "a", false),
        ("a*é?", "aéé", true),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
    }
}

#[test]
fn many_stars_take_no_time() {
    let pattern = "a*".repeat(200) + "b";
    assert!(!matches(&pattern, &"a".repeat(5_000)));
    assert!(!ResourcePattern::new("arn:a*a*a*a*a*a*a*a*b:x").matches(&format!("arn:{}:x", "a".repeat(2_000))));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
#[test]
fn actions_are_matched_without_regard_to_case() {
    for (pattern, action, expected) in [
        ("s3:GetObject", "S3:getobject", true),
        ("S3:GET*", "s3:GetObject", true),
        ("s3:Get?bject", "s3:GetObject", true),
        ("s3:*Object", "s3:GetObject", true),
        ("s3:Get", "s3:GetObject", false),
        ("*", "s3:GetObject", true),
        ("*:*", "s3:GetObject", true),
        ("s3:*", "s3-outposts:GetObject", false),
        // The service prefix takes no wildcard.
        ("s*:GetObject", "s3:GetObject", false),
        ("?3:GetObject", "s3:GetObject", false),
        // A pattern with white space covers nothing.
        ("s3:Get Object", "s3:Get Object", false),
        ("s3: *", "s3:GetObject", false),
        ("s3", "s3:GetObject", false),
        ("s3*", "s3:GetObject", false),
        ("", "s3:GetObject", false),
    ] {
        assert_eq!(ActionPattern::new(pattern).matches(action), expected, "{pattern} on {action}");
    }
}

#[test]
fn an_action_pattern_tells_how_far_it_reaches() {
    let reach = |text: &str| {
        let pattern = ActionPattern::new(text);
        (pattern.service().map(str::to_owned), pattern.is_whole_service(), pattern.is_everything())
    };
    assert_eq!(reach("*"), (None, false, true));
    assert_eq!(reach("S3:*"), (Some("s3".to_owned()), true, false));
    assert_eq!(reach("s3:Get*"), (Some("s3".to_owned()), false, false));
    assert_eq!(reach("s*:Get"), (None, false, false));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
#[test]
fn not_action_covers_every_other_action_of_every_service() {
    let element =
        |patterns: &[&str]| ActionElement::NotAction(patterns.iter().copied().map(ActionPattern::new).collect());
    assert!(element(&["iam:*"]).covers("s3:GetObject"));
    assert!(!element(&["iam:*"]).covers("IAM:CreateUser"));
    assert!(!element(&["iam:*", "s3:Get*"]).covers("s3:GetObject"));
    assert!(element(&[]).covers("s3:GetObject"));
    assert!(!element(&["*"]).covers("s3:GetObject"));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
#[test]
fn resources_are_matched_part_by_part_and_with_case() {
    for (pattern, resource, expected) in [
        ("*", "arn:aws:s3:::b", true),
        ("*", "*", true),
        ("arn:aws:s3:::B", "arn:aws:s3:::b", false),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y:z", true),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
        ("arn:aws:s3:::b*/x", "arn:aws:s3:::b1/y/x", true),
        // In the middle of a part before the last a wildcard stays within it.
        ("arn:aws:ec2:us-*-1:111122223333:instance/*", "arn:aws:ec2:us-east-1:111122223333:instance/i", true),
        ("arn:aws:sns:u*1:t", "arn:aws:sns:us:1:t", false),
        ("arn:aws:sns:?:1:t", "arn:aws:sns:::1:t", false),
        // At the end of a part it may run on over colons.
        ("arn:aws:lambda:*", "arn:aws:lambda:eu-west-1:111122223333:function:f:prod", true),
        ("arn:aws:lambda:*:*:function:f", "arn:aws:lambda:eu-west-1:111122223333:function:f", true),
        ("arn:aws:*", "arn:aws:s3:::b", true),
        ("arn:aws:sns:*:1:t", "arn:aws:sns:a:b:1:t", true),
        // AWS warns of a wildcard in the service, and matches it.
        ("arn:aws:*code*:*:*:*", "arn:aws:codebuild:eu-west-1:111122223333:project/p", true),
        ("arn:aws:s3:::b", "*", false),
        ("arn:aws:*", "*", false),
    ] {
        assert_eq!(ResourcePattern::new(pattern).matches(resource), expected, "{pattern} on {resource}");
    }
}

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
#[test]
fn a_function_its_versions_and_its_aliases_are_three_things() {
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:";
    for (pattern, resource, expected) in [
        ("f", "f", true),
        ("f", "f:prod", false),
        ("f", "f:7", false),
        ("f:*", "f", false),
        ("f:*", "f:7", true),
        ("f*", "f", true),
        ("f*", "f:7", true),
        ("f*", "foo", true),
        ("f:prod", "f:7", false),
    ] {
        let pattern = ResourcePattern::new(format!("{function}{pattern}"));
        assert_eq!(pattern.matches(&format!("{function}{resource}")), expected, "{} on {resource}", pattern.as_str());
    }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
#[test]
fn an_arn_of_too_few_parts_is_completed_where_aws_does() {
    let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
    let in_identity = |pattern| ask(ROLE, "sqs:SendMessage", queue).identity(allow("*", pattern)).answer();
    let in_control = |pattern| {
        ask(ROLE, "sqs:SendMessage", queue)
            .identity(allow("*", "*"))
            .service_control(vec![allow("*", pattern)])
            .answer()
    };
    let in_resource = |pattern: &str| {
        let statement = json!({"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "*", "Resource": pattern});
        ask(ROLE, "sqs:SendMessage", queue).resource_policy(policy(&statement)).answer()
    };
    let in_resource_control = |pattern: &str| {
        let statement = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": pattern});
        ask(ROLE, "sqs:SendMessage", queue).identity(allow("*", "*")).resource_control(policy(&statement)).answer()
    };
    assert_eq!(in_identity("arn:aws:sqs"), Answer::Allowed);
    assert_eq!(in_identity("arn:aws:sqs:*"), Answer::Allowed);
    assert_eq!(in_identity("arn:aws:sns"), Answer::NotAllowed);
    assert_eq!(in_control("arn:aws:sqs"), Answer::NotAllowed);
    assert_eq!(in_control("arn:aws:sqs:*"), Answer::Allowed);
    assert_eq!(in_resource("arn:aws:sqs"), Answer::NotAllowed);
    assert_eq!(in_resource("arn:aws:sqs:*"), Answer::Allowed);
    assert_eq!(in_resource_control("arn:aws:sqs:*"), Answer::Allowed);
    assert_eq!(in_resource_control("arn:aws:sqs:*:*:*"), Answer::Denied);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
#[test]
fn not_resource_covers_what_no_pattern_matches() {
    let policy = document(&json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "*", "NotResource": ["arn:aws:s3:::a", "arn:aws:s3:::b*"],
    }}));
    let answer = |resource| ask(ROLE, "s3:ListBucket", resource).identity(policy.clone()).answer();
    assert_eq!(answer("arn:aws:s3:::c"), Answer::Allowed);
    assert_eq!(answer("arn:aws:s3:::a"), Answer::NotAllowed);
    assert_eq!(answer("arn:aws:s3:::b2"), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
#[test]
fn an_action_without_resources_is_allowed_by_a_star_only() {
    let token = "ecr:GetAuthorizationToken";
    assert_eq!(Catalogue::get().needs_every_resource(token), Some(true));
    assert_eq!(ask(ROLE, token, "*").identity(allow("ecr:*", "*")).answer(), Answer::Allowed);
    let repositories = "arn:aws:ecr:eu-west-1:111122223333:repository/*";
    assert_eq!(ask(ROLE, token, "*").identity(allow("ecr:*", repositories)).answer(), Answer::NotAllowed);
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
#[test]
fn a_resource_policy_without_resource_is_about_its_own_resource() {
    let repository = "arn:aws:ecr:eu-west-1:111122223333:repository/r";
    let old = document(&json!({"Version": "2008-10-17", "Statement": [{
        "Sid": "pull", "Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": ["ecr:BatchGetImage"],
    }]}));
    assert_eq!(ask(ROLE, "ecr:BatchGetImage", repository).resource_policy(old).answer(), Answer::Allowed);
    let nobody = policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    assert_eq!(ask(ROLE, "ecr:BatchGetImage", repository).resource_policy(nobody).answer(), Answer::NotAllowed);
    let everybody = grant(&json!("*"));
    assert_eq!(ask(ROLE, "ecr:BatchGetImage", repository).resource_policy(everybody).answer(), Answer::Allowed);
}

#[test]
fn an_identity_policy_without_resource_allows_nothing() {
    let statement = policy(&json!({"Effect": "Allow", "Action": "*"}));
    assert_eq!(ask(ROLE, "s3:GetObject", "arn:aws:s3:::b/k").identity(statement).answer(), Answer::NotAllowed);
}
