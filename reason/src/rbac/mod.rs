//! Who may do what in a cluster: bindings put together with roles, and the rights among them that are dangerous.
//!
//! Each subject's rules are put together first, over all its bindings and groups, and then all rights are asked at once:
//! a right may come from several bindings, and names, namespaces and versions count.

mod bits;
mod entries;
mod gain;
mod holders;
mod identity;
mod judge;
mod kinds;
pub mod known;
mod need;
pub mod review;
mod rights;
mod telling;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

pub use entries::POLICIES;
pub use identity::{
    ANONYMOUS, AUTHENTICATED, Identity, MASTERS, SERVICE_ACCOUNTS, UNAUTHENTICATED, is_anybody, service_account_user,
};
pub use kinds::Kinds;
pub use need::{Names, Need, Object, Reach};
pub use rights::{Counted, RIGHTS, Right};

use palisade_model::Gap;
use palisade_model::kubernetes::{AccessObjects, ClusterRole, Role, RoleRef, Rule, Subject};

/// The rules of a role, shared by all its bindings.
pub type Rules<'a> = Rc<[&'a Rule]>;

/// The roles and bindings of a cluster, ready to be asked.
#[derive(Debug)]
pub struct Rbac<'a> {
    bindings: Vec<Binding<'a>>,
    roles: Roles<'a>,
}

/// A binding, with the rules that its role comes to.
#[derive(Clone, Debug)]
pub struct Binding<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it holds.
    pub scope: Scope<'a>,
    /// The role that it names.
    pub role: &'a RoleRef,
    /// Who gets it.
    pub subjects: &'a [Subject],
    /// What the role allows, taken over from other roles or its own; `None` when there is no such role.
    pub rules: Option<Rules<'a>>,
}

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope<'a> {
    /// In the whole cluster, and for what belongs to no namespace.
    Cluster,
    /// In one namespace.
    Namespace(&'a str),
}

impl<'a> Rbac<'a> {
    /// Puts bindings and roles together; the gap when one of the lists is not whole, since a missing role or binding may
    /// give anything.
    pub fn new(objects: &'a AccessObjects) -> Result<Self, Gap> {
        let AccessObjects { roles, cluster_roles, role_bindings, cluster_role_bindings } = objects;
        let roles = Roles::new(roles.complete()?, cluster_roles.complete()?);
        let mut known = HashMap::new();
        let mut bindings = Vec::new();
        for binding in cluster_role_bindings.complete()? {
            bindings.push(Binding {
                name: &binding.name,
                scope: Scope::Cluster,
                role: &binding.role,
                subjects: &binding.subjects,
                rules: roles.shared(&mut known, &binding.role, None),
            });
        }
        for binding in role_bindings.complete()? {
            bindings.push(Binding {
                name: &binding.name,
                scope: Scope::Namespace(&binding.namespace),
                role: &binding.role,
                subjects: &binding.subjects,
                rules: roles.shared(&mut known, &binding.role, Some(&binding.namespace)),
            });
        }
        Ok(Self { bindings, roles })
    }

    /// All bindings, those of the whole cluster first.
    pub fn bindings(&self) -> &[Binding<'a>] {
        &self.bindings
    }

    /// The rules of a role of the cluster, or of a namespace; `None` when there is none.
    fn rules_of(&self, role: &RoleRef, namespace: Option<&str>) -> Option<Vec<&'a Rule>> {
        self.roles.rules(role, namespace)
    }
}

impl<'a> Scope<'a> {
    /// The namespace; `None` for the whole cluster.
    pub fn namespace(self) -> Option<&'a str> {
        match self {
            Self::Cluster => None,
            Self::Namespace(namespace) => Some(namespace),
        }
    }
}

/// Roles by their names.
#[derive(Debug)]
struct Roles<'a> {
    roles: HashMap<(&'a str, &'a str), &'a Role>,
    cluster_roles: HashMap<&'a str, &'a ClusterRole>,
}

/// The rules of roles that were looked up before.
type Looked<'a> = HashMap<(&'a RoleRef, Option<&'a str>), Option<Rules<'a>>>;

impl<'a> Roles<'a> {
    fn new(roles: &'a [Role], cluster_roles: &'a [ClusterRole]) -> Self {
        let roles = roles.iter().map(|role| ((role.namespace.as_str(), role.name.as_str()), role));
        let cluster_roles = cluster_roles.iter().map(|role| (role.name.as_str(), role));
        Self { roles: roles.collect(), cluster_roles: cluster_roles.collect() }
    }

    /// The rules of a role, once for all its bindings.
    fn shared(&self, known: &mut Looked<'a>, role: &'a RoleRef, namespace: Option<&'a str>) -> Option<Rules<'a>> {
        let place = match role {
            RoleRef::ClusterRole(_) => None,
            RoleRef::Role(_) | RoleRef::Other { .. } => namespace,
        };
        known.entry((role, place)).or_insert_with(|| self.rules(role, namespace).map(Rc::from)).clone()
    }

    fn rules(&self, role: &RoleRef, namespace: Option<&str>) -> Option<Vec<&'a Rule>> {
        match role {
            RoleRef::Role(name) => {
                let role = self.roles.get(&(namespace?, name.as_str()))?;
                Some(role.rules.iter().collect())
            }
            RoleRef::ClusterRole(name) => {
                let role = self.cluster_roles.get(name.as_str())?;
                let mut rules = Vec::new();
                self.collect(role, &mut HashSet::new(), &mut rules);
                Some(rules)
            }
            RoleRef::Other { .. } => None,
        }
    }

    /// A role's own rules and those that it takes over, each role once. A selector that cannot be decided is taken to
    /// select.
    fn collect(&self, role: &'a ClusterRole, seen: &mut HashSet<&'a str>, rules: &mut Vec<&'a Rule>) {
        if !seen.insert(&role.name) {
            return;
        }
        for rule in &role.rules {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
        if role.aggregates.is_empty() {
            return;
        }
        let mut taken: Vec<_> = self.cluster_roles.values().copied().collect();
        taken.retain(|other| role.aggregates.iter().any(|selector| selector.selects(&other.labels).unwrap_or(true)));
        taken.sort_by(|left, right| left.name.cmp(&right.name));
        for other in taken {
            self.collect(other, seen, rules);
        }
    }
}
