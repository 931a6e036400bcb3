//! The report as SARIF 2.1.0, for code scanning and the gates of pipelines.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

mod limits;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufWriter, Write};

use palisade_checks::check::Check;
use palisade_model::verdict::Severity;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use self::limits::{Limited, TAGS_PER_RULE};
use super::document::{Finding, Status};
use super::safe::to_json_pretty;
use super::view::View;
use super::{Format, Include, Style};

/// What the address of a resource may not hold as it is.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b'@');

/// The form.
pub(super) const FORMAT: Format = Format {
    name: "sarif",
    about: "SARIF 2.1.0, for code scanning and the gates of pipelines",
    extensions: &["sarif"],
    write,
};

/// Writes the document.
fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    to_json_pretty(&mut out, &Log::of(view, style.include))?;
    writeln!(out)?;
    out.flush()
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    automation_details: Value,
    invocations: [Value; 1],
    column_kind: &'static str,
    results: Results<'a>,
}

impl<'a> Log<'a> {
    fn of(view: &'a View<'a>, include: Include) -> Self {
        let limited = Limited::of(view, include);
        let run = Run {
            tool: tool(view),
            automation_details: json!({ "id": format!("palisade/{}/", view.head.account) }),
            invocations: [invocation(view, &limited)],
            column_kind: "utf16CodeUnits",
            results: Results(limited),
        };
        Self { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }
    }
}

/// All checks are rules, so that a reader can tell "judged and found in order" from "not judged".
fn tool(view: &View) -> Value {
    let found: HashMap<&str, Severity> = view.outlines().map(|(check, severity, _)| (check, severity)).collect();
    let severity = |check: &Check| found.get(check.id).copied().unwrap_or(check.severity);
    let rules: Vec<Value> = palisade_checks::all().map(|check| rule(check, severity(check))).collect();
    json!({
        "driver": {
            "name": "palisade",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": rules,
        },
    })
}

fn rule(check: &'static Check, severity: Severity) -> Value {
    let section = |heading| check.section(heading).unwrap_or_default();
    let controls = check.controls.iter().map(ToString::to_string);
    let tags: Vec<String> = std::iter::once("security".to_owned()).chain(controls).take(TAGS_PER_RULE).collect();
    let mut rule = json!({
        "id": check.id,
        "shortDescription": { "text": check.title() },
        "fullDescription": { "text": section("Why") },
        "help": { "text": section("Fix"), "markdown": palisade_checks::page::page(check) },
        "defaultConfiguration": { "level": level(severity) },
        "properties": {
            "tags": tags,
            "security-severity": security_severity(severity),
        },
    });
    if let Some(address) = check.references().first() {
        rule["helpUri"] = address.as_str().into();
    }
    rule
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Informational => "note",
    }
}

/// The number by which GitHub sorts security results.
///
/// Source: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Informational => "0.0",
    }
}

fn invocation(view: &View, limited: &Limited) -> Value {
    let notification = |level: &str, text: &str| json!({ "level": level, "message": { "text": plain(text) } });
    let gaps = view.head.gaps.iter().map(|gap| {
        let resource = gap.resource.as_ref().map_or_else(String::new, |resource| format!(" of {resource}"));
        notification("error", &format!("Could not be read{resource}: {gap}."))
    });
    let left_out = limited.left_out().map(|text| notification("warning", &text));
    let notices = view.head.notices.iter().map(|notice| notification("note", &notice.message));
    let mut invocation = json!({
        "executionSuccessful": view.head.complete,
        "startTimeUtc": view.head.collected_at.to_string(),
        "toolExecutionNotifications": left_out.into_iter().chain(gaps).chain(notices).collect::<Vec<_>>(),
    });
    if let Some(identity) = &view.head.identity {
        invocation["account"] = identity.arn.as_str().into();
        invocation["properties"] = json!({ "credentials": identity.source });
    }
    invocation
}

/// Text as a message string of SARIF, in which brackets could be a link, braces a placeholder, and a backslash takes
/// the meaning from what follows it (§3.11.5, §3.11.6).
fn plain(text: &str) -> Cow<'_, str> {
    const SPECIAL: [char; 5] = ['\\', '[', ']', '{', '}'];
    if !text.contains(SPECIAL) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\\' | '[' | ']' => escaped.push('\\'),
            '{' | '}' => escaped.push(character),
            _ => {}
        }
        escaped.push(character);
    }
    Cow::Owned(escaped)
}

/// Results are written one by one, so that memory does not grow with their number.
struct Results<'a>(Limited<'a>);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let index: HashMap<&str, usize> =
            palisade_checks::all().enumerate().map(|(index, check)| (check.id, index)).collect();
        serializer.collect_seq(self.0.written().map(|finding| result(&finding, &index)))
    }
}

fn result(finding: &Finding, index: &HashMap<&str, usize>) -> Value {
    let kind = match finding.status {
        Status::Fail | Status::Suppressed => "fail",
        Status::Unknown => "open",
        Status::Pass => "pass",
        Status::NotApplicable => "notApplicable",
    };
    let mut result = json!({
        "ruleId": finding.check,
        "kind": kind,
        "level": if kind == "fail" { level(finding.severity) } else { "none" },
        "message": { "text": plain(&text(finding)) },
        "locations": [location(finding)],
        // The first is the one that GitHub knows; it would make one from the lines of a file that does not exist.
        "partialFingerprints": { "primaryLocationLineHash": finding.uid, "palisade/v1": finding.uid },
        "properties": { "severity": finding.severity, "region": finding.region },
    });
    if let Some(index) = index.get(finding.check.as_ref()) {
        result["ruleIndex"] = (*index).into();
    }
    if let Some(suppression) = &finding.suppression {
        result["suppressions"] = json!([{ "kind": "external", "justification": suppression.reason }]);
    }
    result
}

fn text(finding: &Finding) -> String {
    let title = &finding.title;
    if let Some(gap) = &finding.gap {
        return format!("{title}: could not be checked, {gap}");
    }
    if finding.evidence.is_empty() {
        return title.to_string();
    }
    let evidence: Vec<_> = finding.evidence.iter().map(|evidence| evidence.0.as_str()).collect();
    format!("{title}: {}", evidence.join("; "))
}

/// Where a resource is: its ARN, and a path made of it, because readers of SARIF want a file.
fn location(finding: &Finding) -> Value {
    let mut parts = finding.resource.splitn(6, ':').skip(2);
    let service = parts.next();
    let region = parts.next();
    let parts = [service, region, parts.nth(1)];
    let path =
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/").replace(':', "/");
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": utf8_percent_encode(&path, RESERVED).to_string() },
            "region": { "startLine": 1 },
        },
        "logicalLocations": [{ "fullyQualifiedName": finding.resource, "kind": "resource" }],
    })
}
