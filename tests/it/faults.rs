//! What becomes of a run when AWS denies, throttles, hangs, errs or babbles.

use palisade_simulator::{Account, Denial, DeniedBy, Failure, FailureKind, Faults, Outcome};

use crate::support::{World, denied};

fn failing(action: &str, kind: FailureKind) -> Faults {
    Faults { failures: vec![Failure::of(action, kind)], ..Faults::default() }
}

fn failing_after(action: &str, skip: u32, times: u32, kind: FailureKind) -> Faults {
    Faults { failures: vec![Failure { skip, times: Some(times), ..Failure::of(action, kind) }], ..Faults::default() }
}

const GAAD: &str = "iam:GetAccountAuthorizationDetails";

#[test]
fn every_page_is_read() {
    let world = World::small(Faults::default());
    let (report, run) = world.palisade().audit(&[]);
    assert_eq!(report.functions(), 5);
    assert_eq!(report.gaps().len(), 0, "{}", run.stderr);
    let pages = world.simulator.calls().into_iter().filter(|call| call.action == "lambda:ListFunctions").count();
    assert_eq!(pages, 3);
    assert!(world.simulator.calls().iter().all(|call| call.outcome != Outcome::Unknown));
}

#[test]
fn a_missing_policy_is_none_and_no_gap() {
    let (report, _) = World::small(Faults::default()).palisade().audit(&["--depth", "deep"]);
    let statuses = report.statuses();
    let of = |check: &str, name: &str| {
        let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{name}");
        statuses[&(check.to_owned(), arn)].clone()
    };
    assert_eq!(of("lambda-function-url-public", "one"), "fail");
    assert_eq!(of("lambda-policy-public", "two"), "pass");
    assert_eq!(report.gaps().len(), 0);
}

#[test]
fn a_denial_is_unknown_and_names_what_to_grant() {
    let world = World::small(denied("lambda:ListFunctions"));
    let (report, run) = world.palisade().audit(&[]);
    assert_eq!(run.code, Some(3));
    assert_eq!(report.0["complete"], false);
    let gap = report.gaps_of("lambda:ListFunctions")[0];
    assert_eq!(
        (&gap["region"], &gap["reason"]["kind"], &gap["reason"]["by"]),
        (&"us-east-1".into(), &"denied".into(), &"identity".into())
    );
    assert!(gap["grant"].to_string().contains("lambda:ListFunctions"), "{gap}");
    let mut of_functions = report.statuses();
    of_functions.retain(|(_, resource), _| resource.contains(":function:"));
    assert!(of_functions.len() > 20 && of_functions.values().all(|status| status == "unknown"), "{of_functions:?}");

    let table = world.palisade().run(&["audit"]);
    assert!(table.stdout.contains("lambda:ListFunctions"), "{}", table.stdout);
    assert_eq!(world.palisade().run(&["audit", "--allow-gaps"]).code, Some(0));
}

#[test]
fn what_denied_is_told_apart() {
    let deny = [
        ("lambda:GetPolicy", DeniedBy::Scp),
        ("lambda:ListLayers", DeniedBy::Boundary),
        ("lambda:ListEventSourceMappings", DeniedBy::Session),
    ];
    let deny = deny.map(|(action, by)| Denial::of(action).by(by)).to_vec();
    let (report, _) = World::small(Faults { deny, ..Faults::default() }).palisade().audit(&[]);
    let by = |action: &str| report.gaps_of(action)[0]["reason"]["by"].as_str().unwrap().to_owned();
    assert_eq!(by("lambda:GetPolicy"), "service_control_policy");
    assert_eq!(by("lambda:ListLayers"), "boundary");
    assert_eq!(by("lambda:ListEventSourceMappings"), "session");
    let grant = report.gaps_of("lambda:GetPolicy")[0]["grant"].to_string();
    assert!(!grant.contains("\"Allow\""), "an allow does not undo a service control policy: {grant}");
}

#[test]
fn a_throttle_on_page_two_loses_nothing() {
    let throttle = FailureKind::Throttle { retry_after: Some(1) };
    let (report, run) = World::small(failing_after("lambda:ListFunctions", 1, 2, throttle)).palisade().audit(&[]);
    assert_eq!(report.functions(), 5);
    assert_eq!(report.gaps().len(), 0, "{}", run.stderr);
    assert_eq!(report.0["calls"]["throttled"], 2);
}

#[test]
fn a_throttle_that_outlasts_the_deadline_is_a_gap() {
    let throttle = FailureKind::Throttle { retry_after: Some(60) };
    let (report, run) = World::small(failing(GAAD, throttle)).palisade().audit(&["--deadline", "5s"]);
    assert_eq!(report.gaps_of(GAAD)[0]["reason"]["kind"], "throttled");
    assert_eq!(report.functions(), 5);
    assert_eq!(run.code, Some(3));
}

#[test]
fn a_list_that_ends_early_judges_what_was_seen_and_says_that_there_is_more() {
    let failure = Failure { skip: 1, times: None, ..Failure::of("lambda:ListFunctions", FailureKind::ServerError) };
    let (report, run) = World::small(Faults { failures: vec![failure], ..Faults::default() }).palisade().audit(&[]);
    let statuses = report.statuses();
    let of = |name: &str| {
        let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{name}");
        statuses.get(&("lambda-tracing-off".to_owned(), arn)).cloned()
    };
    let seen = ["one", "two", "three", "four", "five"].into_iter().filter(|name| of(name).is_some()).count();
    assert_eq!(seen, 2, "one page of two functions was read");
    assert_eq!(of("*").as_deref(), Some("unknown"));
    assert_eq!(run.code, Some(3));
}

#[test]
fn a_fault_that_passes_is_asked_again() {
    for kind in [FailureKind::ServerError, FailureKind::Truncated, FailureKind::Garbage, FailureKind::Reset] {
        let said = format!("{kind:?}");
        let (report, run) = World::small(failing_after("lambda:ListFunctions", 0, 2, kind)).palisade().audit(&[]);
        assert_eq!((report.functions(), report.gaps().len()), (5, 0), "{said}: {}", run.stderr);
    }
}

#[test]
fn a_fault_that_stays_is_a_gap() {
    for kind in [FailureKind::ServerError, FailureKind::Truncated, FailureKind::Garbage, FailureKind::HtmlNotFound] {
        let said = format!("{kind:?}");
        let (report, run) = World::small(failing("lambda:ListEventSourceMappings", kind)).palisade().audit(&[]);
        let expected = if kind == FailureKind::Truncated { "unreachable" } else { "failed" };
        assert_eq!(report.gaps_of("lambda:ListEventSourceMappings")[0]["reason"]["kind"], expected, "{said}");
        assert_eq!((report.functions(), run.code), (5, Some(3)), "{said}");
    }
}

#[test]
fn an_empty_answer_is_not_an_empty_account() {
    for action in ["lambda:ListFunctions", "lambda:ListLayers", "lambda:ListEventSourceMappings"] {
        let (report, run) = World::small(failing(action, FailureKind::Empty)).palisade().audit(&[]);
        assert_eq!(report.gaps_of(action)[0]["reason"]["kind"], "failed", "{action}");
        assert_eq!(run.code, Some(3), "{action}");
    }
}

#[test]
fn a_url_of_an_alias_is_no_pass_at_the_standard_depth() {
    let account = Account::from_yaml(
        "account: '123456789012'\nregions:\n  us-east-1:\n    lambda:\n      functions:\n        - {name: one, url: {auth: NONE}}\n",
    );
    let (report, _) = World::of(account.unwrap(), Faults::default()).palisade().audit(&[]);
    let judged = report.statuses().into_keys().filter(|(check, _)| check.starts_with("lambda-policy-public")).count();
    assert_eq!(judged, 0, "the policies of aliases were not read");
    assert!(report.0["notices"].to_string().contains("lambda-policy-public did not judge 1 resource"));
}

#[test]
fn a_second_lane_that_is_denied_costs_nothing() {
    let world = World::small(denied("lambda:GetResourcePolicy"));
    let (report, run) = world.palisade().audit(&["--policy-lanes", "2"]);
    assert_eq!((report.functions(), report.gaps().len()), (5, 0), "{}", run.stderr);
    let policies = world.simulator.calls().into_iter().filter(|call| call.action == "lambda:GetPolicy").count();
    assert_eq!(policies, 5, "every policy was read over the first lane");
}

#[test]
fn a_call_that_hangs_is_given_up() {
    let world = World::small(failing("lambda:ListLayers", FailureKind::Hang));
    let (report, _) = world.palisade().audit(&["--call-timeout", "200ms"]);
    assert_eq!(report.gaps_of("lambda:ListLayers")[0]["reason"]["kind"], "unreachable");
    assert_eq!(report.functions(), 5);
}

#[test]
fn credentials_that_expire_become_gaps_and_no_passes() {
    let world = World::demo(Faults { expire_after: Some(30), ..Faults::default() });
    let (report, run) = world.palisade().audit(&[]);
    assert_eq!(run.code, Some(3));
    assert!(report.gaps().iter().any(|gap| gap["reason"]["kind"] == "expired"), "{}", run.stderr);
}

#[test]
fn a_region_that_is_off_is_said_to_be_off() {
    let off = Failure { region: Some("eu-west-1".to_owned()), ..Failure::of("*", FailureKind::RegionDisabled) };
    let world = World::demo(Faults { failures: vec![off], ..Faults::default() });
    let (report, _) = world.palisade().audit(&["--region", "eu-west-1,us-east-1"]);
    let gaps = report.gaps_of("lambda:ListFunctions");
    assert_eq!((&gaps[0]["reason"]["kind"], &gaps[0]["region"]), (&"region_off".into(), &"eu-west-1".into()));
}

#[test]
fn regions_that_cannot_be_listed_leave_the_audit_incomplete() {
    let world = World::demo(denied("account:ListRegions"));
    let (report, run) = world.palisade().audit(&[]);
    assert_eq!(report.gaps_of("account:ListRegions").len(), 1);
    assert_eq!(report.0["regions"].as_array().unwrap().len(), 17);
    assert_eq!(run.code, Some(3));
    assert!(run.stderr.contains("--region"), "{}", run.stderr);
}

#[test]
fn credentials_that_aws_refuses_are_no_audit() {
    let world = World::demo(failing("sts:GetCallerIdentity", FailureKind::InvalidToken));
    let run = world.palisade().run(&["audit"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("does not accept the credentials"), "{}", run.stderr);
}
