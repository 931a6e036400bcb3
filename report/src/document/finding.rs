//! Findings in JSON.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub use palisade_checks::audit::Status;
use palisade_checks::audit::{self, Report};
use palisade_model::verdict::{Evidence, Severity, Verdict};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::gap::Gap;
use super::notice::Suppression;
use crate::view::Told;

/// What one check concludes of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding<'a> {
    /// Stays the same from run to run: 32 hexadecimal digits made of the check and the resource.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
    pub uid: Cow<'a, str>,
    /// The check's id.
    pub check: Cow<'a, str>,
    /// The check's title.
    pub title: Cow<'a, str>,
    /// The service's prefix, such as `lambda`.
    pub service: Cow<'a, str>,
    /// The Region; null for a global resource.
    pub region: Option<Cow<'a, str>>,
    /// The ARN. It ends in `*` where it stands for all that a list does not show.
    pub resource: Cow<'a, str>,
    /// The severity in force.
    #[schemars(schema_with = "severities")]
    pub severity: Severity,
    /// How it counts.
    #[schemars(schema_with = "statuses")]
    pub status: Status,
    /// Whether the internet was seen to reach the resource, or a workload that has it as its role; null when the report is
    /// older than this field.
    pub exposed: Option<bool>,
    /// What the account says that makes the check fail; empty unless it failed.
    #[schemars(with = "Vec<String>")]
    pub evidence: Cow<'a, [Evidence]>,
    /// Why the check could not decide; null unless the status is `unknown`.
    pub gap: Option<Box<Gap>>,
    /// What accepts the failure; null unless the status is `suppressed`.
    pub suppression: Option<Box<Suppression>>,
    /// Controls of other catalogues that the check covers.
    #[schemars(with = "Vec<Control>")]
    pub controls: Arc<[Control]>,
    /// What to do about a failure (Markdown).
    #[schemars(with = "String")]
    pub remediation: Arc<str>,
    /// Addresses to read further.
    #[schemars(with = "Vec<String>")]
    pub references: Arc<[String]>,
}

/// A control of another catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Control {
    /// The catalogue's name.
    pub framework: Cow<'static, str>,
    /// The control's id there.
    pub id: Cow<'static, str>,
}

/// What a check says of itself, read from its documentation once and shared by its findings.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Prose {
    controls: Arc<[Control]>,
    remediation: Arc<str>,
    references: Arc<[String]>,
}

impl Prose {
    /// That of a finding.
    pub(super) fn in_finding(finding: &Finding) -> Self {
        let Finding { controls, remediation, references, .. } = finding;
        let (controls, remediation, references) = (controls.clone(), remediation.clone(), references.clone());
        Self { controls, remediation, references }
    }

    /// Lets a finding that says the same share it.
    pub(super) fn share_with(&self, finding: &mut Finding) {
        if *self == Self::in_finding(finding) {
            let Self { controls, remediation, references } = self.clone();
            (finding.controls, finding.remediation, finding.references) = (controls, remediation, references);
        }
    }
}

impl fmt::Display for Control {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.framework, self.id)
    }
}

impl Control {
    pub(crate) fn of(control: &palisade_checks::check::Control) -> Self {
        Self { framework: control.catalogue.name().into(), id: control.id.into() }
    }
}

impl<'a> Finding<'a> {
    /// A finding of a report, in words, with what its check says of itself.
    pub(crate) fn of(finding: &'a audit::Finding, told: &Told, report: &'a Report) -> Self {
        let (evidence, gap) = match &finding.outcome {
            Ok(Verdict::Fail(evidence)) => (evidence.as_slice(), None),
            Ok(Verdict::Pass | Verdict::NotApplicable) => (&[] as &[_], None),
            Err(gap) => (&[] as &[_], Some(Gap::of(gap, report))),
        };
        Self {
            uid: finding.uid().into(),
            check: finding.check.id.into(),
            title: finding.check.title().into(),
            service: finding.check.service().into(),
            region: finding.region().map(Cow::Borrowed),
            resource: finding.resource.as_str().into(),
            severity: finding.severity,
            status: finding.status(),
            exposed: Some(report.exposed.contains(&finding.resource)),
            evidence: evidence.into(),
            gap: gap.map(Box::new),
            suppression: finding.suppressed.as_deref().map(|one| Suppression::in_finding(one, finding)).map(Box::new),
            controls: told.controls.clone(),
            remediation: told.fix.clone(),
            references: told.references.clone(),
        }
    }

    /// The same, on its own.
    pub fn into_owned(self) -> Finding<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Finding {
            uid: owned(self.uid),
            check: owned(self.check),
            title: owned(self.title),
            service: owned(self.service),
            region: self.region.map(owned),
            resource: owned(self.resource),
            severity: self.severity,
            status: self.status,
            exposed: self.exposed,
            evidence: Cow::Owned(self.evidence.into_owned()),
            gap: self.gap,
            suppression: self.suppression,
            controls: self.controls,
            remediation: self.remediation,
            references: self.references,
        }
    }

    /// What of the resource is its own: all of the ARN after the account.
    pub fn resource_name(&self) -> &str {
        resource_name(&self.resource)
    }
}

/// What of an ARN is the resource's own: all after the account.
pub(crate) fn resource_name(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}

/// A resource as people name it, and as the command line takes it: without what all ARNs begin with, digests cut to
/// twelve digits.
pub(crate) fn short(arn: &str) -> String {
    const DIGITS: usize = 12;
    let name = resource_name(arn);
    let name = if name.is_empty() { arn } else { name };
    let mut parts = name.split("sha256:");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        let kept = if digits == 64 { DIGITS } else { digits };
        shown.push_str("sha256:");
        shown.push_str(&part[..kept]);
        shown.push_str(&part[digits..]);
    }
    shown
}

fn statuses(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Status::ALL })
}

fn severities(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Severity::ALL.map(Severity::name) })
}
