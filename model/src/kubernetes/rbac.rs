//! Roles and their bindings.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::selector::Selector;

/// A role of one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// What it allows.
    pub rules: Vec<Rule>,
}

/// A role of the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterRole {
    /// Its name.
    pub name: String,
    /// Its labels, by which other roles take its rules over.
    pub labels: BTreeMap<String, String>,
    /// What it allows, with what the controller has put together so far.
    pub rules: Vec<Rule>,
    /// The roles whose rules it takes over: those that any of these select. Empty for a role that says its own.
    pub aggregates: Vec<Selector>,
}

/// What a role allows: every verb on every resource it names, or on every path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rule {
    /// Verbs; `*` for all.
    pub verbs: Vec<String>,
    /// API groups; empty text for the core group, `*` for all.
    pub api_groups: Vec<String>,
    /// Resources: `pods`, `pods/exec`, `*/scale`, `*`.
    pub resources: Vec<String>,
    /// The only objects that it is about; empty for all.
    pub resource_names: Vec<String>,
    /// Paths outside the resources, such as `/metrics` or `/healthz/*`.
    pub non_resource_urls: Vec<String>,
}

impl Rule {
    /// The fields that hold a `*` by itself, which also means whatever is added to the cluster later.
    pub fn wildcards(&self) -> Vec<&'static str> {
        let Self { verbs, api_groups, resources, resource_names: _, non_resource_urls } = self;
        let fields = [
            ("verbs", verbs),
            ("apiGroups", api_groups),
            ("resources", resources),
            ("nonResourceURLs", non_resource_urls),
        ];
        let starred = fields.into_iter().filter(|(_, values)| values.iter().any(|value| value == "*"));
        starred.map(|(field, _)| field).collect()
    }
}

/// A binding in one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleBinding {
    /// Its namespace, in which alone the role then holds.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The role.
    pub role: RoleRef,
    /// Who gets it.
    pub subjects: Vec<Subject>,
}

/// A binding in the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterRoleBinding {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The role.
    pub role: RoleRef,
    /// Who gets it.
    pub subjects: Vec<Subject>,
}

/// The role that a binding gives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleRef {
    /// A role of the binding's namespace, by its name.
    Role(String),
    /// A role of the cluster, by its name.
    ClusterRole(String),
    /// A kind that is not known here.
    Other {
        /// The kind.
        kind: String,
        /// The name.
        name: String,
    },
}

/// Who gets a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A user, by the name that authentication gave.
    User(String),
    /// A group, by its name.
    Group(String),
    /// A service account.
    ServiceAccount {
        /// Its namespace: the binding's own where the binding names none.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A kind that is not known here.
    Other {
        /// The kind.
        kind: String,
        /// The name.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_a_star_by_itself() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let rule = Rule {
            verbs: words(&["get", "*"]),
            api_groups: words(&[""]),
            resources: words(&["*/scale", "pods"]),
            resource_names: words(&["*"]),
            non_resource_urls: words(&["/healthz/*"]),
        };
        assert_eq!(rule.wildcards(), ["verbs"]);
        assert_eq!(Rule { resources: words(&["*"]), ..Rule::default() }.wildcards(), ["resources"]);
    }
}
