//! What Kubernetes and EKS bind themselves, by contents: a binding's name, its role, its subjects and the role's rules.
//!
//! Whoever may write bindings chooses names and labels, so neither is believed. What goes beyond the tables is the
//! user's: a subject that somebody added, and rules that a role has besides.
//!
//! Sources: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings>,
//! <https://docs.aws.amazon.com/eks/latest/userguide/default-roles-users.html>

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::need::names_resource;
use super::{Binding, Scope};
use palisade_model::dated::Table;
use palisade_model::kubernetes::{RoleRef, Rule, ServerVersion, Subject};

/// What Kubernetes binds; no package has it, look at the source.
pub const OF_KUBERNETES: Table =
    Table::new("roles and bindings of Kubernetes itself", include_str!("known/kubernetes.tsv"));

/// What EKS and its add-ons bind; no package has it, look at the source.
pub const OF_EKS: Table = Table::new("roles and bindings of EKS and its add-ons", include_str!("known/eks.tsv"));

/// How much of what a binding gives to a subject Kubernetes or EKS made.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// All of it.
    All,
    /// None of it.
    None,
    /// All but these rules.
    AllBut(Vec<&'a Rule>),
}

/// The name of a role or binding in the tables, with where it is.
fn place(namespace: Option<&str>, name: &str) -> String {
    format!("{}\t{name}", namespace.unwrap_or("-"))
}

struct Row {
    role: &'static str,
    subjects: Vec<&'static str>,
}

struct Ruling {
    since: u32,
    rule: Rule,
}

#[derive(Default)]
struct Known {
    /// The names of all bindings, by which nearly all others are told apart at once.
    names: HashSet<&'static str>,
    bindings: HashMap<String, Vec<Row>>,
    rules: HashMap<String, Vec<Ruling>>,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| vec![Known::read(OF_KUBERNETES), Known::read(OF_EKS)]);

impl Known {
    fn read(table: Table) -> Self {
        let mut known = Self::default();
        for row in table.rows() {
            match *row.as_slice() {
                ["binding", namespace, name, role, subjects] => {
                    let row = Row { role, subjects: subjects.split(';').collect() };
                    known.names.insert(name);
                    known.bindings.entry(place(Some(namespace), name)).or_default().push(row);
                }
                ["rule", namespace, of, since, verbs, groups, resources, names, paths] => {
                    let rule = Rule {
                        verbs: words(verbs),
                        api_groups: words(groups).into_iter().map(in_core).collect(),
                        resources: words(resources),
                        resource_names: words(names),
                        non_resource_urls: words(paths),
                    };
                    let ruling = Ruling { since: since.parse().unwrap_or(u32::MAX), rule };
                    known.rules.entry(place(Some(namespace), of)).or_default().push(ruling);
                }
                _ => {}
            }
        }
        known
    }

    /// Whether it holds a binding of this name that gives the same role to a subject.
    fn has(&self, binding: &Binding<'_>, subject: &Subject) -> bool {
        if !self.names.contains(binding.name) {
            return false;
        }
        let Some(rows) = self.bindings.get(&place(binding.scope.namespace(), binding.name)) else { return false };
        let (role, subject) = (role_named(binding.role), subject_named(subject));
        rows.iter().any(|row| row.role == role && row.subjects.contains(&subject.as_str()))
    }

    fn rules_of(&self, binding: &Binding<'_>, version: Option<ServerVersion>) -> Vec<&Rule> {
        let role = role_named(binding.role);
        let namespace = match binding.role {
            RoleRef::ClusterRole(_) => None,
            RoleRef::Role(_) | RoleRef::Other { .. } => binding.scope.namespace(),
        };
        let is_made = |ruling: &&Ruling| version.is_none_or(|version| ruling.since <= version.minor);
        let rulings = self.rules.get(&place(namespace, &role)).into_iter().flatten();
        rulings.filter(is_made).map(|ruling| &ruling.rule).collect()
    }
}

/// How much of what a binding gives to a subject Kubernetes, in this version, or EKS made.
pub fn part<'a>(binding: &Binding<'a>, subject: &Subject, version: Option<ServerVersion>) -> Part<'a> {
    let Some(known) = KNOWN.iter().find(|known| known.has(binding, subject)) else { return Part::None };
    let rules = known.rules_of(binding, version);
    let others = binding.rules.iter().flat_map(|rules| rules.iter().copied());
    let others: Vec<_> = others.filter(|rule| !is_within(rule, &rules)).collect();
    if others.is_empty() { Part::All } else { Part::AllBut(others) }
}

/// Whether Kubernetes or EKS gives somebody this role by a binding of this name, whatever the role's rules.
pub fn is_known(name: &str, namespace: Option<&str>, role: &RoleRef, subject: &Subject) -> bool {
    let scope = namespace.map_or(Scope::Cluster, Scope::Namespace);
    let binding = Binding { name, scope, role, subjects: &[], rules: None };
    KNOWN.iter().any(|known| known.has(&binding, subject))
}

/// Whether all that a rule allows, one of the known ones allows.
fn is_within(rule: &Rule, known: &[&Rule]) -> bool {
    let requests = rule.verbs.iter().flat_map(|verb| {
        rule.api_groups.iter().flat_map(move |group| rule.resources.iter().map(move |resource| (verb, group, resource)))
    });
    let is_given = |(verb, group, resource): (&String, &String, &String)| {
        known.iter().any(|own| {
            let has = |own: &[String], wanted: &String| own.iter().any(|name| name == "*" || name == wanted);
            let names = own.resource_names.is_empty()
                || !rule.resource_names.is_empty()
                    && rule.resource_names.iter().all(|name| own.resource_names.contains(name));
            has(&own.verbs, verb)
                && has(&own.api_groups, group)
                && own.resources.iter().any(|name| names_resource(name, resource))
                && names
        })
    };
    let mut paths = rule.non_resource_urls.iter();
    requests.into_iter().all(is_given)
        && paths.all(|path| known.iter().any(|own| own.non_resource_urls.iter().any(|own| own == "*" || own == path)))
}

fn words(text: &str) -> Vec<String> {
    text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The core group, which has no name, is `core` in the tables.
fn in_core(group: String) -> String {
    if group == "core" { String::new() } else { group }
}

fn role_named(role: &RoleRef) -> String {
    match role {
        RoleRef::Role(name) => format!("Role/{name}"),
        RoleRef::ClusterRole(name) => format!("ClusterRole/{name}"),
        RoleRef::Other { kind, name } => format!("{kind}/{name}"),
    }
}

fn subject_named(subject: &Subject) -> String {
    match subject {
        Subject::User(name) => format!("User {name}"),
        Subject::Group(name) => format!("Group {name}"),
        Subject::ServiceAccount { namespace, name } => format!("ServiceAccount {namespace}/{name}"),
        Subject::Other { kind, name } => format!("{kind} {name}"),
    }
}
