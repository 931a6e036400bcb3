//! JSON as AWS writes it.

use serde_json::Value;

/// A JSON object of the members that have a value: AWS leaves the others out.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(
        members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
