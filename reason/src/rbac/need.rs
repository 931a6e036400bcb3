//! What a right takes, and whether a rule gives it: matching as the API server's authorizer does it.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources>

use super::Scope;
use palisade_model::kubernetes::Rule;

/// Requests, any of which is enough for a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Verbs, any of which is enough.
    pub verbs: &'static [&'static str],
    /// The API group, empty for the core; or what the request is about outside the resources.
    pub object: Object,
    /// Where the rule must hold.
    pub reach: Reach,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// One of these resources of an API group; the core group is empty text.
    Resources(&'static str, &'static [&'static str]),
    /// The object of this name.
    Named(&'static str, &'static str, &'static str),
    /// Any resource of an API group.
    Group(&'static str),
    /// Every resource of every API group.
    Everything,
    /// A path outside the resources.
    Path(&'static str),
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

impl Need {
    /// Whether a rule gives it, where it holds.
    pub fn is_met(&self, rule: &Rule, scope: Scope<'_>) -> bool {
        self.reach.is_within(scope)
            && self.verbs.iter().any(|verb| allows(&rule.verbs, verb) && self.object.is_of(rule, verb))
    }
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
        let is_all = |names: &[String]| names.iter().any(|name| name == "*");
        is_all(&rule.verbs) && is_all(&rule.api_groups) && is_all(&rule.resources) && rule.resource_names.is_empty()
    }

    fn is_of(self, rule: &Rule, verb: &str) -> bool {
        match self {
            Self::Resources(group, resources) => {
                let named = |resource: &str| covers(rule, resource) && can_be_named(rule, verb, resource);
                allows(&rule.api_groups, group) && resources.iter().any(|resource| named(resource))
            }
            Self::Named(group, resource, name) => {
                let is_named = rule.resource_names.is_empty() || rule.resource_names.iter().any(|own| own == name);
                allows(&rule.api_groups, group) && covers(rule, resource) && is_named
            }
            Self::Group(group) => allows(&rule.api_groups, group) && !rule.resources.is_empty(),
            Self::Everything => Self::allows_everything(rule),
            Self::Path(path) => rule.non_resource_urls.iter().any(|url| match url.strip_suffix('*') {
                Some(prefix) => path.starts_with(prefix),
                None => url == path,
            }),
        }
    }
}

fn allows(names: &[String], wanted: &str) -> bool {
    names.iter().any(|name| name == "*" || name == wanted)
}

/// `pods/*` is no pattern to the authorizer; `*` and `*/exec` are.
fn covers(rule: &Rule, wanted: &str) -> bool {
    let sub = wanted.split_once('/').map(|(_, sub)| sub);
    rule.resources.iter().any(|resource| {
        let by_sub = sub.is_some() && resource.strip_prefix("*/") == sub;
        resource == "*" || resource == wanted || by_sub
    })
}

/// A request that makes an object, or deletes a whole collection, has no name that a rule's names could match. One that
/// makes a subresource has the name of its object.
fn can_be_named(rule: &Rule, verb: &str, resource: &str) -> bool {
    let is_nameless = verb == "deletecollection" || verb == "create" && !resource.contains('/');
    rule.resource_names.is_empty() || !is_nameless
}
