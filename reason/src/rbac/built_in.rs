//! Which roles and bindings come with a cluster.

use std::collections::BTreeMap;

use super::identity::{AUTHENTICATED, MASTERS, SERVICE_ACCOUNTS, UNAUTHENTICATED};
use super::{Binding, Scope};
use palisade_model::kubernetes::Subject;

/// Bindings of the whole cluster that Kubernetes makes for groups, with the groups.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles>
const GROUPS: &[(&str, &[&str])] = &[
    ("cluster-admin", &[MASTERS]),
    ("system:basic-user", &[AUTHENTICATED]),
    ("system:discovery", &[AUTHENTICATED]),
    ("system:monitoring", &["system:monitoring"]),
    ("system:public-info-viewer", &[AUTHENTICATED, UNAUTHENTICATED]),
    ("system:service-account-issuer-discovery", &[SERVICE_ACCOUNTS]),
];

/// Groups of nodes, whose bindings EKS makes.
const NODES: &[&str] = &["system:bootstrappers", "system:nodes"];

/// Roles that Kubernetes makes itself, beside those whose names begin with `system:`.
const KUBERNETES: &[&str] = &["admin", "cluster-admin", "edit", "view"];

/// Whether a role or binding is one that Kubernetes makes itself: by its label *and* its name, since everybody who may
/// write roles can choose either.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings>
pub fn is_of_kubernetes(name: &str, labels: &BTreeMap<String, String>) -> bool {
    let labelled = labels.get("kubernetes.io/bootstrapping").is_some_and(|value| value == "rbac-defaults");
    labelled && (name.starts_with("system:") || KUBERNETES.contains(&name))
}

/// Whether a role or binding has a name that EKS gives to its own. It carries no mark besides.
pub fn is_named_as_of_eks(name: &str) -> bool {
    const NAMES: [&str; 2] = ["aws-node", "eks-vpc-resource-controller-rolebinding"];
    NAMES.contains(&name) || name.starts_with("eks:") || name.starts_with("vpc-resource-controller-")
}

/// Whether Kubernetes or EKS put a subject into a binding. The binding must be theirs, and the subject one that they
/// use: somebody may have added another.
pub(super) fn comes_with_cluster(binding: &Binding, subject: &Subject) -> bool {
    if is_of_kubernetes(binding.name, binding.labels) {
        return is_used_by_kubernetes(binding, subject);
    }
    is_named_as_of_eks(binding.name) && is_used_by_eks(subject)
}

fn is_used_by_kubernetes(binding: &Binding, subject: &Subject) -> bool {
    match subject {
        Subject::User(name) => name.starts_with("system:kube-"),
        Subject::Group(name) => {
            let own = GROUPS.iter().filter(|(own, _)| *own == binding.name && binding.scope == Scope::Cluster);
            own.flat_map(|(_, groups)| *groups).any(|group| group == name)
        }
        Subject::ServiceAccount { namespace, .. } => namespace == "kube-system",
        Subject::Other { .. } => false,
    }
}

/// Names that begin with `eks:` are EKS's own: access entries cannot use them.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html>
fn is_used_by_eks(subject: &Subject) -> bool {
    match subject {
        Subject::User(name) => name.starts_with("eks:"),
        Subject::Group(name) => name.starts_with("eks:") || NODES.contains(&name.as_str()),
        Subject::ServiceAccount { namespace, .. } => namespace == "kube-system",
        Subject::Other { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_model::kubernetes::RoleRef;

    #[test]
    fn a_subject_that_somebody_added_does_not_come_with_the_cluster() {
        let user = |name: &str| Subject::User(name.to_owned());
        let group = |name: &str| Subject::Group(name.to_owned());
        let account =
            |namespace: &str| Subject::ServiceAccount { namespace: namespace.to_owned(), name: "worker".to_owned() };
        let label = BTreeMap::from([("kubernetes.io/bootstrapping".to_owned(), "rbac-defaults".to_owned())]);
        let (role, none) = (RoleRef::ClusterRole("role".to_owned()), BTreeMap::new());
        for (name, labels, subject, comes) in [
            ("cluster-admin", &label, group(MASTERS), true),
            ("cluster-admin", &label, group("admins"), false),
            ("cluster-admin", &none, group(MASTERS), false),
            ("system:basic-user", &label, group(AUTHENTICATED), true),
            ("system:basic-user", &label, group(UNAUTHENTICATED), false),
            ("system:discovery", &label, group(UNAUTHENTICATED), false),
            ("system:public-info-viewer", &label, group(UNAUTHENTICATED), true),
            ("system:kube-scheduler", &label, user("system:kube-scheduler"), true),
            ("system:kube-scheduler", &label, user("ana"), false),
            ("system:controller:job-controller", &label, account("kube-system"), true),
            ("system:controller:job-controller", &label, account("shop"), false),
            ("eks:node-manager", &none, user("eks:node-manager"), true),
            ("eks:node-bootstrapper", &none, group("system:nodes"), true),
            ("eks:mine", &none, group("admins"), false),
            ("aws-node", &none, account("kube-system"), true),
            ("mine", &none, user("eks:node-manager"), false),
        ] {
            let subjects = [subject];
            let binding =
                Binding { name, scope: Scope::Cluster, labels, role: &role, subjects: &subjects, rules: None };
            assert_eq!(comes_with_cluster(&binding, &subjects[0]), comes, "{name} {subjects:?}");
        }
    }

    #[test]
    fn name_and_label_are_both_needed() {
        let label = |value: &str| BTreeMap::from([("kubernetes.io/bootstrapping".to_owned(), value.to_owned())]);
        for (name, labels, built_in) in [
            ("cluster-admin", label("rbac-defaults"), true),
            ("system:node", label("rbac-defaults"), true),
            ("system:mine", BTreeMap::new(), false),
            ("system:mine", label("yes"), false),
            ("mine", label("rbac-defaults"), false),
        ] {
            assert_eq!(is_of_kubernetes(name, &labels), built_in, "{name} {labels:?}");
        }
        for (name, of_eks) in [("eks:node-manager", true), ("aws-node", true), ("aws-node-too", false), ("eks", false)]
        {
            assert_eq!(is_named_as_of_eks(name), of_eks, "{name}");
        }
    }
}
