use palisade_policy::*;
#[test]
fn reads_and_writes() {
    let text = r#"{"Version":"2012-10-17","Statement":{"Sid":"a","Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","ecs.amazonaws.com"]},"Action":"sts:Assume*","Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"x":[300,0.5]}}}}"#;
    let document = Document::parse(text).unwrap();
    assert!(document.statements[0].allows_action("STS:assumerole"));
    assert_eq!(document.statements[0].service_principals().count(), 2);
    let again = serde_json::to_string(&document).unwrap();
    println!("{again}");
    assert_eq!(Document::parse(&again).unwrap(), document);
    let error = Document::parse(r#"{"Statement":[{"Effect":"Allow","Action":"*","Condition":{"StringEquals":3}}]}"#)
        .unwrap_err();
    assert_eq!(error.to_string(), "Statement[0].Condition.StringEquals: expected an object");
}
