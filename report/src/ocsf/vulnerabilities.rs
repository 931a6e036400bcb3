//! The vulnerabilities of images as OCSF Vulnerability Findings (class 2002), one JSON object a line, for lakes that want one
//! class from a source. <https://schema.ocsf.io/1.3.0/classes/vulnerability_finding?profiles=cloud>

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::event::Event;
use super::line;
use super::objects::{Classification, Cloud, FindingInfo, Metadata, Remediation, Resource, Unmapped};
use crate::document::Status;
use crate::view::View;
use crate::{Format, Include, Style};

/// The form.
pub(crate) const FORMAT: Format = Format {
    name: "ocsf-vulnerabilities",
    about: "OCSF Vulnerability Findings (class 2002) of images, one JSON object a line",
    extensions: &["vulnerabilities.jsonl"],
    write,
};

/// The checks whose evidence names vulnerabilities.
pub(crate) const CHECKS: [&str; 4] =
    ["ecr-image-known-exploited", "ecr-image-vulnerable-in-use", "ecr-image-vulnerable-newest", "ecs-image-vulnerable"];

/// Writes what fails, is accepted or could not be checked, and the gaps that stand in no finding's way, for nobody knows what
/// they hide. A pass is no vulnerability.
fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    for finding in view.findings(Include::default()).filter(|finding| CHECKS.contains(&&*finding.check)) {
        let Some(told) = view.told(&finding.check) else { continue };
        let lines = finding.evidence.iter().map(|one| one.0.as_str());
        let vulnerabilities = if finding.status == Status::Unknown { BTreeMap::new() } else { named(lines) };
        line(&mut out, &Vulnerable::of(Event::of_finding(&finding, told, view, style.ocsf), &vulnerabilities))?;
    }
    for loose in view.loose() {
        line(&mut out, &Vulnerable::of(Event::of_gap(&loose, view, style.ocsf), &BTreeMap::new()))?;
    }
    out.flush()
}

/// The event. Where nothing is named, because the scan was not read or has only counts, its list is empty: the conclusion says
/// which of these it is.
#[derive(Serialize)]
struct Vulnerable<'a> {
    #[serde(flatten)]
    class: Classification,
    time: i64,
    metadata: Metadata<'a>,
    finding_info: FindingInfo<'a>,
    message: String,
    status_id: u8,
    status: &'static str,
    status_code: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    status_detail: String,
    cloud: Cloud<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<Resource<'a>>,
    vulnerabilities: Vec<Vulnerability<'a>>,
    unmapped: Unmapped<'a>,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    cve: Cve<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_exploit_available: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_fix_available: Option<bool>,
    #[serde(skip_serializing_if = "Remediation::is_empty")]
    remediation: Remediation<'a>,
}

#[derive(Serialize)]
struct Cve<'a> {
    uid: &'a str,
}

impl<'a> Vulnerable<'a> {
    fn of(event: Event<'a>, named: &BTreeMap<&'a str, Known>) -> Self {
        let Event { time, metadata, finding_info, message, status_id, status, status_code, status_detail, .. } = event;
        let Event { class, cloud, resources, remediation, unmapped, compliance: _, .. } = event;
        let vulnerabilities = named.iter().map(|(uid, known)| Vulnerability {
            cve: Cve { uid },
            severity: known.severity,
            is_exploit_available: known.is_exploit_available,
            is_fix_available: known.is_fix_available,
            remediation: Remediation { desc: remediation.desc.clone(), references: remediation.references },
        });
        Self {
            class: Classification {
                class_uid: 2002,
                class_name: "Vulnerability Finding",
                type_uid: 200_201,
                type_name: "Vulnerability Finding: Create",
                ..class
            },
            vulnerabilities: vulnerabilities.collect(),
            time,
            metadata,
            finding_info,
            message,
            status_id,
            status,
            status_code,
            status_detail,
            cloud,
            resources,
            unmapped,
        }
    }
}

/// What a line of evidence says of a vulnerability.
#[derive(Debug, Default, PartialEq, Eq)]
struct Known {
    severity: Option<&'static str>,
    is_exploit_available: Option<bool>,
    is_fix_available: Option<bool>,
}

/// The vulnerabilities that evidence names, with what it says of them before the names of packages: those come from the
/// image, and are whatever its maker wrote.
fn named<'e>(evidence: impl Iterator<Item = &'e str>) -> BTreeMap<&'e str, Known> {
    evidence.filter_map(in_line).collect()
}

/// Reads `CVE-2026-12345: high (9.8), public exploit, fix available, in …`, also after the image that a container runs, and
/// `CVE-2026-12345 is known to be exploited`.
fn in_line(line: &str) -> Option<(&str, Known)> {
    let line = match line.split_once(" runs sha256:") {
        Some((_, after)) => after.split_once(": ")?.1,
        None => line,
    };
    let end = line.find([':', ' ']).unwrap_or(line.len());
    let (name, words) = line.split_at(end);
    let (year, number) = name.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || number.len() < 4 || !digits(year) || !digits(number) {
        return None;
    }
    if words == " is known to be exploited" {
        return Some((name, Known { is_exploit_available: Some(true), ..Known::default() }));
    }
    let words = words.strip_prefix(": ")?.split(", in ").next()?;
    let mut words = words.split(", ");
    let severity = match words.next()?.split(' ').next() {
        Some("critical") => Some("Critical"),
        Some("high") => Some("High"),
        Some(_) | None => return None,
    };
    let mut known = Known { severity, ..Known::default() };
    for word in words {
        match word {
            "known to be exploited" | "public exploit" => known.is_exploit_available = Some(true),
            "fix available" => known.is_fix_available = Some(true),
            "no fix yet" => known.is_fix_available = Some(false),
            _ => {}
        }
    }
    Some((name, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vulnerability_is_named_where_our_words_name_it() {
        let known = |severity, is_exploit_available, is_fix_available| Known {
            severity,
            is_exploit_available,
            is_fix_available,
        };
        let expected = [
            (
                "CVE-2026-1234: high (9.8), public exploit, fix available, in zlib 1.2",
                known(Some("High"), Some(true), Some(true)),
            ),
            ("CVE-2026-1234: critical, no fix yet", known(Some("Critical"), None, Some(false))),
            ("CVE-2026-1234: high, fix for some packages, in a, fix available", known(Some("High"), None, None)),
            ("CVE-2026-1234 is known to be exploited", known(None, Some(true), None)),
            ("container web runs sha256:5e5e: CVE-2026-1234: high", known(Some("High"), None, None)),
        ];
        for (line, known) in expected {
            assert_eq!(in_line(line), Some(("CVE-2026-1234", known)), "{line}");
        }
    }

    #[test]
    fn what_a_package_calls_itself_is_no_vulnerability() {
        for line in [
            "GHSA-1: high, in CVE-2026-1234 1.0",
            "CVE-2026-1234",
            "CVE-2026-1234: of the worst kind",
            "CVE-2026-123: high",
            "CVE-26-1234: high",
            "CVE-2026-1234x: high",
            "1 critical and 30 high vulnerabilities by CVE-2026-1234: high",
            "",
        ] {
            assert_eq!(in_line(line), None, "{line}");
        }
    }
}
