//! Questions about who can do what, asked as a user asks them.

use std::io::Write as _;
use std::process::Stdio;

use palisade_policy::{Attached, Document, covers};
use serde_json::{Value, json};

use crate::support::{Palisade, Run};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:";

/// The demo account as a deep inventory.
fn collected() -> Palisade {
    let palisade = Palisade::alone();
    let run = palisade.run(&["collect", "--demo", "--depth", "deep", "--output", "demo.json"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    palisade
}

fn ask(palisade: &Palisade, arguments: &[&str]) -> Run {
    palisade.run(&[arguments, &["--from", "demo.json"]].concat())
}

fn answer(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

#[test]
fn the_demo_answers_without_an_account() {
    let function = format!("{FUNCTION}new");
    let run = Palisade::alone().run(&["can", "deploy-helper", "lambda:CreateFunction", &function, "--demo"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.contains("\nallowed\n") && run.stdout.contains("deploy, Statement[0] (Deploy)"),
        "{}",
        run.stdout
    );
}

#[test]
fn exit_codes_tell_yes_from_no_and_from_perhaps() {
    let palisade = collected();
    let user = "arn:aws:iam::111122223333:user/eve";
    let run = ask(&palisade, &["can", "platform-engineer", "iam:CreateUser", user, "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let denied = answer(&run);
    assert_eq!((&denied["decision"], &denied["by"][0]["layer"]), (&json!("denied_explicit"), &json!("boundary")));
    let url = format!("{FUNCTION}payments-webhook");
    let open = ["can", "anonymous", "lambda:InvokeFunctionUrl", &url];
    let run = ask(&palisade, &[&open[..], &["--format", "json"]].concat());
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let perhaps = answer(&run);
    assert_eq!(perhaps["decision"], "allowed_if");
    assert_eq!(perhaps["conditions"][0]["key"], "lambda:FunctionUrlAuthType");
    let code = |value: &str| {
        let context = format!("lambda:FunctionUrlAuthType={value}");
        ask(&palisade, &[&open[..], &["--context", &context]].concat()).code
    };
    assert_eq!((code("NONE"), code("AWS_IAM"), code("")), (Some(0), Some(1), Some(1)));
}

#[test]
fn what_could_not_be_read_is_said_and_never_assumed() {
    let palisade = Palisade::alone();
    let function = format!("{FUNCTION}checkout");
    let question = ["can", "release-pipeline", "lambda:InvokeFunction", &function, "--demo", "--format", "json"];
    assert_eq!(palisade.run(&question).code, Some(0));
    for (action, what) in [
        ("lambda:GetPolicy", "the policy of"),
        ("organizations:DescribeOrganization", "service control policies"),
        ("organizations:ListPoliciesForTarget", "service control policies"),
    ] {
        let run = palisade.run(&[&question[..], &["--demo-deny", action]].concat());
        assert_eq!(run.code, Some(3), "{action}: {}", run.stdout);
        let notes = answer(&run)["not_evaluated"].to_string();
        assert!(notes.contains(what) && notes.contains("denied"), "{action}: {notes}");
    }
    let run = palisade.run(&[&question[..], &["--demo-deny", "iam:GetAccountAuthorizationDetails"]].concat());
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("denied"), "{}", run.stderr);
}

#[test]
fn who_can_lists_own_principals_and_grades_the_world() {
    let palisade = collected();
    let asked = |name: &str| {
        let function = format!("{FUNCTION}{name}");
        let run = ask(&palisade, &["who-can", "lambda:InvokeFunction", &function, "--format", "json"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        answer(&run)
    };
    let grades = |answer: &Value| {
        let outside = answer["outside"].as_array().unwrap().iter();
        outside
            .map(|one| format!("{} {}", one["grade"].as_str().unwrap(), one["who"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(grades(&asked("image-resize"))[0], "service_without_source s3.amazonaws.com");
    assert_eq!(grades(&asked("returns-portal:live")), ["any_aws_account "]);
    assert_eq!(grades(&asked("partner-catalog")), ["organisation o-hpine4x7qe"]);
    assert!(grades(&asked("price-export")).contains(&"listed_accounts 444455556666".to_owned()));
    assert!(grades(&asked("payments-webhook")).contains(&"anonymous_internet ".to_owned()));
    let principals = asked("checkout")["principals"].to_string();
    assert!(principals.contains("role/deploy-helper") && !principals.contains("role/shop/storefront-api"));
    let function = format!("{FUNCTION}image-resize");
    let run = ask(&palisade, &["who-can", "lambda:InvokeFunction", &function]);
    assert!(run.stdout.contains("service without source s3.amazonaws.com"), "{}", run.stdout);
}

#[test]
fn a_bad_line_of_a_batch_has_an_error_and_the_batch_goes_on() {
    let palisade = Palisade::alone();
    let document = json!({ "Statement": { "Effect": "Allow", "Action": "s3:Get*", "Resource": "*" } });
    let line = |id: u32, action: &str| {
        json!({ "id": id, "principal": "arn:aws:iam::111122223333:role/a", "action": action,
            "resource": "arn:aws:s3:::b/c", "identity": [document] })
    };
    let lines = format!("{}\n{{\"id\": 2\n\n{}", line(1, "s3:GetObject"), line(3, "s3:PutObject"));
    palisade.write("batch.jsonl", &lines);
    let run = palisade.run(&["can", "--batch", "batch.jsonl"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let answers: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((answers.len(), &answers[0]["decision"]), (3, &json!("allowed")));
    assert!(answers[1]["error"].is_string());
    assert_eq!((&answers[2]["id"], &answers[2]["decision"]), (&json!(3), &json!("denied_implicit")));

    let mut child =
        palisade.command(&["can", "--batch", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert_eq!(Run::of(child.wait_with_output().unwrap()).stdout, run.stdout);
    let run = palisade.run(&["can", "--batch", "none.jsonl"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("none.jsonl"), "{}", run.stderr);
}

#[test]
fn a_suggestion_is_valid_and_smaller() {
    let palisade = collected();
    let run = ask(&palisade, &["suggest", "image-resize"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for table in ["Left out: 1", "s3:DeleteBucket", "Kept, as it was used", "s3:GetObject", "not measurable"] {
        assert!(run.stderr.contains(table), "{table}: {}", run.stderr);
    }
    let smaller = Document::parse(&run.stdout).unwrap();
    let granted = |action: &str, resource: &str| json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    let original = json!({ "Statement": [granted("s3:*", "*"), granted("logs:*", "*")] });
    let original = Document::parse(&original.to_string()).unwrap();
    let attached = |document| [Attached { name: "policy", document }];
    assert!(covers(&attached(&original), &attached(&smaller)).is_ok());
    assert!(covers(&attached(&smaller), &attached(&original)).is_err());
    assert!(run.stdout.contains("log-group:/aws/lambda/image-resize:*") && !run.stdout.contains("s3:DeleteBucket\""));
    let run = ask(&palisade, &["suggest", "image-resize", "--format", "json", "--quiet"]);
    let whole = answer(&run);
    assert_eq!(serde_json::from_value::<Document>(whole["policy"].clone()).unwrap(), smaller);
    assert_eq!((whole["removed"][0]["because"].as_str(), run.stderr.as_str()), (Some("action_unused"), ""));
    let arn = "arn:aws:iam::111122223333:role/shop/image-resize";
    assert_eq!(Palisade::alone().run(&["suggest", arn, "--demo", "--quiet"]).code, Some(0));
}

#[test]
fn mistakes_of_questions_get_one_clear_error() {
    let palisade = collected();
    palisade.run(&["collect", "--demo", "--output", "standard.json"]);
    let function = format!("{FUNCTION}checkout");
    let cases: &[(&[&str], &[&str])] = &[
        (&["can", "chekout", "lambda:InvokeFunction", &function], &["`chekout`", "did you mean `checkout`?"]),
        (
            &["can", "checkout", "lambda:InvokeFuntion", &function],
            &["did you mean `lambda:InvokeFunction`?", "--any-action"],
        ),
        (&["who-can", "lamda:InvokeFunction", &function], &["did you mean `lambda:InvokeFunction`?"]),
        (&["who-can", "lambda:*", &function], &["no action", "lambda:InvokeFunction"]),
        (&["can", "checkout", "lambda:InvokeFunction", "checkout"], &["no resource", "ARN"]),
        (&["can", "checkout", "lambda:InvokeFunction", &function, "--context", "x"], &["KEY=VALUE"]),
        (&["suggest", "arn:aws:iam::111122223333:role/shop/chekout"], &["did you mean", "role/shop/checkout"]),
        (&["suggest", "release-pipeline"], &["roles that functions run as"]),
        (&["suggest", "image-resize", "--from", "standard.json"], &["--depth deep"]),
    ];
    for (arguments, words) in cases {
        let run = if arguments.contains(&"--from") { palisade.run(arguments) } else { ask(&palisade, arguments) };
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", run.stderr);
        for word in *words {
            assert!(run.stderr.contains(word), "{arguments:?} does not say {word}: {}", run.stderr);
        }
    }
    assert_eq!(palisade.run(&["can", "checkout", "lambda:InvokeFunction"]).code, Some(2));
}
