//! Escalations of made-up accounts.

mod chains;
mod scoped;

use serde_json::{Value, json};

use super::*;
use crate::account::Account;
use palisade_model::iam::{Group, InlinePolicy, ManagedPolicy, PolicyText, Role, User};
use palisade_model::{Fact, Listing};
use palisade_scenes::iam::{allow, deny, permitted};
use palisade_scenes::{ACCOUNT, Scene, function_arn, policy, role_arn};

const CREATE: [&str; 2] = ["lambda:CreateFunction", "lambda:InvokeFunction"];
const RUN: [&str; 2] = ["ecs:RegisterTaskDefinition", "ecs:RunTask"];

fn found(scene: &Scene) -> Found {
    let account = Account::new(&scene.inventory, &scene.settings);
    let role = account.role(&role_arn("orders-role")).unwrap().unwrap();
    account.escalations_of(role).unwrap()
}

fn ids(scene: &Scene) -> Vec<&'static str> {
    found(scene).escalations.iter().map(|escalation| escalation.path.id).collect()
}

#[track_caller]
fn assert_open(scene: &Scene, id: &str) {
    assert!(ids(scene).contains(&id), "{id} is not among {:?}", ids(scene));
}

#[track_caller]
fn assert_none(scene: &Scene) {
    assert_eq!(found(scene).escalations, []);
}

fn trust(service: &str) -> impl Fn(&mut Role) {
    let trust = policy(json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }));
    move |role| role.trust = trust.clone()
}

/// `orders-role` with these statements, beside an administrator that Lambda may take on.
fn beside_admin(statements: &[Value]) -> Scene {
    permitted(statements).and_role("admin", &[allow("*", "*")])
}

fn limited_to(service: &str) -> Value {
    json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": { "StringEquals": { "iam:PassedToService": service } } })
}

#[test]
fn a_role_is_passed_to_a_new_function() {
    let scene = beside_admin(&[allow("iam:PassRole", "*"), allow(json!(CREATE), "*")]);
    assert_eq!(ids(&scene), ["lambda-001"]);
    let text = found(&scene).escalations[0].to_string();
    for part in ["lambda-001 to role/admin, an administrator", "iam:PassRole on", "policy p0, statement 0", "p1"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn every_step_must_be_allowed() {
    assert_none(&beside_admin(&[allow("iam:PassRole", "*"), allow("lambda:CreateFunction", "*")]));
    assert_none(&beside_admin(&[allow(json!(CREATE), "*")]));
    assert_none(&beside_admin(&[allow("iam:PassRole", "*"), allow(json!(CREATE), "*"), deny("lambda:Create*", "*")]));
}

#[test]
fn a_new_function_may_have_to_bear_a_certain_name() {
    let named = |name: &str| allow(json!(CREATE), format!("arn:aws:lambda:*:*:function:{name}"));
    let pass = || allow("iam:PassRole", "*");
    assert_open(&beside_admin(&[pass(), named("dev-*")]), "lambda-001");
    let fence = allow(json!(["iam:PassRole", "lambda:*"]), json!(["arn:aws:iam::*:*", "arn:aws:lambda:eu-west-1:*:*"]));
    assert_open(&beside_admin(&[pass(), named("dev-*")]).bounded(fence), "lambda-001");
    let elsewhere = deny("lambda:*", format!("arn:aws:lambda:*:{ACCOUNT}:function:dev-*"));
    assert_none(&beside_admin(&[pass(), named("dev-*"), elsewhere]));
}

#[test]
fn a_role_that_is_passed_must_be_passable_trust_the_service_and_have_more() {
    let create = || allow(json!(CREATE), "*");
    let pass = |name: &str| allow("iam:PassRole", role_arn(name).as_str());
    let harmless = |scene: Scene| scene.and_role("harmless", &[allow("logs:PutLogEvents", "*")]);
    assert_none(&harmless(beside_admin(&[pass("harmless"), create()])));
    assert_open(&harmless(beside_admin(&[pass("admin"), create()])), "lambda-001");
    let trusting = |service: &str| {
        permitted(&[allow("iam:PassRole", "*"), create()]).and_changed_role("admin", &[allow("*", "*")], trust(service))
    };
    assert_open(&trusting("lambda.amazonaws.com"), "lambda-001");
    assert_none(&trusting("glue.amazonaws.com"));
    assert_open(&trusting("lambda.eu-west-1.amazonaws.com"), "lambda-001");
    let never = policy(json!({
        "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole",
        "Condition": { "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/*" } },
    }));
    let scene = permitted(&[allow("iam:PassRole", "*"), create()]);
    assert_none(&scene.and_changed_role("admin", &[allow("*", "*")], |role| role.trust = never));
    let richer = |resource: &str| {
        permitted(&[allow("iam:PassRole", "*"), create(), allow("s3:*", "arn:aws:s3:::orders/*")])
            .and_role("reader", &[allow("s3:GetObject", resource)])
    };
    assert_none(&richer("arn:aws:s3:::orders/list"));
    let gain = &found(&richer("arn:aws:s3:::payments/*")).escalations[0].gain;
    assert_eq!(*gain, Gain::More("policy reader-0, statement 0".to_owned()));
}

#[test]
fn what_a_role_has_under_an_operator_that_is_not_known_is_something_to_gain() {
    let open = json!({
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::payments/*",
        "Condition": { "StringResembles": { "aws:username": "a" } },
    });
    let scene = permitted(&[allow("iam:PassRole", "*"), allow(json!(CREATE), "*")]).and_role("reader", &[open]);
    assert_eq!(found(&scene).escalations[0].gain, Gain::More("policy reader-0, statement 0".to_owned()));
}

#[test]
fn passing_to_one_service_opens_no_path_through_another() {
    let both = |scene: Scene| {
        scene.and_role("admin", &[allow("*", "*")]).and_changed_role(
            "task-admin",
            &[allow("*", "*")],
            trust("ecs-tasks.amazonaws.com"),
        )
    };
    let steps = || [allow(json!(CREATE), "*"), allow(json!(RUN), "*")];
    let [create, run] = steps();
    assert_eq!(ids(&both(permitted(&[limited_to("lambda.amazonaws.com"), create, run]))), ["lambda-001"]);
    let [create, run] = steps();
    assert_eq!(ids(&both(permitted(&[limited_to("ecs-tasks.amazonaws.com"), create, run]))), ["ecs-004"]);
}

#[test]
fn an_existing_task_definition_wants_its_execution_role_passed_too() {
    let scene = |passed: &[&str]| {
        let passed: Vec<_> = passed.iter().map(|name| role_arn(name).as_str().to_owned()).collect();
        permitted(&[allow("iam:PassRole", json!(passed)), allow("ecs:RunTask", "*")])
            .and_changed_role("task-admin", &[allow("*", "*")], trust("ecs-tasks.amazonaws.com"))
            .and_changed_role("execution", &[allow("logs:PutLogEvents", "*")], trust("ecs-tasks.amazonaws.com"))
    };
    assert_none(&scene(&["task-admin"]));
    assert_none(&scene(&["execution"]));
    assert_eq!(ids(&scene(&["task-admin", "execution"])), ["ecs-008"]);
}

#[test]
fn a_parent_hides_its_children() {
    let all = allow(json!(["ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:CreateCluster"]), "*");
    let scene = permitted(&[allow("iam:PassRole", "*"), all]).and_changed_role(
        "task-admin",
        &[allow("*", "*")],
        trust("ecs-tasks.amazonaws.com"),
    );
    assert_eq!(ids(&scene), ["ecs-004"]);
}

#[test]
fn the_code_of_a_function_with_a_better_role_is_changed() {
    let scene = |action: &str, resource: &str| {
        permitted(&[allow(action, resource)])
            .and_role("admin", &[allow("*", "*")])
            .and_function("deploy", |function| function.role = role_arn("admin"))
    };
    let deploy = function_arn("deploy");
    assert_eq!(ids(&scene("lambda:UpdateFunctionCode", "*")), ["lambda-003"]);
    assert_eq!(ids(&scene("lambda:UpdateFunctionCode", deploy.as_str())), ["lambda-003"]);
    assert_eq!(ids(&scene("lambda:UpdateFunctionConfiguration", deploy.as_str())), ["x-prowler-01"]);
    assert_eq!(ids(&scene("lambda:PutResourcePolicy", deploy.as_str())), ["palisade-lambda-2"]);
    assert_none(&scene("lambda:UpdateFunctionCode", function_arn("orders").as_str()));
    let fence = allow("lambda:PutResourcePolicy", "*");
    assert_none(&scene("lambda:PutResourcePolicy", "*").bounded(fence));
    let through = found(&scene("lambda:UpdateFunctionCode", "*")).escalations[0].through.clone();
    assert_eq!(through, Some(deploy));
}

#[test]
fn a_boundary_holds() {
    let grant = || allow(json!(["iam:PassRole", "lambda:*", "iam:PutRolePolicy"]), "*");
    // Whoever may rewrite its own policies is told of that alone.
    assert_eq!(ids(&beside_admin(&[grant()])), ["iam-005"]);
    assert_none(&beside_admin(&[grant()]).bounded(allow("s3:*", "*")));
    assert_none(&beside_admin(&[grant()]).bounded(allow(json!(["iam:PassRole", "s3:*"]), "*")));
    // It may rewrite its own policies, and wins what the boundary leaves.
    let scene = beside_admin(&[grant()]).bounded(allow(json!(["iam:PutRolePolicy", "s3:*"]), "*"));
    assert_eq!(ids(&scene), ["iam-005"]);
    assert!(matches!(found(&scene).escalations[0].gain, Gain::More(_)), "{:?}", found(&scene));
    let nothing_left = beside_admin(&[allow(json!(["iam:PutRolePolicy"]), "*")]);
    assert_none(&nothing_left.bounded(allow("iam:PutRolePolicy", "*")));
}

#[test]
fn its_own_permissions_are_rewritten() {
    let own = role_arn("orders-role");
    let own = own.as_str();
    assert_eq!(ids(&permitted(&[allow("iam:PutRolePolicy", own)])), ["iam-005"]);
    assert_eq!(ids(&permitted(&[allow("iam:AttachRolePolicy", own)])), ["iam-009"]);
    assert_none(&permitted(&[allow("iam:PutRolePolicy", role_arn("other").as_str())]));
    assert_none(&permitted(&[allow("iam:CreatePolicyVersion", "*")]));
    let managed = format!("arn:aws:iam::{ACCOUNT}:policy/own");
    let scene = permitted(&[allow("iam:CreatePolicyVersion", "*")]).and_managed(&managed, allow("s3:ListBucket", "*"));
    assert_eq!(ids(&scene), ["iam-001"]);
    let by_aws = permitted(&[allow("iam:CreatePolicyVersion", "*")])
        .and_managed("arn:aws:iam::aws:policy/ReadOnlyAccess", allow("s3:ListBucket", "*"));
    assert_none(&by_aws);
    assert_eq!(
        ids(&permitted(&[allow("iam:SetDefaultPolicyVersion", "*")]).and_managed(&managed, allow("s3:Get*", "*"))),
        ["x-rhino-02"]
    );
}

#[test]
fn only_a_policy_that_gives_more_counts_as_attached() {
    let only = |policy: &str| {
        permitted(&[json!({
            "Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*",
            "Condition": { "ArnEquals": { "iam:PolicyARN": policy } },
        })])
    };
    assert_open(&only("arn:aws:iam::aws:policy/IAMFullAccess"), "iam-009");
    assert_none(&only("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"));
    let with_boundary = permitted(&[json!({
        "Effect": "Allow", "Action": ["iam:PutRolePolicy", "iam:AttachRolePolicy"], "Resource": "*",
        "Condition": { "StringEquals": { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/fence" } },
    })]);
    assert_none(&with_boundary);
}

#[test]
fn a_guard_rail_that_may_be_taken_away_counts_only_where_it_holds_something_back() {
    let take_off = || allow("iam:DeleteRolePermissionsBoundary", role_arn("orders-role").as_str());
    let within = |boundary: Value, rest: &[Value]| {
        let statements: Vec<_> = [take_off()].into_iter().chain(rest.iter().cloned()).collect();
        permitted(&statements).bounded(boundary)
    };
    let all = allow(json!(["iam:DeleteRolePermissionsBoundary", "s3:*"]), "*");
    assert_none(&within(all.clone(), &[allow("s3:GetObject", "*")]));
    assert_open(&within(all, &[allow("dynamodb:*", "*")]), "palisade-iam-1");
    let drop = || allow("iam:DeleteRolePolicy", role_arn("orders-role").as_str());
    assert_open(&permitted(&[drop(), allow("s3:*", "*"), deny("s3:Delete*", "*")]), "palisade-iam-4");
    assert_none(&permitted(&[drop(), allow("s3:*", "*"), deny("dynamodb:*", "*")]));
}

#[test]
fn another_role_is_taken_over() {
    let admin = role_arn("admin");
    let scene = beside_admin(&[allow("iam:UpdateAssumeRolePolicy", admin.as_str())]);
    assert_eq!(ids(&scene), ["iam-012"]);
    assert_none(&beside_admin(&[allow("iam:UpdateAssumeRolePolicy", role_arn("orders-role").as_str())]));
    let no_assuming = [allow("iam:UpdateAssumeRolePolicy", "*"), deny("sts:*", "*")];
    assert_none(&beside_admin(&no_assuming));
    let other = |statements: &[Value]| permitted(statements).and_role("other", &[allow("s3:GetObject", "*")]);
    let rewriting = json!(["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]);
    assert_open(&other(&[allow(rewriting, role_arn("other").as_str())]), "iam-021");
}

#[test]
fn an_administrator_is_assumed_where_both_sides_agree() {
    let trusting = |principal: &str| {
        let trust = policy(json!({ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole" }));
        move |role: &mut Role| role.trust = trust.clone()
    };
    let own = role_arn("orders-role");
    let scene = |statements: &[Value], principal: &str| {
        permitted(statements).and_changed_role("admin", &[allow("*", "*")], trusting(principal))
    };
    assert_eq!(ids(&scene(&[], own.as_str())), ["sts-001"]);
    assert_none(&scene(&[], ACCOUNT));
    assert_eq!(ids(&scene(&[allow("sts:AssumeRole", "*")], ACCOUNT)), ["sts-001"]);
    assert_none(&scene(&[allow("sts:AssumeRole", role_arn("other").as_str())], ACCOUNT));
    assert_none(&scene(&[deny("sts:AssumeRole", "*")], own.as_str()));
    assert_none(&scene(&[allow("sts:AssumeRole", "*")], "arn:aws:iam::444455556666:root"));
}

#[test]
fn a_path_that_may_be_open_says_on_what_it_depends() {
    let tagged = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
                         "Condition": { "StringEquals": { "aws:PrincipalTag/team": "shop" } } });
    let scene = beside_admin(&[tagged, allow(json!(CREATE), "*")]);
    let text = found(&scene).escalations[0].to_string();
    assert!(text.contains("aws:PrincipalTag/team"), "{text}");
}

#[test]
fn what_may_do_everything_has_nothing_to_escalate_to() {
    let scene = beside_admin(&[allow("*", "*")]);
    assert!(found(&scene).has_everything);
    assert_none(&scene);
}

#[test]
fn what_is_not_read_is_a_gap_only_where_a_path_could_lead_there() {
    let gap = || Gap {
        action: palisade_model::Action::IamGetAccountAuthorizationDetails,
        place: palisade_model::Place::account(),
        reason: palisade_model::Reason::Throttled,
    };
    let unread = |scene: Scene| scene.iam(|iam| iam.roles = Listing::new(iam.roles.seen().to_vec(), Some(gap())));
    assert_eq!(found(&unread(permitted(&[allow("s3:*", "*")]))).gap, None);
    let passing = permitted(&[allow("iam:PassRole", "*"), allow(json!(CREATE), "*")]);
    assert_eq!(found(&unread(passing)).gap, Some(gap()));
}

/// A user with these statements, a member of `staff`, beside an administrator.
fn of_user(statements: &[Value]) -> Vec<&'static str> {
    let inline = |statements: &[Value]| -> Vec<_> {
        let policies = statements.iter().enumerate();
        policies.map(|(index, one)| InlinePolicy { name: format!("u{index}"), document: policy(one.clone()) }).collect()
    };
    let user = |name: &str, inline: Vec<InlinePolicy>| User {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}").into(),
        name: name.to_owned(),
        id: "AIDA".to_owned(),
        groups: vec!["staff".to_owned()],
        inline,
        attached: vec![],
        boundary: None,
        access_keys: Fact::Known(vec![]),
    };
    let group = |name: &str, inline: Vec<InlinePolicy>| Group {
        arn: format!("arn:aws:iam::{ACCOUNT}:group/{name}").into(),
        name: name.to_owned(),
        inline,
        attached: vec![],
    };
    let scene = permitted(&[]).iam(|iam| {
        iam.users = Listing::whole(vec![user("someone", inline(statements)), user("root", inline(&[allow("*", "*")]))]);
        iam.groups = Listing::whole(vec![group("staff", vec![]), group("admins", inline(&[allow("*", "*")]))]);
    });
    let account = Account::new(&scene.inventory, &scene.settings);
    let principal = account.access.user(&scene.inventory.iam.users.seen()[0]).unwrap();
    let found = Escalations::new(&scene.inventory).of(&account.access, &principal);
    found.escalations.iter().map(|escalation| escalation.path.id).collect()
}

#[test]
fn users_have_paths_of_their_own() {
    let arn = |rest: &str| format!("arn:aws:iam::{ACCOUNT}:{rest}");
    assert_eq!(of_user(&[allow("iam:PutUserPolicy", arn("user/someone"))]), ["iam-007"]);
    assert_eq!(of_user(&[allow("iam:AttachUserPolicy", arn("user/someone"))]), ["iam-008"]);
    assert_eq!(of_user(&[allow("iam:AttachGroupPolicy", arn("group/staff"))]), ["iam-010"]);
    assert_eq!(of_user(&[allow("iam:PutGroupPolicy", arn("group/staff"))]), ["iam-011"]);
    assert!(of_user(&[allow("iam:PutGroupPolicy", arn("group/admins"))]).is_empty());
    assert_eq!(of_user(&[allow("iam:AddUserToGroup", arn("group/admins"))]), ["iam-013"]);
    assert!(of_user(&[allow("iam:AddUserToGroup", arn("group/staff"))]).is_empty());
    assert_eq!(of_user(&[allow("iam:CreateAccessKey", arn("user/root"))]), ["iam-002"]);
    assert!(of_user(&[allow("iam:CreateAccessKey", arn("user/someone"))]).is_empty());
    assert_eq!(of_user(&[allow("iam:CreateLoginProfile", "*")]), ["iam-004"]);
    assert_eq!(of_user(&[allow("iam:DeleteUserPolicy", "*"), allow("s3:*", "*"), deny("s3:Put*", "*")]), ["iam-026"]);
}

#[test]
fn a_role_is_given_to_a_service_account() {
    let beside = |statements: &[Value], service: &str| {
        permitted(statements).and_changed_role("admin", &[allow("*", "*")], trust(service))
    };
    let pass = || allow("iam:PassRole", "*");
    let ways = [("Create", "palisade-eks-5"), ("Update", "palisade-eks-6")];
    for (verb, path) in ways {
        let change = || allow(format!("eks:{verb}PodIdentityAssociation"), "*");
        assert_open(&beside(&[pass(), change()], "pods.eks.amazonaws.com"), path);
        assert_none(&beside(&[pass(), change()], "ec2.amazonaws.com"));
        assert_none(&beside(&[change()], "pods.eks.amazonaws.com"));
    }
}

#[test]
fn roles_of_service_accounts_are_known_in_every_domain() {
    let enter = || allow(json!(["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"]), "*");
    for host in ["oidc.eks.eu-west-1.amazonaws.com", "oidc-eks.eu-west-1.api.aws"] {
        let trust = policy(json!({
            "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": { "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{host}/id/A1") },
        }));
        let scene = permitted(&[enter()]).and_changed_role("admin", &[allow("*", "*")], |role| role.trust = trust);
        assert_open(&scene, "palisade-eks-1");
    }
}
