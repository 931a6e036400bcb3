//! Reports made up for tests, and what holds of all that compares them.

mod baseline;
mod diff;
mod property;
mod suppress;
mod trend;
pub(crate) mod world;
mod writers;

use std::borrow::Cow;
use std::sync::Arc;

use palisade_model::verdict::{Evidence, Severity};
use palisade_model::{Depth, fingerprint};
use palisade_report::document::{
    BySeverity, Calls, Counts, Coverage, Document, Finding, Gap, GapKind, Notice, NoticeKind, Reason, SCHEMA_VERSION,
    Scope, Scores, Status, Summary, Tool,
};
use palisade_report::grants::Grant;

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const TRACING: &str = "lambda-tracing-off";
pub(crate) const PUBLIC: &str = "lambda-policy-public";
pub(crate) const IMMUTABLE: &str = "ecr-tag-mutable";
pub(crate) const HOSTILE: &str = "a\u{1b}[2J|<b>`[x](http://evil.example)@team\u{202e}";

pub(crate) fn function(name: &str) -> String {
    format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}")
}

/// A report without findings that looked everywhere.
pub(crate) fn empty(day: i8) -> Document {
    Document {
        schema_version: SCHEMA_VERSION.into(),
        tool: Tool { name: "palisade".into(), version: "0.1.0".into() },
        account: ACCOUNT.to_owned(),
        partition: "aws".to_owned(),
        identity: None,
        regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
        collected_at: format!("2026-11-{day:02}T09:30:00.25Z").parse().unwrap(),
        depth: Depth::Standard,
        scope: Some(Scope {
            checks: [IMMUTABLE, PUBLIC, TRACING].map(Cow::Borrowed).to_vec(),
            resources: vec![],
            selected: false,
            settings: "0".repeat(32),
        }),
        complete: true,
        interrupted: false,
        score: None,
        unsuppressed_score: None,
        scores: Scores { services: [].into(), regions: [].into() },
        coverage: Coverage { decided: 0, due: 0, percent: None },
        summary: Summary { status: Counts::default(), severity: BySeverity::default() },
        choke_points: Some(vec![]),
        findings: vec![],
        resources: Some(vec![]),
        frameworks: None,
        gaps: vec![],
        notices: vec![],
        calls: Calls { total: 0, throttled: 0, by_action: [].into() },
    }
}

/// The report with these findings, whose resources were judged.
pub(crate) fn report(day: i8, findings: impl IntoIterator<Item = Finding<'static>>) -> Document {
    let findings: Vec<_> = findings.into_iter().collect();
    let judged = findings.iter().map(|one| one.resource.to_string()).filter(|arn| !arn.ends_with('*')).collect();
    let mut report = Document { findings, resources: Some(judged), ..empty(day) };
    for finding in &report.findings {
        let counts = match finding.severity {
            Severity::Critical => &mut report.summary.severity.critical,
            Severity::High => &mut report.summary.severity.high,
            Severity::Medium => &mut report.summary.severity.medium,
            Severity::Low => &mut report.summary.severity.low,
            Severity::Informational => &mut report.summary.severity.informational,
        };
        for counts in [counts, &mut report.summary.status] {
            match finding.status {
                Status::Fail => counts.fail += 1,
                Status::Unknown => counts.unknown += 1,
                Status::Suppressed => counts.suppressed += 1,
                Status::Pass => counts.pass += 1,
                Status::NotApplicable => counts.not_applicable += 1,
            }
        }
    }
    report
}

/// The report with these resources judged as well, of which it tells nothing.
pub(crate) fn also_judged<'a>(mut report: Document, more: impl IntoIterator<Item = &'a str>) -> Document {
    report.resources.as_mut().unwrap().extend(more.into_iter().map(str::to_owned));
    report
}

pub(crate) fn finding(check: &'static str, resource: &str, status: Status) -> Finding<'static> {
    let region = resource.split(':').nth(3).filter(|region| !region.is_empty());
    Finding {
        uid: fingerprint::finding(check, resource).into(),
        check: check.into(),
        title: "Something is not as it should be".into(),
        service: "lambda".into(),
        region: region.map(|region| region.to_owned().into()),
        resource: resource.to_owned().into(),
        severity: if check == PUBLIC { Severity::Critical } else { Severity::Low },
        status,
        exposed: Some(false),
        evidence: Cow::Owned(vec![]),
        gap: (status == Status::Unknown).then(|| Box::new(gap())),
        suppression: None,
        controls: Arc::new([]),
        remediation: "".into(),
        references: Arc::new([]),
    }
}

pub(crate) fn fail(check: &'static str, resource: &str, evidence: &[&str]) -> Finding<'static> {
    let evidence = evidence.iter().map(|words| Evidence((*words).to_owned())).collect();
    Finding { evidence: Cow::Owned(evidence), ..finding(check, resource, Status::Fail) }
}

pub(crate) fn gap() -> Gap {
    let message = "was denied: no identity-based policy allows it".to_owned();
    Gap {
        action: "lambda:GetPolicy".into(),
        region: None,
        resource: None,
        reason: Reason { kind: GapKind::Denied, by: None, partial: false, message },
        grant: Grant { statement: None, advice: String::new() },
    }
}

pub(crate) fn left_out(check: &'static str) -> Notice {
    let message = format!("{check} did not judge 1 resource: lambda:GetPolicy not asked by this run.");
    Notice { kind: NoticeKind::LeftOut, message, suppression: None, check: Some(check.into()) }
}
