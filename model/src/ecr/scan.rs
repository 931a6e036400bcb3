//! What a scan of an image found.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Listing;

/// The latest scan of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// Who scanned.
    pub scanner: Scanner,
    /// Whether the result stands.
    pub status: ScanStatus,
    /// When the scan, or its last refresh, was done.
    pub completed_at: Option<Timestamp>,
    /// When the data of vulnerabilities that it used was made; for basic scans.
    pub data_from: Option<Timestamp>,
    /// How many vulnerabilities there are, by severity.
    pub counts: Counts,
    /// Those that are critical or high, the worst first; at most [`Scan::KEPT`] are kept.
    pub worst: Vec<Vulnerability>,
    /// The names of those, among all that are critical or high, that are known to be exploited (CISA's catalogue); `None`
    /// when the scanner does not say.
    pub known_exploited: Option<Listing<String>>,
}

impl Scan {
    /// How many single vulnerabilities of an image are kept.
    pub const KEPT: usize = 200;
    /// How many of them a summary names.
    const NAMED: usize = 10;

    /// What it found that is critical or high and beyond what is put up with, in a few lines: how many, how many can be
    /// fixed, which first. Empty when it found no more than that.
    pub fn beyond(&self, tolerance: &Tolerance) -> Vec<String> {
        let worst: Vec<&Vulnerability> = self.worst.iter().filter(|one| !tolerance.excuses(one)).collect();
        let left = |severity, counted: u64| {
            let of_severity = |one: &&Vulnerability| one.severity == severity;
            let kept = self.worst.iter().filter(of_severity).count();
            let excused = kept - worst.iter().copied().filter(of_severity).count();
            // Those that are not kept one by one are excused by nobody.
            counted.max(kept as u64).saturating_sub(excused as u64)
        };
        let critical = left(VulnerabilitySeverity::Critical, self.counts.critical);
        let high = left(VulnerabilitySeverity::High, self.counts.high);
        if critical <= tolerance.critical && high <= tolerance.high {
            return Vec::new();
        }
        let day = self.completed_at.map_or("an unknown day".to_owned(), |time| day(time).to_string());
        let mut lines =
            vec![format!("{critical} critical and {high} high vulnerabilities by {} of {day}", self.scanner)];
        if !worst.is_empty() {
            lines.push(self.prospects(&worst));
        }
        let total = usize::try_from(critical + high).unwrap_or(usize::MAX);
        let mut worst = worst;
        worst.sort_by_key(|one| std::cmp::Reverse((self.is_exploited(one), one.urgency())));
        lines.extend(worst.iter().take(Self::NAMED).map(|one| one.describe(self.is_exploited(one))));
        let named = worst.len().min(Self::NAMED);
        if named > 0 && total > named {
            lines.push(format!("and {} more", total - named));
        }
        lines
    }

    /// Whether a vulnerability is known to be exploited, as far as was read.
    fn is_exploited(&self, vulnerability: &Vulnerability) -> bool {
        self.known_exploited.as_ref().is_some_and(|known| known.seen().contains(&vulnerability.id))
    }

    /// How many of those kept can be fixed, and how many are exploited.
    fn prospects(&self, worst: &[&Vulnerability]) -> String {
        let count = |wanted: &dyn Fn(&Vulnerability) -> bool| worst.iter().filter(|one| wanted(one)).count();
        let fixes = [
            (count(&|one| one.fix == Fix::Available), "with a fix"),
            (count(&|one| one.fix == Fix::Partial), "with a fix for some packages"),
            (count(&|one| one.fix == Fix::Unavailable), "without a fix"),
            (count(&|one| one.fix == Fix::Unsaid), "of which the scanner does not say whether there is a fix"),
            (count(&|one| self.is_exploited(one)), "known to be exploited"),
            (count(&|one| one.exploit_available == Some(true)), "with a public exploit"),
        ];
        let told: Vec<_> =
            fixes.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        format!("of {} looked at: {}", worst.len(), told.join(", "))
    }
}

/// Which vulnerabilities of an image are put up with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tolerance {
    /// How many critical ones. Default 0.
    pub critical: u64,
    /// How many high ones. Default 0.
    pub high: u64,
    /// Names, such as `CVE-2026-12345`, of those that do not count.
    pub ignored: BTreeSet<String>,
    /// Whether those do not count for which there is no fix yet. Default no.
    pub unfixed: bool,
}

impl Tolerance {
    /// Whether a vulnerability does not count. One of which the scanner does not say whether there is a fix counts.
    fn excuses(&self, vulnerability: &Vulnerability) -> bool {
        self.ignored.contains(&vulnerability.id) || (self.unfixed && vulnerability.fix == Fix::Unavailable)
    }
}

/// The day of a time, in UTC.
pub fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// Who scanned an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scanner {
    /// ECR's basic scanning.
    Basic,
    /// Amazon Inspector.
    Inspector,
}

impl fmt::Display for Scanner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Basic => "the basic scan",
            Self::Inspector => "Inspector's scan",
        })
    }
}

/// Whether a scan's result stands.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanStatus.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanStatus {
    /// The scan was finished.
    Complete,
    /// Inspector watches the image, and has scanned it.
    Active,
    /// The scan is waiting or running, in the service's own word.
    Pending(String),
    /// The scan failed, with the service's reason.
    Failed(String),
    /// The image cannot be scanned, with the service's reason.
    Unsupported(String),
    /// Inspector no longer watches the image, with its reason.
    Inactive(String),
    /// A status that is not known here.
    Other(String),
}

impl ScanStatus {
    /// Whether the scan is still to come to its end.
    pub fn may_finish(&self) -> bool {
        match self {
            Self::Pending(_) => true,
            Self::Complete
            | Self::Active
            | Self::Failed(_)
            | Self::Unsupported(_)
            | Self::Inactive(_)
            | Self::Other(_) => false,
        }
    }

    /// Whether the counts say what the image holds.
    pub fn stands(&self) -> bool {
        match self {
            Self::Complete | Self::Active => true,
            Self::Pending(_) | Self::Failed(_) | Self::Unsupported(_) | Self::Inactive(_) | Self::Other(_) => false,
        }
    }
}

impl fmt::Display for ScanStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => formatter.write_str("the scan is complete"),
            Self::Active => formatter.write_str("Inspector watches the image"),
            Self::Pending(word) => write!(formatter, "the scan is not finished ({word})"),
            Self::Failed(reason) => write!(formatter, "the scan failed: {reason}"),
            Self::Unsupported(reason) => write!(formatter, "the image cannot be scanned: {reason}"),
            Self::Inactive(reason) => write!(formatter, "Inspector no longer watches the image: {reason}"),
            Self::Other(word) => write!(formatter, "the scan's status is {word}"),
        }
    }
}

/// How many vulnerabilities an image has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Critical ones.
    pub critical: u64,
    /// High ones.
    pub high: u64,
    /// Medium ones.
    pub medium: u64,
    /// Low ones.
    pub low: u64,
    /// Those that are informational, undefined or not yet rated.
    pub other: u64,
}

/// How bad a vulnerability is, of those that are kept one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VulnerabilitySeverity {
    /// High.
    High,
    /// Critical.
    Critical,
}

/// One vulnerability of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// Its name, such as `CVE-2026-12345`.
    pub id: String,
    /// How bad it is.
    pub severity: VulnerabilitySeverity,
    /// The packages that have it, with their versions and, where the scanner says it, the version in which it is mended.
    pub packages: Vec<String>,
    /// Its score from 0.0 to 10.0, as the scanner gives it; none where it gives none.
    pub score: Option<String>,
    /// Whether a fixed version exists.
    pub fix: Fix,
    /// Whether a program that exploits it is public, as far as the scanner says.
    pub exploit_available: Option<bool>,
}

impl Vulnerability {
    /// How many packages are named of one that is in many.
    const PACKAGES: usize = 3;

    /// What makes one more urgent than another: an exploit first, then severity, then that it can be fixed.
    fn urgency(&self) -> (bool, VulnerabilitySeverity, bool) {
        let is_fixable = match self.fix {
            Fix::Available | Fix::Partial => true,
            Fix::Unavailable | Fix::Unsaid => false,
        };
        (self.exploit_available == Some(true), self.severity, is_fixable)
    }

    /// A package in words: its name and version, and the version in which it is mended. Inspector says `NotAvailable` of one
    /// that is mended in none.
    ///
    /// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_VulnerablePackage.html>
    pub fn package(name: &str, version: Option<&str>, fixed_in: Option<&str>) -> String {
        let version = version.map_or(String::new(), |version| format!(" {version}"));
        let fixed_in = fixed_in.filter(|fixed_in| !fixed_in.is_empty() && *fixed_in != "NotAvailable");
        format!("{name}{version}{}", fixed_in.map_or(String::new(), |fixed_in| format!(" (fixed in {fixed_in})")))
    }

    /// It in one line.
    fn describe(&self, is_exploited: bool) -> String {
        let Self { id, severity, packages, score, fix, exploit_available } = self;
        let severity = match severity {
            VulnerabilitySeverity::Critical => "critical",
            VulnerabilitySeverity::High => "high",
        };
        let score = score.as_ref().map_or(String::new(), |score| format!(" ({score})"));
        let exploit = match exploit_available {
            _ if is_exploited => ", known to be exploited",
            Some(true) => ", public exploit",
            Some(false) | None => "",
        };
        let fix = match fix {
            Fix::Available => ", fix available",
            Fix::Partial => ", fix for some packages",
            Fix::Unavailable => ", no fix yet",
            Fix::Unsaid => "",
        };
        let shown = packages.get(..Self::PACKAGES).unwrap_or(packages);
        let place = if shown.is_empty() { String::new() } else { format!(", in {}", shown.join(", ")) };
        let rest = match packages.len() - shown.len() {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        format!("{id}: {severity}{score}{exploit}{fix}{place}{rest}")
    }
}

/// Whether a vulnerability can be fixed by an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// For all packages that have it.
    Available,
    /// For some of them.
    Partial,
    /// For none yet.
    Unavailable,
    /// The scanner does not say.
    Unsaid,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vulnerability(id: &str, severity: VulnerabilitySeverity) -> Vulnerability {
        Vulnerability {
            id: id.to_owned(),
            severity,
            packages: vec!["zlib 1.2.8".to_owned()],
            fix: Fix::Unavailable,
            score: None,
            exploit_available: None,
        }
    }

    fn scan(critical: u64, high: u64, worst: Vec<Vulnerability>) -> Scan {
        Scan {
            scanner: Scanner::Basic,
            status: ScanStatus::Complete,
            completed_at: Some("2026-11-21T23:00:00Z".parse().unwrap()),
            data_from: None,
            counts: Counts { critical, high, medium: 40, low: 2, other: 7 },
            worst,
            known_exploited: None,
        }
    }

    #[test]
    fn what_attackers_use_comes_first_and_the_rest_is_counted() {
        let critical = vulnerability("CVE-1", VulnerabilitySeverity::Critical);
        let exploit = Vulnerability {
            score: Some("9.8".to_owned()),
            exploit_available: Some(true),
            fix: Fix::Partial,
            packages: ["a 1", "b 2", "c 3", "d 4", "e 5"].map(str::to_owned).to_vec(),
            ..vulnerability("CVE-2", VulnerabilitySeverity::High)
        };
        let exploited = Vulnerability { fix: Fix::Available, ..vulnerability("CVE-3", VulnerabilitySeverity::High) };
        let expected = [
            "1 critical and 30 high vulnerabilities by the basic scan of 2026-11-21",
            "of 3 looked at: 1 with a fix, 1 with a fix for some packages, 1 without a fix, 1 known to be exploited, 1 with \
             a public exploit",
            "CVE-3: high, known to be exploited, fix available, in zlib 1.2.8",
            "CVE-2: high (9.8), public exploit, fix for some packages, in a 1, b 2, c 3 and 2 more",
            "CVE-1: critical, no fix yet, in zlib 1.2.8",
            "and 28 more",
        ];
        let known_exploited = Some(Listing::whole(vec!["CVE-3".to_owned()]));
        let scan = Scan { known_exploited, ..scan(1, 30, vec![critical, exploit, exploited]) };
        assert_eq!(scan.beyond(&Tolerance::default()), expected);
    }

    #[test]
    fn a_package_is_told_with_the_version_that_mends_it() {
        assert_eq!(Vulnerability::package("openssl", Some("3.0.1"), Some("3.0.2")), "openssl 3.0.1 (fixed in 3.0.2)");
        assert_eq!(Vulnerability::package("zlib", None, Some("NotAvailable")), "zlib");
    }

    #[test]
    fn ten_are_named() {
        let worst = |count: u32| (0..count).map(|n| vulnerability(&format!("CVE-{n}"), VulnerabilitySeverity::High));
        let ten = scan(0, 10, worst(10).collect()).beyond(&Tolerance::default());
        assert_eq!((ten.len(), ten[11].as_str()), (12, "CVE-9: high, no fix yet, in zlib 1.2.8"));
        let many = scan(0, 5_000, worst(200).collect()).beyond(&Tolerance::default());
        assert_eq!((many.len(), many[12].as_str()), (13, "and 4990 more"));
        assert_eq!(scan(2, 0, vec![]).beyond(&Tolerance::default()).len(), 1);
        assert_eq!(scan(0, 0, vec![]).beyond(&Tolerance::default()), Vec::<String>::new());
    }
}
