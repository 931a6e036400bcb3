//! The report as a document that is written, and read again: for history, comparison, merging and baselines.
//!
//! The doc comments here are the descriptions in docs/schemas/report.schema.json.

mod compliance;
mod finding;
mod gap;
mod notice;
mod read;
mod scope;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use palisade_checks::audit::{self, Report};
use palisade_checks::score;
use palisade_model::{Arn, Depth};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

pub use self::compliance::{Framework, Requirement};
pub use self::finding::{Control, Finding, Status};
pub(crate) use self::finding::{resource_name, short};
pub use self::gap::{By, Gap, Kind as GapKind, Reason};
pub use self::notice::{Kind as NoticeKind, Notice, Suppression};
pub use self::read::{ReadError, read};
pub use self::scope::Scope;
use crate::Include;
use crate::safe::to_json_pretty;
pub use crate::summary::{BySeverity, Counts, Summary};
use crate::view::View;

/// The version of the form below. A new field, or a new word in one, raises the second number; a changed or removed one
/// raises the first.
pub const SCHEMA_VERSION: &str = "1.4.0";

/// The result of auditing one AWS account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document<F = Vec<Finding<'static>>> {
    /// The version of this form: a new field raises the second number, a changed or removed one the first.
    pub schema_version: Cow<'static, str>,
    /// What made the report.
    pub tool: Tool,
    /// The account's twelve-digit id.
    pub account: String,
    /// The account's partition: `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: String,
    /// Who read the account; null when the inventory is older than this field.
    pub identity: Option<Identity>,
    /// The audited Regions, sorted.
    pub regions: Vec<String>,
    /// When collection began (RFC 3339, UTC).
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub collected_at: Timestamp,
    /// How much was read: `standard` or `deep`.
    #[schemars(schema_with = "depths")]
    pub depth: Depth,
    /// What was judged, and under which settings; null when the report is older than this field.
    pub scope: Option<Scope>,
    /// Whether everything that was asked for was answered. When false, the exit code is 3.
    pub complete: bool,
    /// Whether collection was stopped before it was through.
    pub interrupted: bool,
    /// The account's score; null when nothing was due.
    pub score: Option<Score>,
    /// The account's score if nothing were suppressed; null when nothing was due.
    pub unsuppressed_score: Option<Score>,
    /// Scores of the account's parts; a part in which nothing was due has none.
    pub scores: Scores,
    /// How much of what was due was decided.
    pub coverage: Coverage,
    /// Counts of all findings, those included that this document leaves out.
    pub summary: Summary,
    /// The statements whose removal ends most of the escalation paths told, the most first, each counted without those that
    /// the ones before it end; null when the report is older than this field.
    pub choke_points: Option<Vec<ChokePoint>>,
    /// One entry for each check and resource: the worst first, then by check and resource. Passes and questions that do
    /// not arise are left out unless asked for.
    pub findings: F,
    /// The ARNs of all resources that some check judged, or could not judge, sorted: those included of which this document
    /// shows no finding. Null when the report is older than this field.
    pub resources: Option<Vec<String>>,
    /// How the account stands by the frameworks that were asked for; null when none was.
    pub frameworks: Option<Vec<Framework>>,
    /// Every call that gave no answer, without repeats.
    pub gaps: Vec<Gap>,
    /// What the reader should know besides.
    pub notices: Vec<Notice>,
    /// What the collection cost the account.
    pub calls: Calls,
}

impl Document {
    /// The document of a report, with the findings that shall be included: one for each check and resource.
    pub fn from_report(report: &Report, include: Include) -> Self {
        let view = View::of(report);
        let findings = view.findings(include).map(|finding| finding.into_owned().into_owned()).collect();
        view.head.with_findings(|()| findings)
    }
}

impl Document<()> {
    /// All that a report says beside its findings.
    pub(crate) fn head(report: &Report) -> Self {
        let scores = &report.scores;
        let resources: BTreeSet<_> = report.findings.iter().map(|finding| &finding.resource).collect();
        let resources = resources.into_iter().map(Arn::as_str).filter(|arn| !arn.ends_with('*'));
        Self {
            schema_version: SCHEMA_VERSION.into(),
            tool: Tool { name: "palisade".into(), version: env!("CARGO_PKG_VERSION").into() },
            account: report.account.to_string(),
            partition: report.partition.to_string(),
            identity: report.identity.as_ref().map(Identity::of),
            regions: report.regions.iter().map(ToString::to_string).collect(),
            collected_at: report.collected_at,
            depth: report.depth,
            scope: Some(Scope::of(&report.scope)),
            complete: !report.is_incomplete(),
            interrupted: report.interrupted,
            score: scores.account.as_ref().map(Score::of),
            unsuppressed_score: scores.unsuppressed.as_ref().map(Score::of),
            scores: Scores {
                services: scores.services.iter().map(|(name, score)| ((*name).to_owned(), Score::of(score))).collect(),
                regions: scores.regions.iter().map(|(name, score)| (name.clone(), Score::of(score))).collect(),
            },
            coverage: Coverage {
                decided: report.coverage.decided,
                due: report.coverage.due,
                percent: (report.coverage.due > 0).then(|| report.coverage.percent()),
            },
            summary: Summary::of(report),
            choke_points: Some(report.choke_points.iter().map(ChokePoint::of).collect()),
            findings: (),
            resources: Some(resources.map(str::to_owned).collect()),
            frameworks: None,
            gaps: report.gaps.iter().map(|gap| Gap::of(gap, report)).collect(),
            notices: report.notices.iter().map(Notice::of).collect(),
            calls: Calls::of(&report.calls),
        }
    }
}

impl<F> Document<F> {
    /// The same with other findings.
    pub(crate) fn with_findings<G>(self, other: impl FnOnce(F) -> G) -> Document<G> {
        Document {
            schema_version: self.schema_version,
            tool: self.tool,
            account: self.account,
            partition: self.partition,
            identity: self.identity,
            regions: self.regions,
            collected_at: self.collected_at,
            depth: self.depth,
            scope: self.scope,
            complete: self.complete,
            interrupted: self.interrupted,
            score: self.score,
            unsuppressed_score: self.unsuppressed_score,
            scores: self.scores,
            coverage: self.coverage,
            summary: self.summary,
            choke_points: self.choke_points,
            findings: other(self.findings),
            resources: self.resources,
            frameworks: self.frameworks,
            gaps: self.gaps,
            notices: self.notices,
            calls: self.calls,
        }
    }
}

impl<F: Serialize> Document<F> {
    /// Writes the document as `palisade audit --format json` does: no text in it can steer a terminal.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        to_json_pretty(&mut out, self)?;
        writeln!(out)?;
        out.flush()
    }
}

/// What made a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Always `palisade`.
    pub name: Cow<'static, str>,
    /// Its version.
    pub version: Cow<'static, str>,
}

/// Who read the account, and by which credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// The identity's ARN, as AWS names it.
    pub arn: String,
    /// Where its credentials came from, in words.
    pub source: String,
}

impl Identity {
    fn of(identity: &palisade_model::Identity) -> Self {
        Self { arn: identity.arn.to_string(), source: identity.source.clone() }
    }
}

/// A score with its uncertainty; docs/scoring.md defines it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// The score if everything unknown fails (0 to 100).
    #[schemars(range(max = 100))]
    pub low: u8,
    /// The score if everything unknown passes (0 to 100).
    #[schemars(range(max = 100))]
    pub high: u8,
    /// The grade, A to F; two of them, worst first, when the range spans several, such as `F-A`.
    #[schemars(regex(pattern = "^[ABCDF](-[ABCDF])?$"))]
    pub grade: String,
}

impl Score {
    fn of(score: &score::Score) -> Self {
        Self { low: score.low, high: score.high, grade: score.grade.clone() }
    }
}

/// A statement whose removal ends escalation paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChokePoint {
    /// Whose policy it is: a managed policy's ARN, or that of the role or user whose inline or trust policy it is.
    pub owner: String,
    /// The policy's name; `trust` for a trust policy.
    pub policy: String,
    /// The statement's place in the policy, from 0.
    pub statement: usize,
    /// How many of the paths told it ends.
    pub paths: usize,
    /// From how many identities these start.
    pub identities: usize,
}

impl ChokePoint {
    fn of(point: &audit::ChokePoint) -> Self {
        let audit::ChokePoint { owner, policy, statement, paths, identities } = point;
        Self {
            owner: owner.to_string(),
            policy: policy.clone(),
            statement: *statement,
            paths: *paths,
            identities: *identities,
        }
    }
}

/// Scores of an account's parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scores {
    /// By service.
    pub services: BTreeMap<String, Score>,
    /// By Region; global resources are under `global`.
    pub regions: BTreeMap<String, Score>,
}

/// How much of what was due was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Checks of resources that ended in pass or fail.
    pub decided: u64,
    /// All that apply, the unknown ones included.
    pub due: u64,
    /// The decided share in per cent, rounded down, so that 100 means all.
    #[schemars(range(max = 100))]
    pub percent: Option<u64>,
}

/// What a collection cost the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Calls {
    /// Requests sent, throttled ones and repeats included.
    pub total: u64,
    /// Requests that AWS throttled; each was sent again.
    pub throttled: u64,
    /// Requests by IAM action.
    pub by_action: BTreeMap<String, u64>,
}

impl Calls {
    fn of(calls: &palisade_model::Calls) -> Self {
        Self {
            total: calls.total,
            throttled: calls.throttled,
            by_action: calls.by_action.iter().map(|(action, count)| (action.name().to_owned(), *count)).collect(),
        }
    }
}

fn depths(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": [Depth::Standard, Depth::Deep] })
}
