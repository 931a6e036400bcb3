//! Reading and writing documents.
//!
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use palisade_policy::{
    ActionElement, Document, Effect, PrincipalElement, PrincipalForm, PrincipalKind, Principals, Problem,
    ResourceElement, Version,
};
use serde_json::{Value, json};

use crate::ask::document;

fn statement(extra: &Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": "a:B"});
    for (key, value) in extra.as_object().unwrap() {
        statement[key] = value.clone();
    }
    json!({"Statement": [statement]})
}

fn error(text: &str) -> String {
    Document::parse(text).unwrap_err().to_string()
}

#[test]
fn a_single_statement_may_stand_without_an_array() {
    let single = document(&json!({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}));
    let array = document(&json!({"Statement": [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}]}));
    assert_eq!(single, array);
    assert_eq!(single.statements[0].effect, Effect::Deny);
}

#[test]
fn an_empty_statement_array_is_read_and_grants_nothing() {
    assert_eq!(document(&json!({"Version": "2012-10-17", "Statement": []})).statements, []);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
#[test]
fn the_version_is_kept_and_its_absence_means_the_old_one() {
    for (written, version, has_variables) in [
        (json!({"Version": "2012-10-17", "Statement": []}), Version::V2012, true),
        (json!({"Version": "2008-10-17", "Statement": []}), Version::V2008, false),
        (json!({"Statement": []}), Version::Absent, false),
    ] {
        let read = document(&written);
        assert_eq!(read.version, version);
        assert_eq!(read.version.has_variables(), has_variables);
        assert_eq!(serde_json::to_value(&read).unwrap(), written);
    }
}

#[test]
fn every_element_may_be_one_or_many() {
    let many = document(&statement(&json!({
        "NotResource": ["arn:aws:s3:::a", "arn:aws:s3:::b"],
        "NotPrincipal": {"AWS": ["111122223333"], "Service": "lambda.amazonaws.com"},
        "Condition": {"StringLike": {"aws:a": ["x", "y"], "aws:b": "z"}, "Null": {"aws:a": "true"}},
    })));
    let statement = &many.statements[0];
    assert_eq!(statement.resource.patterns().len(), 2);
    assert!(matches!(statement.resource, ResourceElement::NotResource(_)));
    let PrincipalElement::NotPrincipal(Principals::Listed(listed)) = &statement.principal else { panic!() };
    assert_eq!(listed[0].kind(), PrincipalKind::Aws);
    assert_eq!(listed[1].form(), &PrincipalForm::Service("lambda.amazonaws.com".to_owned()));
    let conditions: Vec<_> =
        statement.conditions.iter().map(|one| (one.operator().as_str(), one.key(), one.values().len())).collect();
    assert_eq!(conditions, [("Null", "aws:a", 1), ("StringLike", "aws:a", 2), ("StringLike", "aws:b", 1)]);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
#[test]
fn numbers_and_booleans_are_conditions_in_their_text_form() {
    let read = document(&statement(&json!({
        "Condition": {"Bool": {"k": true}, "NumericEquals": {"k": [300, -1, 0.5, "7"]}},
    })));
    let values: Vec<_> = read.statements[0].conditions.iter().map(palisade_policy::Condition::values).collect();
    assert_eq!(values, [vec!["true"], vec!["300", "-1", "0.5", "7"]]);
}

#[test]
fn a_statement_without_resource_is_read() {
    assert_eq!(document(&statement(&json!({}))).statements[0].resource, ResourceElement::None);
}

#[test]
fn keys_that_differ_in_case_only_are_two_conditions() {
    let read = document(&statement(&json!({"Condition": {"StringEquals": {"aws:A": "x", "aws:a": "y"}}})));
    assert_eq!(read.statements[0].conditions.len(), 2);
}

#[test]
fn a_key_written_twice_is_refused_with_its_place() {
    for (text, place) in [
        (r#"{"Statement": [], "Statement": []}"#, "Statement"),
        (r#"{"Statement": [{"Effect": "Allow", "Effect": "Deny", "Action": "*"}]}"#, "Statement[0].Effect"),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Bool": {"k": "true", "k": "false"}}}}"#,
            "Statement.Condition.Bool.k",
        ),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "Principal": {"AWS": "*", "AWS": "1"}}}"#,
            "Statement.Principal.AWS",
        ),
    ] {
        let found = Document::parse(text).unwrap_err();
        assert_eq!((found.place.as_str(), &found.problem), (place, &Problem::DuplicateKey), "{text}");
    }
}

#[test]
fn what_is_no_policy_is_refused_with_its_place() {
    for (text, expected) in [
        ("{}", "document: Statement is missing"),
        ("[]", "document: expected an object"),
        (r#"{"Statement": 1}"#, "Statement: expected an object"),
        (r#"{"Version": "2011-01-01", "Statement": []}"#, "Version: expected 2012-10-17 or 2008-10-17"),
        (r#"{"Statement": [{"Action": "*"}]}"#, "Statement[0]: Effect is missing"),
        (r#"{"Statement": [{"Effect": "allow", "Action": "*"}]}"#, "Statement[0].Effect: expected Allow or Deny"),
        (r#"{"Statement": [{"Effect": "Allow"}]}"#, "Statement[0]: Action or NotAction is missing"),
        (r#"{"Statement": [{"Effect": "Allow", "Action": null}]}"#, "Statement[0].Action: expected a string"),
        (
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "*"}]}"#,
            "Statement[0]: Action and NotAction exclude each other",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*"}]}"#,
            "Statement[0]: Resource and NotResource exclude each other",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": "*", "NotPrincipal": "*"}]}"#,
            "Statement[0]: Principal and NotPrincipal exclude each other",
        ),
        (r#"{"Statement": [], "statement": []}"#, "statement: not an element of a policy"),
        (
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": {"Role": "x"}}]}"#,
            "Statement[0].Principal.Role: not an element of a policy",
        ),
        (r#"{"Statement": [{"Effect": "Allow", "Action": ["a:B", 3]}]}"#, "Statement[0].Action[1]: expected a string"),
        (
            r#"{"Statement": [{"Effect": "Deny", "Action": "*"}, {"Effect": "Allow", "Action": "*", "Condition": {"StringEquals": []}}]}"#,
            "Statement[1].Condition.StringEquals: expected an object",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {"StringEquals": {"k": {}}}}]}"#,
            "Statement[0].Condition.StringEquals.k: expected a string, a number or a boolean",
        ),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
    assert!(error("{").starts_with("document: not JSON: "));
    assert!(error(&"[".repeat(100_000)).starts_with("document: not JSON: "));
}

#[test]
fn a_document_is_written_as_it_was_read() {
    let written = json!({
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [{
            "Sid": "",
            "Effect": "Allow",
            "Principal": {"AWS": ["111122223333", "AROA1234567890EXAMPLE"], "Federated": "accounts.google.com"},
            "NotAction": ["a:B", "c:*"],
            "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/${aws:username}/*"],
            "Condition": {
                "ForAllValues:StringLike": {"aws:TagKeys": ["a", "b*"], "AWS:tagkeys": []},
                "stringequals": {"s3:prefix": ""},
            },
        }, {"Effect": "Deny", "NotPrincipal": "*", "Action": [], "NotResource": "*"}],
    });
    let read = document(&written);
    assert_eq!(serde_json::to_value(&read).unwrap(), written);
    assert!(matches!(read.statements[1].action, ActionElement::Action(ref none) if none.is_empty()));
}

#[test]
fn a_document_deserialises_inside_other_json() {
    let outer: Vec<Document> = serde_json::from_str(r#"[{"Statement": []}]"#).unwrap();
    assert_eq!(outer.len(), 1);
    let failed = serde_json::from_str::<Vec<Document>>(r#"[{"Statement": [{"Effect": 1}]}]"#).unwrap_err();
    assert!(failed.to_string().starts_with("Statement[0].Effect: expected a string"), "{failed}");
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html: RFC 3986, not a form.
#[test]
fn percent_encoding_leaves_a_plus_alone() {
    let encoded = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGet*%22%2C\
        %22Resource%22%3A%22arn:aws:s3:::a+b%2Bc%25d%20e%22%7D%5D%7D";
    let read = Document::parse_percent_encoded(encoded).unwrap();
    assert_eq!(read.statements[0].resource.patterns()[0].as_str(), "arn:aws:s3:::a+b+c%d e");
}

#[test]
fn a_document_that_is_not_encoded_is_read_as_it_stands() {
    let plain = r#" {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::a%2Bb"}}"#;
    let read = Document::parse_percent_encoded(plain).unwrap();
    assert_eq!(read.statements[0].resource.patterns()[0].as_str(), "arn:aws:s3:::a%2Bb");
    assert!(Document::parse_percent_encoded("%7B%FF%7D").unwrap_err().to_string().contains("UTF-8"));
    assert!(Document::parse_percent_encoded("%").is_err());
    assert!(Document::parse_percent_encoded("%7").is_err());
}

#[test]
fn a_statement_tells_what_it_allows_and_to_whom() {
    let read = document(&json!({"Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["a.amazonaws.com", "b.amazonaws.com"], "AWS": "*"}, "Action": "sts:Assume*"},
        {"Effect": "Deny", "Principal": "*", "Action": "*"},
        {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "NotAction": "s3:*"},
    ]}));
    let [first, second, third] = read.statements.as_slice() else { panic!() };
    assert!(first.allows_action("STS:assumerole"));
    assert!(!first.allows_action("sts:GetCallerIdentity"));
    assert_eq!(first.service_principals().collect::<Vec<_>>(), ["a.amazonaws.com", "b.amazonaws.com"]);
    assert!(!second.allows_action("s3:GetObject"));
    assert!(third.allows_action("lambda:InvokeFunction") && !third.allows_action("s3:GetObject"));
    assert!(first.names_everyone() && second.names_everyone() && third.names_everyone());
}
