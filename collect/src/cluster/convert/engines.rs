//! Kinds that are installed: policy engines, network plug-ins, what makes nodes. They are read as plain JSON, because
//! their forms change from version to version.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use palisade_model::kubernetes::{
    Enforcement, EnginePolicy, ForeignNetworkPolicy, MetadataOptions, NodeClass, PolicyEngine, PolicyException,
};
use serde::Deserialize;
use serde_json::Value;

use super::metadata::name;

/// An object of an installed kind.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::cluster) struct Custom {
    pub(in crate::cluster) metadata: ObjectMeta,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    status: Value,
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

/// A policy of Kyverno, of either generation.
///
/// Source: <https://kyverno.io/docs/policy-types/>
pub(in crate::cluster) fn kyverno_policy(kind: &str, object: &Custom) -> EnginePolicy {
    let mut modes = match object.spec.get("validationActions") {
        Some(actions) => actions.as_array().into_iter().flatten().filter_map(Value::as_str).map(kyverno_mode).collect(),
        None => rules_modes(&object.spec),
    };
    modes.sort_by_key(|mode| format!("{mode:?}"));
    modes.dedup();
    EnginePolicy {
        engine: PolicyEngine::Kyverno,
        kind: kind.to_owned(),
        namespace: object.metadata.namespace.clone(),
        name: name(&object.metadata),
        modes,
        ready: ready(&object.status),
    }
}

/// The mode of each validating rule: its own, or else the policy's, which audits unless it says otherwise.
fn rules_modes(spec: &Value) -> Vec<Enforcement> {
    let general = spec.get("validationFailureAction").and_then(Value::as_str).unwrap_or("Audit");
    let validating = items(spec, "/rules").filter_map(|rule| rule.get("validate"));
    let own = validating.map(|validate| validate.get("failureAction").and_then(Value::as_str).unwrap_or(general));
    own.map(kyverno_mode).collect()
}

fn kyverno_mode(mode: &str) -> Enforcement {
    match mode.to_ascii_lowercase().as_str() {
        "enforce" | "deny" => Enforcement::Deny,
        "audit" => Enforcement::Audit,
        "warn" => Enforcement::Warn,
        _ => Enforcement::Other(mode.to_owned()),
    }
}

fn ready(status: &Value) -> Option<bool> {
    let condition = items(status, "/conditions").find(|condition| condition["type"] == "Ready");
    let condition = condition
        .or_else(|| items(status, "/conditionStatus/conditions").find(|condition| condition["type"] == "Ready"));
    match condition {
        Some(condition) => Some(condition["status"] == "True"),
        None => status.get("ready").and_then(Value::as_bool),
    }
}

/// An exception from Kyverno's policies.
pub(in crate::cluster) fn policy_exception(object: &Custom) -> PolicyException {
    let names = items(&object.spec, "/exceptions").filter_map(|exception| exception["policyName"].as_str());
    let references = items(&object.spec, "/policyRefs").filter_map(|reference| reference["name"].as_str());
    PolicyException {
        namespace: object.metadata.namespace.clone().unwrap_or_default(),
        name: name(&object.metadata),
        policies: names.chain(references).map(str::to_owned).collect(),
    }
}

/// A constraint of Gatekeeper; it denies unless it says otherwise.
///
/// Source: <https://open-policy-agent.github.io/gatekeeper/website/docs/violations/>
pub(in crate::cluster) fn constraint(kind: &str, object: &Custom) -> EnginePolicy {
    let action = object.spec.get("enforcementAction").and_then(Value::as_str).unwrap_or("deny");
    let scoped = items(&object.spec, "/scopedEnforcementActions").filter_map(|scoped| scoped["action"].as_str());
    let actions: Vec<&str> = if action == "scoped" { scoped.collect() } else { vec![action] };
    let mode = |action: &str| match action {
        "deny" => Enforcement::Deny,
        "dryrun" => Enforcement::Audit,
        "warn" => Enforcement::Warn,
        other => Enforcement::Other(other.to_owned()),
    };
    EnginePolicy {
        engine: PolicyEngine::Gatekeeper,
        kind: kind.to_owned(),
        namespace: object.metadata.namespace.clone(),
        name: name(&object.metadata),
        modes: actions.into_iter().map(mode).collect(),
        ready: None,
    }
}

/// Of a network plug-in's policy it is only kept that it is there.
pub(in crate::cluster) fn foreign_policy(group: &str, kind: &str, object: &Custom) -> ForeignNetworkPolicy {
    ForeignNetworkPolicy {
        group: group.to_owned(),
        kind: kind.to_owned(),
        namespace: object.metadata.namespace.clone(),
        name: name(&object.metadata),
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

fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(spec: &Value) -> Custom {
        serde_json::from_value(json!({ "metadata": { "name": "one" }, "spec": spec })).unwrap()
    }

    #[test]
    fn a_policy_of_kyverno_audits_unless_it_says_otherwise() {
        let modes = |spec: Value| kyverno_policy("ClusterPolicy", &object(&spec)).modes;
        let rule = |validate: Value| json!([{ "name": "one", "validate": validate }]);
        assert_eq!(modes(json!({ "rules": rule(json!({})) })), [Enforcement::Audit]);
        assert_eq!(
            modes(json!({ "validationFailureAction": "enforce", "rules": rule(json!({})) })),
            [Enforcement::Deny]
        );
        assert_eq!(modes(json!({ "rules": rule(json!({ "failureAction": "Enforce" })) })), [Enforcement::Deny]);
        assert_eq!(modes(json!({ "validationActions": ["Deny", "Audit"] })), [Enforcement::Audit, Enforcement::Deny]);
        assert_eq!(modes(json!({ "rules": [{ "name": "mutates", "mutate": {} }] })), []);
    }

    #[test]
    fn a_constraint_denies_unless_it_says_otherwise() {
        let modes = |spec: Value| constraint("K8sPSPPrivilegedContainer", &object(&spec)).modes;
        assert_eq!(modes(json!({})), [Enforcement::Deny]);
        assert_eq!(modes(json!({ "enforcementAction": "dryrun" })), [Enforcement::Audit]);
        let scoped = json!({ "enforcementAction": "scoped", "scopedEnforcementActions": [{ "action": "warn" }] });
        assert_eq!(modes(scoped), [Enforcement::Warn]);
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
