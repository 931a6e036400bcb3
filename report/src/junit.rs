//! The report as JUnit's XML, which pipelines show as tests: a suite for each check, a case for each resource.
//!
//! There is no standard; this is what Jenkins, GitLab and Azure read.
//! Source: <https://github.com/testmoapp/junitxml>

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use super::document::{Finding, Gap, Status};
use super::safe::visible;
use super::view::View;
use super::{Format, Include, Style};

/// The suite of what could not be read and stands in no finding's way.
const READING: &str = "reading";

/// The form.
pub(super) const FORMAT: Format = Format {
    name: "junit",
    about: "JUnit's XML, which pipelines show as tests: a suite for each check, a case for each resource",
    extensions: &["xml"],
    write,
};

/// Writes failures as failures, unknowns as errors, and suppressed failures as skipped. Passes are written always, so that
/// a suite without a case was not judged; what does not apply is skipped, if asked for.
///
/// The heads of the file and of each suite hold counts of what follows, so that findings are gone through twice: memory does
/// not grow with their number.
fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let include = Include { passes: true, ..style.include };
    let loose: Vec<_> = view.loose_gaps().into_iter().map(Case::of_gap).collect();
    let mut suites: BTreeMap<String, Counts> = BTreeMap::new();
    let shown = view.outlines().filter(|(_, _, status)| include.shows(*status));
    for (check, _, status) in shown {
        if !suites.contains_key(check) {
            suites.insert(check.to_owned(), Counts::default());
        }
        if let Some(counts) = suites.get_mut(check) {
            counts.add(status);
        }
    }
    let mut reading = Counts::default();
    for _ in &loose {
        reading.add(Status::Unknown);
    }
    let mut out = BufWriter::new(out);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let all = suites.values().chain([&reading]).fold(Counts::default(), Counts::and);
    writeln!(out, "<testsuites name=\"palisade\" {all}>")?;
    for (name, counts) in &suites {
        head(name, counts, view, &mut out)?;
        for finding in view.findings_of(name, include) {
            Case::of(&finding).write(name, &mut out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    if reading.all > 0 {
        head(READING, &reading, view, &mut out)?;
        for case in &loose {
            case.write(READING, &mut out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")?;
    out.flush()
}

fn head(name: &str, counts: &Counts, view: &View, out: &mut impl Write) -> io::Result<()> {
    let time = view.head.collected_at.strftime("%Y-%m-%dT%H:%M:%S");
    writeln!(out, "  <testsuite name=\"{}\" {counts} timestamp=\"{time}\">", quoted(name))
}

/// One resource under one check.
struct Case {
    name: String,
    result: CaseResult,
}

enum CaseResult {
    Passed,
    /// With the severity and the evidence.
    Failed(&'static str, Vec<String>),
    /// With what stands in the way.
    Unknown(String),
    /// With the reason.
    Skipped(String),
}

impl Case {
    fn of(finding: &Finding) -> Self {
        let result = match finding.status {
            Status::Fail => {
                CaseResult::Failed(finding.severity.name(), finding.evidence.iter().map(|one| one.0.clone()).collect())
            }
            Status::Suppressed => {
                let reason = finding.suppression.as_ref().map_or("", |suppression| &suppression.reason);
                CaseResult::Skipped(format!("accepted: {reason}"))
            }
            Status::NotApplicable => CaseResult::Skipped("does not apply".to_owned()),
            Status::Unknown => CaseResult::Unknown(finding.gap.as_ref().map(ToString::to_string).unwrap_or_default()),
            Status::Pass => CaseResult::Passed,
        };
        Self { name: finding.resource.to_string(), result }
    }

    fn of_gap(gap: &Gap) -> Self {
        let place = gap.resource.as_deref().unwrap_or("the account");
        Self { name: format!("{} of {place}", gap.action), result: CaseResult::Unknown(gap.to_string()) }
    }

    fn write(&self, check: &str, out: &mut impl Write) -> io::Result<()> {
        let head = format!("    <testcase classname=\"{}\" name=\"{}\"", quoted(check), quoted(&self.name));
        let inner = match &self.result {
            CaseResult::Passed => return writeln!(out, "{head}/>"),
            CaseResult::Failed(severity, evidence) => {
                let lines: Vec<String> = evidence.iter().map(|line| quoted(line)).collect();
                let first = lines.first().map_or("", String::as_str);
                format!("<failure type=\"{severity}\" message=\"{first}\">{}</failure>", lines.join("\n"))
            }
            CaseResult::Unknown(gap) => format!("<error type=\"unknown\" message=\"{}\"/>", quoted(gap)),
            CaseResult::Skipped(reason) => format!("<skipped message=\"{}\"/>", quoted(reason)),
        };
        writeln!(out, "{head}>{inner}</testcase>")
    }
}

/// How many cases there are, by result.
#[derive(Default)]
struct Counts {
    all: usize,
    failed: usize,
    unknown: usize,
    skipped: usize,
}

impl Counts {
    fn add(&mut self, status: Status) {
        self.all += 1;
        match status {
            Status::Pass => {}
            Status::Fail => self.failed += 1,
            Status::Unknown => self.unknown += 1,
            Status::Suppressed | Status::NotApplicable => self.skipped += 1,
        }
    }

    fn and(self, other: &Self) -> Self {
        Self {
            all: self.all + other.all,
            failed: self.failed + other.failed,
            unknown: self.unknown + other.unknown,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { all, failed, unknown, skipped } = self;
        write!(formatter, "tests=\"{all}\" failures=\"{failed}\" errors=\"{unknown}\" skipped=\"{skipped}\"")
    }
}

/// Text as it may stand in XML, with every hidden character spelt out.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    for character in visible(text).chars() {
        match character {
            '&' => quoted.push_str("&amp;"),
            '<' => quoted.push_str("&lt;"),
            '>' => quoted.push_str("&gt;"),
            '"' => quoted.push_str("&quot;"),
            '\'' => quoted.push_str("&apos;"),
            // XML has no word for these two.
            '\u{fffe}' | '\u{ffff}' => quoted.push('\u{fffd}'),
            other => quoted.push(other),
        }
    }
    quoted
}
