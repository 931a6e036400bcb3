//! How fast the evaluator answers: ordinary requests, a crowded role, wildcards expanded.

#![expect(clippy::unwrap_used, reason = "a bench that cannot begin shall fail")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use palisade_policy::{
    ActionElement, ActionPattern, Attached, Caller, Catalogue, RequestContext, Document, Door, Identity, Policies, Request,
    batch, covers, evaluate, who_can,
};

/// A function's execution role as it is often written.
const ROLE: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Sid": "Logs", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
     "Resource": "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/shop-*:*"},
    {"Sid": "Table", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
     "Resource": ["arn:aws:dynamodb:*:111122223333:table/orders", "arn:aws:dynamodb:*:111122223333:table/orders/*"]},
    {"Sid": "Bucket", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::shop-*/${aws:PrincipalTag/team}/*",
     "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
    {"Sid": "Queue", "Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
     "Resource": "arn:aws:sqs:eu-west-1:111122223333:shop-*"}]}"#;

const GUARD: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "NotAction": ["iam:*", "sts:*", "route53:*"], "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}},
    {"Effect": "Deny", "Action": ["organizations:Leave*", "cloudtrail:Stop*"], "Resource": "*"}]}"#;

const FUNCTION: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Sid": "Bucket", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction",
     "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f",
     "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::shop"}, "StringEquals": {"aws:SourceAccount": "111122223333"}}},
    {"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "lambda:InvokeFunction",
     "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f"}]}"#;

fn attached<'a>(documents: &[&'a Document]) -> Vec<Attached<'a>> {
    documents.iter().map(|document| Attached { name: "policy", document }).collect()
}

fn evaluations(criterion: &mut Criterion) {
    let (role, guard) = (Document::parse(ROLE).unwrap(), Document::parse(GUARD).unwrap());
    let caller = Caller::parse("arn:aws:iam::111122223333:role/shop").unwrap();
    let context = RequestContext::of(&caller).known("aws:RequestedRegion", ["eu-west-1"]);
    let ordinary = Policies {
        identity: Identity::Known(attached(&[&role])),
        boundary: Some(attached(&[&guard])),
        service_control: vec![attached(&[&guard]), attached(&[&guard])],
        ..Policies::default()
    };
    let crowded = Policies { identity: Identity::Known(attached(&[&role; 20])), ..ordinary.clone() };
    let mut group = criterion.benchmark_group("evaluate");
    group.throughput(Throughput::Elements(1));
    for (name, policies) in [("ordinary", &ordinary), ("twenty policies", &crowded)] {
        for (action, resource) in [
            ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:shop-orders"),
            ("s3:GetObject", "arn:aws:s3:::shop-pictures/red/cat.png"),
            ("iam:CreateUser", "arn:aws:iam::111122223333:user/new"),
        ] {
            let request = Request { caller: &caller, action, resource, resource_account: None, context: &context };
            group.bench_function(format!("{name}, {action}"), |bencher| {
                bencher.iter(|| evaluate(black_box(&request), black_box(policies)));
            });
        }
    }
    group.finish();
}

fn wildcards(criterion: &mut Criterion) {
    let catalogue = Catalogue::get();
    let patterns = |list: &[&str]| list.iter().copied().map(ActionPattern::new).collect::<Vec<_>>();
    let mut group = criterion.benchmark_group("expand");
    for (name, element) in [
        ("everything", ActionElement::Action(patterns(&["*"]))),
        ("four services", ActionElement::Action(patterns(&["lambda:*", "s3:*", "ec2:*", "iam:*"]))),
        ("reads", ActionElement::Action(patterns(&["ec2:Describe*", "s3:Get*", "s3:List*", "iam:*Role*"]))),
        ("all but iam", ActionElement::NotAction(patterns(&["iam:*", "sts:Get*"]))),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| catalogue.expand(black_box(&element)).len()));
    }
    group.finish();
}

fn others(criterion: &mut Criterion) {
    let (role, guard) = (Document::parse(ROLE).unwrap(), Document::parse(GUARD).unwrap());
    let function = Document::parse(FUNCTION).unwrap();
    criterion.bench_function("parse a role's policy", |bencher| bencher.iter(|| Document::parse(black_box(ROLE))));
    let (wide, narrow) = (attached(&[&guard]), attached(&[&role]));
    criterion.bench_function("covers", |bencher| bencher.iter(|| covers(black_box(&wide), black_box(&narrow))));
    let door = Door {
        action: "lambda:InvokeFunction",
        resource: "arn:aws:lambda:eu-west-1:111122223333:function:f",
        account: "111122223333",
        organisation: None,
        accepts_anonymous: false,
        known: RequestContext::partial(),
        policies: attached(&[&function]),
        resource_control: Vec::new(),
    };
    criterion.bench_function("who can", |bencher| bencher.iter(|| who_can(black_box(&door))));
    let line = format!(
        r#"{{"id": 1, "principal": "arn:aws:iam::111122223333:role/shop", "action": "sqs:SendMessage",
            "resource": "arn:aws:sqs:eu-west-1:111122223333:shop-orders", "identity": [{ROLE}]}}"#
    );
    criterion.bench_function("a line of a batch", |bencher| bencher.iter(|| batch::answer(black_box(&line))));
}

criterion_group!(benches, evaluations, wildcards, others);
criterion_main!(benches);
