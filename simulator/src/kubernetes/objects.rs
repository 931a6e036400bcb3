//! Objects before they are written.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ids;

/// Objects by kind.
pub(super) fn by_kind(objects: &[Value]) -> BTreeMap<&str, Vec<&Value>> {
    let mut kinds: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for object in objects {
        kinds.entry(object["kind"].as_str().unwrap_or_default()).or_default().push(object);
    }
    kinds
}

/// A text in the metadata of an object, empty if it is not there.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object["metadata"][name].as_str().unwrap_or_default()
}

/// The id of an object, which its dependents name.
pub(super) fn uid(kind: &str, metadata: &Value) -> String {
    ids::uuid(&format!("{kind} {} {}", metadata["namespace"], metadata["name"]))
}
