//! What a run needs inside a cluster: the smallest ClusterRole, its binding, and the way to give it to an IAM principal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisade_model::Action;

/// The group of Kubernetes that the access entry puts the auditing principal into.
const GROUP: &str = "palisade-auditors";
/// The name of the roles and bindings.
const NAME: &str = "palisade-audit";
/// The ConfigMaps that are read, by name.
const CONFIG_MAPS: &str = "aws-auth, amazon-vpc-cni";

/// The manifest, in YAML; a comment at its head says how an IAM principal gets it.
pub(crate) fn manifest() -> String {
    let mut rules = String::new();
    for (group, resources) in lists() {
        // Writing to a string cannot fail.
        let _ =
            writeln!(rules, "  - {{ apiGroups: [\"{group}\"], resources: [{}], verbs: [list] }}", resources.join(", "));
    }
    format!(
        "\
# What palisade reads in a cluster: lists alone, no Secret, two ConfigMaps by name.
#   kubectl apply -f palisade.yaml
#   aws eks create-access-entry --cluster-name CLUSTER --principal-arn ROLE_ARN --kubernetes-groups {GROUP}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{ name: {NAME} }}
rules:
{rules}---
{}---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{ name: {NAME}, namespace: kube-system }}
rules:
  - {{ apiGroups: [\"\"], resources: [configmaps], resourceNames: [{CONFIG_MAPS}], verbs: [get] }}
---
{}",
        binding("ClusterRole", ""),
        binding("Role", ", namespace: kube-system"),
    )
}

fn binding(kind: &str, namespace: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}Binding\nmetadata: {{ name: {NAME}{namespace} }}\n\
         roleRef: {{ apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {NAME} }}\n\
         subjects: [{{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: {GROUP} }}]\n"
    )
}

/// The kinds that are listed, by API group; the core group has no name.
fn lists() -> BTreeMap<&'static str, Vec<String>> {
    let mut lists: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for action in Action::ALL.iter().filter(|action| action.is_kubernetes()) {
        let Some(kind) = action.operation().strip_prefix("list/") else { continue };
        let (resource, group) = kind.split_once('.').unwrap_or((kind, ""));
        let resource = if resource == "*" { "\"*\"".to_owned() } else { resource.to_owned() };
        lists.entry(group).or_default().push(resource);
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_in_the_role_and_no_secret() {
        let manifest = manifest();
        for action in Action::ALL.iter().filter(|action| action.is_kubernetes()) {
            let operation = action.operation();
            let Some(kind) = operation.strip_prefix("list/") else { continue };
            let (resource, group) = kind.split_once('.').unwrap_or((kind, ""));
            let rule = manifest.lines().find(|line| line.contains(&format!("apiGroups: [\"{group}\"]")));
            assert!(rule.is_some_and(|rule| rule.contains(resource)), "{action}");
        }
        assert!(!manifest.contains("secrets") && !manifest.contains("nodes/proxy"));
        assert!(!manifest.lines().any(|line| line.contains("configmaps") && !line.contains("resourceNames")));
    }

    #[test]
    fn every_document_is_yaml() {
        for document in manifest().split("---\n") {
            let read: serde_json::Value = serde_saphyr::from_str(document).unwrap();
            assert_eq!(read["apiVersion"], "rbac.authorization.k8s.io/v1", "{document}");
        }
    }
}
