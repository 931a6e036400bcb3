//! GuardDuty: whether it is on, and what it watches.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::{Coverage, Feature, GuardDuty};
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "guardduty",
    prefix: "guardduty",
    protocol: Protocol::RestJson,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 429, code: "TooManyRequestsException", message: "Too Many Requests" },
    broken: "InternalServerErrorException",
    invalid_token: "BadRequestException",
    operations: &[
        Operation::get("ListDetectors", "/detector", list_detectors as Answerer),
        Operation::get("GetDetector", "/detector/{}", get_detector).on(asked_arn),
        Operation::rest("ListCoverage", "POST", "/detector/{}/coverage", list_coverage).on(asked_arn),
    ],
};

const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 50, most: 50 };

fn asked_arn(ask: &Ask<'_>) -> Option<String> {
    Some(ask.world.account.arn("guardduty", ask.region, &format!("detector/{}", ask.label(0))))
}

fn list_detectors(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let detectors: Vec<&String> = ask.world.region(ask.region).guard_duty.detector.iter().collect();
    let page = ask.page(&detectors, &PAGE)?;
    Ok(Answer::Json(object([("detectorIds", json!(page.items)), ("nextToken", page.next.into())])))
}

fn asked<'a>(ask: &Ask<'a>) -> Result<&'a GuardDuty, ServiceError> {
    let found = &ask.world.region(ask.region).guard_duty;
    if found.detector.as_deref() == Some(ask.label(0)) {
        return Ok(found);
    }
    let message = "The request is rejected because the input detectorId is not owned by the current account.";
    Err(ServiceError::new(400, "BadRequestException", message))
}

fn get_detector(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let detector = asked(ask)?;
    let features = detector.features.iter().map(|(name, feature)| match feature {
        Feature::Status(status) => json!({"name": name, "status": status}),
        Feature::Parts { status, parts } => {
            let parts: Value = parts.iter().map(|(name, status)| json!({"name": name, "status": status})).collect();
            json!({"name": name, "status": status, "additionalConfiguration": parts})
        }
    });
    Ok(Answer::Json(json!({
        "status": detector.status.as_deref().unwrap_or("ENABLED"),
        "serviceRole": ask.world.account.role_arn_in("/aws-service-role/guardduty.amazonaws.com/", "AWSServiceRoleForAmazonGuardDuty"),
        "findingPublishingFrequency": "SIX_HOURS",
        "features": features.collect::<Value>(),
    })))
}

fn list_coverage(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let detector = asked(ask)?;
    // Only clusters are known here; a question about something else finds nothing.
    let criteria = ask.request.json.pointer("/filterCriteria/filterCriterion").and_then(Value::as_array);
    let is_wanted = criteria.into_iter().flatten().all(|one| {
        let values = one["filterCondition"]["equals"].as_array();
        one["criterionKey"] != "RESOURCE_TYPE" || values.is_some_and(|values| values.contains(&"EKS".into()))
    });
    let covered: &[Coverage] = if is_wanted { &detector.coverage } else { &[] };
    let page = ask.page(covered, &PAGE)?;
    let resources: Value = page.items.iter().map(|one| resource(ask, one)).collect();
    Ok(Answer::Json(object([("resources", resources), ("nextToken", page.next.into())])))
}

fn resource(ask: &Ask<'_>, one: &Coverage) -> Value {
    object([
        ("resourceId", ask.world.account.arn("eks", ask.region, &format!("cluster/{}", one.cluster)).into()),
        ("detectorId", ask.label(0).into()),
        ("accountId", ask.world.account.id.as_str().into()),
        (
            "resourceDetails",
            json!({
                "resourceType": "EKS",
                "eksClusterDetails": {
                    "clusterName": one.cluster,
                    "coveredNodes": one.covered,
                    "compatibleNodes": one.compatible,
                    "managementType": "AUTO_MANAGED",
                },
            }),
        ),
        ("coverageStatus", one.status.as_str().into()),
        ("issue", one.issue.clone().into()),
        ("updatedAt", ask.world.today().as_second().into()),
    ])
}
