//! Requests as JSON lines.

use palisade_policy::batch::answer;
use serde_json::{Value, json};

use crate::ask::{FUNCTION, OTHER_ACCOUNT, ROLE, USER};

fn answered(request: &Value) -> Value {
    serde_json::from_str(&answer(&request.to_string())).unwrap()
}

fn statement(parts: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": parts})
}

fn everything(effect: &str) -> Value {
    statement(&json!({"Sid": "All", "Effect": effect, "Action": "*", "Resource": "*"}))
}

fn request(more: &Value) -> Value {
    let mut request = json!({"id": "r1", "principal": ROLE, "action": "lambda:InvokeFunction", "resource": FUNCTION});
    for (key, value) in more.as_object().unwrap() {
        request[key] = value.clone();
    }
    request
}

fn decision(more: &Value) -> String {
    answered(&request(more))["decision"].as_str().unwrap_or("error").to_owned()
}

#[test]
fn an_answer_has_the_four_fields() {
    assert_eq!(
        answered(&request(&json!({"identity": [everything("Allow")]}))),
        json!({
            "id": "r1",
            "decision": "allowed",
            "by": [{"policy": "identity[0]", "statement": 0, "sid": "All", "effect": "Allow"}],
            "conditions": [],
        })
    );
    assert_eq!(
        answered(&request(&json!({"identity": [everything("Allow"), everything("Deny")]}))),
        json!({
            "id": "r1",
            "decision": "denied_explicit",
            "by": [{"policy": "identity[1]", "statement": 0, "sid": "All", "effect": "Deny"}],
            "conditions": [],
        })
    );
    let nothing = json!({"id": "r1", "decision": "denied_implicit", "by": [], "conditions": []});
    assert_eq!(answered(&request(&json!({}))), nothing);
}

#[test]
fn a_key_left_out_is_absent_or_unknown() {
    let condition = json!({"Bool": {"aws:SecureTransport": "true"}});
    let identity = [statement(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]))];
    let with = |context: Value, complete: Value| {
        decision(&json!({"identity": identity, "context": context, "context_complete": complete}))
    };
    assert_eq!(with(json!({}), json!(true)), "denied_implicit");
    assert_eq!(with(json!({}), Value::Null), "denied_implicit");
    assert_eq!(with(json!({}), json!(false)), "allowed_if");
    assert_eq!(with(json!({"aws:securetransport": null}), json!(false)), "denied_implicit");
    assert_eq!(with(json!({"aws:securetransport": true}), json!(true)), "allowed");
    assert_eq!(with(json!({"aws:securetransport": ["true"]}), json!(false)), "allowed");
    let open = answered(&request(&json!({"identity": identity, "context_complete": false})));
    assert_eq!(
        open["conditions"],
        json!([{
            "policy": "identity[0]", "statement": 0, "sid": null, "effect": "Allow",
            "operator": "Bool", "key": "aws:SecureTransport", "values": ["true"],
        }])
    );
}

#[test]
fn every_layer_can_be_given() {
    let (all, none) = (everything("Allow"), statement(&json!([])));
    let to_all = statement(&json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}));
    for (more, expected) in [
        (json!({"identity": [all], "boundary": [none]}), "denied_implicit"),
        (json!({"identity": [all], "boundary": [all]}), "allowed"),
        (json!({"identity": [all], "boundary": []}), "allowed"),
        (json!({"identity": [all], "session": [none]}), "denied_implicit"),
        (json!({"identity": [all], "scp": [[all], [none]]}), "denied_implicit"),
        (json!({"identity": [all], "scp": [[all], [none, all]]}), "allowed"),
        (json!({"identity": [all], "scp": [[all], []]}), "denied_implicit"),
        (json!({"identity": [all], "scp": []}), "allowed"),
        (json!({"identity": [all], "resource_policy": to_all}), "denied_explicit"),
        (json!({"identity": [all], "rcp": [[to_all]]}), "allowed"),
        (json!({"identity": [all], "rcp": [[to_all]], "action": "sqs:SendMessage"}), "denied_explicit"),
        (json!({"identity": [all], "resource_account": OTHER_ACCOUNT}), "denied_implicit"),
        (json!({"identity": all}), "allowed"),
        (json!({"identity": [all.to_string()]}), "allowed"),
        (json!({"identity": null, "boundary": null}), "denied_implicit"),
    ] {
        assert_eq!(decision(&more), expected, "{more}");
    }
}

#[test]
fn the_caller_may_be_anybody() {
    let policy = statement(&json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}));
    for caller in ["*", "anonymous", "111122223333", USER, "events.amazonaws.com"] {
        assert_eq!(decision(&json!({"principal": caller, "resource_policy": policy})), "allowed", "{caller}");
    }
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
#[test]
fn an_action_without_resources_is_asked_for_a_star() {
    let repository = "arn:aws:ecr:eu-west-1:111122223333:repository/r";
    let scoped = statement(&json!({"Effect": "Allow", "Action": "ecr:*", "Resource": repository}));
    let ask = |action: &str| decision(&json!({"action": action, "resource": repository, "identity": [scoped]}));
    assert_eq!(ask("ecr:BatchGetImage"), "allowed");
    assert_eq!(ask("ecr:GetAuthorizationToken"), "denied_implicit");
}

#[test]
fn a_bad_line_is_answered_with_its_error() {
    for (line, expected) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "expected an object"),
        (r#"{"id": 7}"#, "principal, action and resource are required"),
        (r#"{"id": 7, "principal": "me", "action": "a:B", "resource": "*"}"#, "names no caller"),
        (r#"{"id": 7, "principal": "*", "action": "aB", "resource": "*"}"#, "action: expected service:Action"),
        (r#"{"id": 7, "action": 3}"#, "action: expected a string"),
        (r#"{"id": 7, "polices": []}"#, "polices: not a field of a request"),
        (r#"{"id": 7, "action": "a:B", "action": "a:C"}"#, "action: the key stands twice"),
        (r#"{"id": 7, "context": []}"#, "context: expected an object"),
        (r#"{"id": 7, "context": {"k": {}}}"#, "context.k: expected strings"),
        (r#"{"id": 7, "identity": [{"Statement": [{}]}]}"#, "identity[0]: Statement[0]: Effect is missing"),
        (r#"{"id": 7, "scp": [[{"Statement": 1}]]}"#, "scp[0][0]: Statement: expected an object"),
        (r#"{"id": 7, "scp": [{"Statement": 1}, 3]}"#, "scp[0][0]: Statement: expected an object"),
        (r#"{"id": 7, "resource_policy": "no"}"#, "resource_policy: document: not JSON"),
        (r#"{"id": 7, "context_complete": "yes"}"#, "context_complete: expected true or false"),
    ] {
        let found: Value = serde_json::from_str(&answer(line)).unwrap();
        let error = found["error"].as_str().unwrap_or_default();
        assert!(error.contains(expected), "{line} is answered {found}");
        assert_eq!(found["id"], if line.contains("\"id\"") { json!(7) } else { Value::Null });
        assert_eq!(found.as_object().unwrap().len(), 2);
    }
}

#[test]
fn the_id_comes_back_as_it_is() {
    for id in [json!("x"), json!(12), json!(1.5), Value::Null, json!({"a": [true]})] {
        let request = json!({"id": id, "principal": "*", "action": "a:B", "resource": "*"});
        assert_eq!(answered(&request)["id"], id);
    }
    assert!(answer(r#"{"principal": "*", "action": "a:B", "resource": "*"}"#).starts_with(r#"{"id":null,"#));
}
