//! Who may do what in a cluster: bindings put together with roles, and the rights among them that are dangerous.

mod built_in;
mod identity;
mod need;
pub mod review;
mod rights;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

pub use built_in::{is_named_as_of_eks, is_of_kubernetes};
pub use identity::{
    ANONYMOUS, AUTHENTICATED, Identity, MASTERS, SERVICE_ACCOUNTS, UNAUTHENTICATED, is_anybody, service_account_user,
};
pub use need::{Need, Object, Reach};
pub use rights::{RIGHTS, Right};

use palisade_model::Gap;
use palisade_model::kubernetes::{AccessObjects, ClusterRole, Role, RoleRef, Rule, Subject};

/// The roles and bindings of a cluster, ready to be asked.
#[derive(Debug)]
pub struct Rbac<'a> {
    bindings: Vec<Binding<'a>>,
}

/// A binding, with the rules that its role comes to.
#[derive(Debug)]
pub struct Binding<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it holds.
    pub scope: Scope<'a>,
    /// Its labels.
    pub labels: &'a BTreeMap<String, String>,
    /// The role that it names.
    pub role: &'a RoleRef,
    /// Who gets it.
    pub subjects: &'a [Subject],
    /// What the role allows, taken over from other roles or its own; `None` when there is no such role.
    pub rules: Option<Vec<&'a Rule>>,
}

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope<'a> {
    /// In the whole cluster, and for what belongs to no namespace.
    Cluster,
    /// In one namespace.
    Namespace(&'a str),
}

/// A rule that somebody has, and through which binding.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Where it holds.
    pub scope: Scope<'a>,
    /// The binding's name.
    pub binding: &'a str,
    /// The role that the binding names.
    pub role: &'a RoleRef,
}

/// A dangerous right that somebody has, and through which rule; its names, if it has any, are all that it is about.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The right.
    pub right: &'static Right,
    /// What gives it.
    pub grant: Grant<'a>,
}

impl<'a> Rbac<'a> {
    /// Puts bindings and roles together; the gap when one of the lists is not whole, since a missing role or binding may
    /// give anything.
    pub fn new(objects: &'a AccessObjects) -> Result<Self, Gap> {
        let AccessObjects { roles, cluster_roles, role_bindings, cluster_role_bindings } = objects;
        let roles = Roles::new(roles.complete()?, cluster_roles.complete()?);
        let in_namespaces = role_bindings.complete()?.iter().map(|binding| Binding {
            name: &binding.name,
            scope: Scope::Namespace(&binding.namespace),
            labels: &binding.labels,
            role: &binding.role,
            subjects: &binding.subjects,
            rules: roles.rules(&binding.role, Some(&binding.namespace)),
        });
        let in_cluster = cluster_role_bindings.complete()?.iter().map(|binding| Binding {
            name: &binding.name,
            scope: Scope::Cluster,
            labels: &binding.labels,
            role: &binding.role,
            subjects: &binding.subjects,
            rules: roles.rules(&binding.role, None),
        });
        Ok(Self { bindings: in_cluster.chain(in_namespaces).collect() })
    }

    /// All bindings, those of the whole cluster first.
    pub fn bindings(&self) -> &[Binding<'a>] {
        &self.bindings
    }

    /// All that RBAC allows somebody, through whichever subject. Ask [`Identity::is_unlimited`] first.
    pub fn grants_of(&self, who: &Identity) -> Vec<Grant<'a>> {
        self.grants(|binding, subject| who.is_meant_by(subject, binding.scope.namespace()))
    }

    /// The dangerous rights that somebody has.
    pub fn rights_of(&self, who: &Identity) -> Vec<Held<'a>> {
        let grants = self.grants_of(who);
        RIGHTS.iter().flat_map(|right| right.held(&grants)).collect()
    }

    /// The subjects of bindings that give a right, each with what gives it. A subject that has it only as a member of a
    /// group is not named; the group is.
    pub fn subjects_with(&self, right: &'static Right) -> BTreeMap<&'a Subject, Vec<Held<'a>>> {
        let subjects = self.bindings.iter().flat_map(|binding| binding.subjects).collect::<HashSet<_>>();
        let held =
            subjects.into_iter().map(|wanted| (wanted, right.held(&self.grants(|_, subject| subject == wanted))));
        held.filter(|(_, held)| !held.is_empty()).collect()
    }

    fn grants(&self, wanted: impl Fn(&Binding<'a>, &Subject) -> bool) -> Vec<Grant<'a>> {
        let bindings =
            self.bindings.iter().filter(|binding| binding.subjects.iter().any(|subject| wanted(binding, subject)));
        bindings.flat_map(Binding::grants).collect()
    }
}

impl<'a> Binding<'a> {
    /// What it gives to its subjects. A binding of one namespace gives no paths outside the resources.
    pub fn grants(&self) -> impl Iterator<Item = Grant<'a>> {
        let Self { name, scope, role, .. } = *self;
        let rules = self.rules.iter().flatten();
        rules.map(move |rule| Grant { rule, scope, binding: name, role })
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

impl Right {
    /// What of these grants, all of one identity, gives the right.
    pub fn held<'a>(&'static self, grants: &[Grant<'a>]) -> Vec<Held<'a>> {
        let gives = |needs: &[Need], grant: &Grant<'_>| needs.iter().any(|need| need.is_met(grant.rule, grant.scope));
        if !self.besides.is_empty() && !grants.iter().any(|grant| gives(self.besides, grant)) {
            return Vec::new();
        }
        let giving = grants.iter().filter(|grant| gives(self.needs, grant));
        giving.map(|grant| Held { right: self, grant: *grant }).collect()
    }
}

/// Roles by their names.
struct Roles<'a> {
    roles: HashMap<(&'a str, &'a str), &'a Role>,
    cluster_roles: HashMap<&'a str, &'a ClusterRole>,
}

impl<'a> Roles<'a> {
    fn new(roles: &'a [Role], cluster_roles: &'a [ClusterRole]) -> Self {
        let roles = roles.iter().map(|role| ((role.namespace.as_str(), role.name.as_str()), role));
        let cluster_roles = cluster_roles.iter().map(|role| (role.name.as_str(), role));
        Self { roles: roles.collect(), cluster_roles: cluster_roles.collect() }
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
