//! What the objects that a rule names come to: whether a role, an account or a pod is worth having.

use std::collections::BTreeSet;

use super::holders::{Origin, Source, account, canonical};
use super::judge::Judge;
use super::need::{CLIENT_SIGNERS, Names};
use super::review::grave;
use super::{MASTERS, Rules, Scope};
use palisade_model::Gap;
use palisade_model::kubernetes::{RoleRef, Rule, Subject};

/// Roles that every cluster has and that give something dangerous, were they missing from the list.
const DEFAULTS: [&str; 3] = ["admin", "cluster-admin", "edit"];

impl<'a> Judge<'a> {
    /// Whether a rule counts that names its objects.
    pub(super) fn counts(&self, names: Names, rule: &Rule, scope: Scope<'a>) -> bool {
        let mut objects = rule.resource_names.iter().map(String::as_str);
        match names {
            Names::Count => true,
            Names::Pass => false,
            Names::Signers => objects.any(|name| CLIENT_SIGNERS.contains(&name)),
            Names::ClusterRoles => objects.any(|name| self.role_gains(RoleRef::ClusterRole(name.to_owned()), None)),
            Names::Roles => objects.any(|name| match scope {
                Scope::Namespace(namespace) => self.role_gains(RoleRef::Role(name.to_owned()), Some(namespace)),
                Scope::Cluster => {
                    let roles = self.objects.access.roles.seen().iter().filter(|role| role.name == name);
                    roles
                        .into_iter()
                        .any(|role| self.role_gains(RoleRef::Role(name.to_owned()), Some(role.namespace.as_str())))
                }
            }),
            Names::Users => objects.any(|name| self.subject_gains(&canonical(&Subject::User(name.to_owned()), None))),
            Names::Groups => {
                objects.any(|name| name == MASTERS || self.subject_gains(&Subject::Group(name.to_owned())))
            }
            Names::Accounts => objects.any(|name| self.accounts(scope, name).iter().any(|one| self.account_gains(one))),
            Names::Pods => objects.any(|name| self.pod_gains(scope, name)),
            Names::Templates => self.templates_gain(rule, scope),
        }
    }

    /// Whether a role gives something dangerous wherever it can be bound.
    fn role_gains(&self, role: RoleRef, namespace: Option<&'a str>) -> bool {
        let Some(rules) = self.rbac.rules_of(&role, namespace) else {
            return matches!(role, RoleRef::ClusterRole(name) if DEFAULTS.contains(&name.as_str()));
        };
        let scope = namespace.map_or(Scope::Cluster, Scope::Namespace);
        let rules: Rules<'a> = rules.into();
        let source = Source { origin: Origin::Binding(0), scope, rules };
        // A role that lets a role be bound is asked about like an account, lest it go round in circles.
        let asked = Subject::Other { kind: format!("{role:?}"), name: namespace.unwrap_or_default().to_owned() };
        self.once(&asked, || !self.held(std::iter::once(&source)).is_empty())
    }

    /// Whether somebody has something dangerous that not everybody has.
    pub(super) fn subject_gains(&self, subject: &Subject) -> bool {
        let Some(share) = self.holders.get(subject) else { return false };
        self.once(subject, || {
            let base = self.holders.base_of(subject);
            let all = share.all().chain(base.iter().copied());
            !self.held(all).without(self.held(base.iter().copied())).is_empty()
        })
    }

    /// Asks about somebody unless that is being done already.
    fn once(&self, asked: &Subject, ask: impl FnOnce() -> bool) -> bool {
        if !self.asked.borrow_mut().insert(asked.clone()) {
            return false;
        }
        let gains = ask();
        self.asked.borrow_mut().remove(asked);
        gains
    }

    /// The service accounts of a name where a rule holds: those that exist, and those that bindings name.
    fn accounts(&self, scope: Scope<'_>, name: &str) -> BTreeSet<Subject> {
        match scope {
            Scope::Namespace(namespace) => BTreeSet::from([account(namespace, name)]),
            Scope::Cluster => {
                let existing = self.objects.service_accounts.seen().iter().filter(|one| one.name == name);
                let existing = existing.map(|one| account(&one.namespace, &one.name));
                let bound = self.holders.iter().map(|(subject, _)| subject);
                let is_meant =
                    |subject: &&Subject| matches!(subject, Subject::ServiceAccount { name: own, .. } if own == name);
                existing.chain(bound.filter(is_meant).cloned()).collect()
            }
        }
    }

    fn account_gains(&self, subject: &Subject) -> bool {
        self.subject_gains(subject) || self.takes_role(Names::Accounts, subject)
    }

    /// Whether pods of a service account take a role of AWS. What could not be read is noted.
    fn takes_role(&self, names: Names, subject: &Subject) -> bool {
        let Subject::ServiceAccount { namespace, name } = subject else { return false };
        let associated =
            self.cluster.pod_identities.find(|one| one.namespace == *namespace && one.service_account == *name);
        let annotated = self.objects.service_accounts.find(|one| one.namespace == *namespace && one.name == *name);
        let has = [associated.map(|one| one.is_some()), annotated.map(|one| one.is_some_and(|one| one.role.is_some()))];
        if has.contains(&Ok(true)) {
            return true;
        }
        for gap in has.into_iter().filter_map(Result::err) {
            self.doubt(names, gap);
        }
        false
    }

    fn doubt(&self, names: Names, gap: Gap) {
        let mut doubts = self.doubts.borrow_mut();
        if !doubts.iter().any(|(known, _)| *known == names) {
            doubts.push((names, gap));
        }
    }

    /// Whether a pod of this name runs as an account that is worth having.
    fn pod_gains(&self, scope: Scope<'_>, name: &str) -> bool {
        let pods = &self.objects.pods;
        let is_meant = |namespace: &str| scope.namespace().is_none_or(|own| own == namespace);
        let found = pods.seen().iter().filter(|pod| pod.name == name && is_meant(&pod.namespace));
        for pod in found {
            let subject = account(&pod.namespace, &pod.spec.service_account);
            if self.subject_gains(&subject) || self.takes_role(Names::Pods, &subject) {
                return true;
            }
        }
        if let Some(gap) = pods.gap() {
            self.doubt(Names::Pods, gap.clone());
        }
        false
    }

    /// Whether the template of a named object may name an account that reaches beyond its namespace.
    fn templates_gain(&self, rule: &Rule, scope: Scope<'a>) -> bool {
        match scope {
            Scope::Namespace(namespace) => self.reaches_beyond(namespace),
            Scope::Cluster => {
                let lists = self.objects.workloads.lists();
                let named = lists.iter().flat_map(|list| list.seen());
                let named = named.filter(|one| rule.resource_names.contains(&one.name));
                let found = named.into_iter().any(|one| self.reaches_beyond(&one.namespace));
                if let Some(gap) = lists.iter().find_map(|list| list.gap()).filter(|_| !found) {
                    self.doubt(Names::Templates, gap.clone());
                }
                found
            }
        }
    }

    /// Whether a service account of a namespace has something grave in the whole cluster or in `kube-system`.
    pub(super) fn reaches_beyond(&self, namespace: &str) -> bool {
        if let Some(reaching) = self.reaching.get() {
            return reaching.contains(namespace);
        }
        if self.is_looking.replace(true) {
            return false;
        }
        let grave = grave();
        let reaching = self.holders.iter().filter_map(|(subject, share)| {
            let Subject::ServiceAccount { namespace, .. } = subject else { return None };
            let beyond = share.all().filter(|source| is_beyond(source.scope, namespace));
            (!self.held(beyond).within(grave).is_empty()).then(|| namespace.clone())
        });
        let reaching = reaching.collect();
        self.is_looking.set(false);
        self.reaching.get_or_init(|| reaching).contains(namespace)
    }
}

fn is_beyond(scope: Scope<'_>, namespace: &str) -> bool {
    match scope {
        Scope::Cluster => true,
        Scope::Namespace(other) => other == "kube-system" && other != namespace,
    }
}
