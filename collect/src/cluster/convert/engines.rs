//! Kinds that are installed: what makes nodes, and what objects of all such kinds have. They are read as
//! plain JSON, because their forms change from version to version.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use palisade_model::kubernetes::{MetadataOptions, NodeClass};
use serde::Deserialize;
use serde_json::Value;

use super::metadata::name;

/// An object of an installed kind.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::cluster) struct Custom {
    pub(in crate::cluster) metadata: ObjectMeta,
    #[serde(default)]
    pub(super) spec: Value,
    /// What objects of Cilium have in place of one specification.
    #[serde(default)]
    pub(super) specs: Vec<Value>,
    #[serde(default)]
    pub(super) status: Value,
}

/// An installed kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cluster) struct Definition {
    /// Its full name, `plural.group`.
    pub(in crate::cluster) name: String,
    pub(in crate::cluster) group: String,
    pub(in crate::cluster) plural: String,
    pub(in crate::cluster) kind: String,
    /// The versions that are served, the stored one first.
    pub(in crate::cluster) versions: Vec<String>,
}

/// Of a definition only its names are kept.
pub(in crate::cluster) fn definition(object: &Custom) -> Definition {
    let text = |pointer: &str| object.spec.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut versions: Vec<(bool, String)> = items(&object.spec, "/versions")
        .filter(|version| version["served"].as_bool() == Some(true))
        .filter_map(|version| Some((version["storage"].as_bool() != Some(true), version["name"].as_str()?.to_owned())))
        .collect();
    versions.sort();
    Definition {
        name: name(&object.metadata),
        group: text("/group"),
        plural: text("/names/plural"),
        kind: text("/names/kind"),
        versions: versions.into_iter().map(|(_, name)| name).collect(),
    }
}

/// What Auto Mode or Karpenter makes nodes by.
pub(in crate::cluster) fn node_class(kind: &str, object: &Custom) -> NodeClass {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let spec = &object.spec;
    let metadata = spec.get("metadataOptions").map(|options| MetadataOptions {
        endpoint: text(options, "httpEndpoint"),
        tokens: text(options, "httpTokens"),
        hop_limit: options.get("httpPutResponseHopLimit").and_then(Value::as_u64).and_then(|it| it.try_into().ok()),
    });
    NodeClass {
        kind: kind.to_owned(),
        name: name(&object.metadata),
        role: text(spec, "role").or_else(|| text(spec, "instanceProfile")),
        network_policy: text(spec, "networkPolicy"),
        metadata,
    }
}

/// The elements of a list inside; none where there is no list.
pub(super) fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a list inside.
pub(super) fn texts(value: &Value, pointer: &str) -> Vec<String> {
    items(value, pointer).filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(spec: &Value) -> Custom {
        serde_json::from_value(json!({ "metadata": { "name": "one" }, "spec": spec })).unwrap()
    }

    #[test]
    fn a_definition_gives_the_stored_version_first() {
        let spec = json!({ "group": "kyverno.io", "names": { "plural": "clusterpolicies", "kind": "ClusterPolicy" },
            "versions": [
                { "name": "v1", "served": true, "storage": true }, { "name": "v2", "served": true, "storage": false },
                { "name": "v1alpha1", "served": false, "storage": false },
            ] });
        assert_eq!(definition(&object(&spec)).versions, ["v1", "v2"]);
    }
}
