use std::io::Cursor;

use palisade_report::document;
use palisade_report::view::View;
use serde_json::{Value, json};

pub(super) const ACCOUNT: &str = "111122223333";

/// A report with so many findings, in two Regions and with every status, and with one gap that stands in no finding's way.
pub(super) fn document(findings: usize) -> Value {
    let finding = |number: usize| {
        let region = ["eu-west-1", "us-east-1"][number % 2];
        let status = ["fail", "unknown", "pass", "suppressed"][number % 4];
        json!({
            "uid": format!("{number:032x}"),
            "check": "lambda-tracing-off",
            "title": "Function is not traced",
            "service": "lambda",
            "region": region,
            "resource": format!("arn:aws:lambda:{region}:{ACCOUNT}:function:n{number}"),
            "severity": "low",
            "status": status,
            "exposed": false,
            "evidence": (if status == "fail" { vec!["TracingConfig.Mode is PassThrough"] } else { vec![] }),
            "gap": (status == "unknown").then(|| gap("lambda:GetPolicy")),
            "suppression": (status == "suppressed").then(|| json!({
                "check": "lambda-tracing-off", "resource": "*", "account": null, "reason": "known", "expires": null,
            })),
            "controls": [{ "framework": "Security Hub", "id": "Lambda.7" }],
            "remediation": "Set `TracingConfig.Mode` to `Active`.",
            "references": ["https://docs.aws.amazon.com/lambda/"],
        })
    };
    json!({
        "schema_version": "1.4.0",
        "tool": { "name": "palisade", "version": "0.1.0" },
        "account": ACCOUNT,
        "partition": "aws",
        "regions": ["eu-west-1", "us-east-1"],
        "collected_at": "2026-11-22T09:30:00.25Z",
        "depth": "standard",
        "complete": false,
        "interrupted": false,
        "scores": { "services": {}, "regions": {} },
        "coverage": { "decided": 1, "due": 1, "percent": 100 },
        "summary": summary(),
        "findings": (0..findings).map(finding).collect::<Vec<_>>(),
        "gaps": [gap("account:ListRegions")],
        "notices": [],
        "calls": { "total": 1, "throttled": 0, "by_action": {} },
    })
}

fn summary() -> Value {
    let none = json!({ "fail": 0, "unknown": 0, "suppressed": 0, "pass": 0, "not_applicable": 0 });
    let severities = ["critical", "high", "medium", "low", "informational"];
    let severities: serde_json::Map<_, _> =
        severities.map(|name| (name.to_owned(), none.clone())).into_iter().collect();
    json!({ "status": none, "severity": severities })
}

fn gap(action: &str) -> Value {
    json!({
        "action": action,
        "region": null,
        "resource": null,
        "reason": { "kind": "denied", "by": "identity", "partial": false, "message": "was denied" },
        "grant": { "statement": null, "advice": "Allow it." },
    })
}

/// The same as what sinks take.
pub(super) fn view(findings: usize) -> View<'static> {
    of(&document(findings))
}

pub(super) fn of(document: &Value) -> View<'static> {
    View::read(document::read(Cursor::new(document.to_string())).unwrap())
}
