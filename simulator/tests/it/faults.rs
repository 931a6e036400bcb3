//! Every way to misbehave, as it looks on the wire.

use std::time::Duration;

use palisade_simulator::{Bucket, Denial, DeniedBy, Failure, FailureKind, Faults, Limits, Outcome, Simulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Request, json, lambda, query, send, with_faults};

const ACCOUNT: &str = r#"
account: "111122223333"
regions: { us-east-1: { lambda: { functions: [{ name: one }, { name: two }] } }, eu-west-1: {} }
"#;

async fn failing(action: &str, kind: FailureKind) -> Simulator {
    let faults = Faults { failures: vec![Failure::of(action, kind)], ..Faults::default() };
    with_faults(ACCOUNT, faults).await
}

const FUNCTIONS: Request<'static> = Request {
    line: "GET /2015-03-31/functions",
    scope: Some(("lambda", "us-east-1")),
    access_key: "AKIATEST",
    headers: &[],
    body: "",
};

#[tokio::test]
async fn a_throttle_is_the_services_own() {
    let simulator = failing("*", FailureKind::Throttle { retry_after: Some(3) }).await;
    let answer = lambda(&simulator, "us-east-1", "/2015-03-31/functions").await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("3")));
    assert_eq!(answer.header("x-amzn-errortype"), Some("TooManyRequestsException"));
    assert_eq!(answer.json()["Reason"], "CallerRateLimitExceeded");
    let answer = query(&simulator, "iam", "Action=ListRoles").await;
    assert_eq!((answer.status, answer.element("Code")), (400, Some("Throttling")));
    let answer = query(&simulator, "ec2", "Action=DescribeSubnets").await;
    assert_eq!((answer.status, answer.element("Code")), (503, Some("RequestLimitExceeded")));
    let body = serde_json::json!({});
    let answer = json(&simulator, "tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", &body).await;
    assert_eq!((answer.status, answer.json()["__type"].as_str()), (400, Some("ThrottledException")));
    assert!(simulator.calls().iter().all(|call| call.outcome == Outcome::Throttled));
}

#[tokio::test]
async fn a_broken_service_answers_500() {
    let simulator = failing("*", FailureKind::ServerError).await;
    let answer = lambda(&simulator, "us-east-1", "/2015-03-31/functions").await;
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (500, Some("ServiceException")));
    let answer = query(&simulator, "iam", "Action=ListRoles").await;
    assert_eq!((answer.status, answer.element("Code")), (500, Some("ServiceFailure")));
}

#[tokio::test]
async fn bad_credentials_have_each_protocols_code() {
    for (kind, rest, xml) in [
        (FailureKind::ExpiredToken, "ExpiredTokenException", "ExpiredToken"),
        (FailureKind::InvalidToken, "UnrecognizedClientException", "InvalidClientTokenId"),
        (FailureKind::RegionDisabled, "UnrecognizedClientException", "InvalidClientTokenId"),
    ] {
        let simulator = failing("*", kind).await;
        let answer = lambda(&simulator, "us-east-1", "/2015-03-31/functions").await;
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (403, Some(rest)));
        let answer = query(&simulator, "sts", "Action=GetCallerIdentity").await;
        assert_eq!((answer.status, answer.element("Code")), (403, Some(xml)));
    }
}

#[tokio::test]
async fn garbage_is_no_json_under_status_200() {
    let simulator = failing("lambda:ListFunctions", FailureKind::Garbage).await;
    let answer = send(&simulator, &FUNCTIONS).await.unwrap();
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_err());
}

#[tokio::test]
async fn a_web_page_may_come_instead() {
    let simulator = failing("lambda:ListFunctions", FailureKind::HtmlNotFound).await;
    let answer = send(&simulator, &FUNCTIONS).await.unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/html")));
    assert_eq!(answer.header("x-amzn-requestid"), None);
    assert_eq!(simulator.calls()[0].outcome, Outcome::Failed);
}

#[tokio::test]
async fn half_an_answer_comes_under_the_length_of_the_whole() {
    let simulator = failing("lambda:ListFunctions", FailureKind::Truncated).await;
    let answer = send(&simulator, &FUNCTIONS).await.unwrap();
    assert_eq!(answer.status, 200);
    let announced: usize = answer.header("content-length").unwrap().parse().unwrap();
    assert!(!answer.body.is_empty() && answer.body.len() < announced, "{} of {announced}", answer.body.len());
}

#[tokio::test]
async fn a_dropped_connection_answers_nothing() {
    let simulator = failing("lambda:ListFunctions", FailureKind::Reset).await;
    assert!(send(&simulator, &FUNCTIONS).await.is_none());
    assert_eq!(simulator.calls()[0].status, 0);
}

#[tokio::test]
async fn a_hanging_call_holds_only_itself() {
    let simulator = failing("lambda:ListFunctions", FailureKind::Hang).await;
    let hanging = tokio::time::timeout(Duration::from_millis(50), send(&simulator, &FUNCTIONS)).await;
    assert!(hanging.is_err());
    let answer = lambda(&simulator, "us-east-1", "/2018-10-31/layers").await;
    assert_eq!(answer.status, 200);
    assert_eq!(simulator.calls()[0].action, "lambda:ListFunctions");
}

#[tokio::test]
async fn a_failure_may_pass() {
    let failure = Failure { times: Some(1), ..Failure::of("lambda:ListFunctions", FailureKind::ServerError) };
    let simulator = with_faults(ACCOUNT, Faults { failures: vec![failure], ..Faults::default() }).await;
    assert_eq!(send(&simulator, &FUNCTIONS).await.unwrap().status, 500);
    assert_eq!(send(&simulator, &FUNCTIONS).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_denial_is_worded_as_aws_words_it() {
    let deny = vec![
        Denial { resource: Some("function:one".to_owned()), ..Denial::of("lambda:GetPolicy") },
        Denial::of("iam:ListRoles").by(DeniedBy::Scp),
        Denial::of("sqs:*").by(DeniedBy::ResourcePolicy),
    ];
    let simulator = with_faults(ACCOUNT, Faults { deny, ..Faults::default() }).await;
    let answer = lambda(&simulator, "us-east-1", "/2015-03-31/functions/one/policy").await;
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (403, Some("AccessDeniedException")));
    assert_eq!(
        answer.json()["Message"],
        "User: arn:aws:iam::111122223333:user/auditor is not authorized to perform: lambda:GetPolicy on resource: \
         arn:aws:lambda:us-east-1:111122223333:function:one because no identity-based policy allows the \
         lambda:GetPolicy action"
    );
    assert_eq!(lambda(&simulator, "us-east-1", "/2015-03-31/functions/two/policy").await.status, 404);
    let answer = query(&simulator, "iam", "Action=ListRoles").await;
    assert_eq!((answer.status, answer.element("Code")), (403, Some("AccessDenied")));
    assert!(answer.element("Message").unwrap().ends_with("* with an explicit deny in a service control policy"));
    let body = serde_json::json!({"QueueUrl": "https://example/1/jobs"});
    let answer = json(&simulator, "sqs", "AmazonSQS.GetQueueAttributes", &body).await;
    assert_eq!(answer.header("x-amzn-query-error"), Some("AccessDenied;Sender"));
    assert_eq!(simulator.calls()[0].outcome, Outcome::Denied);
}

#[tokio::test]
async fn a_call_over_the_limit_is_throttled_in_its_region_only() {
    let bucket = Bucket { actions: vec!["lambda:*".to_owned()], rate: 0.001, burst: 2.0, global: false };
    let limits = Some(Limits { buckets: vec![bucket] });
    let simulator = with_faults(ACCOUNT, Faults { limits, ..Faults::default() }).await;
    let mut statuses = Vec::new();
    for region in ["us-east-1", "us-east-1", "us-east-1", "eu-west-1"] {
        statuses.push(lambda(&simulator, region, "/2015-03-31/functions").await.status);
    }
    assert_eq!(statuses, [200, 200, 429, 200]);
}

#[tokio::test]
async fn credentials_expire_in_the_middle() {
    let simulator = with_faults(ACCOUNT, Faults { expire_after: Some(1), ..Faults::default() }).await;
    assert_eq!(query(&simulator, "sts", "Action=GetCallerIdentity").await.status, 200);
    let answer = query(&simulator, "iam", "Action=ListRoles").await;
    assert_eq!((answer.status, answer.element("Code")), (403, Some("ExpiredToken")));
}

#[tokio::test]
async fn answers_take_as_long_as_asked() {
    let latency = Duration::from_millis(30);
    let simulator = with_faults(ACCOUNT, Faults { latency, ..Faults::default() }).await;
    let start = std::time::Instant::now();
    lambda(&simulator, "us-east-1", "/2015-03-31/functions").await;
    assert!(start.elapsed() >= latency);
}

#[tokio::test]
async fn one_connection_carries_many_calls() {
    let simulator = with_faults(ACCOUNT, Faults::default()).await;
    let mut stream = tokio::net::TcpStream::connect(simulator.endpoint().replace("http://", "")).await.unwrap();
    for _ in 0..3 {
        let request = "GET /2018-10-31/layers HTTP/1.1\r\nhost: a\r\nauthorization: AWS4-HMAC-SHA256 \
                       Credential=AKIATEST/20261121/us-east-1/lambda/aws4_request\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut buffer = [0; 2048];
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(buffer[..read].starts_with(b"HTTP/1.1 200"));
    }
    assert_eq!(simulator.calls().len(), 3);
}

#[tokio::test]
async fn dropping_the_simulator_closes_its_port() {
    let simulator = with_faults(ACCOUNT, Faults::default()).await;
    let address = simulator.endpoint().replace("http://", "");
    drop(simulator);
    // The task that owns the listener ends at its next turn.
    tokio::task::yield_now().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
