//! SQS: attributes of queues.

use serde_json::{Map, Value, json};

use super::{Ask, Operation, Service, ThrottleError};
use crate::account::Queue;
use crate::calls::Outcome;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "sqs",
    prefix: "sqs",
    protocol: Protocol::Json10,
    namespace: "",
    global: false,
    throttle: ThrottleError {
        status: 400,
        code: "com.amazonaws.sqs#RequestThrottled",
        message: "Request is throttled.",
    },
    broken: "com.amazonaws.sqs#InternalError",
    invalid_token: "com.amazonaws.sqs#InvalidAddress",
    operations: &[
        Operation::rpc("GetQueueAttributes", get_queue_attributes).on(asked_queue),
        Operation::rpc("GetQueueUrl", get_queue_url).on(asked_queue),
    ],
};

/// The queue's name: given, or the end of its URL.
fn asked_name(ask: &Ask<'_>) -> Option<String> {
    let url = ask.parameter("QueueUrl").and_then(|url| url.rsplit('/').next().map(str::to_owned));
    url.or_else(|| ask.parameter("QueueName"))
}

fn asked_queue(ask: &Ask<'_>) -> Option<String> {
    Some(ask.world.account.arn("sqs", ask.region, &asked_name(ask)?))
}

fn find<'a>(ask: &Ask<'a>) -> Result<&'a Queue, ServiceError> {
    let name = asked_name(ask).unwrap_or_default();
    let queue = ask.world.region(ask.region).queues.iter().find(|queue| queue.name == name);
    queue.ok_or_else(|| {
        let message = "The specified queue does not exist.";
        ServiceError::new(400, "com.amazonaws.sqs#QueueDoesNotExist", message)
            .query_code("AWS.SimpleQueueService.NonExistentQueue")
            .outcome(Outcome::NotFound)
    })
}

fn get_queue_url(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let queue = find(ask)?;
    let account = &ask.world.account;
    let url = format!("https://sqs.{}.{}/{}/{}", ask.region, account.domain(), account.id, queue.name);
    Ok(Answer::Json(json!({"QueueUrl": url})))
}

fn get_queue_attributes(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let queue = find(ask)?;
    let wanted = ask.request.list("AttributeNames");
    let mut attributes = attributes(ask, queue);
    attributes.retain(|name, _| wanted.iter().any(|one| one == "All" || one == name));
    // With none to tell, AWS leaves the map out.
    let answer = if attributes.is_empty() { json!({}) } else { json!({"Attributes": attributes}) };
    Ok(Answer::Json(answer))
}

/// Every attribute is a string, numbers and documents too.
fn attributes(ask: &Ask<'_>, queue: &Queue) -> Map<String, Value> {
    let account = &ask.world.account;
    let arn = account.arn("sqs", ask.region, &queue.name);
    let mut attributes = Map::new();
    let mut put = |name: &str, value: String| attributes.insert(name.to_owned(), value.into());
    put("VisibilityTimeout", queue.visibility_timeout.to_string());
    put("MessageRetentionPeriod", queue.retention.to_string());
    put("MaximumMessageSize", "1048576".to_owned());
    put("DelaySeconds", "0".to_owned());
    put("ReceiveMessageWaitTimeSeconds", "0".to_owned());
    put("ApproximateNumberOfMessages", "0".to_owned());
    put("CreatedTimestamp", "1741165920".to_owned());
    if queue.name.to_ascii_lowercase().ends_with(".fifo") {
        put("FifoQueue", "true".to_owned());
    }
    match &queue.kms_key {
        Some(key) => put("KmsMasterKeyId", key.clone()),
        None => put("SqsManagedSseEnabled", "true".to_owned()),
    };
    if let Some(redrive) = &queue.redrive {
        let target = if redrive.to.starts_with("arn:") {
            redrive.to.clone()
        } else {
            account.arn("sqs", ask.region, &redrive.to)
        };
        put("RedrivePolicy", json!({"deadLetterTargetArn": target, "maxReceiveCount": redrive.after}).to_string());
    }
    if let Some(policy) = &queue.policy {
        put("Policy", policy.text_on(&arn));
    }
    put("QueueArn", arn);
    attributes
}
