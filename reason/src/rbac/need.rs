//! What a right takes, and whether a rule gives it: matching as the API server's authorizer does it.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources>

use super::Scope;
use super::kinds::Kinds;
use super::rights::RIGHTS;
use palisade_model::kubernetes::{Rule, ServerVersion};

/// Requests, any of which is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Verbs, any of which is enough.
    pub verbs: &'static [&'static str],
    /// What the requests are about.
    pub object: Object,
    /// Where the rule must hold.
    pub reach: Reach,
    /// What becomes of a rule that names its objects.
    pub names: Names,
    /// Whether `create` and `patch` of one named object are enough: a server-side apply makes it.
    ///
    /// Source: <https://kubernetes.io/docs/reference/using-api/server-side-apply/>
    pub applied: bool,
    /// The minor version of Kubernetes 1 from which on this is enough.
    pub since: u32,
    /// The minor version of Kubernetes 1 from which on this is no longer enough.
    pub until: u32,
}

/// What requests are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// One of these resources of an API group; the core group is empty text.
    Resources(&'static str, &'static [&'static str]),
    /// The object of this name: API group, resource, name.
    Named(&'static str, &'static str, &'static str),
    /// Any resource of an API group whose kinds are only known from the cluster's definitions.
    Group(&'static str),
    /// Every resource of every API group.
    Everything,
    /// A path outside the resources.
    Path(&'static str),
    /// Whatever is dangerous by itself, on behalf of somebody who is impersonated in this mode.
    ///
    /// Source: <https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/>
    OnBehalf(&'static str),
}

/// Where a rule must hold for a request to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In the whole cluster: the object belongs to no namespace.
    Cluster,
    /// In some namespace.
    Namespace,
    /// In this namespace.
    In(&'static str),
}

/// What becomes of a rule that names its objects in `resourceNames`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Names {
    /// It counts: one object is as bad as all.
    Count,
    /// It does not count: who names the objects that it keeps has thought of it.
    Pass,
    /// It counts where a named role of the cluster gives something dangerous.
    ClusterRoles,
    /// It counts where a named role of the namespace gives something dangerous.
    Roles,
    /// It counts where a named service account has something dangerous, or a role of AWS.
    Accounts,
    /// It counts where a named user has something dangerous.
    Users,
    /// It counts where a named group has something dangerous.
    Groups,
    /// It counts where a named pod runs as a service account that has something dangerous, or a role of AWS.
    Pods,
    /// It counts where a service account of the namespace, which a template may name, has something dangerous.
    Templates,
    /// It counts where a named signer signs for clients of the API server.
    Signers,
}

/// Signers whose certificates the API server takes for its clients.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers>
pub(super) const CLIENT_SIGNERS: &[&str] = &[
    "kubernetes.io/*",
    "kubernetes.io/kube-apiserver-client",
    "kubernetes.io/kube-apiserver-client-kubelet",
    "kubernetes.io/legacy-unknown",
];

/// What requests take, in every version, by all who may name their objects.
pub(super) const fn need(verbs: &'static [&'static str], object: Object, reach: Reach) -> Need {
    Need { verbs, object, reach, names: Names::Count, applied: false, since: 0, until: u32::MAX }
}

impl Need {
    pub(super) const fn named(self, names: Names) -> Self {
        Self { names, ..self }
    }

    pub(super) const fn applied(self) -> Self {
        Self { applied: true, ..self }
    }

    pub(super) const fn since(self, since: u32) -> Self {
        Self { since, ..self }
    }

    pub(super) const fn until(self, until: u32) -> Self {
        Self { until, ..self }
    }

    /// Whether it is enough in a version; `None` when that hangs on the version and this is not known.
    pub fn holds_in(&self, version: Option<ServerVersion>) -> Option<bool> {
        match version {
            Some(ServerVersion { major: 1, minor }) => Some(self.since <= minor && minor < self.until),
            Some(ServerVersion { .. }) => Some(self.until == u32::MAX),
            None => (self.since == 0 && self.until == u32::MAX).then_some(true),
        }
    }

    /// Whether a rule gives it where it holds, whatever the rule's names come to.
    pub fn is_met(&self, rule: &Rule, scope: Scope<'_>, kinds: &Kinds<'_>) -> bool {
        self.reach.is_within(scope)
            && self.verbs.iter().any(|verb| allows(&rule.verbs, verb) && self.object.is_of(rule, verb, kinds))
            || self.reach.is_within(scope) && self.object.is_on_behalf(rule, scope, kinds)
    }

    /// Whether a rule lets this verb be used on a resource of the need, by names alone; with the names.
    pub(super) fn by_name<'r>(
        &self,
        verb: &str,
        rule: &'r Rule,
        scope: Scope<'_>,
    ) -> Option<(&'static str, &'r [String])> {
        let Object::Resources(group, resources) = self.object else { return None };
        if !self.reach.is_within(scope) || !allows(&rule.verbs, verb) || !allows(&rule.api_groups, group) {
            return None;
        }
        let resource = resources.iter().find(|resource| covers(rule, resource))?;
        Some((resource, &rule.resource_names))
    }

    /// What of a rule gives it, in words: `get, list on secrets`.
    pub(super) fn told(&self, rule: &Rule) -> String {
        let verbs = match self.object {
            Object::OnBehalf(_) => rule.verbs.iter().map(String::as_str).collect(),
            Object::Resources(..) | Object::Named(..) | Object::Group(_) | Object::Everything | Object::Path(_) => {
                given(&rule.verbs, self.verbs)
            }
        };
        let resources = match self.object {
            Object::Resources(_, resources) => {
                let named = rule.resources.iter().map(String::as_str);
                named.filter(|name| resources.iter().any(|wanted| names_resource(name, wanted))).collect()
            }
            Object::Path(_) => rule.non_resource_urls.iter().map(String::as_str).collect(),
            Object::Named(_, resource, _) => vec![resource],
            Object::Group(_) | Object::Everything | Object::OnBehalf(_) => {
                rule.resources.iter().map(String::as_str).collect::<Vec<_>>()
            }
        };
        let names = if rule.resource_names.is_empty() || matches!(self.object, Object::Path(_)) {
            String::new()
        } else {
            format!(" named {}", few(&rule.resource_names.iter().map(String::as_str).collect::<Vec<_>>()))
        };
        format!("{} on {}{names}", few(&verbs), few(&resources))
    }
}

/// The first of some words, and how many more there are.
fn few(words: &[&str]) -> String {
    const MOST: usize = 6;
    let shown = words.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if words.len() > MOST { format!("{shown} and {} more", words.len() - MOST) } else { shown }
}

fn given<'r>(verbs: &'r [String], wanted: &[&str]) -> Vec<&'r str> {
    let verbs = verbs.iter().map(String::as_str);
    verbs.filter(|verb| *verb == "*" || wanted.contains(verb)).collect()
}

impl Reach {
    fn is_within(self, scope: Scope<'_>) -> bool {
        match (self, scope) {
            (_, Scope::Cluster) | (Self::Namespace, Scope::Namespace(_)) => true,
            (Self::Cluster, Scope::Namespace(_)) => false,
            (Self::In(wanted), Scope::Namespace(namespace)) => wanted == namespace,
        }
    }
}

impl Object {
    /// Whether a rule allows every request to every resource.
    pub fn allows_everything(rule: &Rule) -> bool {
        is_all(&rule.verbs) && Self::is_of_everything(rule)
    }

    fn is_of_everything(rule: &Rule) -> bool {
        is_all(&rule.api_groups) && is_all(&rule.resources) && rule.resource_names.is_empty()
    }

    fn is_of(self, rule: &Rule, verb: &str, kinds: &Kinds<'_>) -> bool {
        match self {
            Self::Resources(group, resources) => {
                let named = |resource: &str| covers(rule, resource) && can_be_named(rule, verb, resource);
                allows(&rule.api_groups, group) && resources.iter().any(|resource| named(resource))
            }
            Self::Named(group, resource, name) => {
                let is_named = rule.resource_names.is_empty() || rule.resource_names.iter().any(|own| own == name);
                allows(&rule.api_groups, group) && covers(rule, resource) && is_named
            }
            Self::Group(group) => kinds.is_of(rule, group) && can_be_named(rule, verb, ""),
            Self::Everything => Self::is_of_everything(rule),
            Self::Path(path) => rule.non_resource_urls.iter().any(|url| match url.strip_suffix('*') {
                Some(prefix) => path.starts_with(prefix),
                None => url == path,
            }),
            Self::OnBehalf(_) => false,
        }
    }

    /// Whether a rule lets something dangerous be done as somebody else. The verb says the mode and the verb that is
    /// used: `impersonate-on:user-info:get`.
    fn is_on_behalf(self, rule: &Rule, scope: Scope<'_>, kinds: &Kinds<'_>) -> bool {
        let Self::OnBehalf(mode) = self else { return false };
        let used = |verb: &String| match verb.strip_prefix("impersonate-on:").and_then(|rest| rest.split_once(':')) {
            Some((named, used)) => (named == mode).then(|| used.to_owned()),
            None => (verb == "*").then(|| verb.clone()),
        };
        let verbs: Vec<_> = rule.verbs.iter().filter_map(used).collect();
        if verbs.is_empty() {
            return false;
        }
        let acting = Rule { verbs, ..rule.clone() };
        let plain = |need: &Need| !matches!(need.object, Self::OnBehalf(_)) && need.is_met(&acting, scope, kinds);
        RIGHTS.iter().any(|right| right.ways.iter().any(|way| way.iter().all(plain)))
    }
}

fn is_all(names: &[String]) -> bool {
    names.iter().any(|name| name == "*")
}

pub(super) fn allows(names: &[String], wanted: &str) -> bool {
    names.iter().any(|name| name == "*" || name == wanted)
}

/// `pods/*` is no pattern to the authorizer; `*` and `*/exec` are.
fn covers(rule: &Rule, wanted: &str) -> bool {
    rule.resources.iter().any(|resource| names_resource(resource, wanted))
}

pub(super) fn names_resource(own: &str, wanted: &str) -> bool {
    let sub = wanted.split_once('/').map(|(_, sub)| sub);
    own == "*" || own == wanted || sub.is_some() && own.strip_prefix("*/") == sub
}

/// A request that makes an object, or deletes a whole collection, has no name that a rule's names could match. One that
/// makes a subresource has the name of its object.
fn can_be_named(rule: &Rule, verb: &str, resource: &str) -> bool {
    let is_nameless = verb == "deletecollection" || verb == "create" && !resource.contains('/');
    rule.resource_names.is_empty() || !is_nameless
}
