//! Resources that an action can be limited to, as Lambda itself is the one that uses it.

use std::collections::BTreeMap;

use palisade_policy::ResourcePattern;

use palisade_model::lambda::{EventSource, EventSourceMapping};

/// Resources by action in lower case.
#[derive(Debug, Default)]
pub(super) struct Scopes(BTreeMap<String, Vec<String>>);

impl Scopes {
    /// Adds a resource that an action is used on.
    pub(super) fn add(&mut self, action: &str, resource: String) {
        let resources = self.0.entry(action.to_ascii_lowercase()).or_default();
        if !resources.contains(&resource) {
            resources.push(resource);
        }
    }

    /// The resources that an action is used on, if these are all.
    pub(super) fn of(&self, action: &str) -> Option<&[String]> {
        self.0.get(&action.to_ascii_lowercase()).map(Vec::as_slice)
    }
}

/// What of `granted` concerns `wanted`: the narrower of each two where one holds the other.
pub(super) fn narrowed(granted: &[ResourcePattern], wanted: &[String]) -> Vec<String> {
    let mut narrowed: Vec<String> =
        wanted.iter().filter(|wanted| granted.iter().any(|granted| granted.matches(wanted))).cloned().collect();
    for granted in granted {
        let is_within = |wanted: &String| ResourcePattern::new(wanted.as_str()).matches(granted.as_str());
        if wanted.iter().any(is_within) && !narrowed.iter().any(|known| known == granted.as_str()) {
            narrowed.push(granted.as_str().to_owned());
        }
    }
    narrowed.sort();
    narrowed
}

/// The calls by which Lambda reads an event source, where they can be limited to it.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html>
pub(super) fn reads(mapping: &EventSourceMapping) -> &'static [&'static str] {
    match mapping.kind() {
        EventSource::Queue(_) => {
            &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
        }
        EventSource::Kinesis(_) => &[
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:ListShards",
            "kinesis:SubscribeToShard",
        ],
        EventSource::DynamoDb(_) => &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
        EventSource::Kafka(_)
        | EventSource::SelfManagedKafka
        | EventSource::Broker(_)
        | EventSource::DocumentDb(_)
        | EventSource::Other(_) => &[],
    }
}
