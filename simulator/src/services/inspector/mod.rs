//! Inspector: what it covers, and what it found in images.

mod coverage;
mod filters;
mod findings;

use serde_json::{Value, json};

use super::{Answerer, Ask, Operation, Service, ThrottleError, object};
use crate::account::{Counts, Finding, Image, InspectorScan, Repository};
use crate::calls::Outcome;
use crate::ids;
use crate::images::Entry;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "inspector2",
    prefix: "inspector2",
    protocol: Protocol::RestJson,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 429, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "InternalServerException",
    invalid_token: "ValidationException",
    operations: OPERATIONS,
};

const OPERATIONS: &[Operation] = &[
    Operation::rest("BatchGetAccountStatus", "POST", "/status/batch/get", account_status as Answerer),
    Operation::rest("BatchGetFindingDetails", "POST", "/findings/details/batch/get", findings::details),
    Operation::rest("ListCoverage", "POST", "/coverage/list", coverage::list),
    Operation::rest("ListFindingAggregations", "POST", "/findings/aggregation/list", findings::aggregate),
    Operation::rest("ListFindings", "POST", "/findings/list", findings::list),
];

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

/// Whether Inspector is on: as the file says, or as the registry's kind of scanning needs it.
fn status<'a>(ask: &Ask<'a>) -> &'a str {
    let region = ask.world.region(ask.region);
    let usual = if region.ecr.scanning.is_enhanced() { "ENABLED" } else { "DISABLED" };
    region.inspector.status.as_deref().unwrap_or(usual)
}

/// Where it is off, Inspector refuses its lists as if the caller may not read them.
fn must_be_on(ask: &Ask<'_>, what: &str) -> Result<(), ServiceError> {
    if status(ask) == "ENABLED" {
        return Ok(());
    }
    let message = format!("Invoking account does not have access to list {what}.");
    Err(ServiceError::new(403, "AccessDeniedException", message).outcome(Outcome::Denied))
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationException", message).member("reason", "FIELD_VALIDATION_FAILED")
}

/// A status with what the model requires beside it even where nothing went wrong.
fn state(status: &str) -> Value {
    let (code, message) = match status {
        "ENABLED" => ("ALREADY_ENABLED", "It is enabled already."),
        _ => ("RESOURCE_NOT_FOUND", "It is not enabled."),
    };
    json!({"status": status, "errorCode": code, "errorMessage": message})
}

fn account_status(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let own = &ask.world.account.id;
    let mut asked = ask.request.list("accountIds");
    if asked.is_empty() {
        asked.push(own.clone());
    }
    let whole = status(ask);
    let ecr = ask.world.region(ask.region).inspector.ecr.as_deref().unwrap_or(whole);
    let (known, foreign): (Vec<String>, Vec<String>) = asked.into_iter().partition(|id| id == own);
    let known: Value = known
        .iter()
        .map(|id| {
            json!({
                "accountId": id,
                "state": state(whole),
                "resourceState": {
                    "ec2": state("DISABLED"),
                    "ecr": state(ecr),
                    "lambda": state("DISABLED"),
                    "lambdaCode": state("DISABLED"),
                    "codeRepository": state("DISABLED"),
                },
            })
        })
        .collect();
    let refused = |id: &String| json!({"accountId": id, "errorCode": "ACCESS_DENIED", "errorMessage": "Access denied"});
    Ok(Answer::Json(json!({"accounts": known, "failedAccounts": foreign.iter().map(refused).collect::<Value>()})))
}
