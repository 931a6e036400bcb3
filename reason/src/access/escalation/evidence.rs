//! How a path reads as evidence.

use std::fmt;

use super::{Escalation, Gain, Step};

impl fmt::Display for Gain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Administrator => formatter.write_str("an administrator"),
            Self::More(statement) => write!(formatter, "which has more by {statement}"),
            Self::Hop => formatter.write_str("to go on from"),
            Self::Unverified => formatter.write_str("which may have more"),
        }
    }
}

/// `iam:PassRole on … is allowed by policy p, statement 0`.
impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_certain { "is" } else { "may be" };
        write!(formatter, "{} on {} {word} allowed by {}", self.action, self.resource, self.how)?;
        match &self.note {
            Some(note) => write!(formatter, ", {note}"),
            None => Ok(()),
        }
    }
}

/// `lambda-001 to role/deploy, an administrator: iam:PassRole on … is allowed by policy p, statement 0; …`.
impl fmt::Display for Escalation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, target, through, gain, steps } = self;
        write!(formatter, "{} to {}", path.id, target.resource())?;
        if let Some(through) = through {
            write!(formatter, " through {}", through.resource())?;
        }
        let steps: Vec<_> = steps.iter().map(ToString::to_string).collect();
        write!(formatter, ", {gain}: {}", steps.join("; "))?;
        match path.precondition {
            Some(precondition) => write!(formatter, "; not verified: {precondition}"),
            None => Ok(()),
        }
    }
}

/// `in 2 steps to role/core, an administrator: sts-001 to role/deploy, …; then lambda-001 to role/core, …`.
pub(super) fn chain(hops: &[Escalation]) -> String {
    let told: Vec<_> = hops.iter().map(ToString::to_string).collect();
    let end = hops.last().map(|last| format!(" to {}, {}", last.target.resource(), last.gain)).unwrap_or_default();
    let certain = hops.iter().flat_map(|hop| &hop.steps).all(|step| step.is_certain);
    let condition = if certain { "" } else { ", if the conditions named hold" };
    format!("in {} steps{end}{condition}: {}", hops.len(), told.join("; then "))
}
