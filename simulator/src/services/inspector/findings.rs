//! Findings, one by one and counted by image.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::filters::Filters;
use super::status::must_be_on;
use super::{Known, finding_arn, image_details, image_id, invalid, known, package_details};
use crate::account::{Counts, Finding, Moment};
use crate::services::Ask;
use crate::services::paging::PageRule;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 100, most: 100 };
const COMPARISONS: &[&str] = &["EQUALS", "PREFIX", "NOT_EQUALS"];

const AGGREGATION_FILTERS: &[&str] = &["architectures", "imageShas", "imageTags", "repositories", "resourceIds"];

pub(super) fn aggregate(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    must_be_on(ask, "finding aggregations")?;
    let kind = ask.parameter("aggregationType").unwrap_or_default();
    let counted = match kind.as_str() {
        "AWS_ECR_CONTAINER" => images_with_findings(ask)?,
        // The simulated Inspector looks at images only.
        "AWS_LAMBDA_FUNCTION" | "LAMBDA_LAYER" | "AWS_EC2_INSTANCE" => Vec::new(),
        _ => return Err(invalid(format!("the simulator knows no aggregation {kind}"))),
    };
    let page = ask.page(&counted, &PAGE)?;
    let responses: Value = page.items.iter().map(|known| aggregation(ask, known)).collect();
    Ok(Answer::Json(object([
        ("aggregationType", kind.into()),
        ("responses", responses),
        ("nextToken", page.next.into()),
    ])))
}

/// Images without a finding have no aggregation, those without a scan neither.
fn images_with_findings<'a>(ask: &Ask<'a>) -> Result<Vec<Known<'a>>, ServiceError> {
    let accounts = json!({"accountIds": ask.request.json["accountIds"]});
    let accounts = if accounts["accountIds"].is_null() { json!({}) } else { accounts };
    let criteria = &ask.request.json["aggregationRequest"]["awsEcrContainerAggregation"];
    let filters = Filters::read(criteria, AGGREGATION_FILTERS, COMPARISONS)?;
    if !Filters::read(&accounts, &["accountIds"], COMPARISONS)?.pass("accountIds", &ask.world.account.id) {
        return Ok(Vec::new());
    }
    let mut images = known(ask, |name| filters.pass("repositories", name));
    images.retain(|known| {
        known.counts().all() > 0
            && filters.pass("imageShas", &known.entry.digest)
            && filters.pass("architectures", known.architecture())
            && filters.pass_any("imageTags", &known.entry.tags)
            && filters.pass_made("resourceIds", || image_id(ask, known.repository, &known.entry.digest))
    });
    Ok(images)
}

fn aggregation(ask: &Ask<'_>, known: &Known<'_>) -> Value {
    let in_use = known.scan.in_use.as_ref();
    let told = object([
        ("resourceId", image_id(ask, known.repository, &known.entry.digest).into()),
        ("imageSha", known.entry.digest.clone().into()),
        ("repository", known.repository.name.clone().into()),
        ("architecture", known.architecture().into()),
        ("imageTags", json!(known.entry.tags)),
        ("accountId", ask.world.account.id.clone().into()),
        ("severityCounts", counts(known.counts())),
        ("lastInUseAt", in_use.and_then(|in_use| in_use.last).map(|last| ask.world.seconds(last)).into()),
        ("inUseCount", in_use.map(|in_use| in_use.count).into()),
    ]);
    json!({"awsEcrContainerAggregation": told})
}

fn counts(counts: Counts) -> Value {
    json!({
        "all": counts.all(),
        "critical": counts.critical,
        "high": counts.high,
        "medium": counts.medium,
        "low": counts.low,
        "informational": counts.informational,
        "untriaged": counts.untriaged,
    })
}

const FINDING_FILTERS: &[&str] = &[
    "awsAccountId",
    "ecrImageHash",
    "ecrImageRepositoryName",
    "ecrImageTags",
    "exploitAvailable",
    "findingStatus",
    "findingType",
    "fixAvailable",
    "resourceId",
    "resourceType",
    "severity",
    "vulnerabilityId",
];

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    must_be_on(ask, "findings")?;
    let filters = Filters::read(&ask.request.json["filterCriteria"], FINDING_FILTERS, COMPARISONS)?;
    let mut found: Vec<(Known<'_>, &Finding)> = Vec::new();
    if filters.pass("awsAccountId", &ask.world.account.id)
        && filters.pass("findingType", "PACKAGE_VULNERABILITY")
        && filters.pass("resourceType", "AWS_ECR_CONTAINER_IMAGE")
    {
        for known in known(ask, |name| filters.pass("ecrImageRepositoryName", name)) {
            if !filters.pass("ecrImageHash", &known.entry.digest)
                || !filters.pass_any("ecrImageTags", &known.entry.tags)
                || !filters.pass_made("resourceId", || image_id(ask, known.repository, &known.entry.digest))
            {
                continue;
            }
            let findings = known.scan.findings.iter().filter(|finding| passes(&filters, finding));
            found.extend(findings.map(|finding| (known, finding)));
        }
    }
    let page = ask.page(&found, &PAGE)?;
    let findings: Value = page.items.iter().map(|(known, finding)| tell(ask, known, finding)).collect();
    Ok(Answer::Json(object([("findings", findings), ("nextToken", page.next.into())])))
}

fn passes(filters: &Filters<'_>, finding: &Finding) -> bool {
    filters.pass("severity", &finding.severity)
        && filters.pass("vulnerabilityId", &finding.id)
        && filters.pass("findingStatus", finding.status.as_deref().unwrap_or("ACTIVE"))
        && filters.pass("fixAvailable", yes_or_no(finding.fixed_in.is_some()))
        && filters.pass("exploitAvailable", yes_or_no(finding.exploit))
}

fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "YES" } else { "NO" }
}

fn tell(ask: &Ask<'_>, known: &Known<'_>, finding: &Finding) -> Value {
    let id = image_id(ask, known.repository, &known.entry.digest);
    let at = ask.world.seconds(known.scan.at.unwrap_or(Moment::DaysAgo(0)));
    let details = image_details(ask, known.repository, known.image, known.entry, known.scan);
    object([
        ("findingArn", finding_arn(ask, &id, finding).into()),
        ("awsAccountId", ask.world.account.id.clone().into()),
        ("type", "PACKAGE_VULNERABILITY".into()),
        ("description", finding.description.clone().unwrap_or_else(|| finding.id.clone()).into()),
        ("title", format!("{} - {}", finding.id, finding.package).into()),
        ("remediation", json!({"recommendation": {"text": "None Provided"}})),
        ("severity", finding.severity.clone().into()),
        ("firstObservedAt", ask.world.seconds(known.image.pushed).into()),
        ("lastObservedAt", at.into()),
        ("updatedAt", at.into()),
        ("status", finding.status.as_deref().unwrap_or("ACTIVE").into()),
        (
            "resources",
            json!([{
                "type": "AWS_ECR_CONTAINER_IMAGE",
                "id": id,
                "partition": ask.world.account.partition,
                "region": ask.region,
                "details": {"awsEcrContainerImage": details},
            }]),
        ),
        ("inspectorScore", finding.score.into()),
        ("packageVulnerabilityDetails", package_details(finding)),
        ("fixAvailable", yes_or_no(finding.fixed_in.is_some()).into()),
        ("exploitAvailable", yes_or_no(finding.exploit).into()),
        ("epss", finding.epss.map(|score| json!({"score": score})).into()),
    ])
}

/// Details of up to ten findings, by their ARNs. What is not there is an error beside the rest.
pub(super) fn details(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    must_be_on(ask, "finding details")?;
    let arns = ask.request.list("findingArns");
    if arns.is_empty() || arns.len() > 10 {
        return Err(invalid("findingArns takes 1 to 10 items"));
    }
    let mut known_findings = HashMap::new();
    for known in known(ask, |_| true) {
        let id = image_id(ask, known.repository, &known.entry.digest);
        known_findings.extend(known.scan.findings.iter().map(|finding| (finding_arn(ask, &id, finding), finding)));
    }
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for arn in &arns {
        let finding = known_findings.get(arn).copied();
        match finding.map_or(Err("FINDING_DETAILS_NOT_FOUND"), |one| one.details_error.as_deref().map_or(Ok(one), Err))
        {
            Ok(finding) => found.push(detail(ask, arn, finding)),
            Err(code) => {
                errors.push(json!({"findingArn": arn, "errorCode": code, "errorMessage": "No details of the finding"}));
            }
        }
    }
    Ok(Answer::Json(json!({"findingDetails": found, "errors": errors})))
}

fn detail(ask: &Ask<'_>, arn: &str, finding: &Finding) -> Value {
    let added = ask.world.seconds(Moment::DaysAgo(30));
    let cisa = finding.known_exploited.then(|| json!({"dateAdded": added, "action": "Apply updates"}));
    object([
        ("findingArn", arn.into()),
        ("cisaData", cisa.into()),
        ("epssScore", finding.epss.into()),
        ("referenceUrls", json!([format!("https://nvd.nist.gov/vuln/detail/{}", finding.id)])),
    ])
}
