//! What objects of all kinds have.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use palisade_model::kubernetes::{Operator, Requirement, Selector};

pub(super) fn name(metadata: &ObjectMeta) -> String {
    metadata.name.clone().unwrap_or_default()
}

pub(super) fn namespace_of(metadata: &ObjectMeta) -> String {
    metadata.namespace.clone().unwrap_or_default()
}

pub(super) fn created_at(metadata: &ObjectMeta) -> Option<Timestamp> {
    metadata.creation_timestamp.as_ref().map(|time| time.0)
}

/// A selector; none selects nothing or everything, as the place where it stands says.
pub(super) fn selector(selector: LabelSelector) -> Selector {
    let requirements = selector.match_expressions.unwrap_or_default().into_iter().map(|expression| Requirement {
        key: expression.key,
        operator: match expression.operator.as_str() {
            "In" => Operator::In,
            "NotIn" => Operator::NotIn,
            "Exists" => Operator::Exists,
            "DoesNotExist" => Operator::DoesNotExist,
            _ => Operator::Other(expression.operator),
        },
        values: expression.values.unwrap_or_default(),
    });
    Selector { labels: selector.match_labels.unwrap_or_default(), requirements: requirements.collect() }
}
