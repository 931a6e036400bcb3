//! The objects that events of several classes have in common.

use std::borrow::Cow;

use palisade_model::Depth;
use palisade_model::verdict::Severity;
use serde::Serialize;

use super::OcsfVersion;
use super::resource_type::resource_type;
use crate::document::{Finding, Gap, Identity, resource_name};
use crate::view::{Told, View};

/// The name of the product, and of who makes it.
pub(crate) const PRODUCT: &str = "Palisade";
/// The most characters that OCSF allows in a string.
const LONGEST: usize = 65_535;

/// What every event begins with.
#[derive(Serialize)]
pub(crate) struct Classification {
    pub(crate) activity_id: u8,
    pub(crate) activity_name: &'static str,
    pub(crate) category_uid: u8,
    pub(crate) category_name: &'static str,
    pub(crate) class_uid: u16,
    pub(crate) class_name: &'static str,
    pub(crate) type_uid: u32,
    pub(crate) type_name: &'static str,
    pub(crate) severity_id: u8,
    pub(crate) severity: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Metadata<'a> {
    pub(crate) version: &'static str,
    pub(crate) product: Product,
    pub(crate) profiles: [&'static str; 1],
    pub(crate) event_code: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Product {
    pub(crate) name: &'static str,
    pub(crate) vendor_name: &'static str,
    pub(crate) version: &'static str,
}

#[derive(Serialize)]
pub(crate) struct FindingInfo<'a> {
    pub(crate) uid: Cow<'a, str>,
    pub(crate) title: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) desc: Cow<'a, str>,
    pub(crate) last_seen_time: i64,
    pub(crate) analytic: Analytic<'a>,
}

#[derive(Serialize)]
pub(crate) struct Analytic<'a> {
    pub(crate) uid: &'a str,
    pub(crate) name: Cow<'a, str>,
    pub(crate) type_id: u8,
    pub(crate) r#type: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Cloud<'a> {
    pub(crate) provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<Account<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct Account<'a> {
    pub(crate) uid: &'a str,
    pub(crate) type_id: u8,
    pub(crate) r#type: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Resource<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) uid: &'a str,
    /// Registries have none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) name: &'a str,
    pub(crate) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) cloud_partition: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Remediation<'a> {
    pub(crate) desc: Cow<'a, str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(crate) references: &'a [String],
}

impl Remediation<'_> {
    /// Without words OCSF takes no remediation at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.desc.is_empty()
    }
}

/// What OCSF has no place for.
#[derive(Serialize)]
pub(crate) struct Unmapped<'a> {
    /// Whether everything that was asked for was answered.
    pub(crate) audit_complete: bool,
    pub(crate) depth: Depth,
    /// Who read the account, and by which credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<&'a Identity>,
    /// The severity in force, which a pass does not show otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) check_severity: Option<Severity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) evidence: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gap: Option<&'a Gap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) suppression: Option<Suppression<'a>>,
}

#[derive(Serialize)]
pub(crate) struct Suppression<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<jiff::civil::Date>,
}

impl<'a> Account<'a> {
    pub(crate) fn of(uid: &'a str) -> Self {
        Self { uid, type_id: 10, r#type: "AWS Account" }
    }
}

impl<'a> Metadata<'a> {
    pub(crate) fn new(event_code: &'a str, version: OcsfVersion) -> Self {
        let product = Product { name: PRODUCT, vendor_name: PRODUCT, version: env!("CARGO_PKG_VERSION") };
        Self { version: version.name(), product, profiles: ["cloud"], event_code }
    }
}

impl<'a> FindingInfo<'a> {
    pub(crate) fn new(uid: Cow<'a, str>, rule: &'a str, title: Cow<'a, str>, desc: Cow<'a, str>, view: &View) -> Self {
        let analytic = Analytic { uid: rule, name: title.clone(), type_id: 1, r#type: "Rule" };
        Self { uid, title, desc, last_seen_time: view.head.collected_at.as_millisecond(), analytic }
    }
}

impl<'a> Unmapped<'a> {
    pub(crate) fn new(view: &'a View) -> Self {
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

impl<'a> Cloud<'a> {
    /// An account, and a Region of it unless the thing is global.
    pub(crate) fn new(view: &'a View, region: Option<&'a str>) -> Self {
        Self { provider: "AWS", account: Some(view.head.account.as_str()).filter(is_said).map(Account::of), region }
    }
}

impl<'a> Resource<'a> {
    /// The resource of a finding; none without a name, which OCSF does not take.
    pub(crate) fn of(finding: &'a Finding<'a>, told: &Told) -> Option<Self> {
        let rule = told.check.map(|check| check.rule);
        let arn = Some(finding.resource.as_ref()).filter(is_said)?;
        Some(Self::new(arn, resource_type(rule, arn), finding.region.as_deref()))
    }

    /// A resource by its name alone.
    pub(crate) fn by_name(arn: &'a str) -> Self {
        Self::new(arn, resource_type(None, arn), arn.split(':').nth(3).filter(is_said))
    }

    fn new(arn: &'a str, r#type: &'static str, region: Option<&'a str>) -> Self {
        let name = resource_name(arn).split_once([':', '/']).map_or("", |(_, name)| name);
        Self { uid: arn, name, r#type, region, cloud_partition: arn.split(':').nth(1).unwrap_or_default() }
    }
}

/// OCSF's number and word for a severity.
pub(crate) fn severity_words(severity: Option<Severity>) -> (u8, &'static str) {
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
pub(crate) fn is_said(text: &&str) -> bool {
    !text.is_empty()
}

/// The text, no longer than OCSF allows.
pub(crate) fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST - 1)
        && text.chars().nth(LONGEST).is_some()
    {
        text.truncate(end);
        text.push('…');
    }
    text
}
