use std::collections::BTreeSet;

use jiff::Timestamp;
use palisade_policy::catalogue::{Catalogue, Catalogued};
use palisade_policy::{ActionElement, ActionPattern, Attached, Document, Effect, covers};
use serde_json::{Value, json};

use super::{LARGEST_POLICY, Removal, SuggestError, Suggestion, suggest};
use crate::ask::AskError;
use palisade_model::iam::{ActionUse, InlinePolicy, PolicyText, Role, ServiceUse};
use palisade_model::lambda::Vpc;
use palisade_model::{Action, By, Depth, Fact, Gap, Listing, Place, Reason};
use palisade_scenes::{Scene, function, new_role, policy, queue_arn, role_arn};

fn now() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

fn used(service: &str, day: Option<&str>, actions: &[(&str, Option<&str>)]) -> ServiceUse {
    let time = |day: &str| format!("{day}T00:00:00Z").parse().unwrap();
    let of =
        |(action, day): &(&str, Option<&str>)| ActionUse { action: (*action).to_owned(), last_used: day.map(time) };
    ServiceUse { service: service.to_owned(), last_used: day.map(time), actions: actions.iter().map(of).collect() }
}

/// The role of the function `orders`, with one policy of these statements.
fn scene(statements: &[Value], services: Vec<ServiceUse>) -> Scene {
    let inline = statements
        .iter()
        .enumerate()
        .map(|(index, statement)| InlinePolicy { name: format!("own-{index}"), document: policy(statement.clone()) });
    let role = Role {
        inline: inline.collect(),
        created_at: Some("2025-01-01T00:00:00Z".parse().unwrap()),
        instance_profiles: vec![],
        services: Fact::Known(services),
        ..new_role("orders-role")
    };
    function(|_| {}).iam(|iam| iam.roles = Listing::whole(vec![role]))
}

fn change_role(scene: Scene, change: impl Fn(&mut Role)) -> Scene {
    scene.iam(|iam| {
        let mut roles = iam.roles.seen().to_vec();
        roles.iter_mut().for_each(change);
        iam.roles = Listing::whole(roles);
    })
}

/// The suggestion, which is a subset, whatever else is claimed of it.
fn suggested(scene: &Scene) -> Suggestion {
    let suggestion = suggest(&scene.inventory, "orders-role", 90, now()).unwrap();
    let own = &scene.inventory.iam.roles.seen()[0].inline;
    let wider: Vec<_> = own
        .iter()
        .map(|policy| match &policy.document {
            PolicyText::Parsed(document) => Attached { name: &policy.name, document },
            PolicyText::Malformed(why) => panic!("{why}"),
        })
        .collect();
    for document in suggestion.policies.iter().chain([&suggestion.policy]) {
        assert!(covers(&wider, &[Attached { name: "new", document }]).is_ok());
    }
    suggestion
}

fn statements(suggestion: &Suggestion) -> Value {
    let policy = serde_json::to_value(&suggestion.policy).unwrap();
    match &policy["Statement"] {
        Value::Array(_) => policy["Statement"].clone(),
        one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => json!([one]),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
fn allow(action: Value, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

#[test]
fn unused_services_and_tracked_actions_go_and_untracked_ones_stay() {
    let actions = [("ListBucket", Some("2026-11-20")), ("DeleteBucket", None), ("CreateBucket", Some("2026-01-01"))];
    let scene = scene(
        &[allow(json!(["s3:GetObject", "s3:ListBucket", "s3:DeleteBucket", "s3:CreateBucket", "sns:Publish"]), "*")],
        vec![used("s3", Some("2026-11-20"), &actions), used("sns", Some("2025-11-20"), &[])],
    );
    let suggestion = suggested(&scene);
    assert_eq!(statements(&suggestion)[0]["Action"], json!(["s3:GetObject", "s3:ListBucket"]));
    let removed: Vec<_> = suggestion.removed.iter().map(|row| (row.service.as_str(), row.because)).collect();
    assert!(removed.contains(&("sns", Removal::ServiceUnused)) && removed.contains(&("s3", Removal::ActionUnused)));
    assert_eq!(suggestion.used[0].action, "s3:ListBucket");
    assert_eq!(suggestion.unmeasured[0].actions, ["s3:GetObject"]);
}

/// All that a policy allows, of the catalogue's actions.
fn allowed(documents: &[Document]) -> BTreeSet<String> {
    let statements = documents.iter().flat_map(|document| &document.statements);
    let allows = statements.filter(|statement| statement.effect == Effect::Allow);
    allows.flat_map(|statement| Catalogue::get().expand(&statement.action)).map(Catalogued::name).collect()
}

fn size(document: &Document) -> usize {
    serde_json::to_string(document).unwrap().len()
}

#[test]
fn a_wildcard_of_which_nothing_is_left_out_stays() {
    let scene = scene(
        &[allow(json!(["s3:*", "sqs:Get*"]), "*")],
        vec![used("s3", Some("2026-11-20"), &[]), used("sqs", Some("2026-11-20"), &[])],
    );
    assert_eq!(statements(&suggested(&scene))[0]["Action"], json!(["s3:*", "sqs:Get*"]));
}

#[test]
fn a_wildcard_is_cut_around_what_is_left_out() {
    let scene = scene(&[allow(json!("s3:*"), "*")], vec![used("s3", Some("2026-11-20"), &[("DeleteBucket", None)])]);
    let suggestion = suggested(&scene);
    let whole = Document::parse(r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#).unwrap();
    let mut expected = allowed(&[whole]);
    assert!(expected.remove("s3:DeleteBucket"));
    assert_eq!(allowed(&suggestion.policies), expected);
    assert!(size(&suggestion.policy) < 1500, "{}", size(&suggestion.policy));
}

#[test]
fn what_has_passed_is_left_out() {
    let mut passed = allow(json!(["s3:PutObject"]), "*");
    passed["Condition"] = json!({ "DateLessThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } });
    let scene = scene(&[passed, allow(json!("s3:GetObject"), "*")], vec![used("s3", Some("2026-11-20"), &[])]);
    let suggestion = suggested(&scene);
    assert_eq!(allowed(&suggestion.policies), BTreeSet::from(["s3:GetObject".to_owned()]));
    let removed = &suggestion.removed[0];
    assert_eq!(
        (removed.because, removed.actions.as_slice()),
        (Removal::NeverApplies, &["s3:PutObject".to_owned()] as &[_])
    );
}

#[test]
fn what_needs_every_resource_stands_apart_where_no_pattern_joins_it() {
    let actions = json!(["s3:GetObject", "s3:ListAllMyBuckets"]);
    let scene = scene(&[allow(actions, "*")], vec![used("s3", Some("2026-11-20"), &[])]);
    let statements = statements(&suggested(&scene));
    assert_eq!(statements[0]["Action"], json!("s3:GetObject"));
    assert_eq!(statements[1]["Action"], json!("s3:ListAllMyBuckets"));
}

#[test]
fn a_wildcard_stays_over_what_its_resource_makes_void() {
    let scene = scene(&[allow(json!("s3:*"), "arn:aws:s3:::orders/*")], vec![used("s3", Some("2026-11-20"), &[])]);
    assert_eq!(statements(&suggested(&scene))[0]["Action"], json!("s3:*"));
}

#[test]
fn everything_but_a_few_services_is_written_as_that() {
    let scene = scene(&[allow(json!("*"), "*")], vec![used("s3", None, &[]), used("ec2", Some("2025-01-01"), &[])]);
    let suggestion = suggested(&scene);
    assert!(size(&suggestion.policy) <= LARGEST_POLICY && suggestion.policies.len() == 1);
    // The function's own logs are allowed on its group alone.
    let own = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
    assert_eq!(statements(&suggestion)[0]["NotAction"], json!(["ec2:*", own[0], own[1], own[2], "s3:*"]));
    let listed = allowed(&suggestion.policies);
    let all = Catalogue::get().expand(&ActionElement::Action(vec![ActionPattern::new("*")]));
    let rest = all.into_iter().map(Catalogued::name);
    let rest = rest.filter(|action| !action.starts_with("s3:") && !action.starts_with("ec2:"));
    assert_eq!(listed, rest.collect());
}

#[test]
fn what_one_policy_cannot_hold_is_split() {
    // Of every second action AWS tells that it was not used, so that hardly a prefix is left. All were granted by name.
    let actions = || Catalogue::get().service("ec2").unwrap().actions.iter().map(|action| action.name.as_str());
    let unused: Vec<_> = actions().step_by(2).map(|name| (name, None)).collect();
    let named: Vec<_> = actions().map(|name| format!("ec2:{name}")).collect();
    let scene = scene(&[allow(json!(named), "*")], vec![used("ec2", Some("2026-11-20"), &unused)]);
    let suggestion = suggested(&scene);
    assert!(suggestion.policies.len() > 1);
    assert!(suggestion.policies.iter().all(|policy| size(policy) <= LARGEST_POLICY));
    assert_eq!(allowed(&suggestion.policies), allowed(std::slice::from_ref(&suggestion.policy)));
    assert!(suggestion.remarks.iter().any(|remark| remark.contains("split into")), "{:?}", suggestion.remarks);
}

#[test]
fn what_another_statement_allows_too_is_not_said_twice_where_it_would_be_too_long() {
    let names = Catalogue::get().service("ec2").unwrap().actions.iter().map(|action| format!("ec2:{}", action.name));
    let names: Vec<_> = names.take(300).collect();
    let scene = scene(
        &[allow(json!(names), "arn:aws:ec2:*:*:*"), allow(json!("ec2:*"), "*")],
        vec![used("ec2", Some("2026-11-20"), &[])],
    );
    let suggestion = suggested(&scene);
    assert!(suggestion.policies.iter().all(|policy| size(policy) <= LARGEST_POLICY));
    assert!(statements(&suggestion).to_string().contains("\"ec2:*\""));
}

#[test]
fn logs_and_event_sources_are_limited_to_what_the_function_has() {
    let scene = scene(
        &[
            allow(json!(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]), "*"),
            allow(json!(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]), "*"),
        ],
        vec![used("logs", Some("2026-11-20"), &[]), used("sqs", Some("2026-11-20"), &[])],
    )
    .and_mapping(|_| {});
    let text = statements(&suggested(&scene)).to_string();
    assert!(text.contains("log-group:/shop/orders:*") && text.contains(queue_arn("orders").as_str()), "{text}");
    assert!(!text.contains("\"*\""), "{text}");
    // Another workload may run as the role: nothing tells what it needs.
    let shared = change_role(scene, |role| {
        role.trust = policy(
            json!({ "Effect": "Allow", "Principal": { "Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"] },
            "Action": "sts:AssumeRole" }),
        );
    });
    assert!(statements(&suggested(&shared)).to_string().contains("\"*\""));
}

#[test]
fn what_settings_ask_for_stays_however_seldom_it_is_used() {
    let scene = scene(
        &[allow(json!(["sqs:SendMessage", "sqs:PurgeQueue", "ec2:CreateNetworkInterface", "ec2:RunInstances"]), "*")],
        vec![used("sqs", None, &[]), used("ec2", None, &[])],
    );
    assert_eq!(statements(&suggested(&scene)), json!([]));
    let lambda = |function: &mut palisade_model::lambda::Function| {
        function.dead_letter_target = Some(queue_arn("failed"));
        function.vpc = Some(Vpc { id: "vpc-1".to_owned(), subnets: vec![], security_groups: vec![] });
    };
    let scene = scene.lambda(|lambdas| {
        let mut functions = lambdas.functions.seen().to_vec();
        functions.iter_mut().for_each(lambda);
        lambdas.functions = Listing::whole(functions);
    });
    let suggestion = suggested(&scene);
    let text = statements(&suggestion).to_string();
    assert!(text.contains("sqs:SendMessage") && text.contains(queue_arn("failed").as_str()), "{text}");
    assert!(text.contains("ec2:CreateNetworkInterface") && !text.contains("Purge") && !text.contains("RunInstances"));
    assert!(suggestion.unmeasured.iter().any(|row| row.because.contains("failed events")));
}

#[test]
fn what_unread_workloads_may_ask_for_stays() {
    let scene = scene(&[allow(json!(["sqs:SendMessage", "sqs:PurgeQueue"]), "*")], vec![used("sqs", None, &[])]);
    assert_eq!(statements(&suggested(&scene)), json!([]));
    let gap =
        Gap { action: Action::LambdaListFunctions, place: Place::account(), reason: Reason::Denied(By::Identity) };
    let scene = scene.lambda(|lambda| lambda.functions = Listing::new(lambda.functions.seen().to_vec(), Some(gap)));
    assert_eq!(statements(&suggested(&scene))[0]["Action"], json!("sqs:SendMessage"));
}

#[test]
fn passing_roles_is_never_called_unused() {
    let scene = scene(&[allow(json!(["iam:PassRole", "iam:CreateUser"]), "*")], vec![used("iam", None, &[])]);
    let suggestion = suggested(&scene);
    assert_eq!(statements(&suggestion)[0]["Action"], json!("iam:PassRole"));
    assert_eq!(suggestion.removed[0].actions, ["iam:CreateUser"]);
}

#[test]
fn services_of_which_aws_does_not_tell_stay() {
    let scene = scene(&[allow(json!(["xray:PutTraceSegments", "new:Thing"]), "*")], vec![]);
    let suggestion = suggested(&scene);
    let text = statements(&suggestion).to_string();
    assert!(text.contains("xray:PutTraceSegments") && text.contains("new:Thing"), "{text}");
    assert!(suggestion.removed.is_empty());
}

#[test]
fn denials_conditions_and_exceptions_are_kept() {
    let scene = scene(
        &[
            json!({ "Effect": "Allow", "NotAction": ["iam:*"], "NotResource": "arn:aws:s3:::secret/*",
                "Condition": { "StringEquals": { "aws:RequestedRegion": "eu-west-1" } } }),
            json!({ "Sid": "Never", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*" }),
        ],
        vec![used("s3", Some("2026-11-20"), &[])],
    );
    // Thousands of actions: proving them once is enough.
    let suggestion = suggest(&scene.inventory, "orders-role", 90, now()).unwrap();
    let text = statements(&suggestion).to_string();
    for kept in ["NotResource", "aws:RequestedRegion", "\"Never\""] {
        assert!(text.contains(kept), "{kept}");
    }
    let allowed = allowed(&suggestion.policies);
    assert!(allowed.contains("s3:GetObject") && !allowed.contains("iam:CreateUser"));
}

#[test]
fn there_is_no_suggestion_without_the_facts() {
    let whole = scene(&[allow(json!("s3:*"), "*")], vec![]);
    let fails = |scene: &Scene| suggest(&scene.inventory, "orders-role", 90, now()).unwrap_err();
    let young = change_role(whole.clone(), |role| role.created_at = Some("2026-11-01T00:00:00Z".parse().unwrap()));
    assert!(matches!(fails(&young), SuggestError::TooYoung { created_at: Some(_), .. }));
    let ageless = change_role(whole.clone(), |role| role.created_at = None);
    assert!(matches!(fails(&ageless), SuggestError::TooYoung { created_at: None, .. }));
    let gap = |reason| Gap { action: Action::IamGetServiceLastAccessedDetails, place: Place::account(), reason };
    let mut shallow = change_role(whole.clone(), |role| role.services = Fact::Unknown(gap(Reason::NotAsked)));
    assert!(matches!(fails(&shallow), SuggestError::NoWorkload(_)));
    shallow.inventory.depth = Depth::Standard;
    assert!(fails(&shallow).to_string().contains("--depth deep"));
    let denied = change_role(whole.clone(), |role| role.services = Fact::Unknown(gap(Reason::Denied(By::Identity))));
    assert!(matches!(fails(&denied), SuggestError::Unread(_)));
    let unread = change_role(whole.clone(), |role| role.attached = vec!["arn:aws:iam::aws:policy/Missing".into()]);
    assert!(matches!(fails(&unread), SuggestError::Unread(_)));
    let missing = suggest(&whole.inventory, role_arn("order-role").as_str(), 90, now());
    assert!(matches!(missing, Err(SuggestError::Role(AskError::UnknownPrincipal { .. }))));
}

#[test]
fn what_cannot_be_proven_is_not_suggested() {
    // In the old language `${…}` is plain text; in the suggestion's it would be a variable.
    let text = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}"}}"#;
    let scene = change_role(scene(&[], vec![]), |role| {
        role.inline = vec![InlinePolicy { name: "old".to_owned(), document: PolicyText::parse(text) }];
    });
    assert!(matches!(suggest(&scene.inventory, "orders-role", 90, now()), Err(SuggestError::Unproven(_))));
}

/// The role with which the task of the service is started, with one policy.
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
fn execution(statement: Value) -> Scene {
    let scene = palisade_scenes::tasks::container(|container| {
        container.secrets = vec![palisade_model::ecs::SecretReference {
            name: "TOKEN".to_owned(),
            from: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/token-AbCdEf:token::".to_owned(),
        }];
    });
    scene.iam(|iam| {
        let mut roles = iam.roles.seen().to_vec();
        for role in roles.iter_mut().filter(|role| role.name == "web-execution") {
            role.inline = vec![InlinePolicy { name: "own".to_owned(), document: policy(statement.clone()) }];
            role.created_at = Some("2025-01-01T00:00:00Z".parse().unwrap());
            let services = ["ecr", "logs", "secretsmanager", "ssm"].map(|service| used(service, None, &[]));
            role.services = Fact::Known(services.to_vec());
        }
        iam.roles = Listing::whole(roles);
    })
}

#[test]
fn what_names_would_take_too_many_of_is_kept_whole() {
    let services = ["glue", "iam", "rds", "ssm"];
    let uses = services.map(|service| {
        let all = ActionElement::Action(vec![ActionPattern::new(format!("{service}:*"))]);
        let names: Vec<String> = Catalogue::get().expand(&all).into_iter().map(Catalogued::name).collect();
        let every_other = names.iter().enumerate().map(|(number, name)| {
            let (_, name) = name.split_once(':').unwrap();
            (name, (number % 2 == 0).then_some("2026-11-20"))
        });
        used(service, Some("2026-11-20"), &every_other.collect::<Vec<_>>())
    });
    let granted = allow(json!(services.map(|service| format!("{service}:*"))), "*");
    let suggestion = suggested(&scene(&[granted], uses.into()));
    assert!(size(&suggestion.policy) <= LARGEST_POLICY, "{}", size(&suggestion.policy));
    assert!(!suggestion.removed.is_empty(), "not everything is given up");
    assert!(suggestion.unmeasured.iter().any(|one| one.because.contains("more than policies can hold")));
}

#[test]
fn what_starts_a_task_is_kept_for_the_execution_role_and_no_more() {
    let actions = json!([
        "ecr:GetAuthorizationToken",
        "ecr:BatchGetImage",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DeleteSecret",
        "ssm:GetParameters"
    ]);
    let suggestion = suggest(&execution(allow(actions, "*")).inventory, "web-execution", 90, now()).unwrap();
    let kept = serde_json::to_string(&suggestion.policy).unwrap();
    for action in
        ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "logs:PutLogEvents", "secretsmanager:GetSecretValue"]
    {
        assert!(kept.contains(action), "{action}: {kept}");
    }
    for action in ["secretsmanager:DeleteSecret", "ssm:GetParameters"] {
        assert!(!kept.contains(action), "{action}: {kept}");
    }
}
