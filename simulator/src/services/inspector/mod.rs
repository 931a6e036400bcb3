//! Inspector: what it covers, and what it found in images.

mod coverage;
mod filters;
mod findings;
pub(super) mod operations;
mod status;

use serde_json::{Value, json};

use super::Ask;
use crate::account::{Counts, Finding, Image, InspectorScan, Repository};
use crate::ids;
use crate::images::Entry;
use crate::wire::ServiceError;
use crate::wire::json::object;

/// An image that Inspector knows.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    repository: &'a Repository,
    image: &'a Image,
    entry: &'a Entry,
    scan: &'a InspectorScan,
}

impl Known<'_> {
    fn counts(&self) -> Counts {
        self.scan.counts.unwrap_or_else(|| Counts::of(&self.scan.findings))
    }

    fn architecture(&self) -> &str {
        self.entry.platform(self.image).and_then(|platform| platform.split('/').nth(1)).unwrap_or("amd64")
    }
}

/// The images that Inspector knows in the repositories that `is_wanted`.
fn known<'a>(ask: &Ask<'a>, is_wanted: impl Fn(&str) -> bool) -> Vec<Known<'a>> {
    let world = ask.world;
    let repositories = world.region(ask.region).ecr.repositories.iter().filter(|one| is_wanted(&one.name));
    let shelves = repositories.filter_map(|one| world.repository(ask.region, &one.name));
    shelves
        .flat_map(|(repository, shelf)| {
            shelf.entries.iter().filter_map(move |entry| {
                let image = repository.images.get(entry.image)?;
                entry.platform(image)?;
                let scan = image.inspector.as_deref()?;
                Some(Known { repository, image, entry, scan })
            })
        })
        .collect()
}

/// The name under which Inspector knows an image.
pub(super) fn image_id(ask: &Ask<'_>, repository: &Repository, digest: &str) -> String {
    ask.world.account.arn("ecr", ask.region, &format!("repository/{}/{digest}", repository.name))
}

pub(super) fn finding_arn(ask: &Ask<'_>, image: &str, finding: &Finding) -> String {
    let id = ids::hexadecimal(&format!("finding {image} {} {}", finding.id, finding.package), 32);
    ask.world.account.arn("inspector2", ask.region, &format!("finding/{id}"))
}

/// An image as findings describe it.
pub(super) fn image_details(
    ask: &Ask<'_>,
    repository: &Repository,
    image: &Image,
    entry: &Entry,
    scan: &InspectorScan,
) -> Value {
    let known = Known { repository, image, entry, scan };
    let last = scan.in_use.as_ref().and_then(|in_use| in_use.last);
    object([
        ("architecture", known.architecture().into()),
        ("imageHash", entry.digest.clone().into()),
        ("imageTags", if entry.tags.is_empty() { Value::Null } else { json!(entry.tags) }),
        ("platform", "LINUX".into()),
        ("pushedAt", ask.world.seconds(image.pushed).into()),
        ("registry", ask.world.account.id.clone().into()),
        ("repositoryName", repository.name.clone().into()),
        ("inUseCount", scan.in_use.as_ref().map(|in_use| in_use.count).into()),
        ("lastInUseAt", last.map(|last| ask.world.seconds(last)).into()),
    ])
}

pub(super) fn package_details(finding: &Finding) -> Value {
    let manager = finding.manager.as_deref().unwrap_or("OS");
    let url = format!("https://nvd.nist.gov/vuln/detail/{}", finding.id);
    let cvss = finding.score.map(|score| {
        json!([{
            "baseScore": score,
            "scoringVector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "source": "NVD",
            "version": "3.1",
        }])
    });
    object([
        ("vulnerabilityId", finding.id.clone().into()),
        ("source", "NVD".into()),
        ("sourceUrl", url.clone().into()),
        ("referenceUrls", json!([url])),
        ("relatedVulnerabilities", json!([])),
        ("vendorSeverity", finding.severity.clone().into()),
        ("cvss", cvss.into()),
        (
            "vulnerablePackages",
            json!([object([
                ("name", finding.package.clone().into()),
                ("version", finding.version.clone().into()),
                ("packageManager", manager.into()),
                ("fixedInVersion", finding.fixed_in.as_deref().unwrap_or("NotAvailable").into()),
            ])]),
        ),
    ])
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationException", message).member("reason", "FIELD_VALIDATION_FAILED")
}
