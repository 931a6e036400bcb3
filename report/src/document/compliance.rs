//! Frameworks in JSON.

use std::borrow::Cow;

use palisade_checks::frameworks::{self, AssessedRequirement, Assessment, Standing};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// How the account stands by a framework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Framework {
    /// Its name, as `--framework` takes it.
    pub name: Cow<'static, str>,
    /// Its title.
    pub title: Cow<'static, str>,
    /// Its version.
    pub version: Cow<'static, str>,
    /// Where it is published.
    pub source: Cow<'static, str>,
    /// The share of what is due that passed, in per cent and rounded down; what is unknown or accepted did not pass. Null
    /// when nothing was due.
    #[schemars(range(max = 100))]
    pub percent: Option<usize>,
    /// All its requirements in the field of serverless and containers, those included that no check tells of.
    pub requirements: Vec<Requirement>,
}

/// How the account stands by a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    /// Its id in the framework.
    pub id: Cow<'static, str>,
    /// What it asks for, in palisade's words.
    pub title: Cow<'static, str>,
    /// How it stands.
    #[schemars(schema_with = "standings")]
    pub standing: Cow<'static, str>,
    /// The ids of the checks that tell of it.
    pub checks: Vec<Cow<'static, str>>,
    /// Open failures of these checks.
    pub failed: u64,
    /// What they could not check.
    pub unknown: u64,
    /// Accepted failures.
    pub suppressed: u64,
    /// What they passed.
    pub passed: u64,
}

impl Framework {
    pub(crate) fn of(assessment: &Assessment) -> Self {
        let frameworks::Framework { name, title, version, source, .. } = assessment.framework;
        Self {
            name: (*name).into(),
            title: (*title).into(),
            version: (*version).into(),
            source: (*source).into(),
            percent: assessment.percent(),
            requirements: assessment.requirements.iter().map(Requirement::of).collect(),
        }
    }
}

impl Requirement {
    fn of(assessed: &AssessedRequirement) -> Self {
        let AssessedRequirement { requirement, standing, counts, checks } = assessed;
        Self {
            id: requirement.id.into(),
            title: requirement.title.into(),
            standing: standing.name().into(),
            checks: checks.iter().map(|check| check.id.into()).collect(),
            failed: counts.failed,
            unknown: counts.unknown,
            suppressed: counts.suppressed,
            passed: counts.passed,
        }
    }
}

fn standings(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Standing::ALL.map(Standing::name) })
}
