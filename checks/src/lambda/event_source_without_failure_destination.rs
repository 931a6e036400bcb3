use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{EventSource, EventSourceMapping};
use palisade_model::{Action, Arn, Gap};

check! {
    /// Records of an event source that fail are lost
    ///
    /// ## Why
    /// A record that the function cannot process blocks its part of a stream until the tries are used up or the record
    /// expires, and is then skipped. A message of a queue without a dead letter queue comes back until it expires.
    /// Either way nothing is left to look at or to process again.
    ///
    /// For streams the mapping's on-failure destination is looked at, for SQS the queue's redrive policy. A queue that
    /// is not in the audited account cannot be read, and is reported as unknown. Amazon MQ and DocumentDB know no such
    /// destination.
    ///
    /// ## Severity
    /// Medium: one record that the function cannot process is lost for good.
    ///
    /// ## Fix
    /// Set `DestinationConfig.OnFailure` of the mapping of a stream; give a queue a redrive policy with a dead letter
    /// queue.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
    CHECK {
        id: "lambda-event-source-without-failure-destination",
        severity: Severity::Medium,
        controls: &[Control::checklist("failure-destination")],
        since: "0.1.0",
        rule: Rule::EventSourceMapping(evaluate),
    }
}

fn evaluate(mapping: &EventSourceMapping, context: &Context) -> Outcome {
    if !mapping.is_enabled()? {
        return Ok(Verdict::NotApplicable);
    }
    match mapping.kind() {
        EventSource::Queue(queue) => queue_verdict(&queue, context),
        EventSource::Kinesis(stream) | EventSource::DynamoDb(stream) | EventSource::Kafka(stream) => {
            Ok(Verdict::fail_when(mapping.failure_destination.is_none(), || {
                format!("DestinationConfig.OnFailure is not set; the source is {stream}")
            }))
        }
        EventSource::SelfManagedKafka => Ok(Verdict::fail_when(mapping.failure_destination.is_none(), || {
            "DestinationConfig.OnFailure is not set; the source is a self-managed Kafka cluster".to_owned()
        })),
        EventSource::Broker(_) | EventSource::DocumentDb(_) => Ok(Verdict::NotApplicable),
        EventSource::Other(source) => {
            let action = Action::LambdaListEventSourceMappings;
            Err(Gap::not_known(action, &mapping.arn, "the service of EventSourceArn", source.service()))
        }
    }
}

fn queue_verdict(arn: &Arn, context: &Context) -> Outcome {
    let Some(queue) = context.readable_queue(arn)? else { return Ok(Verdict::NotApplicable) };
    Ok(Verdict::fail_when(queue.dead_letter_queue.is_none(), || format!("RedrivePolicy of {arn} is not set")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Switch;
    use palisade_scenes::{Scene, mapping, queue_arn};

    let stream = |source: &str, destination: bool| {
        let source = (!source.is_empty()).then(|| Arn::from(source));
        mapping(|mapping| {
            mapping.source = source;
            mapping.failure_destination = destination.then(|| queue_arn("failed"));
        })
    };
    let queue = |dead_letter: bool| -> Scene {
        mapping(|_| {}).and_queue("orders", |queue| {
            queue.dead_letter_queue = dead_letter.then(|| queue_arn("failed"));
        })
    };
    let kinesis = "arn:aws:kinesis:eu-west-1:111122223333:stream/orders";
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000";
    Cases::default()
        .pass(stream(kinesis, true))
        .pass(stream("", true))
        .pass(queue(true))
        .fail(stream(kinesis, false))
        .fail(stream(table, false))
        .fail(stream("arn:aws:kafka:eu-west-1:111122223333:cluster/shop/1", false))
        .fail(stream("", false))
        .fail(queue(false))
        .not_applicable(stream("arn:aws:mq:eu-west-1:111122223333:broker:shop:b-1", false))
        .not_applicable(stream("arn:aws:rds:eu-west-1:111122223333:cluster:shop", false))
        .not_applicable(mapping(|mapping| mapping.enabled = Switch::Off))
        .unknown(mapping(|mapping| mapping.enabled = Switch::Other("Dreaming".to_owned())))
        .not_applicable(mapping(|_| {}))
        .left_out(stream("arn:aws:sqs:eu-west-1:444455556666:orders", false))
        .unknown(stream("arn:aws:pulsar:eu-west-1:111122223333:topic/orders", false))
}
