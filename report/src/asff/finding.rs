//! One finding of Security Hub.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use palisade_model::Action;
use palisade_model::verdict::Severity;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Closed;
use super::limits::{self, cut, is_said, line, or};
use super::resource::Resource;
use crate::document::{self, Gap, Status};
use crate::view::{Told, View};

const PRODUCT: &str = "Palisade";
const TYPE: &str = "Software and Configuration Checks/AWS Security Best Practices";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "AWS's own names")]
pub(super) struct Finding<'a> {
    schema_version: &'static str,
    pub(super) id: String,
    product_arn: String,
    product_name: &'static str,
    company_name: &'static str,
    generator_id: String,
    aws_account_id: &'a str,
    types: [&'static str; 1],
    first_observed_at: Timestamp,
    last_observed_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
    severity: Rating,
    finding_provider_fields: Provider,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation>,
    product_fields: BTreeMap<&'static str, String>,
    resources: [Resource; 1],
    compliance: Compliance,
    record_state: &'static str,
}

/// What only the product may say of a finding: Security Hub keeps what a customer changes beside it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Provider {
    severity: Rating,
    types: [&'static str; 1],
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Rating {
    label: &'static str,
    original: String,
}

#[derive(Serialize)]
struct Remediation {
    #[serde(rename = "Recommendation")]
    recommendation: Recommendation,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Recommendation {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Compliance {
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_requirements: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status_reasons: Vec<StatusReason>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatusReason {
    reason_code: String,
    description: String,
}

/// What a finding and a gap say each in their own way.
struct Said<'a> {
    uid: &'a str,
    rule: &'a str,
    title: &'a str,
    severity: Severity,
    status: Status,
    detail: String,
    why: &'a str,
    advice: &'a str,
    gap: Option<&'a Gap>,
}

impl<'a> Finding<'a> {
    pub(super) fn of(finding: &document::Finding, told: &Told, view: &'a View, hub: &str) -> Self {
        let evidence: Vec<_> = finding.evidence.iter().map(|one| one.0.as_str()).filter(|one| is_said(one)).collect();
        let (evidence, gap) = (evidence.join("; "), finding.gap.as_deref());
        let step = told.first_step();
        let said = Said {
            uid: &finding.uid,
            rule: &finding.check,
            title: &finding.title,
            severity: finding.severity,
            status: finding.status,
            detail: match gap {
                Some(gap) => format!("Could not be checked: {gap}."),
                None if evidence.is_empty() => String::new(),
                None => format!("{evidence}."),
            },
            why: &told.why,
            // Before a resource can be put right, it must be seen.
            advice: gap.map_or(&step, |gap| &gap.grant.advice),
            gap,
        };
        let mut made = Self::new(&said, Resource::of(&finding.resource, finding.region.as_deref(), view), view, hub);
        made.compliance.related_requirements = finding
            .controls
            .iter()
            .take(limits::REQUIREMENTS)
            .map(|control| cut(&control.to_string(), limits::ID).into_owned())
            .collect();
        if let Some(remediation) = &mut made.remediation {
            remediation.recommendation.url = told.references.first().cloned().filter(|url| is_said(url));
        }
        made.add("palisade/check_severity", finding.severity.name());
        made.add("palisade/evidence", &evidence);
        if let Some(suppression) = &finding.suppression {
            made.add("palisade/suppression_reason", or(&suppression.reason, "no reason given"));
            made.add(
                "palisade/suppression_expires",
                &suppression.expires.map(|day| day.to_string()).unwrap_or_default(),
            );
        }
        made
    }

    /// The finding of a gap that stands in no finding's way: what it hides is told nowhere else.
    pub(super) fn of_gap(gap: &Gap, uid: &str, view: &'a View, hub: &str) -> Self {
        let title = format!("Could not read: {}", gap.action);
        let said = Said {
            uid,
            rule: &gap.action,
            title: &title,
            severity: Severity::Informational,
            status: Status::Unknown,
            detail: format!("Could not be checked: {gap}."),
            why: Action::from_name(&gap.action).map_or("", Action::purpose),
            advice: &gap.grant.advice,
            gap: Some(gap),
        };
        let resource = gap.resource.as_deref().map(|arn| Resource::of(arn, gap.region.as_deref(), view));
        Self::new(&said, resource.unwrap_or_else(|| Resource::account(view)), view, hub)
    }

    fn new(said: &Said<'_>, resource: Resource, view: &'a View, hub: &str) -> Self {
        let head = &view.head;
        let severity = if said.status == Status::Pass { Severity::Informational } else { said.severity };
        let rating = Rating {
            label: label(severity),
            original: cut(said.severity.name(), limits::ORIGINAL_SEVERITY).into_owned(),
        };
        let (title, text) = (line(said.title), line(&format!("{} {}", said.detail, said.why)));
        let advice = Some(line(&said.advice.replace('`', ""))).filter(|text| is_said(text));
        let recommendation = |text: String| Recommendation { text: cut(&text, limits::REMEDIATION).into(), url: None };
        let reason = |gap: &Gap| StatusReason {
            reason_code: cut(or(&gap.action, "unknown"), limits::ID).into_owned(),
            description: cut(or(&gap.reason.message, "no reason given"), limits::PRODUCT_FIELD).into_owned(),
        };
        let partition = or(&head.partition, "aws");
        let product = format!("arn:{partition}:securityhub:{hub}:{0}:product/{0}/default", head.account);
        let mut made = Self {
            schema_version: "2018-10-08",
            id: cut(&format!("palisade/{}", said.uid), limits::ID).into_owned(),
            product_arn: cut(&product, limits::PRODUCT_ARN).into_owned(),
            product_name: PRODUCT,
            company_name: PRODUCT,
            generator_id: cut(&format!("palisade/{}", said.rule), limits::GENERATOR).into_owned(),
            aws_account_id: &head.account,
            types: [TYPE],
            first_observed_at: head.collected_at,
            last_observed_at: head.collected_at,
            created_at: head.collected_at,
            updated_at: head.collected_at,
            finding_provider_fields: Provider { severity: rating.clone(), types: [TYPE] },
            severity: rating,
            title: cut(or(&title, said.rule), limits::TITLE).into_owned(),
            description: cut(or(&text, or(&title, said.rule)), limits::DESCRIPTION).into_owned(),
            remediation: advice.map(|text| Remediation { recommendation: recommendation(text) }),
            product_fields: BTreeMap::new(),
            resources: [resource],
            compliance: Compliance {
                status: compliance(said.status),
                related_requirements: Vec::new(),
                status_reasons: said.gap.map(reason).into_iter().collect(),
            },
            record_state: "ACTIVE",
        };
        made.add("palisade/uid", said.uid);
        made.add("palisade/status", word(said.status));
        made.add("palisade/audit_complete", if head.complete { "true" } else { "false" });
        made.add("palisade/version", env!("CARGO_PKG_VERSION"));
        made
    }

    /// A field of the product's own, unless it would say nothing.
    fn add(&mut self, key: &'static str, value: &str) {
        if is_said(value) {
            self.product_fields.insert(key, cut(value, limits::PRODUCT_FIELD).into_owned());
        }
    }

    /// The same, first seen at another moment than that of the report.
    pub(super) fn first_seen(mut self, moment: Option<Timestamp>) -> Self {
        if let Some(moment) = moment.filter(|moment| *moment < self.created_at) {
            (self.created_at, self.first_observed_at) = (moment, moment);
        }
        self
    }

    /// The same, archived, if it is closed.
    pub(super) fn closed(mut self, closed: Option<Closed>) -> Self {
        let Some(closed) = closed else { return self };
        self.record_state = "ARCHIVED";
        self.add("palisade/closed", if closed == Closed::Fixed { "fixed" } else { "gone" });
        if closed == Closed::Fixed {
            (self.compliance.status, self.compliance.status_reasons) = (compliance(Status::Pass), Vec::new());
        }
        self
    }

    /// The same, as of a later moment.
    pub(super) fn updated(mut self, moment: Timestamp) -> Self {
        self.updated_at = moment.max(self.updated_at);
        self
    }
}

/// The uid of a gap that no finding tells; `others` is how many of the same call and place came before.
pub(super) fn gap_uid(gap: &Gap, others: usize, view: &View) -> String {
    let place = |part: &Option<String>| part.clone().unwrap_or_default();
    let other = if others == 0 { String::new() } else { format!("\n{}", gap.reason.message) };
    let (region, resource) = (place(&gap.region), place(&gap.resource));
    let digest = Sha256::digest(format!("{}\n{}\n{region}\n{resource}{other}", gap.action, view.head.account));
    digest.iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What could not be read is never what passed, nor what failed.
fn compliance(status: Status) -> &'static str {
    match status {
        Status::Pass => "PASSED",
        Status::Fail | Status::Suppressed => "FAILED",
        Status::Unknown | Status::NotApplicable => "NOT_AVAILABLE",
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Suppressed => "suppressed",
        Status::Unknown => "unknown",
        Status::NotApplicable => "not_applicable",
    }
}

fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "INFORMATIONAL",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}
