//! Event source mappings.

use serde_json::{Value, json};

use super::{function_arn, page_of, reference};
use crate::account::EventSourceMapping;
use crate::ids;
use crate::services::Ask;
use crate::services::paging::PageRule;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

const PAGE: PageRule = PageRule { default: 100, most: 100, ..super::PAGE };

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let all = &ask.world.region(ask.region).lambda.event_source_mappings;
    let function = ask.parameter("FunctionName").map(|function| reference(ask, &function).0);
    let source = ask.parameter("EventSourceArn");
    let mappings: Vec<&EventSourceMapping> = all
        .iter()
        .filter(|mapping| function.as_ref().is_none_or(|wanted| function_name(mapping) == wanted))
        .filter(|mapping| source.as_ref().is_none_or(|wanted| source_arn(ask, mapping) == *wanted))
        .collect();
    let page = ask.page(&mappings, &PAGE)?;
    let items = page.items.iter().map(|mapping| write(ask, mapping)).collect();
    Ok(page_of("EventSourceMappings", items, page.next))
}

fn function_name(mapping: &EventSourceMapping) -> &str {
    mapping.function.split(':').next().unwrap_or(&mapping.function)
}

fn source_arn(ask: &Ask<'_>, mapping: &EventSourceMapping) -> String {
    ask.world.account.complete_arn(&mapping.source, ask.region)
}

fn write(ask: &Ask<'_>, mapping: &EventSourceMapping) -> Value {
    let source = source_arn(ask, mapping);
    let is_queue = source.split(':').nth(2) == Some("sqs");
    let is_stream = matches!(source.split(':').nth(2), Some("kinesis" | "dynamodb"));
    let uuid = ids::uuid(&format!("{} {} {source}", ask.region, mapping.function));
    let created = ask.world.time(crate::account::Moment::default()).as_second();
    // AWS fills these in for streams only; -1 is without end.
    let of_stream = |value: Value| if is_stream { value } else { Value::Null };
    let starting_position = mapping.starting_position.as_deref().unwrap_or("LATEST");
    object([
        ("UUID", uuid.clone().into()),
        (
            "EventSourceMappingArn",
            ask.world.account.arn("lambda", ask.region, &format!("event-source-mapping:{uuid}")).into(),
        ),
        ("EventSourceArn", source.into()),
        ("FunctionArn", function_arn(ask, &mapping.function).into()),
        ("State", mapping.state.as_deref().unwrap_or("Enabled").into()),
        ("StateTransitionReason", "USER_INITIATED".into()),
        ("LastModified", created.into()),
        ("LastProcessingResult", of_stream("OK".into())),
        ("BatchSize", mapping.batch_size.unwrap_or(if is_queue { 10 } else { 100 }).into()),
        ("MaximumBatchingWindowInSeconds", mapping.batching_window.unwrap_or(0).into()),
        ("ParallelizationFactor", of_stream(mapping.parallelization.unwrap_or(1).into())),
        ("StartingPosition", of_stream(starting_position.into())),
        ("MaximumRecordAgeInSeconds", of_stream(mapping.max_record_age.unwrap_or(-1).into())),
        ("MaximumRetryAttempts", of_stream(mapping.retries.unwrap_or(-1).into())),
        ("BisectBatchOnFunctionError", of_stream(mapping.bisect.unwrap_or(false).into())),
        ("TumblingWindowInSeconds", of_stream(0.into())),
        ("DestinationConfig", destination(ask, mapping, is_stream)),
        ("FilterCriteria", filters(mapping)),
        ("FunctionResponseTypes", json!(mapping.response_types)),
        ("ScalingConfig", mapping.max_concurrency.map(|most| json!({"MaximumConcurrency": most})).into()),
        ("KMSKeyArn", mapping.kms_key.as_ref().map(|key| ask.world.account.complete_arn(key, ask.region)).into()),
    ])
}

fn destination(ask: &Ask<'_>, mapping: &EventSourceMapping, is_stream: bool) -> Value {
    match &mapping.on_failure {
        Some(target) => json!({"OnFailure": {"Destination": ask.world.account.complete_arn(target, ask.region)}}),
        None if is_stream => json!({"OnFailure": {}}),
        None => Value::Null,
    }
}

/// Patterns are JSON in a string; the file may write them as maps.
fn filters(mapping: &EventSourceMapping) -> Value {
    if mapping.filters.is_empty() {
        return Value::Null;
    }
    let text = |pattern: &Value| pattern.as_str().map_or_else(|| pattern.to_string(), str::to_owned);
    let filters: Vec<Value> = mapping.filters.iter().map(|pattern| json!({"Pattern": text(pattern)})).collect();
    json!({"Filters": filters})
}
