//! The tagging API: what is tagged, across services.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Ask, Operation, Service, ThrottleError};
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "tagging",
    prefix: "tag",
    protocol: Protocol::Json11,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 400, code: "ThrottledException", message: "Rate exceeded" },
    broken: "InternalServiceException",
    invalid_token: "PaginationTokenExpiredException",
    operations: &[Operation::rpc("GetResources", get_resources)],
};

fn get_resources(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let kinds = ask.request.list("ResourceTypeFilters");
    let mut tagged: Vec<(String, &BTreeMap<String, String>)> = tagged(ask);
    tagged.retain(|(arn, tags)| !tags.is_empty() && (kinds.is_empty() || kinds.iter().any(|kind| is_of(arn, kind))));
    let rule = PageRule { token: "PaginationToken", size: "ResourcesPerPage", default: 50, most: 100 };
    let page = ask.page(&tagged, &rule)?;
    let list: Vec<Value> = page
        .items
        .iter()
        .map(|(arn, tags)| {
            let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
            json!({"ResourceARN": arn, "Tags": tags})
        })
        .collect();
    // The last page says so with an empty token, not with none.
    let next = page.next.unwrap_or_default();
    Ok(Answer::Json(json!({"PaginationToken": next, "ResourceTagMappingList": list})))
}

fn tagged<'a>(ask: &Ask<'a>) -> Vec<(String, &'a BTreeMap<String, String>)> {
    let (account, region) = (&ask.world.account, ask.world.region(ask.region));
    let functions =
        region.lambda.functions.iter().map(|function| {
            (account.arn("lambda", ask.region, &format!("function:{}", function.name)), &function.tags)
        });
    let queues = region.queues.iter().map(|queue| (account.arn("sqs", ask.region, &queue.name), &queue.tags));
    let subnets = region
        .subnets
        .iter()
        .map(|subnet| (account.arn("ec2", ask.region, &format!("subnet/{}", subnet.id)), &subnet.tags));
    let repositories = region
        .ecr
        .repositories
        .iter()
        .map(|one| (account.arn("ecr", ask.region, &format!("repository/{}", one.name)), &one.tags));
    let others = region.tagged.iter().map(|other| (other.arn.clone(), &other.tags));
    functions.chain(queues).chain(subnets).chain(repositories).chain(others).collect()
}

/// Whether an ARN is of a type such as `lambda` or `lambda:function`.
fn is_of(arn: &str, kind: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    let service = parts.next().unwrap_or("");
    let resource = parts.nth(2).unwrap_or("");
    match kind.split_once(':') {
        None => service == kind,
        Some((wanted, kind)) => service == wanted && resource.split(['/', ':']).next() == Some(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_service_or_service_and_resource() {
        let arn = "arn:aws:lambda:us-east-1:111122223333:function:checkout";
        assert!(is_of(arn, "lambda"));
        assert!(is_of(arn, "lambda:function"));
        assert!(!is_of(arn, "lambda:layer"));
        assert!(!is_of(arn, "sqs"));
        assert!(is_of("arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1", "ec2:subnet"));
    }
}
