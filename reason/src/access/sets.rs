//! Policy sets: identities whose policies say the same, and say it of them alike, are judged once.
//!
//! Ten thousand roles come from a few hundred templates. What hangs on whose policies they are (a condition on the caller's
//! ARN, a variable with the user's name) is part of what makes two sets one.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use palisade_policy::{
    ActionElement, Attached, CallerKind, Condition, Document, Effect, Identity, Policies, Statement, Version,
};

use super::grants::{Changes, OnEvery};
use super::{Access, Actor};

/// The context keys that tell one user from another, or one role from another.
const PERSONAL: [&str; 3] = ["aws:principalarn", "aws:userid", "aws:username"];

/// A key of requests in which an identity names itself, when it opens a function to itself.
const NAMING_ONESELF: &str = "lambda:Principal";

/// What was concluded of texts of a policy, by these.
type ByTexts<T> = HashMap<(String, String), T>;

/// The policies of one or more identities: identity policies, boundary, the organisation's guard rails.
pub struct PolicySet<'a> {
    /// One of the identities that have it.
    pub(crate) sample: Rc<Actor<'a>>,
    /// What a request of any of them meets, other than the resource's own policies.
    pub(crate) policies: Policies<'a>,
    /// The services of which statements allow something; none when some allow all services.
    services: Option<BTreeSet<&'a str>>,
    allows: RefCell<HashMap<&'static str, Rc<[&'a Statement]>>>,
    /// What a wildcard on these resources gives, by both texts.
    pub(crate) changes: RefCell<ByTexts<Changes>>,
    /// What statements give on every resource of a kind, by the texts of actions with conditions, and of resources.
    pub(crate) on_every: RefCell<ByTexts<Option<Rc<OnEvery>>>>,
    /// Whether everything is allowed as it is.
    pub(crate) everything: OnceCell<bool>,
    /// Whether everything would be allowed after one of the identities gave itself every permission.
    pub(crate) would_have_everything: OnceCell<bool>,
}

/// The sets found so far.
#[derive(Default)]
pub(super) struct Sets<'a> {
    by_key: HashMap<Key, Rc<PolicySet<'a>>>,
    documents: Documents<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    is_user: bool,
    identity: Vec<usize>,
    boundary: Option<usize>,
    /// What the conditions about the caller itself come to.
    personal: Vec<Option<bool>>,
    /// Who it is, where a variable puts that into a policy.
    name: Option<String>,
}

/// Documents by what they say.
#[derive(Default)]
struct Documents<'a> {
    by_address: HashMap<*const Document, usize>,
    by_content: HashMap<&'a Document, usize>,
    known: Vec<Personal<'a>>,
}

/// What a document says of the caller itself.
#[derive(Clone, Default)]
struct Personal<'a> {
    conditions: Vec<(&'a Condition, Version)>,
    /// Whether a variable puts the caller's name into it.
    names: bool,
}

impl<'a> Access<'a> {
    /// The policies of an identity as a set that others may share.
    pub fn set_of(&self, principal: &Actor<'a>) -> Rc<PolicySet<'a>> {
        let key = self.sets.borrow_mut().key(principal, self.guard_rails());
        if let Some(set) = self.sets.borrow().by_key.get(&key) {
            return Rc::clone(set);
        }
        let set = Rc::new(PolicySet::new(principal.clone(), self.policies_of(principal)));
        self.sets.borrow_mut().by_key.insert(key, Rc::clone(&set));
        set
    }
}

impl<'a> Sets<'a> {
    fn key(&mut self, principal: &Actor<'a>, guards: impl Iterator<Item = Attached<'a>>) -> Key {
        let identity: Vec<_> = principal.identity.iter().map(|policy| self.documents.place(policy.document)).collect();
        let boundary = principal.boundary.map(|boundary| self.documents.place(boundary.document));
        let guards: Vec<_> = guards.map(|guard| self.documents.place(guard.document)).collect();
        let said = identity.iter().chain(&boundary).chain(&guards).map(|place| &self.documents.known[*place]);
        let (mut personal, mut names) = (Vec::new(), false);
        for document in said {
            let holds =
                document.conditions.iter().map(|(condition, version)| condition.holds_in(&principal.context, *version));
            personal.extend(holds);
            names |= document.names;
        }
        let is_user = matches!(principal.caller.kind(), CallerKind::User { .. });
        // Sessions of roles have no user name: a variable for it has no value for any of them.
        let name = names.then(|| principal.arn.to_string());
        Key { is_user, identity, boundary, personal, name }
    }
}

impl<'a> Documents<'a> {
    fn place(&mut self, document: &'a Document) -> usize {
        if let Some(place) = self.by_address.get(&std::ptr::from_ref(document)) {
            return *place;
        }
        let next = self.known.len();
        let place = *self.by_content.entry(document).or_insert(next);
        if place == next {
            self.known.push(Personal::of(document));
        }
        self.by_address.insert(document, place);
        place
    }
}

impl<'a> Personal<'a> {
    fn of(document: &'a Document) -> Self {
        let mut found = Self::default();
        for statement in &document.statements {
            let is_personal =
                |condition: &&Condition| PERSONAL.iter().any(|key| condition.key().eq_ignore_ascii_case(key));
            found.conditions.extend(statement.conditions.iter().filter(is_personal).map(|one| (one, document.version)));
            let patterns = statement.resource.patterns().iter().map(palisade_policy::ResourcePattern::as_str);
            let values =
                statement.conditions.iter().flat_map(|condition| condition.values().iter().map(String::as_str));
            let asks_for_name = |condition: &Condition| condition.key().eq_ignore_ascii_case(NAMING_ONESELF);
            found.names |=
                patterns.chain(values).any(names_the_caller) || statement.conditions.iter().any(asks_for_name);
        }
        found
    }
}

/// Whether what a document says hangs on which of the account's users and roles asks.
pub(super) fn is_personal(document: &Document) -> bool {
    let Personal { conditions, names } = Personal::of(document);
    names || !conditions.is_empty()
}

/// Whether a text has a variable that tells one caller from another.
fn names_the_caller(text: &str) -> bool {
    text.contains("${") && {
        let folded = text.to_ascii_lowercase();
        PERSONAL.iter().any(|key| folded.contains(key))
    }
}

impl<'a> PolicySet<'a> {
    fn new(sample: Actor<'a>, policies: Policies<'a>) -> Self {
        Self {
            services: services(&sample),
            sample: Rc::new(sample),
            policies,
            allows: RefCell::default(),
            changes: RefCell::default(),
            on_every: RefCell::default(),
            everything: OnceCell::new(),
            would_have_everything: OnceCell::new(),
        }
    }

    /// The identity policies' statements that allow an action on something, conditions aside.
    pub(crate) fn allows(&self, action: &'static str) -> Rc<[&'a Statement]> {
        let service = action.split(':').next().unwrap_or_default();
        if self.services.as_ref().is_some_and(|services| !services.contains(service)) {
            return Rc::default();
        }
        if let Some(kept) = self.allows.borrow().get(action) {
            return Rc::clone(kept);
        }
        let statements = self.sample.identity.iter().flat_map(|policy| &policy.document.statements);
        let found: Rc<[_]> = statements.filter(|statement| statement.allows_action(action)).collect();
        self.allows.borrow_mut().insert(action, Rc::clone(&found));
        found
    }

    /// Whether a statement allows an action on something, conditions aside.
    pub(crate) fn mentions(&self, action: &'static str) -> bool {
        !self.allows(action).is_empty()
    }

    /// Whether anything besides the statements that allow can keep them from it: a denial, a boundary, a guard rail.
    pub(crate) fn is_limited(&self) -> bool {
        let Policies { identity, boundary, service_control, resource_control, .. } = &self.policies;
        let denies =
            |policy: &Attached<'_>| policy.document.statements.iter().any(|statement| statement.effect == Effect::Deny);
        let has_denial = match identity {
            Identity::Known(policies) => policies.iter().any(denies),
            Identity::Unknown => true,
        };
        has_denial || boundary.is_some() || !service_control.is_empty() || !resource_control.is_empty()
    }
}

/// The services of which an identity's statements allow something; `None` when some allow all.
fn services<'a>(principal: &Actor<'a>) -> Option<BTreeSet<&'a str>> {
    let statements = principal.identity.iter().flat_map(|policy| &policy.document.statements);
    let mut services = BTreeSet::new();
    for statement in statements.filter(|statement| statement.effect == Effect::Allow) {
        match &statement.action {
            ActionElement::NotAction(_) => return None,
            ActionElement::Action(patterns) => {
                for pattern in patterns {
                    match pattern.service() {
                        Some(service) => _ = services.insert(service),
                        None if pattern.is_everything() => return None,
                        None => {}
                    }
                }
            }
        }
    }
    Some(services)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::account::Account;
    use palisade_scenes::iam::{allow, permitted};
    use palisade_scenes::role_arn;

    /// Whether `one` and `two`, with the same statement, are judged as one.
    fn share(statement: &Value) -> bool {
        let scene = permitted(&[])
            .and_role("one", std::slice::from_ref(statement))
            .and_role("two", std::slice::from_ref(statement));
        let account = Account::new(&scene.inventory, &scene.settings);
        let set = |name: &str| {
            let role = account.role(&role_arn(name)).unwrap().unwrap();
            account.access.set_of(&account.access.role(role).unwrap())
        };
        Rc::ptr_eq(&set("one"), &set("two"))
    }

    #[test]
    fn equal_policies_are_one_set_unless_they_tell_their_holders_apart() {
        assert!(share(&allow("s3:*", "*")));
        let asking =
            |condition: Value| json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition });
        let of_account = "arn:aws:iam::111122223333:role/*";
        assert!(share(&asking(json!({ "ArnLike": { "aws:PrincipalArn": of_account } }))));
        assert!(!share(&asking(json!({ "ArnEquals": { "aws:PrincipalArn": role_arn("one").as_str() } }))));
        assert!(share(&asking(json!({ "StringEquals": { "aws:PrincipalTag/team": "shop" } }))));
        assert!(!share(&allow("s3:*", "arn:aws:s3:::homes/${aws:userid}/*")));
    }
}
