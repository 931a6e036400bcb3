//! What feeds functions.

use serde::{Deserialize, Serialize};

use super::{Action, Arn, Gap, Switch};

/// What feeds a function from a queue or a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSourceMapping {
    /// Its ARN.
    pub arn: Arn,
    /// The function, with qualifier if one is named.
    pub function: Arn,
    /// The queue, stream, topic or table; none for a self-managed cluster.
    pub source: Option<Arn>,
    /// Whether it is switched on.
    pub enabled: Switch,
    /// Where records go that failed.
    pub failure_destination: Option<Arn>,
}

/// The kind of thing that an event source mapping reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventSource {
    /// An SQS queue.
    Queue(Arn),
    /// A Kinesis stream or a consumer of one.
    Kinesis(Arn),
    /// A stream of a DynamoDB table.
    DynamoDb(Arn),
    /// A topic of Amazon MSK.
    Kafka(Arn),
    /// A topic of a Kafka cluster that AWS does not run, which has no ARN.
    SelfManagedKafka,
    /// A broker of Amazon MQ.
    Broker(Arn),
    /// A change stream of Amazon DocumentDB, whose clusters bear the ARNs of RDS.
    DocumentDb(Arn),
    /// A kind that is not known here.
    Other(Arn),
}

impl EventSourceMapping {
    /// Whether it feeds its function.
    pub fn is_enabled(&self) -> Result<bool, Gap> {
        let action = Action::LambdaListEventSourceMappings;
        self.enabled.is_on(|state| Gap::not_known(action, &self.arn, "State", state))
    }

    /// What it reads, by the service that its source's ARN names.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html>
    pub fn kind(&self) -> EventSource {
        let Some(source) = self.source.clone() else { return EventSource::SelfManagedKafka };
        match source.service() {
            "sqs" => EventSource::Queue(source),
            "kinesis" => EventSource::Kinesis(source),
            "dynamodb" => EventSource::DynamoDb(source),
            "kafka" => EventSource::Kafka(source),
            "mq" => EventSource::Broker(source),
            "rds" | "docdb" => EventSource::DocumentDb(source),
            _ => EventSource::Other(source),
        }
    }
}
