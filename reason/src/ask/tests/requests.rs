//! What is known of a request: who a session is, the time, and what needs no permission.

use serde_json::json;

use super::{INVOKE, account, allow, ask, denied_gap, orders, role, ruling, user, with_policy};
use crate::ask::{Ruling, who_can};
use palisade_model::{Action, Fact, Listing};
use palisade_scenes::{ACCOUNT, new_role, policy, role_arn};

#[test]
fn conditions_on_the_user_id_see_the_sessions_name_and_the_roles_id() {
    let when = |value: &str| {
        let statement = json!({ "Effect": "Allow", "Action": INVOKE, "Resource": "*",
            "Condition": { "StringLike": { "aws:userid": value } } });
        account(vec![role("caller", statement)])
    };
    let id = new_role("caller").id;
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/caller/one");
    let both = |value: &str| {
        let inventory = when(value);
        [session.as_str(), "caller"].map(|principal| ruling(&inventory, principal, INVOKE, &orders()))
    };
    assert_eq!(both(&format!("{id}:one")), [Ruling::Allowed, Ruling::AllowedIf]);
    assert_eq!(both("*:one"), [Ruling::Allowed, Ruling::AllowedIf]);
    assert_eq!(both("*:two"), [Ruling::DeniedImplicit, Ruling::AllowedIf]);
    assert_eq!(both(&format!("{id}:*")), [Ruling::Allowed, Ruling::Allowed]);
    assert_eq!(both("AROAELSE:*"), [Ruling::DeniedImplicit, Ruling::DeniedImplicit]);
}

#[test]
fn a_federated_user_is_neither_allowed_nor_denied_by_what_cannot_be_read() {
    let mut inventory = account(vec![]);
    inventory.iam.users = Listing::whole(vec![user("broker", allow("*", "*"))]);
    let jane = format!("arn:aws:sts::{ACCOUNT}:federated-user/jane");
    let answer = ask(&inventory, &jane, "ec2:DescribeInstances", "*").unwrap();
    assert_eq!((answer.decision, answer.not_evaluated.len()), (Ruling::AllowedIf, 1), "{answer:?}");
    assert_eq!(ruling(&inventory, &jane, "sts:GetCallerIdentity", "*"), Ruling::Allowed);
    assert_eq!(ruling(&inventory, &jane, "sts:AssumeRole", role_arn("any").as_str()), Ruling::DeniedImplicit);
    // No list has federated users: a resource's own policy tells of them.
    let grant =
        policy(json!({ "Effect": "Allow", "Principal": { "AWS": jane }, "Action": INVOKE, "Resource": orders() }));
    let answer = who_can(&with_policy(inventory, Fact::Known(Some(grant))), INVOKE, &orders(), false).unwrap();
    let names: Vec<_> = answer.principals.iter().map(|one| one.principal.as_str()).collect();
    assert!(names.contains(&jane.as_str()), "{names:?}");
}

#[test]
fn dates_are_judged_as_of_the_inventory() {
    let when = |operator: &str, date: &str| {
        let statement = json!({ "Effect": "Allow", "Action": INVOKE, "Resource": "*",
            "Condition": { operator: { "aws:CurrentTime": date } } });
        ask(&account(vec![role("caller", statement)]), "caller", INVOKE, &orders()).unwrap()
    };
    assert_eq!(when("DateLessThan", "2020-01-01T00:00:00Z").decision, Ruling::DeniedImplicit);
    assert_eq!(when("DateLessThan", "2199-01-01T00:00:00Z").decision, Ruling::Allowed);
    assert_eq!(when("DateGreaterThan", "2020-01-01T00:00:00Z").decision, Ruling::Allowed);
    let later = when("DateGreaterThan", "2199-01-01T00:00:00Z");
    assert_eq!(later.decision, Ruling::AllowedIf);
    assert!(later.remarks.iter().any(|remark| remark.starts_with("dates were judged as of")), "{later:?}");
}

#[test]
fn what_needs_no_permission_is_allowed_whatever_could_not_be_read() {
    let mut inventory = account(vec![new_role("idle")]);
    inventory.organization = Fact::Unknown(denied_gap(Action::OrganizationsDescribeOrganization));
    let answer = ask(&inventory, "idle", "sts:GetCallerIdentity", "*").unwrap();
    assert_eq!((answer.decision, answer.not_evaluated.len()), (Ruling::Allowed, 0), "{answer:?}");
    let answer = who_can(&inventory, "sts:GetCallerIdentity", "*", false).unwrap();
    assert_eq!((answer.principals[0].decision, answer.not_evaluated.len()), (Ruling::Allowed, 0), "{answer:?}");
}
