//! Paths one after the other, and where least is changed.

use super::*;

/// What `orders-role` may do over several steps, by the paths' ids.
fn steps(scene: &Scene) -> Vec<&'static str> {
    found(scene).chain.iter().map(|step| step.path.id).collect()
}

fn trusting(principal: &str) -> impl Fn(&mut Role) {
    let trust = policy(json!({ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole" }));
    move |role| role.trust = trust.clone()
}

#[test]
fn one_path_leads_on_to_another() {
    let assume = |name: &str| allow("sts:AssumeRole", role_arn(name).as_str());
    let hop = |to: &str| {
        permitted(&[assume("hop")]).and_changed_role("hop", &[assume("ops")], trusting(ACCOUNT)).and_changed_role(
            "ops",
            &[allow("*", "*")],
            trusting(to),
        )
    };
    let twice = hop(role_arn("hop").as_str());
    assert_eq!(steps(&twice), ["sts-001", "sts-001"]);
    let told: Vec<_> = found(&twice).told().collect();
    assert!(
        told[0].starts_with("in 2 steps to role/ops, an administrator: sts-001 to role/hop, to go on from"),
        "{told:?}"
    );
    assert_eq!(steps(&hop(role_arn("other").as_str())), [] as [&str; 0]);
    let passing = permitted(&[assume("deploy")])
        .and_changed_role("deploy", &[allow(json!(CREATE), "*"), allow("iam:PassRole", "*")], trusting(ACCOUNT))
        .and_role("admin", &[allow("*", "*")]);
    assert_eq!(steps(&passing), ["sts-001", "lambda-001"]);
    // The shortest way is told, and loops are not walked.
    let around = permitted(&[assume("one")])
        .and_changed_role("one", &[assume("two")], trusting(ACCOUNT))
        .and_changed_role("two", &[assume("one"), assume("three")], trusting(ACCOUNT))
        .and_changed_role("three", &[allow("*", "*")], trusting(ACCOUNT));
    assert_eq!(steps(&around), ["sts-001", "sts-001", "sts-001"]);
}

#[test]
fn a_step_under_an_open_condition_is_told_as_such() {
    let tagged = json!({
        "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn("hop").as_str(),
        "Condition": { "StringEquals": { "aws:PrincipalTag/team": "shop" } },
    });
    let scene = permitted(&[tagged])
        .and_changed_role("hop", &[allow("sts:AssumeRole", "*")], trusting(ACCOUNT))
        .and_changed_role("ops", &[allow("*", "*")], trusting(role_arn("hop").as_str()));
    let told: Vec<_> = found(&scene).told().collect();
    assert!(told[0].contains("if the conditions named hold") && told[0].contains("aws:PrincipalTag/team"), "{told:?}");
}

#[test]
fn a_role_from_which_a_path_leads_to_more_is_told_too() {
    let scene = permitted(&[allow("sts:AssumeRole", role_arn("deploy").as_str())])
        .and_changed_role("deploy", &[allow(json!(CREATE), "*"), allow("iam:PassRole", "*")], trusting(ACCOUNT))
        .and_role("reader", &[allow("s3:GetObject", "*")]);
    assert_eq!(steps(&scene), ["sts-001", "lambda-001"]);
    let legitimate = permitted(&[allow("sts:AssumeRole", role_arn("reader").as_str())]).and_changed_role(
        "reader",
        &[allow("s3:GetObject", "*")],
        trusting(ACCOUNT),
    );
    assert!(found(&legitimate).is_empty(), "{:?}", found(&legitimate));
}

#[test]
fn the_statement_that_ends_most_paths_comes_first() {
    let pass = |role: &mut Role| role.attached.push(format!("arn:aws:iam::{ACCOUNT}:policy/pass").as_str().into());
    let create = || [allow(json!(CREATE), "*")];
    let scene = permitted(&create())
        .and_managed(&format!("arn:aws:iam::{ACCOUNT}:policy/pass"), allow("iam:PassRole", "*"))
        .and_role("admin", &[allow("*", "*")])
        .and_changed_role("one", &create(), pass)
        .and_changed_role("two", &create(), pass);
    let account = Account::new(&scene.inventory, &scene.settings);
    let points = account.choke_points();
    assert_eq!(
        (points[0].policy.as_str(), points[0].paths, points[0].identities),
        ("arn:aws:iam::111122223333:policy/pass", 3, 3)
    );
    assert_eq!(points.len(), 1);
}
