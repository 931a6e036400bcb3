//! How a path reads as evidence.

use std::fmt;

use super::{Escalation, Gain};

impl fmt::Display for Gain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Administrator => formatter.write_str("an administrator"),
            Self::More(statement) => write!(formatter, "which has more by {statement}"),
            Self::Unverified => formatter.write_str("which may have more"),
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
        write!(formatter, ", {gain}: {}", steps.join("; "))?;
        match path.precondition {
            Some(precondition) => write!(formatter, "; not verified: {precondition}"),
            None => Ok(()),
        }
    }
}
