//! One OCSF Compliance Finding.

use std::borrow::Cow;
use std::collections::BTreeSet;

use palisade_model::verdict::Severity;
use serde::Serialize;

use super::OcsfVersion;
use super::objects::{
    Classification, Cloud, FindingInfo, Metadata, PRODUCT, Remediation, Resource, Suppression, Unmapped, cut, is_said,
    severity_words,
};
use crate::document::{Control, Finding, Status};
use crate::view::{Loose, Told, View};

/// The event, its attributes in the order of OCSF's groups: classification, occurrence, primary, context.
#[derive(Serialize)]
pub(crate) struct Event<'a> {
    #[serde(flatten)]
    pub(crate) class: Classification,
    pub(crate) time: i64,
    pub(crate) metadata: Metadata<'a>,
    pub(crate) finding_info: FindingInfo<'a>,
    pub(crate) message: String,
    pub(crate) status_id: u8,
    pub(crate) status: &'static str,
    pub(crate) status_code: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) status_detail: String,
    pub(crate) compliance: Compliance<'a>,
    pub(crate) cloud: Cloud<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<Resource<'a>>,
    #[serde(skip_serializing_if = "Remediation::is_empty")]
    pub(crate) remediation: Remediation<'a>,
    pub(crate) unmapped: Unmapped<'a>,
}

#[derive(Serialize)]
pub(crate) struct Compliance<'a> {
    pub(crate) control: &'a str,
    pub(crate) standards: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) requirements: Vec<String>,
    pub(crate) status_id: u8,
    pub(crate) status: &'static str,
}

impl<'a> Event<'a> {
    /// The event of a finding.
    pub(crate) fn of_finding(finding: &'a Finding<'a>, told: &'a Told, view: &'a View, version: OcsfVersion) -> Self {
        let evidence: Vec<_> = finding.evidence.iter().map(|one| one.0.as_str()).filter(is_said).collect();
        let gap = finding.gap.as_deref();
        let severity = if finding.status == Status::Pass { Severity::Informational } else { finding.severity };
        let detail = gap.map_or_else(|| evidence.join("; "), ToString::to_string);
        let (check, title) = (finding.check.as_ref(), finding.title.as_ref());
        let info = FindingInfo::new(finding.uid.as_ref().into(), check, title.into(), told.why.as_ref().into(), view);
        // Before a resource can be put right, it must be seen.
        let desc = gap.map_or(&*told.fix, |gap| &gap.grant.advice);
        let region = finding.region.as_deref();
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
            message: cut(format!("{title}: {}", finding.resource)),
            status_detail: cut(detail),
            compliance: Compliance {
                standards: standards(&told.controls),
                requirements: told.controls.iter().map(ToString::to_string).collect(),
                ..Compliance::new(check, finding.status)
            },
            resources: Resource::of(finding, told).into_iter().collect(),
            unmapped,
            remediation: Remediation { desc: desc.into(), references: &told.references },
            ..Self::new(Some(severity), finding.status, info, (region, view), version)
        }
    }

    /// The event of a gap that stands in no finding's way, such as the list of Regions: what it hides is in no other line.
    pub(crate) fn of_gap(loose: &'a Loose<'a>, view: &'a View, version: OcsfVersion) -> Self {
        let gap = loose.gap;
        let action = gap.action.as_ref();
        let info =
            FindingInfo::new(loose.uid.as_str().into(), action, loose.title().into(), loose.purpose().into(), view);
        Self {
            status_detail: cut(gap.to_string()),
            compliance: Compliance::new(action, Status::Unknown),
            remediation: Remediation { desc: gap.grant.advice.as_str().into(), references: &[] },
            unmapped: Unmapped { gap: Some(gap), ..Unmapped::new(view) },
            ..Self::new(None, Status::Unknown, info, (gap.region.as_deref(), view), version)
        }
    }

    fn new(
        severity: Option<Severity>,
        status: Status,
        info: FindingInfo<'a>,
        (region, view): (Option<&'a str>, &'a View),
        version: OcsfVersion,
    ) -> Self {
        let (severity_id, severity) = severity_words(severity);
        let (status_id, status_name) = if status == Status::Suppressed { (3, "Suppressed") } else { (1, "New") };
        Self {
            class: Classification {
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
            },
            time: view.head.collected_at.as_millisecond(),
            metadata: Metadata::new(info.analytic.uid, version),
            message: info.title.clone().into_owned(),
            compliance: Compliance::new(info.analytic.uid, status),
            finding_info: info,
            status_id,
            status: status_name,
            status_code: conclusion(status).2,
            status_detail: String::new(),
            cloud: Cloud::new(view, region),
            resources: Vec::new(),
            remediation: Remediation { desc: Cow::Borrowed(""), references: &[] },
            unmapped: Unmapped::new(view),
        }
    }
}

impl<'a> Compliance<'a> {
    fn new(control: &'a str, status: Status) -> Self {
        let (status_id, status, _) = conclusion(status);
        Self { control, standards: vec![PRODUCT], requirements: Vec::new(), status_id, status }
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
