//! Roles and bindings.

use k8s_openapi::api::rbac::v1;
use palisade_model::kubernetes::{ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef, Rule, Subject};

use super::metadata::{name, namespace_of, selector};

pub(in crate::cluster) fn role(object: v1::Role) -> Role {
    Role {
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        rules: rules(object.rules),
        labels: object.metadata.labels.unwrap_or_default(),
    }
}

pub(in crate::cluster) fn cluster_role(object: v1::ClusterRole) -> ClusterRole {
    let aggregates = object.aggregation_rule.and_then(|rule| rule.cluster_role_selectors).unwrap_or_default();
    ClusterRole {
        name: name(&object.metadata),
        rules: rules(object.rules),
        aggregates: aggregates.into_iter().map(selector).collect(),
        labels: object.metadata.labels.unwrap_or_default(),
    }
}

pub(in crate::cluster) fn role_binding(object: v1::RoleBinding) -> RoleBinding {
    let namespace = namespace_of(&object.metadata);
    RoleBinding {
        name: name(&object.metadata),
        role: role_ref(object.role_ref),
        subjects: subjects(object.subjects, &namespace),
        labels: object.metadata.labels.unwrap_or_default(),
        namespace,
    }
}

pub(in crate::cluster) fn cluster_role_binding(object: v1::ClusterRoleBinding) -> ClusterRoleBinding {
    ClusterRoleBinding {
        name: name(&object.metadata),
        role: role_ref(object.role_ref),
        subjects: subjects(object.subjects, ""),
        labels: object.metadata.labels.unwrap_or_default(),
    }
}

fn rules(rules: Option<Vec<v1::PolicyRule>>) -> Vec<Rule> {
    let rule = |rule: v1::PolicyRule| Rule {
        verbs: rule.verbs,
        api_groups: rule.api_groups.unwrap_or_default(),
        resources: rule.resources.unwrap_or_default(),
        resource_names: rule.resource_names.unwrap_or_default(),
        non_resource_urls: rule.non_resource_urls.unwrap_or_default(),
    };
    rules.unwrap_or_default().into_iter().map(rule).collect()
}

fn role_ref(reference: v1::RoleRef) -> RoleRef {
    match reference.kind.as_str() {
        "Role" => RoleRef::Role(reference.name),
        "ClusterRole" => RoleRef::ClusterRole(reference.name),
        _ => RoleRef::Other { kind: reference.kind, name: reference.name },
    }
}

fn subjects(subjects: Option<Vec<v1::Subject>>, namespace: &str) -> Vec<Subject> {
    let subject = |subject: v1::Subject| match subject.kind.as_str() {
        "User" => Subject::User(subject.name),
        "Group" => Subject::Group(subject.name),
        "ServiceAccount" => Subject::ServiceAccount {
            namespace: subject.namespace.unwrap_or_else(|| namespace.to_owned()),
            name: subject.name,
        },
        _ => Subject::Other { kind: subject.kind, name: subject.name },
    };
    subjects.unwrap_or_default().into_iter().map(subject).collect()
}
