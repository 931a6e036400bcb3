//! Scenes about roles and bindings.

use std::collections::BTreeMap;

use crate::facts::Listing;
use crate::facts::kubernetes::{
    AccessObjects, ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef, Rule, Subject, WorkloadKind,
};
use crate::testing::kubernetes::{inside, new_workload};
use crate::testing::{Cases, Scene};

fn words(text: &str) -> Vec<String> {
    text.split(',').map(|word| if word == "core" { String::new() } else { word.to_owned() }).collect()
}

/// A rule from its verbs, API groups (`core` for the core group) and resources, each with commas between.
pub(crate) fn rule(verbs: &str, api_groups: &str, resources: &str) -> Rule {
    let [verbs, api_groups, resources] = [verbs, api_groups, resources].map(words);
    Rule { verbs, api_groups, resources, ..Rule::default() }
}

/// A rule for some objects only.
pub(crate) fn named(rule: Rule, names: &str) -> Rule {
    Rule { resource_names: words(names), ..rule }
}

pub(crate) fn everything() -> Rule {
    rule("*", "*", "*")
}

pub(crate) fn user(name: &str) -> Subject {
    Subject::User(name.to_owned())
}

pub(crate) fn group(name: &str) -> Subject {
    Subject::Group(name.to_owned())
}

pub(crate) fn account(namespace: &str, name: &str) -> Subject {
    Subject::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
}

/// A cluster that somebody may enter, without roles or bindings.
pub(crate) fn unbound() -> Scene {
    inside(|_| {})
}

/// A cluster with a role `helper` of these rules, bound to somebody in the whole cluster.
pub(crate) fn bound(rules: &[Rule], subject: Subject) -> Scene {
    unbound().binding("helper", rules, "helpers", subject)
}

/// A cluster with a role `helper` of these rules, bound to somebody in one namespace.
pub(crate) fn bound_in(namespace: &str, rules: &[Rule], subject: Subject) -> Scene {
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
    pub(crate) fn access(self, change: impl FnOnce(&mut AccessObjects)) -> Self {
        self.objects(|objects| change(&mut objects.access))
    }

    /// Adds a role of the cluster with these rules and binds it to somebody, both with Kubernetes' own label where the
    /// binding has a name of Kubernetes' own.
    pub(crate) fn binding(self, role: &str, rules: &[Rule], binding: &str, subject: Subject) -> Self {
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
    pub(crate) fn and_addon(self, service_account: &str) -> Self {
        let mut addon = new_workload(service_account);
        addon.kind = WorkloadKind::DaemonSet;
        "kube-system".clone_into(&mut addon.namespace);
        let spec = std::sync::Arc::make_mut(&mut addon.template);
        spec.containers[0].image = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/csi:v1".to_owned();
        self.objects(|objects| objects.workloads.daemon_sets = Listing::whole(vec![addon]))
    }
}

/// Cases of a check about rights that nobody should have: each of the rules gives one, none of the harmless ones does.
pub(crate) fn strict(bad: &[Rule], harmless: &[Rule]) -> Cases {
    let mut cases = Cases::default()
        .pass(unbound())
        .pass(unbound().binding("system:kube-scheduler", bad, "system:kube-scheduler", user("system:kube-scheduler")))
        .pass(unbound().binding("eks:helper", bad, "eks:helper", account("kube-system", "helper")))
        .pass(bound(bad, account("kube-system", "csi")).and_addon("csi"))
        .pass(bound(&[everything()], group("admins")))
        .fail(bound(bad, account("kube-system", "csi")))
        .fail(unbound().binding("eks:helper", bad, "eks:helper", group("helpers")))
        .fail(unbound().binding("system:node", bad, "system:mine", user("ana")));
    for rule in bad {
        cases = cases
            .fail(bound(std::slice::from_ref(rule), group("helpers")))
            .fail(bound(std::slice::from_ref(rule), account("shop", "web")))
            .fail(bound(std::slice::from_ref(rule), user("system:serviceaccount:shop:web")));
    }
    for rule in harmless {
        cases = cases.pass(bound(std::slice::from_ref(rule), group("helpers")));
    }
    cases.unknown(oddly_bound())
}

/// A cluster with a binding to a role of a kind that is not known.
pub(crate) fn oddly_bound() -> Scene {
    let role = RoleRef::Other { kind: "SuperRole".to_owned(), name: "helper".to_owned() };
    let subjects = vec![group("helpers")];
    let odd = ClusterRoleBinding { name: "odd".to_owned(), labels: BTreeMap::new(), role, subjects };
    unbound().access(|access| access.cluster_role_bindings = Listing::whole(vec![odd]))
}

/// As [`strict`], for rights that a team may have in a namespace of its own.
pub(crate) fn beyond_teams(bad: &[Rule], harmless: &[Rule]) -> Cases {
    let mut cases = strict(bad, harmless);
    for rule in bad {
        let here = |namespace: &str, subject| bound_in(namespace, std::slice::from_ref(rule), subject);
        cases = cases
            .fail(here("shop", account("shop", "web")))
            .fail(here("shop", group("system:authenticated")))
            .fail(here("shop", group("system:serviceaccounts:shop")))
            .fail(here("kube-system", group("helpers")))
            .pass(here("shop", group("helpers")))
            .pass(here("shop", user("ana")))
            .pass(bound(&[named(rule.clone(), "one")], group("helpers")));
    }
    cases
}
