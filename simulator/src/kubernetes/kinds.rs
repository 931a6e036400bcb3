//! Kinds of objects: what their API group, version and plural are.

use serde_json::Value;

/// A kind of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    /// Empty for the core group.
    pub(super) group: String,
    pub(super) version: String,
    pub(super) plural: String,
    pub(super) name: String,
    pub(super) namespaced: bool,
    /// Whether a CustomResourceDefinition brings it.
    pub(super) custom: bool,
}

/// Group, version, whether the objects live in namespaces, and the kinds.
const BUILT_IN: &[(&str, &str, bool, &[&str])] = &[
    ("", "v1", false, &["Namespace", "Node", "PersistentVolume"]),
    (
        "",
        "v1",
        true,
        &[
            "Pod",
            "ServiceAccount",
            "Service",
            "LimitRange",
            "ResourceQuota",
            "ReplicationController",
            "PodTemplate",
            "ConfigMap",
            "Secret",
            "Event",
            "PersistentVolumeClaim",
        ],
    ),
    ("apps", "v1", true, &["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"]),
    ("batch", "v1", true, &["Job", "CronJob"]),
    ("networking.k8s.io", "v1", true, &["NetworkPolicy", "Ingress"]),
    ("networking.k8s.io", "v1", false, &["IngressClass"]),
    ("rbac.authorization.k8s.io", "v1", true, &["Role", "RoleBinding"]),
    ("rbac.authorization.k8s.io", "v1", false, &["ClusterRole", "ClusterRoleBinding"]),
    (
        "admissionregistration.k8s.io",
        "v1",
        false,
        &[
            "ValidatingWebhookConfiguration",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
        ],
    ),
    ("apiextensions.k8s.io", "v1", false, &["CustomResourceDefinition"]),
    ("storage.k8s.io", "v1", false, &["StorageClass"]),
    ("policy", "v1", true, &["PodDisruptionBudget"]),
];

/// The kinds every cluster has.
pub(super) fn built_in() -> impl Iterator<Item = Kind> {
    BUILT_IN.iter().flat_map(|&(group, version, namespaced, names)| {
        names.iter().map(move |&name| Kind {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: plural(name),
            name: name.to_owned(),
            namespaced,
            custom: false,
        })
    })
}

/// The kind that an object says it is of, where no definition does.
pub(super) fn implied(object: &Value) -> Kind {
    let name = object["kind"].as_str().unwrap_or_default();
    let api = object["apiVersion"].as_str().unwrap_or_default();
    let (group, version) = api.split_once('/').unwrap_or(("", api));
    Kind {
        group: group.to_owned(),
        version: version.to_owned(),
        // Gatekeeper's kinds have no plural of their own.
        plural: if group == "constraints.gatekeeper.sh" { name.to_ascii_lowercase() } else { plural(name) },
        name: name.to_owned(),
        namespaced: object.pointer("/metadata/namespace").is_some(),
        custom: true,
    }
}

/// The kinds that a definition brings, one for each version that is served.
pub(super) fn defined(definition: &Value) -> Vec<Kind> {
    let text = |path: &str| definition.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let versions = definition.pointer("/spec/versions").and_then(Value::as_array).into_iter().flatten();
    let served = versions.filter(|version| version["served"] != false);
    served
        .map(|version| Kind {
            group: text("/spec/group"),
            version: version["name"].as_str().unwrap_or_default().to_owned(),
            plural: text("/spec/names/plural"),
            name: text("/spec/names/kind"),
            namespaced: text("/spec/scope") == "Namespaced",
            custom: true,
        })
        .collect()
}

fn plural(kind: &str) -> String {
    let small = kind.to_ascii_lowercase();
    if let Some(start) = small.strip_suffix('y') {
        return format!("{start}ies");
    }
    if small.ends_with(['s', 'x']) { format!("{small}es") } else { format!("{small}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_are_those_of_the_api() {
        for (kind, expected) in [
            ("Pod", "pods"),
            ("NetworkPolicy", "networkpolicies"),
            ("Ingress", "ingresses"),
            ("StorageClass", "storageclasses"),
            ("ClusterPolicy", "clusterpolicies"),
        ] {
            assert_eq!(plural(kind), expected);
        }
    }
}
