//! What scans found, in the shape of the registry's kind of scanning.

use serde_json::{Map, Value, json};

use super::{PAGE, asked_image, asked_repository, image_id, not_found};
use crate::account::{Counts, Finding, Image, InspectorScan, Moment, NativeScan, Repository};
use crate::images::Entry;
use crate::services::Ask;
use crate::services::inspector::{image_details, image_id as inspector_id, package_details};
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn get(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (repository, shelf) = asked_repository(ask)?;
    let entry = asked_image(ask, repository, shelf)?;
    let image = &repository.images[entry.image];
    let is_enhanced = ask.world.region(ask.region).ecr.scanning.is_enhanced();
    // Neither ECR nor Inspector scans an index, or a signature.
    let is_image = entry.platform(image).is_some();
    let (status, findings, next) = match (&image.scan, &image.inspector) {
        (_, Some(scan)) if is_enhanced && is_image => enhanced(ask, repository, image, entry, scan)?,
        (Some(scan), _) if !is_enhanced && is_image => native(ask, scan)?,
        _ => return Err(no_scan(ask, repository, entry)),
    };
    Ok(Answer::Json(object([
        ("registryId", ask.world.account.id.clone().into()),
        ("repositoryName", repository.name.clone().into()),
        ("imageId", image_id(entry, &ask.request.json["imageId"])),
        ("imageScanStatus", status),
        ("imageScanFindings", findings),
        ("nextToken", next.into()),
    ])))
}

fn no_scan(ask: &Ask<'_>, repository: &Repository, entry: &Entry) -> ServiceError {
    let message = format!(
        "Image scan does not exist for the image with '{{imageDigest:'{}'}}' in the repository with name '{}' in the \
         registry with id '{}'",
        entry.digest, repository.name, ask.world.account.id
    );
    not_found("ScanNotFoundException", message)
}

type Scanned = (Value, Value, Option<String>);

fn native(ask: &Ask<'_>, scan: &NativeScan) -> Result<Scanned, ServiceError> {
    let status = native_status(scan);
    if status["status"] != "COMPLETE" {
        return Ok((status, Value::Null, None));
    }
    let page = ask.page(&scan.findings, &PAGE)?;
    let mut told = summary(ask, scan);
    told["findings"] = page.items.iter().map(native_finding).collect();
    Ok((status, told, page.next))
}

pub(super) fn native_status(scan: &NativeScan) -> Value {
    let status = scan.status.as_deref().unwrap_or("COMPLETE");
    let usual = (status == "COMPLETE").then_some("The scan was completed successfully.");
    object([("status", status.into()), ("description", scan.description.as_deref().or(usual).into())])
}

/// When a scan of ECR's own ended, and how much it found.
pub(super) fn summary(ask: &Ask<'_>, scan: &NativeScan) -> Value {
    let at = ask.world.seconds(scan.at.unwrap_or(Moment::DaysAgo(0)));
    json!({
        "imageScanCompletedAt": at,
        "vulnerabilitySourceUpdatedAt": at,
        "findingSeverityCounts": counts(scan.counts.unwrap_or_else(|| Counts::of(&scan.findings))),
    })
}

fn counts(counts: Counts) -> Value {
    let named = [
        ("CRITICAL", counts.critical),
        ("HIGH", counts.high),
        ("MEDIUM", counts.medium),
        ("LOW", counts.low),
        ("INFORMATIONAL", counts.informational),
        ("UNDEFINED", counts.untriaged),
    ];
    // Severities of which there is none are not counted as 0: they are left out.
    let there = named.into_iter().filter(|(_, count)| *count > 0);
    Value::Object(there.map(|(name, count)| (name.to_owned(), count.into())).collect::<Map<_, _>>())
}

fn native_finding(finding: &Finding) -> Value {
    let mut attributes = vec![
        json!({"key": "package_name", "value": finding.package}),
        json!({"key": "package_version", "value": finding.version}),
    ];
    if let Some(fixed) = &finding.fixed_in {
        attributes.push(json!({"key": "fixed_in_version", "value": fixed}));
    }
    if let Some(score) = finding.score {
        attributes.push(json!({"key": "CVSS3_SCORE", "value": score.to_string()}));
    }
    object([
        ("name", finding.id.clone().into()),
        ("description", finding.description.clone().into()),
        ("uri", format!("https://nvd.nist.gov/vuln/detail/{}", finding.id).into()),
        ("severity", finding.severity.clone().into()),
        ("attributes", attributes.into()),
    ])
}

fn enhanced(
    ask: &Ask<'_>,
    repository: &Repository,
    image: &Image,
    entry: &Entry,
    scan: &InspectorScan,
) -> Result<Scanned, ServiceError> {
    let reason = scan.reason.as_deref().unwrap_or("SUCCESSFUL");
    let status = enhanced_status(reason, scan.status.as_deref());
    let page = ask.page(&scan.findings, &PAGE)?;
    let findings: Value =
        page.items.iter().map(|finding| enhanced_finding(ask, repository, image, entry, scan, finding)).collect();
    let at = ask.world.seconds(scan.at.unwrap_or(Moment::DaysAgo(0)));
    let is_scanned = matches!(status, "ACTIVE" | "COMPLETE" | "SCAN_ELIGIBILITY_EXPIRED");
    let told = is_scanned.then(|| {
        json!({
            "imageScanCompletedAt": at,
            "vulnerabilitySourceUpdatedAt": at,
            "findingSeverityCounts": counts(scan.counts.unwrap_or_else(|| Counts::of(&scan.findings))),
            "enhancedFindings": findings,
        })
    });
    let description = match status {
        "ACTIVE" => "Continuous scan is selected for image.".to_owned(),
        _ => format!("Inspector says {reason}."),
    };
    Ok((json!({"status": status, "description": description}), told.into(), page.next))
}

/// ECR's word for Inspector's reason.
fn enhanced_status(reason: &str, coverage: Option<&str>) -> &'static str {
    match reason {
        "SUCCESSFUL" if coverage == Some("INACTIVE") => "COMPLETE",
        "SUCCESSFUL" => "ACTIVE",
        "PENDING_INITIAL_SCAN" | "PENDING_REVIVAL_SCAN" => "PENDING",
        "SCAN_IN_PROGRESS" => "IN_PROGRESS",
        "SCAN_FREQUENCY_SCAN_ON_PUSH" => "COMPLETE",
        "SCAN_ELIGIBILITY_EXPIRED" => "SCAN_ELIGIBILITY_EXPIRED",
        "UNSUPPORTED_OS" | "UNSUPPORTED_MEDIA_TYPE" | "INVALID_ARTIFACT" => "UNSUPPORTED_IMAGE",
        "IMAGE_SIZE_EXCEEDED" => "IMAGE_SIZE_EXCEEDED",
        "IMAGE_ARCHIVED" => "IMAGE_ARCHIVED",
        _ => "FAILED",
    }
}

fn enhanced_finding(
    ask: &Ask<'_>,
    repository: &Repository,
    image: &Image,
    entry: &Entry,
    scan: &InspectorScan,
    finding: &Finding,
) -> Value {
    let at = ask.world.seconds(scan.at.unwrap_or(Moment::DaysAgo(0)));
    let id = inspector_id(ask, repository, &entry.digest);
    object([
        ("awsAccountId", ask.world.account.id.clone().into()),
        ("description", finding.description.clone().unwrap_or_else(|| finding.id.clone()).into()),
        ("findingArn", crate::services::inspector::finding_arn(ask, &id, finding).into()),
        ("firstObservedAt", ask.world.seconds(image.pushed).into()),
        ("lastObservedAt", at.into()),
        ("packageVulnerabilityDetails", package_details(finding)),
        ("remediation", json!({"recommendation": {"text": "None Provided"}})),
        (
            "resources",
            json!([{
                "details": {"awsEcrContainerImage": image_details(ask, repository, image, entry, scan)},
                "id": id,
                "tags": {},
                "type": "AWS_ECR_CONTAINER_IMAGE",
            }]),
        ),
        ("score", finding.score.into()),
        ("severity", finding.severity.clone().into()),
        ("status", finding.status.as_deref().unwrap_or("ACTIVE").into()),
        ("title", format!("{} - {}", finding.id, finding.package).into()),
        ("type", "PACKAGE_VULNERABILITY".into()),
        ("updatedAt", at.into()),
        ("fixAvailable", if finding.fixed_in.is_some() { "YES" } else { "NO" }.into()),
        ("exploitAvailable", if finding.exploit { "YES" } else { "NO" }.into()),
    ])
}
