//! Scoped grants, roles that are swapped, and identities that could be made.

use super::*;

#[test]
fn what_is_not_read_one_by_one_is_asked_for_as_statements_name_it() {
    let beside_builder = |statements: &[Value]| {
        permitted(statements).and_changed_role("admin", &[allow("*", "*")], trust("codebuild.amazonaws.com"))
    };
    let site = format!("arn:aws:codebuild:eu-west-1:{ACCOUNT}:project/site");
    for resource in ["*", &site, "arn:aws:codebuild:eu-*:*:project/s*", "arn:aws:codebuild:*"] {
        let scene = beside_builder(&[allow("codebuild:StartBuild", resource)]);
        assert_eq!(ids(&scene), ["codebuild-002"], "{resource}");
        assert!(found(&scene).escalations[0].to_string().contains("; not verified: a project"));
    }
    assert_none(&beside_builder(&[allow(
        "codebuild:StartBuild",
        format!("arn:aws:codebuild:eu-west-1:{ACCOUNT}:report/site"),
    )]));
    // A denial of every project leaves nothing, though it says nothing of `*`.
    let every = format!("arn:aws:codebuild:*:{ACCOUNT}:project/*");
    assert_none(&beside_builder(&[allow("codebuild:StartBuild", "*"), deny("codebuild:*", every)]));
}

#[test]
fn calls_about_one_kind_of_resource_are_about_the_same_one() {
    let scene = |update: &str, start: &str| {
        let project = |name: &str| format!("arn:aws:codebuild:eu-west-1:{ACCOUNT}:project/{name}");
        permitted(&[
            allow("codebuild:UpdateProject", project(update)),
            allow("codebuild:StartBuild", project(start)),
            allow("iam:PassRole", "*"),
            deny("codebuild:StartBuild", project("sealed")),
        ])
        .and_changed_role("admin", &[allow("*", "*")], trust("codebuild.amazonaws.com"))
    };
    assert_open(&scene("site", "site"), "palisade-codebuild-1");
    assert_open(&scene("app-*", "*-test"), "palisade-codebuild-1");
    let apart = scene("site", "shop");
    assert!(!ids(&apart).contains(&"palisade-codebuild-1"), "{:?}", ids(&apart));
    assert_none(&scene("sealed", "sealed"));
}

#[test]
fn a_command_needs_a_document_and_an_instance() {
    let beside_instance = |statements: &[Value]| {
        permitted(statements).and_changed_role("host", &[allow("*", "*")], trust("ec2.amazonaws.com"))
    };
    let document = || allow("ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript");
    let tagged = json!({
        "Effect": "Allow", "Action": "ssm:SendCommand", "Resource": format!("arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*"),
        "Condition": { "StringEquals": { "ssm:resourceTag/team": "shop" } },
    });
    assert_none(&beside_instance(&[document()]));
    let scene = beside_instance(&[document(), tagged]);
    assert_eq!(ids(&scene), ["ssm-002"]);
    let text = found(&scene).escalations[0].to_string();
    assert!(text.contains("may be allowed by") && text.contains("ssm:resourceTag/team"), "{text}");
}

#[test]
fn a_function_is_given_another_role() {
    let scene = |resource: &str| {
        permitted(&[
            allow("lambda:UpdateFunctionConfiguration", resource),
            allow("iam:PassRole", role_arn("admin").as_str()),
        ])
        .and_role("admin", &[allow("*", "*")])
        .and_role("plain", &[])
        .and_function("jobs", |function| function.role = role_arn("plain"))
    };
    let found = found(&scene(function_arn("jobs").as_str())).escalations;
    assert_eq!((found[0].path.id, &found[0].through), ("palisade-lambda-3", &Some(function_arn("jobs"))));
    assert_none(&scene(function_arn("gone").as_str()));
}

#[test]
fn somebody_is_made_and_become() {
    let on =
        |actions: Value, resource: &str| permitted(&[allow(actions, format!("arn:aws:iam::{ACCOUNT}:{resource}"))]);
    assert_eq!(ids(&on(json!(["iam:CreateRole", "iam:AttachRolePolicy"]), "role/team-*")), ["palisade-iam-8"]);
    assert_eq!(ids(&on(json!(["iam:CreateRole", "iam:PutRolePolicy"]), "role/team-*")), ["palisade-iam-9"]);
    let keys = json!(["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"]);
    assert_eq!(ids(&on(keys.clone(), "user/temp/*")), ["palisade-iam-10"]);
    assert_none(&on(json!(["iam:CreateUser", "iam:AttachUserPolicy"]), "user/temp/*"));
    // What is there already cannot be made.
    assert_none(&on(json!(["iam:CreateRole", "iam:AttachRolePolicy"]), "role/taken").and_role("taken", &[]));
    let refused = permitted(&[allow(keys, "*"), deny("iam:CreateAccessKey", "*")]);
    assert_none(&refused);
}

#[test]
fn what_is_made_within_a_boundary_has_no_more_than_that() {
    let fence = format!("arn:aws:iam::{ACCOUNT}:policy/fence");
    let scene = |own: &str, within: &str| {
        let make = json!({
            "Effect": "Allow", "Action": ["iam:CreateRole", "iam:AttachRolePolicy"],
            "Resource": format!("arn:aws:iam::{ACCOUNT}:role/team-*"),
            "Condition": { "StringEquals": { "iam:PermissionsBoundary": fence } },
        });
        permitted(&[allow("s3:*", own), make]).iam(|iam| {
            let arn = fence.as_str().into();
            let document = policy(allow("s3:*", within));
            let bounding = ManagedPolicy { arn, name: "fence".to_owned(), document, attachments: 0 };
            iam.policies = Listing::whole(vec![bounding]);
        })
    };
    assert_none(&scene("arn:aws:s3:::shop-*", "arn:aws:s3:::shop-*"));
    assert_eq!(ids(&scene("arn:aws:s3:::shop-*", "*")), ["palisade-iam-8"]);
}
