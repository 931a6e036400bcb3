//! One OCSF Compliance Finding.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_checks::audit::{Finding, Report, Status};
use palisade_checks::check::{Catalogue, Check};
use palisade_model::verdict::{Severity, Verdict};
use palisade_model::{Depth, Gap, Identity, RegionName};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::resource_type::resource_type;
use crate::json::Gap as JsonGap;

const VERSION: &str = "1.3.0";
const PRODUCT: &str = "Palisade";
/// The most characters that OCSF allows in a string.
const LONGEST: usize = 65_535;

/// The event, its attributes in the order of OCSF's groups: classification, occurrence, primary, context.
#[derive(Serialize)]
pub(super) struct Event<'a> {
    activity_id: u8,
    activity_name: &'static str,
    category_uid: u8,
    category_name: &'static str,
    class_uid: u16,
    class_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    severity_id: u8,
    severity: &'static str,
    time: i64,
    metadata: Metadata<'a>,
    finding_info: FindingInfo<'a>,
    message: String,
    status_id: u8,
    status: &'static str,
    status_code: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    status_detail: String,
    compliance: Compliance<'a>,
    cloud: Cloud<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<Resource<'a>>,
    #[serde(skip_serializing_if = "Remediation::is_empty")]
    remediation: Remediation<'a>,
    unmapped: Unmapped<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: &'static str,
    product: Product,
    profiles: [&'static str; 1],
    event_code: &'a str,
}

#[derive(Serialize)]
struct Product {
    name: &'static str,
    vendor_name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct FindingInfo<'a> {
    uid: String,
    title: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    desc: Cow<'a, str>,
    last_seen_time: i64,
    analytic: Analytic<'a>,
}

#[derive(Serialize)]
struct Analytic<'a> {
    uid: &'a str,
    name: Cow<'a, str>,
    type_id: u8,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Compliance<'a> {
    control: &'a str,
    standards: Cow<'a, [&'static str]>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    requirements: &'a [String],
    status_id: u8,
    status: &'static str,
}

#[derive(Serialize)]
struct Cloud<'a> {
    provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Account<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
}

#[derive(Serialize)]
struct Account<'a> {
    uid: &'a str,
    type_id: u8,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Resource<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    uid: &'a str,
    /// Registries have none.
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    cloud_partition: &'a str,
}

#[derive(Serialize)]
struct Remediation<'a> {
    desc: Cow<'a, str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    references: &'a [String],
}

impl Remediation<'_> {
    /// Without words OCSF takes no remediation at all.
    fn is_empty(&self) -> bool {
        self.desc.is_empty()
    }
}

/// What OCSF has no place for.
#[derive(Serialize)]
struct Unmapped<'a> {
    /// Whether everything that was asked for was answered.
    audit_complete: bool,
    depth: Depth,
    /// Who read the account, and by which credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<&'a Identity>,
    /// The severity in force, which a pass does not show otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    check_severity: Option<Severity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<JsonGap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppression: Option<Suppression<'a>>,
}

#[derive(Serialize)]
struct Suppression<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<jiff::civil::Date>,
}

/// What a check says of itself, read from its documentation once.
pub(super) struct Prose {
    why: String,
    fix: String,
    references: Vec<String>,
    standards: Vec<&'static str>,
    requirements: Vec<String>,
}

impl Prose {
    pub(super) fn of(check: &Check) -> Self {
        let catalogues: BTreeSet<_> = check.controls.iter().map(|control| control.catalogue).collect();
        Self {
            why: check.section("Why").unwrap_or_default(),
            fix: check.section("Fix").unwrap_or_default(),
            references: check.references(),
            standards: std::iter::once(PRODUCT).chain(catalogues.into_iter().map(Catalogue::name)).collect(),
            requirements: check.controls.iter().map(ToString::to_string).collect(),
        }
    }
}

impl<'a> Event<'a> {
    /// The event of a finding.
    pub(super) fn of_finding(finding: &'a Finding, prose: &'a Prose, report: &'a Report) -> Self {
        let (check, status) = (finding.check, finding.status());
        let (evidence, gap) = match &finding.outcome {
            Ok(Verdict::Fail(evidence)) => (evidence.iter().map(|one| one.0.as_str()).filter(is_said).collect(), None),
            Ok(Verdict::Pass | Verdict::NotApplicable) => (Vec::new(), None),
            Err(gap) => (Vec::new(), Some(gap)),
        };
        let severity = if status == Status::Pass { Severity::Informational } else { finding.severity };
        let detail = gap.map_or_else(|| evidence.join("; "), ToString::to_string);
        let info = FindingInfo::new(finding.uid(), check.id, check.title().into(), prose.why.as_str().into(), report);
        let told = gap.map(|gap| JsonGap::of(gap, report));
        // Before a resource can be put right, it must be seen.
        let advice = told.as_ref().map(|gap| Cow::Owned(gap.grant.advice.clone()));
        let desc = advice.unwrap_or_else(|| prose.fix.as_str().into());
        let resource = Resource {
            uid: finding.resource.as_str(),
            name: finding.resource.resource().split_once([':', '/']).map_or("", |(_, name)| name),
            r#type: resource_type(check.rule, &finding.resource),
            region: finding.region(),
            cloud_partition: finding.resource.partition(),
        };
        let unmapped = Unmapped {
            check_severity: Some(finding.severity),
            evidence,
            gap: told,
            suppression: finding
                .suppressed
                .as_ref()
                .map(|one| Suppression { reason: &one.reason, expires: one.expires }),
            ..Unmapped::new(report)
        };
        Self {
            message: cut(format!("{}: {}", check.title(), finding.resource)),
            status_detail: cut(detail),
            compliance: Compliance {
                standards: prose.standards.as_slice().into(),
                requirements: &prose.requirements,
                ..Compliance::new(check.id, status)
            },
            resources: vec![resource],
            unmapped,
            remediation: Remediation { desc, references: &prose.references },
            ..Self::new(Some(severity), status, info, finding.region(), report)
        }
    }

    /// The event of a gap that stands in no finding's way, such as the list of Regions: what it hides is in no other line.
    /// `others` is how many gaps of the same call and place were written before.
    pub(super) fn of_gap(gap: &'a Gap, others: usize, report: &'a Report) -> Self {
        let (action, told) = (gap.action.name(), JsonGap::of(gap, report));
        let place = (gap.place.region.as_ref(), gap.place.resource.as_ref());
        let [region, resource] = [place.0.map_or("", |region| region.as_str()), place.1.map_or("", |arn| arn.as_str())];
        let other = if others == 0 { String::new() } else { format!("\n{}", gap.reason) };
        let digest = Sha256::digest(format!("{action}\n{}\n{region}\n{resource}{other}", report.account));
        let uid = digest.iter().take(16).fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        let title = format!("Could not read: {action}");
        let info = FindingInfo::new(uid, action, title.into(), gap.action.purpose().into(), report);
        Self {
            status_detail: cut(gap.to_string()),
            compliance: Compliance::new(action, Status::Unknown),
            remediation: Remediation { desc: told.grant.advice.clone().into(), references: &[] },
            unmapped: Unmapped { gap: Some(told), ..Unmapped::new(report) },
            ..Self::new(None, Status::Unknown, info, place.0.map(RegionName::as_str).filter(is_said), report)
        }
    }

    fn new(
        severity: Option<Severity>,
        status: Status,
        info: FindingInfo<'a>,
        region: Option<&'a str>,
        report: &'a Report,
    ) -> Self {
        let (severity_id, severity) = severity_words(severity);
        let (status_id, status_name) = if status == Status::Suppressed { (3, "Suppressed") } else { (1, "New") };
        Self {
            activity_id: 1,
            activity_name: "Create",
            category_uid: 2,
            category_name: "Findings",
            class_uid: 2003,
            class_name: "Compliance Finding",
            type_uid: 200_301,
            type_name: "Compliance Finding: Create",
            severity_id,
            severity,
            time: report.collected_at.as_millisecond(),
            metadata: Metadata::new(info.analytic.uid),
            message: info.title.clone().into_owned(),
            compliance: Compliance::new(info.analytic.uid, status),
            finding_info: info,
            status_id,
            status: status_name,
            status_code: conclusion(status).2,
            status_detail: String::new(),
            cloud: Cloud {
                provider: "AWS",
                account: Some(report.account.as_str()).filter(is_said).map(Account::of),
                region,
            },
            resources: Vec::new(),
            remediation: Remediation { desc: Cow::Borrowed(""), references: &[] },
            unmapped: Unmapped::new(report),
        }
    }
}

impl<'a> Account<'a> {
    fn of(uid: &'a str) -> Self {
        Self { uid, type_id: 10, r#type: "AWS Account" }
    }
}

impl<'a> Metadata<'a> {
    fn new(event_code: &'a str) -> Self {
        let product = Product { name: PRODUCT, vendor_name: PRODUCT, version: env!("CARGO_PKG_VERSION") };
        Self { version: VERSION, product, profiles: ["cloud"], event_code }
    }
}

impl<'a> FindingInfo<'a> {
    fn new(uid: String, rule: &'a str, title: Cow<'a, str>, desc: Cow<'a, str>, report: &Report) -> Self {
        let analytic = Analytic { uid: rule, name: title.clone(), type_id: 1, r#type: "Rule" };
        Self { uid, title, desc, last_seen_time: report.collected_at.as_millisecond(), analytic }
    }
}

impl<'a> Compliance<'a> {
    fn new(control: &'a str, status: Status) -> Self {
        let (status_id, status, _) = conclusion(status);
        Self { control, standards: Cow::Borrowed(&[PRODUCT]), requirements: &[], status_id, status }
    }
}

impl<'a> Unmapped<'a> {
    fn new(report: &'a Report) -> Self {
        Self {
            audit_complete: !report.is_incomplete(),
            depth: report.depth,
            identity: report.identity.as_ref(),
            check_severity: None,
            evidence: Vec::new(),
            gap: None,
            suppression: None,
        }
    }
}

/// OCSF's number and word for a conclusion, and ours.
fn conclusion(status: Status) -> (u8, &'static str, &'static str) {
    match status {
        Status::Pass => (1, "Pass", "PASS"),
        Status::Unknown => (2, "Warning", "UNKNOWN"),
        Status::Fail => (3, "Fail", "FAIL"),
        Status::Suppressed => (3, "Fail", "SUPPRESSED"),
        // Never written: OCSF has no word for it.
        Status::NotApplicable => (99, "Other", "NOT_APPLICABLE"),
    }
}

/// OCSF's number and word for a severity.
fn severity_words(severity: Option<Severity>) -> (u8, &'static str) {
    match severity {
        None => (0, "Unknown"),
        Some(Severity::Informational) => (1, "Informational"),
        Some(Severity::Low) => (2, "Low"),
        Some(Severity::Medium) => (3, "Medium"),
        Some(Severity::High) => (4, "High"),
        Some(Severity::Critical) => (5, "Critical"),
    }
}

/// Whether a text says anything. OCSF would rather have an attribute absent than empty.
fn is_said(text: &&str) -> bool {
    !text.is_empty()
}

/// The text, no longer than OCSF allows.
fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST - 1)
        && text.chars().nth(LONGEST).is_some()
    {
        text.truncate(end);
        text.push('…');
    }
    text
}
