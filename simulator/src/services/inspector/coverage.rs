//! Coverage: what Inspector scans, and whether it could.

use serde_json::{Value, json};

use super::filters::Filters;
use super::status::must_be_on;
use super::{Known, image_id, known};
use crate::account::{Repository, ScanRule};
use crate::services::Ask;
use crate::services::paging::PageRule;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 200, most: 200 };

const FILTERS: &[&str] = &[
    "accountId",
    "ecrImageTags",
    "ecrRepositoryName",
    "resourceId",
    "resourceType",
    "scanStatusCode",
    "scanStatusReason",
    "scanType",
];

const IMAGE: &str = "AWS_ECR_CONTAINER_IMAGE";
const REPOSITORY: &str = "AWS_ECR_REPOSITORY";

/// A covered thing.
enum Covered<'a> {
    Repository(&'a Repository),
    Image(Known<'a>),
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    must_be_on(ask, "coverage")?;
    let criteria = &ask.request.json["filterCriteria"];
    let filters = Filters::read(criteria, FILTERS, &["EQUALS", "NOT_EQUALS"])?;
    let mut covered = Vec::new();
    if filters.pass("accountId", &ask.world.account.id) && filters.pass("scanType", "PACKAGE") {
        if filters.pass("resourceType", REPOSITORY) {
            let all = &ask.world.region(ask.region).ecr.repositories;
            covered.extend(all.iter().map(Covered::Repository).filter(|one| passes(ask, &filters, one)));
        }
        if filters.pass("resourceType", IMAGE) {
            let images = known(ask, |name| filters.pass("ecrRepositoryName", name)).into_iter().map(Covered::Image);
            covered.extend(images.filter(|one| passes(ask, &filters, one)));
        }
    }
    let page = ask.page(&covered, &PAGE)?;
    let listed: Value = page.items.iter().map(|one| resource(ask, one)).collect();
    Ok(Answer::Json(object([("coveredResources", listed), ("nextToken", page.next.into())])))
}

fn passes(ask: &Ask<'_>, filters: &Filters<'_>, covered: &Covered<'_>) -> bool {
    let (code, reason) = status(ask, covered);
    let of_thing = match covered {
        Covered::Repository(repository) => {
            filters.pass("ecrRepositoryName", &repository.name) && filters.pass_any::<&str>("ecrImageTags", &[])
        }
        Covered::Image(known) => filters.pass_any("ecrImageTags", &known.entry.tags),
    };
    of_thing
        && filters.pass("scanStatusCode", code)
        && filters.pass("scanStatusReason", reason)
        && filters.pass_made("resourceId", || id(ask, covered))
}

fn id(ask: &Ask<'_>, covered: &Covered<'_>) -> String {
    match covered {
        Covered::Repository(repository) => {
            ask.world.account.arn("ecr", ask.region, &format!("repository/{}", repository.name))
        }
        Covered::Image(known) => image_id(ask, known.repository, &known.entry.digest),
    }
}

/// The code and the reason of a scan's status.
fn status<'a>(ask: &Ask<'a>, covered: &Covered<'a>) -> (&'a str, &'a str) {
    match covered {
        Covered::Repository(repository) => match frequency(ask, repository) {
            "MANUAL" => ("INACTIVE", "SCAN_FREQUENCY_MANUAL"),
            "SCAN_ON_PUSH" => ("ACTIVE", "SCAN_FREQUENCY_SCAN_ON_PUSH"),
            _ => ("ACTIVE", "SUCCESSFUL"),
        },
        Covered::Image(known) => {
            let (status, reason) = (known.scan.status.as_deref(), known.scan.reason.as_deref());
            (status.unwrap_or("ACTIVE"), reason.unwrap_or("SUCCESSFUL"))
        }
    }
}

/// How often a repository is scanned by the registry's rules.
fn frequency(ask: &Ask<'_>, repository: &Repository) -> &'static str {
    let rules = &ask.world.region(ask.region).ecr.scanning.rules;
    let is_under = |frequency: &str| {
        let meets = |rule: &&ScanRule| rule.filters.iter().any(|filter| matches(filter, &repository.name));
        rules.iter().filter(meets).any(|rule| rule.frequency == frequency)
    };
    ["CONTINUOUS_SCAN", "SCAN_ON_PUSH"].into_iter().find(|frequency| is_under(frequency)).unwrap_or("MANUAL")
}

/// Whether a name fits a filter: `*` stands for any text, and a filter without one for any name that holds it.
fn matches(filter: &str, name: &str) -> bool {
    if !filter.contains('*') {
        return name.contains(filter);
    }
    let mut parts = filter.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    true
}

fn resource(ask: &Ask<'_>, covered: &Covered<'_>) -> Value {
    let (code, reason) = status(ask, covered);
    let (kind, metadata, at) = match covered {
        Covered::Repository(repository) => {
            let told = json!({"name": repository.name, "scanFrequency": frequency(ask, repository)});
            (REPOSITORY, json!({"ecrRepository": told}), None)
        }
        Covered::Image(known) => (IMAGE, json!({"ecrImage": image(ask, known)}), known.scan.at),
    };
    object([
        ("resourceType", kind.into()),
        ("resourceId", id(ask, covered).into()),
        ("accountId", ask.world.account.id.clone().into()),
        ("scanType", "PACKAGE".into()),
        ("scanStatus", json!({"statusCode": code, "reason": reason})),
        ("resourceMetadata", metadata),
        ("lastScannedAt", at.map(|at| ask.world.seconds(at)).into()),
    ])
}

fn image(ask: &Ask<'_>, known: &Known<'_>) -> Value {
    let in_use = known.scan.in_use.as_ref();
    object([
        ("tags", json!(known.entry.tags)),
        ("imagePulledAt", known.image.last_pulled.map(|pulled| ask.world.seconds(pulled)).into()),
        ("lastInUseAt", in_use.and_then(|in_use| in_use.last).map(|last| ask.world.seconds(last)).into()),
        ("inUseCount", in_use.map(|in_use| in_use.count).into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_name_repositories_with_stars() {
        assert!(matches("*", "shop/web"));
        assert!(matches("shop/*", "shop/web"));
        assert!(matches("shop", "old-shop/web"));
        assert!(matches("s*/w*b", "shop/web"));
        assert!(!matches("shop/*", "old-shop/web"));
        assert!(!matches("*api", "shop/web"));
    }
}
