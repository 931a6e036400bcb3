//! Findings in JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_checks::audit;
use palisade_checks::audit::Report;
use palisade_checks::check::Check;
use palisade_model::verdict::{Evidence, Severity, Verdict};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::gap::Gap;
use super::notice::Suppression;
use crate::Include;

/// What one check concludes of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stays the same from run to run: 32 hexadecimal digits made of the check and the resource.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
    pub uid: String,
    /// The check's id.
    pub check: Cow<'static, str>,
    /// The check's title.
    pub title: Cow<'static, str>,
    /// The service's prefix, such as `lambda`.
    pub service: Cow<'static, str>,
    /// The Region; null for a global resource.
    pub region: Option<String>,
    /// The ARN. It ends in `*` where it stands for all that a list does not show.
    pub resource: String,
    /// The severity in force.
    #[schemars(schema_with = "severities")]
    pub severity: Severity,
    /// How it counts.
    #[schemars(schema_with = "statuses")]
    pub status: Status,
    /// What the account says that makes the check fail; empty unless it failed.
    pub evidence: Vec<String>,
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

/// How a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not as it should be.
    Fail,
    /// Could not be checked.
    Unknown,
    /// Not as it should be, and accepted.
    Suppressed,
    /// As it should be.
    Pass,
    /// The question does not arise.
    NotApplicable,
}

impl Status {
    const ALL: [Self; 5] = [Self::Fail, Self::Unknown, Self::Suppressed, Self::Pass, Self::NotApplicable];

    fn of(status: audit::Status) -> Self {
        match status {
            audit::Status::Fail => Self::Fail,
            audit::Status::Unknown => Self::Unknown,
            audit::Status::Suppressed => Self::Suppressed,
            audit::Status::Pass => Self::Pass,
            audit::Status::NotApplicable => Self::NotApplicable,
        }
    }
}

/// The findings of a report, made into JSON one at a time.
pub(super) struct Findings<'a> {
    report: &'a Report,
    include: Include,
    prose: BTreeMap<&'static str, Prose>,
}

/// What a check says of itself, read from its documentation once and shared by its findings.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Prose {
    controls: Arc<[Control]>,
    remediation: Arc<str>,
    references: Arc<[String]>,
}

impl Prose {
    fn of(check: &'static Check) -> Self {
        let control = |one: &palisade_checks::check::Control| Control {
            framework: one.catalogue.name().into(),
            id: one.id.into(),
        };
        Self {
            controls: check.controls.iter().map(control).collect(),
            remediation: check.section("Fix").unwrap_or_default().into(),
            references: check.references().into(),
        }
    }

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

impl<'a> Findings<'a> {
    pub(super) fn of(report: &'a Report, include: Include) -> Self {
        let checks = report.findings.iter().map(|finding| (finding.check.id, finding.check));
        let checks: BTreeMap<_, _> = checks.collect();
        let prose = checks.into_iter().map(|(id, check)| (id, Prose::of(check))).collect();
        Self { report, include, prose }
    }

    /// Those to include, in the report's order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Finding> {
        let all = self.include.of(self.report);
        all.filter_map(|finding| Some(Finding::of(finding, self.prose.get(finding.check.id)?, self.report)))
    }
}

impl Finding {
    fn of(finding: &audit::Finding, prose: &Prose, report: &Report) -> Self {
        let (evidence, gap) = match &finding.outcome {
            Ok(Verdict::Fail(evidence)) => (evidence.as_slice(), None),
            Ok(Verdict::Pass | Verdict::NotApplicable) => (&[] as &[_], None),
            Err(gap) => (&[] as &[_], Some(Gap::of(gap, report))),
        };
        let Prose { controls, remediation, references } = prose.clone();
        Self {
            uid: finding.uid(),
            check: finding.check.id.into(),
            title: finding.check.title().into(),
            service: finding.check.service().into(),
            region: finding.region().map(str::to_owned),
            resource: finding.resource.to_string(),
            severity: finding.severity,
            status: Status::of(finding.status()),
            evidence: evidence.iter().map(|Evidence(text)| text.clone()).collect(),
            gap: gap.map(Box::new),
            suppression: finding.suppressed.as_deref().map(Suppression::of).map(Box::new),
            controls,
            remediation,
            references,
        }
    }
}

fn statuses(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Status::ALL })
}

fn severities(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Severity::ALL.map(Severity::name) })
}
