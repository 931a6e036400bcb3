//! The report as one JSON document. The doc comments here are the descriptions in docs/schemas/report.schema.json.
//!
//! Findings are written one by one, so that memory does not grow with their number.

mod gap;
mod notice;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use palisade_checks::audit;
use palisade_checks::audit::{Report, Status};
use palisade_checks::check;
use palisade_checks::check::Check;
use palisade_checks::score;
use palisade_model::Depth;
use palisade_model::verdict::{Severity, Verdict};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

pub(super) use self::gap::Gap;
pub(super) use self::notice::message;
use self::notice::{Notice, Suppression};
use super::Include;
use super::safe::Escaped;
use super::summary::Summary;

/// The version of the form below. A new field raises the second number; a changed or removed one raises the first.
const SCHEMA_VERSION: &str = "1.1.0";

/// The JSON Schema of the document, made from the types.
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Document>();
    schema.insert("title".to_owned(), "Palisade report".into());
    schema.into()
}

/// Writes the document.
pub(super) fn write(report: &Report, include: Include, out: &mut impl Write) -> io::Result<()> {
    let mut out = Escaped(BufWriter::new(out));
    serde_json::to_writer_pretty(&mut out, &Document::of(report, include))?;
    writeln!(out)?;
    out.flush()
}

/// The result of auditing one AWS account.
#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    /// The version of this form: a new field raises the second number, a changed or removed one the first.
    schema_version: &'static str,
    /// What made the report.
    tool: Tool,
    /// The account's twelve-digit id.
    account: &'a str,
    /// The account's partition: `aws`, `aws-cn`, `aws-us-gov` …
    partition: &'a str,
    /// Who read the account; null when the inventory is older than this field.
    identity: Option<Identity<'a>>,
    /// The audited Regions, sorted.
    regions: Vec<&'a str>,
    /// When collection began (RFC 3339, UTC).
    #[schemars(with = "String", extend("format" = "date-time"))]
    collected_at: jiff::Timestamp,
    /// How much was read: `standard` or `deep`.
    #[schemars(schema_with = "depths")]
    depth: Depth,
    /// Whether everything that was asked for was answered. When false, the exit code is 3.
    complete: bool,
    /// Whether collection was stopped before it was through.
    interrupted: bool,
    /// The account's score; null when nothing was due.
    score: Option<Score<'a>>,
    /// The account's score if nothing were suppressed; null when nothing was due.
    unsuppressed_score: Option<Score<'a>>,
    /// Scores of the account's parts; a part in which nothing was due has none.
    scores: Scores<'a>,
    /// How much of what was due was decided.
    coverage: Coverage,
    /// Counts of all findings, those included that this document leaves out.
    summary: Summary,
    /// One entry for each check and resource: the worst first, then by check and resource. Passes and questions that do
    /// not arise are left out unless asked for.
    #[schemars(with = "Vec<Finding<'a>>")]
    findings: Findings<'a>,
    /// Every call that gave no answer, without repeats.
    gaps: Vec<Gap<'a>>,
    /// What the reader should know besides.
    notices: Vec<Notice<'a>>,
    /// What the collection cost the account.
    calls: Calls,
}

impl<'a> Document<'a> {
    fn of(report: &'a Report, include: Include) -> Self {
        let scores = &report.scores;
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool { name: "palisade", version: env!("CARGO_PKG_VERSION") },
            account: report.account.as_str(),
            partition: report.partition.as_str(),
            identity: report.identity.as_ref().map(Identity::of),
            regions: report.regions.iter().map(palisade_model::RegionName::as_str).collect(),
            collected_at: report.collected_at,
            depth: report.depth,
            complete: !report.is_incomplete(),
            interrupted: report.interrupted,
            score: scores.account.as_ref().map(Score::of),
            unsuppressed_score: scores.unsuppressed.as_ref().map(Score::of),
            scores: Scores {
                services: scores.services.iter().map(|(name, score)| (*name, Score::of(score))).collect(),
                regions: scores.regions.iter().map(|(name, score)| (name.as_str(), Score::of(score))).collect(),
            },
            coverage: Coverage {
                decided: report.coverage.decided,
                due: report.coverage.due,
                percent: (report.coverage.due > 0).then(|| report.coverage.percent()),
            },
            summary: Summary::of(report),
            findings: Findings { report, include },
            gaps: report.gaps.iter().map(|gap| Gap::of(gap, report)).collect(),
            notices: report.notices.iter().map(Notice::of).collect(),
            calls: Calls::of(&report.calls),
        }
    }
}

/// What made a report.
#[derive(Serialize, JsonSchema)]
struct Tool {
    /// Always `palisade`.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// Who read the account, and by which credentials.
#[derive(Serialize, JsonSchema)]
struct Identity<'a> {
    /// The identity's ARN, as AWS names it.
    arn: &'a str,
    /// Where its credentials came from, in words.
    source: &'a str,
}

impl<'a> Identity<'a> {
    fn of(identity: &'a palisade_model::Identity) -> Self {
        Self { arn: identity.arn.as_str(), source: &identity.source }
    }
}

/// A score with its uncertainty; docs/scoring.md defines it.
#[derive(Serialize, JsonSchema)]
struct Score<'a> {
    /// The score if everything unknown fails (0 to 100).
    #[schemars(range(max = 100))]
    low: u8,
    /// The score if everything unknown passes (0 to 100).
    #[schemars(range(max = 100))]
    high: u8,
    /// The grade, A to F; two of them, worst first, when the range spans several, such as `F-A`.
    #[schemars(regex(pattern = "^[ABCDF](-[ABCDF])?$"))]
    grade: &'a str,
}

impl<'a> Score<'a> {
    fn of(score: &'a score::Score) -> Self {
        Self { low: score.low, high: score.high, grade: &score.grade }
    }
}

/// Scores of an account's parts.
#[derive(Serialize, JsonSchema)]
struct Scores<'a> {
    /// By service.
    services: BTreeMap<&'a str, Score<'a>>,
    /// By Region; global resources are under `global`.
    regions: BTreeMap<&'a str, Score<'a>>,
}

/// How much of what was due was decided.
#[derive(Serialize, JsonSchema)]
struct Coverage {
    /// Checks of resources that ended in pass or fail.
    decided: u64,
    /// All that apply, the unknown ones included.
    due: u64,
    /// The decided share in per cent, rounded down, so that 100 means all.
    #[schemars(range(max = 100))]
    percent: Option<u64>,
}

/// What one check concludes of one resource.
#[derive(Serialize, JsonSchema)]
struct Finding<'a> {
    /// Stays the same from run to run: 32 hexadecimal digits made of the check and the resource.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
    uid: String,
    /// The check's id.
    check: &'a str,
    /// The check's title.
    title: &'a str,
    /// The service's prefix, such as `lambda`.
    service: &'a str,
    /// The Region; null for a global resource.
    region: Option<&'a str>,
    /// The ARN. It ends in `*` where it stands for all that a list does not show.
    resource: &'a str,
    /// The severity in force.
    #[schemars(schema_with = "severities")]
    severity: Severity,
    /// How it counts.
    #[schemars(schema_with = "statuses")]
    status: &'static str,
    /// What the account says that makes the check fail; empty unless it failed.
    evidence: Vec<&'a str>,
    /// Why the check could not decide; null unless the status is `unknown`.
    gap: Option<Gap<'a>>,
    /// What accepts the failure; null unless the status is `suppressed`.
    suppression: Option<Suppression<'a>>,
    /// Controls of other catalogues that the check covers.
    controls: &'a [Control],
    /// What to do about a failure (Markdown).
    remediation: &'a str,
    /// Addresses to read further.
    references: &'a [String],
}

/// A control of another catalogue.
#[derive(Serialize, JsonSchema)]
struct Control {
    /// The catalogue's name.
    framework: &'static str,
    /// The control's id there.
    id: &'static str,
}

/// What a check says of itself, read from its documentation once.
struct Prose {
    controls: Vec<Control>,
    remediation: String,
    references: Vec<String>,
}

impl Prose {
    fn of(check: &'static Check) -> Self {
        let controls = check.controls.iter();
        Self {
            controls: controls.map(|one| Control { framework: one.framework.name(), id: one.id }).collect(),
            remediation: check.section("Fix").unwrap_or_default(),
            references: check.references(),
        }
    }
}

/// The findings, made into JSON one at a time.
struct Findings<'a> {
    report: &'a Report,
    include: Include,
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let checks = self.report.findings.iter().map(|finding| (finding.check.id, finding.check));
        let checks: BTreeMap<_, _> = checks.collect();
        let prose: BTreeMap<_, _> = checks.into_iter().map(|(id, check)| (id, Prose::of(check))).collect();
        serializer.collect_seq(
            self.include
                .of(self.report)
                .filter_map(|finding| Some(Finding::of(finding, prose.get(finding.check.id)?, self.report))),
        )
    }
}

impl<'a> Finding<'a> {
    fn of(finding: &'a audit::Finding, prose: &'a Prose, report: &'a Report) -> Self {
        let (evidence, gap) = match &finding.outcome {
            Ok(Verdict::Fail(evidence)) => (evidence.as_slice(), None),
            Ok(Verdict::Pass | Verdict::NotApplicable) => (&[] as &[_], None),
            Err(gap) => (&[] as &[_], Some(Gap::of(gap, report))),
        };
        Self {
            uid: finding.uid(),
            check: finding.check.id,
            title: finding.check.title(),
            service: finding.check.service(),
            region: finding.region(),
            resource: finding.resource.as_str(),
            severity: finding.severity,
            status: status_name(finding.status()),
            evidence: evidence.iter().map(|check::Evidence(text)| text.as_str()).collect(),
            gap,
            suppression: finding.suppressed.as_deref().map(Suppression::of),
            controls: &prose.controls,
            remediation: &prose.remediation,
            references: &prose.references,
        }
    }
}

/// What a collection cost the account.
#[derive(Serialize, JsonSchema)]
struct Calls {
    /// Requests sent, throttled ones and repeats included.
    total: u64,
    /// Requests that AWS throttled; each was sent again.
    throttled: u64,
    /// Requests by IAM action.
    by_action: BTreeMap<&'static str, u64>,
}

impl Calls {
    fn of(calls: &palisade_model::Calls) -> Self {
        Self {
            total: calls.total,
            throttled: calls.throttled,
            by_action: calls.by_action.iter().map(|(action, count)| (action.name(), *count)).collect(),
        }
    }
}

/// The word for a status.
fn status_name(status: Status) -> &'static str {
    match status {
        Status::Fail => "fail",
        Status::Unknown => "unknown",
        Status::Pass => "pass",
        Status::Suppressed => "suppressed",
        Status::NotApplicable => "not_applicable",
    }
}

fn statuses(_: &mut SchemaGenerator) -> Schema {
    let all = [Status::Fail, Status::Unknown, Status::Suppressed, Status::Pass, Status::NotApplicable];
    json_schema!({ "type": "string", "enum": all.map(status_name) })
}

fn severities(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Severity::ALL.map(Severity::name) })
}

fn depths(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": [Depth::Standard, Depth::Deep] })
}
