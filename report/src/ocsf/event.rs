//! One OCSF Compliance Finding.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_model::verdict::Severity;
use palisade_model::{Action, Depth};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::resource_type::resource_type;
use crate::document::{Control, Finding, Gap, Identity, Status};
use crate::view::{Told, View};

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
    uid: Cow<'a, str>,
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
    standards: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requirements: Vec<String>,
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
    gap: Option<&'a Gap>,
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

impl<'a> Event<'a> {
    /// The event of a finding.
    pub(super) fn of_finding(finding: &'a Finding<'a>, told: &'a Told, view: &'a View) -> Self {
        let evidence: Vec<_> = finding.evidence.iter().map(|one| one.0.as_str()).filter(is_said).collect();
        let gap = finding.gap.as_deref();
        let severity = if finding.status == Status::Pass { Severity::Informational } else { finding.severity };
        let detail = gap.map_or_else(|| evidence.join("; "), ToString::to_string);
        let (check, title) = (finding.check.as_ref(), finding.title.as_ref());
        let info = FindingInfo::new(finding.uid.as_ref().into(), check, title.into(), told.why.as_ref().into(), view);
        // Before a resource can be put right, it must be seen.
        let desc = gap.map_or(&*told.fix, |gap| &gap.grant.advice);
        let region = finding.region.as_deref();
        let arn = finding.resource.as_ref();
        let resource = Resource {
            uid: arn,
            name: finding.resource_name().split_once([':', '/']).map_or("", |(_, name)| name),
            r#type: resource_type(told.check.map(|check| check.rule), arn),
            region,
            cloud_partition: arn.split(':').nth(1).unwrap_or_default(),
        };
        let unmapped = Unmapped {
            check_severity: Some(finding.severity),
            evidence,
            gap,
            suppression: finding
                .suppression
                .as_ref()
                .map(|one| Suppression { reason: &one.reason, expires: one.expires }),
            ..Unmapped::new(view)
        };
        Self {
            message: cut(format!("{title}: {arn}")),
            status_detail: cut(detail),
            compliance: Compliance {
                standards: standards(&told.controls),
                requirements: told.controls.iter().map(ToString::to_string).collect(),
                ..Compliance::new(check, finding.status)
            },
            resources: vec![resource],
            unmapped,
            remediation: Remediation { desc: desc.into(), references: &told.references },
            ..Self::new(Some(severity), finding.status, info, region, view)
        }
    }

    /// The event of a gap that stands in no finding's way, such as the list of Regions: what it hides is in no other line.
    /// `others` is how many gaps of the same call and place were written before.
    pub(super) fn of_gap(gap: &'a Gap, others: usize, view: &'a View) -> Self {
        let action = gap.action.as_ref();
        let [region, resource] = [&gap.region, &gap.resource].map(|part| part.as_deref().unwrap_or_default());
        let other = if others == 0 { String::new() } else { format!("\n{}", gap.reason.message) };
        let digest = Sha256::digest(format!("{action}\n{}\n{region}\n{resource}{other}", view.head.account));
        let uid = digest.iter().take(16).fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        let title = format!("Could not read: {action}");
        let purpose = Action::from_name(action).map_or("", Action::purpose);
        let info = FindingInfo::new(uid.into(), action, title.into(), purpose.into(), view);
        Self {
            status_detail: cut(gap.to_string()),
            compliance: Compliance::new(action, Status::Unknown),
            remediation: Remediation { desc: gap.grant.advice.as_str().into(), references: &[] },
            unmapped: Unmapped { gap: Some(gap), ..Unmapped::new(view) },
            ..Self::new(None, Status::Unknown, info, gap.region.as_deref(), view)
        }
    }

    fn new(
        severity: Option<Severity>,
        status: Status,
        info: FindingInfo<'a>,
        region: Option<&'a str>,
        view: &'a View,
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
            time: view.head.collected_at.as_millisecond(),
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
                account: Some(view.head.account.as_str()).filter(is_said).map(Account::of),
                region,
            },
            resources: Vec::new(),
            remediation: Remediation { desc: Cow::Borrowed(""), references: &[] },
            unmapped: Unmapped::new(view),
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
    fn new(uid: Cow<'a, str>, rule: &'a str, title: Cow<'a, str>, desc: Cow<'a, str>, view: &View) -> Self {
        let analytic = Analytic { uid: rule, name: title.clone(), type_id: 1, r#type: "Rule" };
        Self { uid, title, desc, last_seen_time: view.head.collected_at.as_millisecond(), analytic }
    }
}

impl<'a> Compliance<'a> {
    fn new(control: &'a str, status: Status) -> Self {
        let (status_id, status, _) = conclusion(status);
        Self { control, standards: vec![PRODUCT], requirements: Vec::new(), status_id, status }
    }
}

impl<'a> Unmapped<'a> {
    fn new(view: &'a View) -> Self {
        Self {
            audit_complete: view.head.complete,
            depth: view.head.depth,
            identity: view.head.identity.as_ref(),
            check_severity: None,
            evidence: Vec::new(),
            gap: None,
            suppression: None,
        }
    }
}

/// The catalogues whose controls a check covers, ours first.
fn standards(controls: &[Control]) -> Vec<&str> {
    let frameworks: BTreeSet<&str> = controls.iter().map(|control| control.framework.as_ref()).collect();
    std::iter::once(PRODUCT).chain(frameworks).collect()
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
