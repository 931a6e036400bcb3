//! Scenes about roles and bindings.

use std::collections::BTreeMap;

use crate::Scene;
use crate::kubernetes::{inside, new_workload};
use palisade_model::Listing;
use palisade_model::kubernetes::{
    AccessObjects, ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef, Rule, Subject, WorkloadKind,
};

fn words(text: &str) -> Vec<String> {
    text.split(',').map(|word| if word == "core" { String::new() } else { word.to_owned() }).collect()
}

/// A rule from its verbs, API groups (`core` for the core group) and resources, each with commas between.
pub fn rule(verbs: &str, api_groups: &str, resources: &str) -> Rule {
    let [verbs, api_groups, resources] = [verbs, api_groups, resources].map(words);
    Rule { verbs, api_groups, resources, ..Rule::default() }
}

/// A rule for some objects only.
pub fn named(rule: Rule, names: &str) -> Rule {
    Rule { resource_names: words(names), ..rule }
}

/// A rule that lets paths outside the resources be read.
pub fn paths(paths: &str) -> Rule {
    Rule { verbs: words("get"), non_resource_urls: words(paths), ..Rule::default() }
}

pub fn everything() -> Rule {
    rule("*", "*", "*")
}

pub fn user(name: &str) -> Subject {
    Subject::User(name.to_owned())
}

pub fn group(name: &str) -> Subject {
    Subject::Group(name.to_owned())
}

pub fn account(namespace: &str, name: &str) -> Subject {
    Subject::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
}

/// A cluster that somebody may enter, without roles or bindings.
pub fn unbound() -> Scene {
    inside(|_| {})
}

/// A cluster with a role `helper` of these rules, bound to somebody in the whole cluster.
pub fn bound(rules: &[Rule], subject: Subject) -> Scene {
    unbound().binding("helper", rules, "helpers", subject)
}

/// A cluster with a role `helper` of these rules, bound to somebody in one namespace.
pub fn bound_in(namespace: &str, rules: &[Rule], subject: Subject) -> Scene {
    unbound().access(|access| {
        let (namespace, labels) = (namespace.to_owned(), BTreeMap::new());
        let role = Role { namespace, name: "helper".to_owned(), labels: labels.clone(), rules: rules.to_vec() };
        access.role_bindings = Listing::whole(vec![RoleBinding {
            namespace: role.namespace.clone(),
            name: "helpers".to_owned(),
            labels,
            role: RoleRef::Role("helper".to_owned()),
            subjects: vec![subject],
        }]);
        access.roles = Listing::whole(vec![role]);
    })
}

impl Scene {
    /// Changes roles and bindings.
    pub fn access(self, change: impl FnOnce(&mut AccessObjects)) -> Self {
        self.objects(|objects| change(&mut objects.access))
    }

    /// Adds a role of the cluster with these rules and binds it to somebody, both with Kubernetes' own label where the
    /// binding has a name of Kubernetes' own.
    pub fn binding(self, role: &str, rules: &[Rule], binding: &str, subject: Subject) -> Self {
        let label = ("kubernetes.io/bootstrapping".to_owned(), "rbac-defaults".to_owned());
        let is_own = binding.starts_with("system:") || binding == "cluster-admin";
        let labels = BTreeMap::from_iter(is_own.then_some(label));
        let (role, rules) = (role.to_owned(), rules.to_vec());
        let given = ClusterRole { name: role.clone(), labels: labels.clone(), rules, aggregates: vec![] };
        let role = RoleRef::ClusterRole(role);
        let binding = ClusterRoleBinding { name: binding.to_owned(), labels, role, subjects: vec![subject] };
        self.access(|access| {
            access.cluster_roles = Listing::whole([access.cluster_roles.seen(), &[given]].concat());
            access.cluster_role_bindings = Listing::whole([access.cluster_role_bindings.seen(), &[binding]].concat());
        })
    }

    /// Adds a daemon set of an add-on of AWS in `kube-system`, with this service account.
    pub fn and_addon(self, service_account: &str) -> Self {
        let mut addon = new_workload(service_account);
        addon.kind = WorkloadKind::DaemonSet;
        "kube-system".clone_into(&mut addon.namespace);
        let spec = std::sync::Arc::make_mut(&mut addon.template);
        "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/csi:v1".clone_into(&mut spec.containers[0].image);
        self.objects(|objects| objects.workloads.daemon_sets = Listing::whole(vec![addon]))
    }
}

/// A cluster with a binding to a role of a kind that is not known.
pub fn oddly_bound() -> Scene {
    let role = RoleRef::Other { kind: "SuperRole".to_owned(), name: "helper".to_owned() };
    let subjects = vec![group("helpers")];
    let odd = ClusterRoleBinding { name: "odd".to_owned(), labels: BTreeMap::new(), role, subjects };
    unbound().access(|access| access.cluster_role_bindings = Listing::whole(vec![odd]))
}
