//! Bindings under review: those that somebody made, with the subjects that neither Kubernetes nor EKS put there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::built_in::comes_with_cluster;
use super::identity::{AUTHENTICATED, SERVICE_ACCOUNTS, is_anybody};
use super::need::Object;
use super::{Binding, Held, Rbac, Right, Scope};
use crate::in_cluster::shortened;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Controller, Objects, RoleRef, Rule, ServerVersion, Subject};
use palisade_model::verdict::{Gathered, Outcome};
use palisade_model::{Action, Gap, Listing};

/// The bindings of a cluster that was looked into.
#[derive(Debug)]
pub struct Review<'a> {
    cluster: &'a Cluster,
    objects: &'a Objects,
    rbac: Rbac<'a>,
    managed: Result<BTreeSet<(&'a str, &'a str)>, Gap>,
}

/// What is asked of the bindings: who has one of these rights.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The rights, by name.
    pub rights: &'static [&'static str],
    /// Whose grants count.
    pub counted: Counted,
    /// Whether a grant that names its objects counts.
    pub named: bool,
}

/// Whose grants count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Everybody's, wherever they hold.
    All,
    /// Those of the whole cluster and of `kube-system`; in other namespaces those of service accounts, and of groups
    /// that everybody is in. What people may do in a namespace of theirs is left to its owner.
    BeyondTeams,
}

impl Question {
    /// About rights that nobody should have, wherever they hold and whatever they name.
    pub const fn strict(rights: &'static [&'static str]) -> Self {
        Self { rights, counted: Counted::All, named: true }
    }

    /// About rights that a team has in its own namespace: see [`Counted::BeyondTeams`]. Grants that name their objects
    /// do not count.
    pub const fn beyond_teams(rights: &'static [&'static str]) -> Self {
        Self { rights, counted: Counted::BeyondTeams, named: false }
    }
}

impl<'a> Review<'a> {
    /// The review of a cluster; a gap when it was not looked into, or when roles or bindings are not all known.
    pub fn of(cluster: &'a Cluster) -> Result<Self, Gap> {
        let objects = cluster.inside.known()?;
        let rbac = Rbac::new(&objects.access)?;
        Ok(Self { cluster, objects, rbac, managed: managed_accounts(objects) })
    }

    /// Roles and bindings as a whole.
    pub fn rbac(&self) -> &Rbac<'a> {
        &self.rbac
    }

    /// Judges each subject of each binding that does not come with the cluster.
    pub fn each(&self, judge: impl Fn(&Binding<'a>, &'a Subject) -> Option<String>) -> Outcome {
        let mut gathered = self.begun();
        for binding in self.rbac.bindings() {
            for subject in binding.subjects {
                let Some(evidence) = judge(binding, subject) else { continue };
                match self.is_platform(binding, subject) {
                    Ok(true) => {}
                    Ok(false) => gathered.add(Ok(Some(evidence))),
                    Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
                }
            }
        }
        shortened(gathered.outcome())
    }

    /// What is known before any subject is judged: roles of kinds that are not known here may give anything.
    fn begun(&self) -> Gathered {
        let mut gathered = Gathered::default();
        gathered.add(Ok(None));
        for binding in self.rbac.bindings().iter().filter(|binding| !binding.subjects.is_empty()) {
            if let RoleRef::Other { kind, .. } = binding.role {
                let why = format!("{} names a role of the kind {kind}, which is not known", named(binding));
                gathered.add(Err::<Option<String>, _>(self.unclear(why)));
            }
        }
        gathered
    }

    /// Judges who has one of these rights. Whoever may do everything is left to `kubernetes-rbac-cluster-admin`.
    pub fn holders(&self, question: Question) -> Outcome {
        self.holders_that(question, |_| Ok(true))
    }

    /// As [`Review::holders`], for grants that also satisfy `counts`.
    pub fn holders_that(&self, question: Question, counts: impl Fn(&Held<'a>) -> Result<bool, Gap>) -> Outcome {
        let rights: Vec<_> = question.rights.iter().filter_map(|name| Right::named(name)).collect();
        let mut gathered = self.begun();
        for (binding, subject, held) in self.held(&rights, question) {
            match counts(&held).and_then(|counted| Ok(counted && !self.is_platform(binding, subject)?)) {
                Ok(true) => gathered.add(Ok(Some(told(binding, subject, held.right)))),
                Ok(false) => {}
                Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
            }
        }
        shortened(gathered.outcome())
    }

    /// Each binding through which a subject has a right, those of the whole cluster first, each right once.
    fn held(&self, rights: &[&'static Right], question: Question) -> Vec<(&Binding<'a>, &'a Subject, Held<'a>)> {
        let mut by_subject: HashMap<_, Vec<_>> = HashMap::new();
        for binding in self.rbac.bindings() {
            for subject in binding.subjects {
                by_subject.entry(subject).or_default().extend(binding.grants());
            }
        }
        let mut found = BTreeMap::new();
        for (index, binding) in self.rbac.bindings().iter().enumerate() {
            for subject in binding.subjects.iter().filter(|subject| question.counts(binding, subject)) {
                let held = rights.iter().flat_map(|right| right.held(&by_subject[subject]));
                let own = held.filter(|held| {
                    let grant = &held.grant;
                    grant.binding == binding.name && grant.scope == binding.scope && question.counts_rule(grant.rule)
                });
                for held in own {
                    found.entry((index, subject, held.right.name)).or_insert((binding, subject, held));
                }
            }
        }
        found.into_values().collect()
    }

    /// Whether a subject stands in a binding since the cluster was made, or belongs to an add-on of AWS. A gap when that
    /// hangs on workloads that could not be read.
    pub fn is_platform(&self, binding: &Binding<'a>, subject: &Subject) -> Result<bool, Gap> {
        if comes_with_cluster(binding, subject) {
            return Ok(true);
        }
        let Subject::ServiceAccount { namespace, name } = subject else { return Ok(false) };
        if !Controller::NAMESPACES_OF_AWS.contains(&namespace.as_str()) {
            return Ok(false);
        }
        Ok(self.managed.as_ref().map_err(Gap::clone)?.contains(&(namespace.as_str(), name.as_str())))
    }

    /// The version of the API server.
    pub fn version(&self) -> Result<ServerVersion, Gap> {
        self.objects.version.known().copied()
    }

    /// The gap when something of a binding is not known here.
    fn unclear(&self, why: String) -> Gap {
        self.cluster.unclear(Action::KubernetesListRoleBindings, why)
    }
}

impl Question {
    fn counts(self, binding: &Binding, subject: &Subject) -> bool {
        match (self.counted, binding.scope) {
            (Counted::All, _) | (Counted::BeyondTeams, Scope::Cluster | Scope::Namespace("kube-system")) => true,
            (Counted::BeyondTeams, Scope::Namespace(_)) => !is_of_a_team(subject),
        }
    }

    /// Whether a rule counts: one that allows everything is reported by itself.
    fn counts_rule(self, rule: &Rule) -> bool {
        !Object::allows_everything(rule) && (self.named || rule.resource_names.is_empty())
    }
}

/// Whether a subject is a person or a group that somebody chose.
fn is_of_a_team(subject: &Subject) -> bool {
    match subject {
        Subject::User(name) => !is_anybody(subject) && !name.starts_with("system:serviceaccount:"),
        Subject::Group(name) => !is_anybody(subject) && name != AUTHENTICATED && !name.starts_with(SERVICE_ACCOUNTS),
        Subject::ServiceAccount { .. } | Subject::Other { .. } => false,
    }
}

/// The service accounts as which nothing runs but what AWS runs in every cluster, by namespace and name.
fn managed_accounts(objects: &Objects) -> Result<BTreeSet<(&str, &str)>, Gap> {
    let lists = objects.workloads.lists().map(Listing::complete);
    let (mut managed, mut others) = (BTreeSet::new(), BTreeSet::new());
    for workload in lists.into_iter().collect::<Result<Vec<_>, Gap>>()?.into_iter().flatten() {
        let account = (workload.namespace.as_str(), workload.template.service_account.as_str());
        if workload.is_aws_managed() {
            managed.insert(account)
        } else {
            others.insert(account)
        };
    }
    Ok(managed.difference(&others).copied().collect())
}

/// How evidence names a subject.
pub fn subject_name(subject: &Subject) -> String {
    match subject {
        Subject::User(name) => format!("user {name}"),
        Subject::Group(name) => format!("group {name}"),
        Subject::ServiceAccount { namespace, name } => format!("service account {namespace}/{name}"),
        Subject::Other { kind, name } => format!("{kind} {name}"),
    }
}

/// How evidence names a role.
pub fn role_name(role: &RoleRef) -> String {
    match role {
        RoleRef::Role(name) => format!("Role {name}"),
        RoleRef::ClusterRole(name) => format!("ClusterRole {name}"),
        RoleRef::Other { kind, name } => format!("{kind} {name}"),
    }
}

/// How evidence names a binding.
pub fn named(binding: &Binding) -> String {
    match binding.scope {
        Scope::Cluster => format!("ClusterRoleBinding {}", binding.name),
        Scope::Namespace(namespace) => format!("RoleBinding {namespace}/{}", binding.name),
    }
}

/// What a binding gives to a subject.
pub fn gives(binding: &Binding, subject: &Subject) -> String {
    format!("{} gives {} to {}", named(binding), role_name(binding.role), subject_name(subject))
}

fn told(binding: &Binding, subject: &Subject, right: &Right) -> String {
    format!("{}: {}", gives(binding, subject), right.name)
}
