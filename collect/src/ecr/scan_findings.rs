//! `DescribeImageScanFindings`: what an image itself tells of its scan.

use std::collections::BTreeMap;

use aws_sdk_ecr::operation::describe_image_scan_findings::DescribeImageScanFindingsOutput;
use aws_sdk_ecr::types::{
    EnhancedImageScanFinding, FindingSeverity, ImageScanFinding, ImageScanFindings, ImageScanStatus,
    PackageVulnerabilityDetails, ScanStatus as SdkStatus, VulnerablePackage,
};
use palisade_model::ecr::{Counts, Fix, Scan, ScanStatus, Scanner, Vulnerability, VulnerabilitySeverity};
use palisade_model::{Action, Fact, Place, Reason};

use super::image_call::ImageCall;
use crate::ask::lacking;
use crate::failure::Failure;
use crate::pages::Pages;
use crate::sdk::timestamp;

/// The most that ECR gives on one page.
const PAGE: i32 = 1000;

impl ImageCall<'_> {
    /// The latest basic scan; `None` when there was none.
    pub(super) async fn scan(self) -> Fact<Option<Scan>> {
        let (action, place) = (Action::EcrDescribeImageScanFindings, Place::resource(self.image));
        let mut gathered = Gathered::default();
        let read = async || {
            let mut pages = Pages::default();
            loop {
                let call = || {
                    let request = self.client.describe_image_scan_findings().registry_id(self.image.account());
                    let request = request.repository_name(self.repository);
                    request.image_id(self.id()).max_results(PAGE).set_next_token(pages.token()).send()
                };
                let output = match self.ask.send(action, &place, call).await {
                    Ok(output) => output,
                    Err(Failure::Answered { code, .. }) if code == "ScanNotFoundException" => return Ok(None),
                    Err(Failure::Answered { code, .. }) if code == "UnsupportedImageTypeException" => {
                        return Ok(Some(gathered.finish(ScanStatus::Unsupported(code))));
                    }
                    Err(failure) => return Err(failure),
                };
                let status = output.image_scan_status().and_then(status).ok_or_else(lacking)?;
                gathered.add(&output, status.stands())?;
                if !pages.go_on(output.next_token, false)? {
                    return Ok(Some(gathered.finish(status)));
                }
            }
        };
        self.ask.remembered(action, &place, "", read).await
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanStatus.html>
fn status(status: &ImageScanStatus) -> Option<ScanStatus> {
    let word = status.status()?;
    let said = || status.description().filter(|text| !text.is_empty()).unwrap_or(word.as_str()).to_owned();
    Some(match word {
        SdkStatus::Complete => ScanStatus::Complete,
        SdkStatus::Active => ScanStatus::Active,
        SdkStatus::InProgress | SdkStatus::Pending => ScanStatus::Pending(word.as_str().to_owned()),
        SdkStatus::Failed | SdkStatus::FindingsUnavailable | SdkStatus::LimitExceeded => ScanStatus::Failed(said()),
        SdkStatus::UnsupportedImage => ScanStatus::Unsupported(said()),
        SdkStatus::ScanEligibilityExpired | SdkStatus::ImageArchived => ScanStatus::Inactive(word.as_str().to_owned()),
        // The SDK does not know it yet; Inspector says the same of images that are too large for it.
        other if other.as_str() == "IMAGE_SIZE_EXCEEDED" => ScanStatus::Unsupported(said()),
        other => ScanStatus::Other(other.as_str().to_owned()),
    })
}

/// The pages of a scan's findings, added up.
#[derive(Default)]
struct Gathered {
    counts: Counts,
    /// Findings seen one by one: a count that is lower than these is wrong.
    seen: Counts,
    worst: BTreeMap<String, Vulnerability>,
    /// Whether Inspector scanned.
    by_inspector: bool,
    completed_at: Option<jiff::Timestamp>,
    data_from: Option<jiff::Timestamp>,
}

impl Gathered {
    /// Adds a page. A finished scan without findings says so; one that lacks them has not been read.
    fn add(&mut self, output: &DescribeImageScanFindingsOutput, finished: bool) -> Result<(), Failure> {
        let Some(findings) = output.image_scan_findings() else {
            return if finished { Err(lacking()) } else { Ok(()) };
        };
        self.completed_at = self.completed_at.or(timestamp(findings.image_scan_completed_at()));
        self.data_from = self.data_from.or(timestamp(findings.vulnerability_source_updated_at()));
        self.count(findings)?;
        for finding in findings.findings() {
            *slot(&mut self.seen, finding.severity())? += 1;
            self.keep(finding);
        }
        for finding in findings.enhanced_findings() {
            self.by_inspector = true;
            self.keep_enhanced(finding)?;
        }
        Ok(())
    }

    /// A finding of Inspector, which the image tells as well. What Inspector suppressed or closed does not count.
    fn keep_enhanced(&mut self, finding: &EnhancedImageScanFinding) -> Result<(), Failure> {
        match finding.status() {
            Some("ACTIVE") | None => {}
            Some("SUPPRESSED" | "CLOSED") => return Ok(()),
            Some(status) => return Err(not_known("the status of a finding", status)),
        }
        let severity = finding.severity().map(FindingSeverity::from);
        *slot(&mut self.seen, severity.as_ref())? += 1;
        let Some(severity) = severity.as_ref().and_then(kept_severity) else { return Ok(()) };
        let details = finding.package_vulnerability_details();
        let id = details.and_then(|details| details.vulnerability_id()).or(finding.title()).unwrap_or("unnamed");
        let packages = details.map(PackageVulnerabilityDetails::vulnerable_packages).unwrap_or_default().iter();
        let packages = packages.filter_map(package);
        let kept = self.worst.entry(id.to_owned()).or_insert_with(|| vulnerability(id, severity));
        kept.severity = kept.severity.max(severity);
        kept.packages.extend(packages);
        // A finding that gives no score gives 0.
        let score = Some(finding.score()).filter(|score| *score > 0.0);
        kept.score = score.map(|score| format!("{score:.1}")).or(kept.score.take());
        kept.fix = match finding.fix_available() {
            Some("YES") => Fix::Available,
            Some("PARTIAL") => Fix::Partial,
            Some("NO") => Fix::Unavailable,
            Some(_) | None => Fix::Unsaid,
        };
        kept.exploit_available = match finding.exploit_available() {
            Some("YES") => Some(true),
            Some("NO") => Some(false),
            Some(_) | None => None,
        };
        Ok(())
    }

    /// Each page repeats the counts of all.
    fn count(&mut self, findings: &ImageScanFindings) -> Result<(), Failure> {
        let mut counts = Counts::default();
        for (severity, count) in
            findings.finding_severity_counts().into_iter().flatten().filter(|(_, count)| **count > 0)
        {
            *slot(&mut counts, Some(severity))? += u64::try_from(*count).unwrap_or_default();
        }
        self.counts = most(self.counts, counts);
        Ok(())
    }

    fn keep(&mut self, finding: &ImageScanFinding) {
        let Some(severity) = finding.severity().and_then(kept_severity) else { return };
        let attribute = |key: &str| {
            let attributes = finding.attributes().iter();
            attributes.filter(|attribute| attribute.key() == key).find_map(|attribute| attribute.value())
        };
        let package = attribute("package_name").map(|name| match attribute("package_version") {
            Some(version) => format!("{name} {version}"),
            None => name.to_owned(),
        });
        let id = finding.name().unwrap_or("unnamed").to_owned();
        let kept = self.worst.entry(id.clone()).or_insert_with(|| vulnerability(&id, severity));
        kept.severity = kept.severity.max(severity);
        kept.packages.extend(package);
    }

    fn finish(&mut self, status: ScanStatus) -> Scan {
        let mut worst: Vec<_> = std::mem::take(&mut self.worst).into_values().collect();
        shorten(&mut worst);
        Scan {
            scanner: if self.by_inspector || status == ScanStatus::Active {
                Scanner::Inspector
            } else {
                Scanner::Basic
            },
            status,
            completed_at: self.completed_at,
            data_from: self.data_from,
            counts: most(self.counts, self.seen),
            worst,
            known_exploited: None,
        }
    }
}

/// A package by name and version, and the version in which it is mended, as far as they are told.
fn package(package: &VulnerablePackage) -> Option<String> {
    Some(Vulnerability::package(package.name()?, package.version(), package.fixed_in_version()))
}

/// The severity of a finding that is kept by itself.
fn kept_severity(severity: &FindingSeverity) -> Option<VulnerabilitySeverity> {
    match severity {
        FindingSeverity::Critical => Some(VulnerabilitySeverity::Critical),
        FindingSeverity::High => Some(VulnerabilitySeverity::High),
        _ => None,
    }
}

fn vulnerability(id: &str, severity: VulnerabilitySeverity) -> Vulnerability {
    Vulnerability {
        id: id.to_owned(),
        severity,
        packages: Vec::new(),
        score: None,
        fix: Fix::Unsaid,
        exploit_available: None,
    }
}

/// Puts the worst first, and gives up what is beyond [`Scan::KEPT`].
pub(super) fn shorten(worst: &mut Vec<Vulnerability>) {
    worst.sort_by(|left, right| right.severity.cmp(&left.severity).then_with(|| left.id.cmp(&right.id)));
    worst.truncate(Scan::KEPT);
}

/// The higher of two counts, severity by severity.
pub(super) fn most(left: Counts, right: Counts) -> Counts {
    Counts {
        critical: left.critical.max(right.critical),
        high: left.high.max(right.high),
        medium: left.medium.max(right.medium),
        low: left.low.max(right.low),
        other: left.other.max(right.other),
    }
}

/// The count of a severity. One that is not known here may be graver than all others.
fn slot<'a>(counts: &'a mut Counts, severity: Option<&FindingSeverity>) -> Result<&'a mut u64, Failure> {
    match severity {
        Some(FindingSeverity::Critical) => Ok(&mut counts.critical),
        Some(FindingSeverity::High) => Ok(&mut counts.high),
        Some(FindingSeverity::Medium) => Ok(&mut counts.medium),
        Some(FindingSeverity::Low) => Ok(&mut counts.low),
        Some(FindingSeverity::Informational | FindingSeverity::Undefined) | None => Ok(&mut counts.other),
        // Inspector's word for what is not rated yet.
        Some(other) if other.as_str() == "UNTRIAGED" => Ok(&mut counts.other),
        Some(other) => Err(not_known("the severity of a finding", other.as_str())),
    }
}

fn not_known(what: &str, value: &str) -> Failure {
    Failure::GaveUp(Reason::not_known(what, value))
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecr::types::Attribute;

    use super::*;

    fn finding(name: &str, severity: FindingSeverity, package: &str) -> ImageScanFinding {
        let attribute = Attribute::builder().key("package_name").value(package).build().unwrap();
        ImageScanFinding::builder().name(name).severity(severity).attributes(attribute).build()
    }

    fn page(findings: ImageScanFindings) -> DescribeImageScanFindingsOutput {
        DescribeImageScanFindingsOutput::builder().image_scan_findings(findings).build()
    }

    #[test]
    fn pages_add_up_and_counts_are_not_lower_than_what_was_seen() {
        let mut gathered = Gathered::default();
        let first = ImageScanFindings::builder()
            .finding_severity_counts(FindingSeverity::High, 1)
            .finding_severity_counts(FindingSeverity::Undefined, 4)
            .findings(finding("CVE-2", FindingSeverity::High, "zlib"))
            .findings(finding("CVE-3", FindingSeverity::High, "openssl"));
        let second = ImageScanFindings::builder()
            .findings(finding("CVE-9", FindingSeverity::Critical, "openssl"))
            .findings(finding("CVE-3", FindingSeverity::High, "libssl"));
        gathered.add(&page(first.build()), true).unwrap();
        gathered.add(&page(second.build()), true).unwrap();
        let scan = gathered.finish(ScanStatus::Complete);
        assert_eq!(scan.counts, Counts { critical: 1, high: 3, other: 4, ..Counts::default() });
        let names: Vec<_> = scan.worst.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(names, ["CVE-9", "CVE-2", "CVE-3"]);
        assert_eq!(scan.worst[2].packages, ["openssl", "libssl"]);
    }

    #[test]
    fn what_inspector_found_is_read_from_the_image_too() {
        let found = |id: &str, status: &str| {
            let package =
                VulnerablePackage::builder().name("openssl").version("3.0.1").fixed_in_version("3.0.2").build();
            let details =
                PackageVulnerabilityDetails::builder().vulnerability_id(id).vulnerable_packages(package).build();
            let finding = EnhancedImageScanFinding::builder().severity("CRITICAL").status(status);
            let finding = finding.package_vulnerability_details(details).score(9.8);
            finding.fix_available("NO").exploit_available("YES").build()
        };
        let findings = ImageScanFindings::builder()
            .enhanced_findings(found("CVE-1", "ACTIVE"))
            .enhanced_findings(found("CVE-2", "SUPPRESSED"));
        let mut gathered = Gathered::default();
        gathered.add(&page(findings.build()), true).unwrap();
        let scan = gathered.finish(ScanStatus::Active);
        assert_eq!((scan.scanner, scan.counts.critical, scan.worst.len()), (Scanner::Inspector, 1, 1));
        let worst = &scan.worst[0];
        assert_eq!((worst.fix, worst.exploit_available), (Fix::Unavailable, Some(true)));
        assert_eq!(
            (worst.packages.as_slice(), worst.score.as_deref()),
            (["openssl 3.0.1 (fixed in 3.0.2)".to_owned()].as_slice(), Some("9.8"))
        );
    }

    #[test]
    fn a_finding_of_a_severity_or_status_that_is_not_known_leaves_the_scan_unread() {
        let add = |findings: ImageScanFindings| Gathered::default().add(&page(findings), true);
        let severity =
            |word: &str| ImageScanFindings::builder().findings(finding("CVE-1", word.into(), "zlib")).build();
        assert!(add(severity("APOCALYPTIC")).is_err() && add(severity("UNTRIAGED")).is_ok());
        let counted = |count| ImageScanFindings::builder().finding_severity_counts("APOCALYPTIC".into(), count).build();
        assert!(add(counted(1)).is_err() && add(counted(0)).is_ok());
        let enhanced = |status: &str| {
            let finding = EnhancedImageScanFinding::builder().severity("LOW").status(status).build();
            ImageScanFindings::builder().enhanced_findings(finding).build()
        };
        assert!(add(enhanced("DREAMING")).is_err() && add(enhanced("CLOSED")).is_ok());
    }

    #[test]
    fn a_finished_scan_without_its_findings_is_not_read() {
        let nothing = DescribeImageScanFindingsOutput::builder().build();
        assert!(Gathered::default().add(&nothing, true).is_err());
        assert!(Gathered::default().add(&nothing, false).is_ok());
    }

    #[test]
    fn a_state_that_is_new_to_us_is_no_finished_scan() {
        let state = |word: &str| {
            let one = ImageScanStatus::builder().status(SdkStatus::from(word)).description("said").build();
            status(&one).unwrap()
        };
        assert_eq!(state("COMPLETE"), ScanStatus::Complete);
        assert_eq!(state("UNSUPPORTED_IMAGE"), ScanStatus::Unsupported("said".to_owned()));
        assert_eq!(state("IMAGE_SIZE_EXCEEDED"), ScanStatus::Unsupported("said".to_owned()));
        assert_eq!(state("FINDINGS_UNAVAILABLE"), ScanStatus::Failed("said".to_owned()));
        assert_eq!(state("SLEEPING"), ScanStatus::Other("SLEEPING".to_owned()));
        assert_eq!(status(&ImageScanStatus::builder().build()), None);
    }
}
