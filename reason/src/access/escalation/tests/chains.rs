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
    let points = account.choke_points(|_| true);
    assert_eq!(
        (points[0].policy.as_str(), points[0].paths, points[0].identities),
        ("arn:aws:iam::111122223333:policy/pass", 3, 3)
    );
    assert_eq!(points.len(), 1);
}

#[test]
fn what_somebody_on_the_way_could_reach_besides_is_a_gap_of_whoever_gets_there() {
    let gap = || Gap {
        action: palisade_model::Action::LambdaListFunctions,
        place: palisade_model::Place::account(),
        reason: palisade_model::Reason::Throttled,
    };
    let scene = |assumed: &str| {
        permitted(&[allow("sts:AssumeRole", role_arn(assumed).as_str())])
            .and_changed_role("deploy", &[allow("lambda:UpdateFunctionCode", "*")], trusting(ACCOUNT))
            .and_changed_role("reader", &[allow("s3:GetObject", "*")], trusting(ACCOUNT))
            .lambda(|lambda| lambda.functions = Listing::new(vec![], Some(gap())))
    };
    assert_eq!(found(&scene("deploy")).gap, Some(gap()));
    assert_eq!(found(&scene("reader")).gap, None);
}

#[test]
fn who_has_the_same_policies_is_told_of_the_others_whoever_is_asked_first() {
    let one = || [allow(json!(["iam:PutRolePolicy", "sts:AssumeRole"]), role_arn("one").as_str())];
    let told = |first: &str, second: &str| {
        let scene = permitted(&[])
            .and_changed_role(first, &[], |role| {
                role.inline = vec![InlinePolicy { name: "own".to_owned(), document: policy(one()[0].clone()) }];
                trusting(ACCOUNT)(role);
            })
            .and_changed_role(second, &[], |role| {
                role.inline = vec![InlinePolicy { name: "own".to_owned(), document: policy(one()[0].clone()) }];
                trusting(ACCOUNT)(role);
            });
        let account = Account::new(&scene.inventory, &scene.settings);
        let of = |name: &str| {
            let found = account.escalations_of(account.role(&role_arn(name)).unwrap().unwrap()).unwrap();
            found.escalations.iter().map(|escalation| escalation.path.id).collect::<Vec<_>>()
        };
        (of("one"), of("two"))
    };
    assert_eq!(told("one", "two"), (vec!["iam-005"], vec!["sts-001", "iam-017"]));
    assert_eq!(told("two", "one"), told("one", "two"));
}

#[test]
fn a_role_whose_trust_cannot_be_read_is_judged_by_what_it_may_do() {
    let scene = beside_admin(&[allow("iam:PassRole", "*"), allow(json!(CREATE), "*")])
        .and_subject(|role| role.trust = PolicyText::Malformed("no policy".to_owned()));
    assert_eq!(ids(&scene), ["lambda-001"]);
    let harmless = permitted(&[allow("sts:AssumeRole", "*")]).and_changed_role("other", &[allow("*", "*")], |role| {
        role.trust = PolicyText::Malformed("no policy".to_owned());
    });
    assert!(found(&harmless).gap.is_some());
}
