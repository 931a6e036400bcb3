//! A report that holds every status, every reason and every trick that a name can play.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use palisade_checks::audit::{ChokePoint, Finding, Notice, Report, Scope, Scores, Status};
use palisade_checks::check::{Check, Control, Rule};
use palisade_checks::score::{Coverage, Decided, Tally};
use palisade_model::dated::Dated;
use palisade_model::suppression::{Accepted, Suppression};
use palisade_model::verdict::{Evidence, Outcome, Severity, Verdict};
use palisade_model::{Action, Arn, By, Calls, Depth, Gap, Identity, Place, Reason, RegionName};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const HOSTILE: &str =
    "a\u{1b}[2J\u{1b}]0;owned\u{7}\r\nb\u{9b}31m\u{202e}c<script>alert(1)</script>|\u{200b}";

const fn check(id: &'static str, docs: &'static str, severity: Severity, controls: &'static [Control]) -> Check {
    Check {
        id,
        docs,
        severity,
        controls,
        since: "0.1.0",
        rule: Rule::Function(|_, _| Ok(Verdict::Pass)),
        module: "palisade_checks::lambda",
        file: "checks/src/lambda/some.rs",
        line: 1,
    }
}

pub(crate) static URL: Check = check(
    "lambda-function-url-public",
    " Function URL does not authenticate its callers\n\n ## Why\n Anyone on the internet runs the function, at the \
     account's cost and with its role.\n\n ## Severity\n Critical.\n\n ## Fix\n Set `AuthType` to `AWS_IAM`, or put an \
     authorising front\n before the function.\n\n Then look at the role.\n\n ## References\n - \
     <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>\n",
    Severity::Critical,
    &[Control::security_hub("Lambda.1"), Control::prowler("awslambda_function_url_public")],
);
pub(crate) static SECRET: Check = check(
    "lambda-environment-secret",
    " Environment variable holds a secret in clear text\n\n ## Why\n Everybody who may read the configuration reads the \
     secret.\n\n ## Fix\n Keep the secret in Secrets Manager and let the function read it from there.\n\n ## References\n \
     - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>\n",
    Severity::High,
    &[Control::checklist("L3")],
);
static MAPPING: Check = Check {
    rule: Rule::EventSourceMapping(|_, _| Ok(Verdict::Pass)),
    ..check(
        "lambda-event-source-mapping-failure-destination-missing",
        " Event source mapping of a stream or a queue loses what its function fails to process, for it has no failure \
         destination\n\n ## Why\n Records vanish.\n\n ## Fix\n Name a queue or a topic as failure destination.\n",
        Severity::Medium,
        &[],
    )
};
pub(crate) static TRACING: Check = check(
    "lambda-tracing-off",
    " Function is not traced\n\n ## Why\n Incidents take longer to understand.\n\n ## Fix\n Set `TracingConfig.Mode` to \
     `Active`.\n",
    Severity::Low,
    &[Control::security_hub("Lambda.7")],
);
static ROLE: Check = Check {
    rule: Rule::Role(|_, _| Ok(Verdict::Pass)),
    ..check(
        "iam-role-unused",
        " Role was not used for a year\n\n ## Why\n Nobody would miss it, nor see it misused.\n\n ## Fix\n Delete it.\n",
        Severity::Informational,
        &[],
    )
};

fn function(region: &str, name: &str) -> Arn {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}").into()
}

pub(crate) fn finding(check: &'static Check, resource: Arn, outcome: Outcome) -> Finding {
    Finding { check, resource, severity: check.severity, outcome, suppressed: None }
}

pub(crate) fn suppression(check: &'static str, pattern: &str, reason: &str) -> Suppression {
    Suppression {
        what: Accepted::Matching { check, resource: pattern.to_owned() },
        account: None,
        reason: reason.into(),
        by: None,
        expires: Some(date(2027, 1, 31)),
    }
}

/// Every reason there is.
pub(crate) fn reasons() -> Vec<Reason> {
    let by = [
        By::Identity,
        By::Boundary,
        By::Session,
        By::ServiceControlPolicy,
        By::ResourceControlPolicy,
        By::Resource,
        By::VpcEndpoint,
        By::Rbac,
        By::Unsaid,
    ];
    let mut reasons: Vec<_> = by.into_iter().map(Reason::Denied).collect();
    reasons.extend([
        Reason::Throttled,
        Reason::Expired,
        Reason::RegionOff,
        Reason::Unreachable,
        Reason::NotAsked,
        Reason::Interrupted,
        Reason::OutOfTime,
        Reason::Gone,
        Reason::Erred("ServiceException: internal error".to_owned()),
        Reason::Partial(Box::new(Reason::Throttled)),
        Reason::Undecided(format!("the image {HOSTILE} was never scanned")),
        Reason::Failed(format!("ServiceException: {HOSTILE}")),
    ]);
    reasons
}

fn failures() -> Vec<Finding> {
    let public = |region, name: &str| {
        let evidence = format!("AuthType of the URL of function:{name} is NONE");
        finding(&URL, function(region, name), Ok(Verdict::fail(evidence)))
    };
    let variables = ["STRIPE_KEY holds a Stripe API key", "DATABASE_URL holds a password", "TOKEN looks random", "PW"];
    let secrets = variables.map(|text| Evidence(text.to_owned())).to_vec();
    let mapping = Arn::from(format!(
        "arn:aws:lambda:eu-west-1:{ACCOUNT}:event-source-mapping:11111111-2222-3333-4444-555555555555"
    ));
    let long = "a-function-with-a-name-that-is-as-long-as-lambda-allows-64-chars";
    let mut findings = vec![
        public("eu-west-1", "checkout"),
        public("us-east-1", "landing-page"),
        finding(&SECRET, function("eu-west-1", "payments"), Ok(Verdict::Fail(secrets))),
        finding(&SECRET, function("eu-west-1", HOSTILE), Ok(Verdict::fail(format!("variable {HOSTILE}")))),
        finding(&SECRET, function("us-east-1", long), Ok(Verdict::fail("SMTP_PASSWORD holds a password"))),
        finding(&MAPPING, mapping, Ok(Verdict::fail("DestinationConfig.OnFailure is not set"))),
        finding(
            &ROLE,
            format!("arn:aws:iam::{ACCOUNT}:role/service-role/old-importer").into(),
            Ok(Verdict::fail("RoleLastUsed is 2024-02-11 in eu-central-1")),
        ),
    ];
    let untraced = |number| {
        let arn = function("eu-west-1", &format!("batch-{number:02}"));
        finding(&TRACING, arn, Ok(Verdict::fail("TracingConfig.Mode is PassThrough")))
    };
    findings.extend((0..13).map(untraced));
    findings
}

fn unknowns() -> Vec<Finding> {
    let place = |arn: &Arn| Place::resource(arn);
    let unknown = |(number, reason): (usize, Reason)| {
        let arn = function("eu-west-1", &format!("closed-{number:02}"));
        let gap = Gap { action: Action::LambdaGetPolicy, place: place(&arn), reason };
        finding(&URL, arn, Err(gap))
    };
    let mut findings: Vec<_> = reasons().into_iter().enumerate().map(unknown).collect();
    let rest = function("us-east-1", "*");
    let list = Gap {
        action: Action::LambdaListFunctions,
        place: Place::region(&RegionName::from("us-east-1")),
        reason: Reason::Denied(By::ServiceControlPolicy),
    };
    findings.extend([&URL, &SECRET, &TRACING].map(|check| finding(check, rest.clone(), Err(list.clone()))));
    let encrypted = function("eu-west-1", "ledger");
    let key = Gap { action: Action::KmsDecrypt, place: place(&encrypted), reason: Reason::Denied(By::Identity) };
    findings.push(finding(&SECRET, encrypted, Err(key)));
    findings
}

fn others() -> Vec<Finding> {
    let accepted = |name: &str, reason: &str| Finding {
        suppressed: Some(suppression(TRACING.id, "arn:*:lambda:*:*:function:dev-*", reason).into()),
        ..finding(&TRACING, function("eu-west-1", name), Ok(Verdict::fail("TracingConfig.Mode is PassThrough")))
    };
    let mut findings = vec![accepted("dev-orders", "development only"), accepted("dev-shop", HOSTILE)];
    for name in ["orders", "invoices"] {
        findings.push(finding(&SECRET, function("eu-west-1", name), Ok(Verdict::Pass)));
        findings.push(finding(&URL, function("eu-west-1", name), Ok(Verdict::NotApplicable)));
    }
    findings
}

/// The report, worst first as the engine sorts it.
pub(crate) fn rich() -> Report {
    let findings = [failures(), unknowns(), others()].concat();
    let everywhere =
        Gap { action: Action::AccountListRegions, place: Place::account(), reason: Reason::Denied(By::Identity) };
    let mut report = empty();
    report.gaps = findings.iter().filter_map(|one| one.outcome.clone().err()).chain([everywhere]).collect();
    report.gaps.sort();
    report.gaps.dedup();
    report.interrupted = true;
    report.exposed = BTreeSet::from([function("eu-west-1", "checkout")]);
    report.notices = vec![
        Notice::SuppressionUnused(suppression(URL.id, "arn:*:function:gone-*", "gone")),
        Notice::SuppressionExpired(suppression(SECRET.id, &format!("arn:*:{HOSTILE}"), "until the migration")),
        Notice::DataStale(Dated {
            name: "Lambda runtimes",
            as_of: date(2026, 8, 1),
            source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
        }),
        Notice::NotLookedAt("policies and URLs of function versions and aliases (--depth deep)".into()),
    ];
    report.choke_points = vec![
        ChokePoint {
            owner: "arn:aws:iam::111122223333:policy/deploy".into(),
            policy: "arn:aws:iam::111122223333:policy/deploy".to_owned(),
            statement: 2,
            paths: 7,
            identities: 3,
        },
        ChokePoint {
            owner: "arn:aws:iam::111122223333:role/ops".into(),
            policy: "trust".to_owned(),
            statement: 0,
            paths: 1,
            identities: 1,
        },
    ];
    report.calls = Calls {
        total: 1_234,
        throttled: 12,
        by_action: BTreeMap::from([(Action::LambdaListFunctions, 4), (Action::LambdaGetPolicy, 1_230)]),
    };
    with(report, findings)
}

/// A report of an account in which there is nothing.
pub(crate) fn empty() -> Report {
    Report {
        account: ACCOUNT.into(),
        partition: "aws".into(),
        regions: vec!["eu-west-1".into(), "us-east-1".into()],
        identity: Some(Identity {
            arn: "arn:aws:sts::111122223333:assumed-role/auditor/palisade".into(),
            source: "the profile `audit` (access key in ~/.aws/credentials)".to_owned(),
        }),
        collected_at: "2026-11-22T09:30:00.25Z".parse().unwrap(),
        depth: Depth::Standard,
        scope: Scope {
            checks: [URL.id, SECRET.id, MAPPING.id, TRACING.id, ROLE.id].into(),
            settings: "0".repeat(32),
            ..Scope::default()
        },
        interrupted: false,
        findings: vec![],
        exposed: BTreeSet::new(),
        gaps: vec![],
        scores: Scores::default(),
        coverage: Coverage::default(),
        choke_points: vec![],
        notices: vec![],
        calls: Calls::default(),
    }
}

/// A report in which everything passed.
pub(crate) fn clean() -> Report {
    with(empty(), vec![finding(&SECRET, function("eu-west-1", "orders"), Ok(Verdict::Pass))])
}

/// The report with these findings, in order and counted.
pub(crate) fn with(mut report: Report, mut findings: Vec<Finding>) -> Report {
    findings.sort_by(|left, right| {
        (right.severity, left.check.id, &left.resource).cmp(&(left.severity, right.check.id, &right.resource))
    });
    let (mut account, mut unsuppressed, mut lambda) = (Tally::default(), Tally::default(), Tally::default());
    for finding in &findings {
        let result = match finding.status() {
            Status::Fail | Status::Suppressed => Decided::Fail,
            Status::Unknown => Decided::Unknown,
            Status::Pass => Decided::Pass,
            Status::NotApplicable => continue,
        };
        unsuppressed.add(finding.severity, result);
        if finding.status() != Status::Suppressed {
            account.add(finding.severity, result);
            lambda.add(finding.severity, result);
        }
    }
    report.coverage = account.coverage();
    report.scores = Scores {
        account: account.score(),
        unsuppressed: unsuppressed.score(),
        services: lambda.score().map(|score| ("lambda", score)).into_iter().collect(),
        regions: lambda.score().map(|score| ("eu-west-1".to_owned(), score)).into_iter().collect(),
    };
    report.findings = findings;
    report
}
