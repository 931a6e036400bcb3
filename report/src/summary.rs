//! How many findings there are of each status and severity.

use palisade_checks::audit::Report;
use palisade_model::verdict::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::Status;

/// Findings counted by status and severity, those included that a report leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// All findings.
    pub status: Counts,
    /// The same, severity by severity.
    pub severity: BySeverity,
}

/// Findings by severity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BySeverity {
    /// Harm needs nothing but an attacker.
    pub critical: Counts,
    /// Harm needs an attacker who is already near, or only time.
    pub high: Counts,
    /// Harm needs a second weakness or a mistake.
    pub medium: Counts,
    /// Makes other trouble worse, or costs reliability.
    pub low: Counts,
    /// Worth knowing; no harm by itself.
    pub informational: Counts,
}

/// Findings by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Not as it should be.
    pub fail: u64,
    /// Could not be checked.
    pub unknown: u64,
    /// Not as it should be, and accepted.
    pub suppressed: u64,
    /// As it should be.
    pub pass: u64,
    /// The question does not arise.
    pub not_applicable: u64,
}

impl Counts {
    /// How many have this status.
    pub(super) fn of(&self, status: Status) -> u64 {
        match status {
            Status::Fail => self.fail,
            Status::Unknown => self.unknown,
            Status::Suppressed => self.suppressed,
            Status::Pass => self.pass,
            Status::NotApplicable => self.not_applicable,
        }
    }

    pub(super) fn add(&mut self, status: Status) {
        *match status {
            Status::Fail => &mut self.fail,
            Status::Unknown => &mut self.unknown,
            Status::Suppressed => &mut self.suppressed,
            Status::Pass => &mut self.pass,
            Status::NotApplicable => &mut self.not_applicable,
        } += 1;
    }
}

impl Summary {
    /// Counts a report's findings.
    pub(super) fn of(report: &Report) -> Self {
        let mut summary = Self::default();
        for finding in &report.findings {
            let status = finding.status();
            summary.status.add(status);
            summary.severity_mut(finding.severity).add(status);
        }
        summary
    }

    /// The counts of one severity.
    pub(super) fn severity(&self, severity: Severity) -> &Counts {
        match severity {
            Severity::Critical => &self.severity.critical,
            Severity::High => &self.severity.high,
            Severity::Medium => &self.severity.medium,
            Severity::Low => &self.severity.low,
            Severity::Informational => &self.severity.informational,
        }
    }

    fn severity_mut(&mut self, severity: Severity) -> &mut Counts {
        match severity {
            Severity::Critical => &mut self.severity.critical,
            Severity::High => &mut self.severity.high,
            Severity::Medium => &mut self.severity.medium,
            Severity::Low => &mut self.severity.low,
            Severity::Informational => &mut self.severity.informational,
        }
    }
}
