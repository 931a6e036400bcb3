//! Who is named by bindings, and what each gets: by itself, by the hands of Kubernetes and EKS, and by its groups.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::known::{Part, part};
use super::{ANONYMOUS, AUTHENTICATED, Rbac, Rules, SERVICE_ACCOUNTS, Scope, UNAUTHENTICATED};
use palisade_model::kubernetes::{ServerVersion, Subject};

/// Rules that somebody has, and whence.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    pub(super) origin: Origin<'a>,
    pub(super) scope: Scope<'a>,
    pub(super) rules: Rules<'a>,
}

/// What gives rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin<'a> {
    /// A binding, by its number.
    Binding(usize),
    /// An access policy of EKS, by its name.
    Policy(&'a str),
}

/// What bindings give to one subject.
#[derive(Debug, Default)]
pub(super) struct Share<'a> {
    /// What somebody bound.
    pub(super) own: Vec<Source<'a>>,
    /// What Kubernetes or EKS bound.
    pub(super) given: Vec<Source<'a>>,
}

impl<'a> Share<'a> {
    /// All of it.
    pub(super) fn all(&self) -> impl Iterator<Item = &Source<'a>> {
        self.own.iter().chain(&self.given)
    }
}

/// The subjects of all bindings; a service account under one name, whichever way a binding names it.
#[derive(Debug, Default)]
pub(super) struct Holders<'a>(BTreeMap<Subject, Share<'a>>);

impl<'a> Holders<'a> {
    pub(super) fn new(rbac: &Rbac<'a>, version: Option<ServerVersion>) -> Self {
        let mut holders = Self::default();
        for (number, binding) in rbac.bindings().iter().enumerate() {
            let Some(rules) = &binding.rules else { continue };
            let source = |rules| Source { origin: Origin::Binding(number), scope: binding.scope, rules };
            for named in binding.subjects {
                let subject = canonical(named, binding.scope.namespace());
                let part = part(binding, &subject, version);
                let share = holders.0.entry(subject).or_default();
                match part {
                    Part::None => share.own.push(source(Rc::clone(rules))),
                    Part::All => share.given.push(source(Rc::clone(rules))),
                    Part::AllBut(others) => {
                        let made = rules.iter().filter(|rule| !others.contains(rule)).copied().collect();
                        share.given.push(source(made));
                        share.own.push(source(others.into()));
                    }
                }
            }
        }
        holders
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Subject, &Share<'a>)> {
        self.0.iter()
    }

    pub(super) fn get(&self, subject: &Subject) -> Option<&Share<'a>> {
        self.0.get(subject)
    }

    /// What a subject has as a member of groups that it is in whatever it is.
    pub(super) fn base_of(&self, subject: &Subject) -> Vec<&Source<'a>> {
        self.groups(subject).flat_map(Share::all).collect()
    }

    /// What bindings give to a subject and to those groups.
    pub(super) fn shares_of(&self, subject: &Subject) -> Vec<&Share<'a>> {
        self.0.get(subject).into_iter().chain(self.groups(subject)).collect()
    }

    fn groups(&self, subject: &Subject) -> impl Iterator<Item = &Share<'a>> {
        groups_of(subject).into_iter().filter_map(|group| self.0.get(&Subject::Group(group)))
    }
}

/// A subject under the one name that it has here. `namespace` is the binding's: a service account without one is of it.
pub(super) fn canonical(subject: &Subject, namespace: Option<&str>) -> Subject {
    match subject {
        Subject::User(name) => {
            match name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':')) {
                Some((namespace, name)) => account(namespace, name),
                None => subject.clone(),
            }
        }
        Subject::ServiceAccount { namespace: own, name } if own.is_empty() => {
            account(namespace.unwrap_or_default(), name)
        }
        Subject::Group(_) | Subject::ServiceAccount { .. } | Subject::Other { .. } => subject.clone(),
    }
}

/// A service account as a subject.
pub(super) fn account(namespace: &str, name: &str) -> Subject {
    Subject::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
}

/// The groups that a subject is in whatever it is; a group stands for one that is in it.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/authentication/>
pub(super) fn groups_of(subject: &Subject) -> Vec<String> {
    let authenticated = || AUTHENTICATED.to_owned();
    match subject {
        Subject::User(name) if name == ANONYMOUS => vec![UNAUTHENTICATED.to_owned()],
        Subject::Group(name) if name == AUTHENTICATED || name == UNAUTHENTICATED => Vec::new(),
        Subject::Group(name) if name.starts_with(&format!("{SERVICE_ACCOUNTS}:")) => {
            vec![SERVICE_ACCOUNTS.to_owned(), authenticated()]
        }
        Subject::User(_) | Subject::Group(_) => vec![authenticated()],
        Subject::ServiceAccount { namespace, .. } => {
            vec![format!("{SERVICE_ACCOUNTS}:{namespace}"), SERVICE_ACCOUNTS.to_owned(), authenticated()]
        }
        Subject::Other { .. } => Vec::new(),
    }
}
