//! Paths by which an identity changes its own permissions.

use palisade_policy::{Attached, CallerKind, Effect};

use super::Gain;
use super::judge::Judge;
use super::opening::{Call, Opening};
use super::paths::{Limit, Own, Path};
use super::targets::{about, granting};
use crate::access::Actor;
use crate::access::administrator::STRONGEST;
use palisade_model::iam::{Group, User};

impl<'a> Judge<'_, 'a> {
    /// Gives itself every permission.
    pub(super) fn rewrite_own(&self, path: &'static Path, own: Own) -> Option<Opening<'a>> {
        let [action] = path.actions else { return None };
        let subject = match own {
            Own::Role | Own::User | Own::Policy => self.is(own).then_some(self.principal.arn)?,
            Own::Group => return self.rewrite_group(path, action),
        };
        let (call, granted) = self.change(action, self.principal, subject.as_str())?;
        let gain = self.gain_of(&granting(self.principal, granted))?;
        Some(Opening::new(path, subject, gain, vec![call]))
    }

    fn rewrite_group(&self, path: &'static Path, action: &'static str) -> Option<Opening<'a>> {
        let user = self.user()?;
        let groups = self.inventory.iam.groups.seen().iter().filter(|group| user.groups.contains(&group.name));
        groups.into_iter().find_map(|group| {
            let (call, granted) = self.change(action, self.principal, group.arn.as_str())?;
            let gain = self.gain_of(&granting(self.principal, granted))?;
            Some(Opening::new(path, &group.arn, gain, vec![call]))
        })
    }

    /// Joins a group that has more.
    pub(super) fn join(&self, path: &'static Path) -> Option<Opening<'a>> {
        let [action] = path.actions else { return None };
        self.strange_groups(self.user()?).find_map(|group| {
            let call = self.may(Call::new(action, group.arn.as_str()))?;
            let mut joined = self.principal.clone();
            joined.identity.extend(self.policies_of_group(group)?);
            Some(Opening::new(path, &group.arn, self.gain_of(&joined)?, vec![call]))
        })
    }

    /// Gives a group every permission, and joins it.
    pub(super) fn join_rewritten(&self, path: &'static Path) -> Option<Opening<'a>> {
        let [change, join] = path.actions else { return None };
        self.strange_groups(self.user()?).find_map(|group| {
            let join = self.may(Call::new(join, group.arn.as_str()))?;
            let (change, granted) = self.change(change, self.principal, group.arn.as_str())?;
            let gain = self.gain_of(&granting(self.principal, granted))?;
            Some(Opening::new(path, &group.arn, gain, vec![change, join]))
        })
    }

    /// The groups to which the user does not belong.
    fn strange_groups(&self, user: &'a User) -> impl Iterator<Item = &'a Group> {
        let groups = &self.inventory.iam.groups;
        self.miss(groups.gap());
        groups.seen().iter().filter(|group| !user.groups.contains(&group.name))
    }

    /// The policies of a group; none, and a gap, when they could not be read.
    pub(super) fn policies_of_group(&self, group: &'a Group) -> Option<Vec<Attached<'a>>> {
        match self.access.identity(&group.arn, &group.inline, &group.attached) {
            Ok(policies) => Some(policies),
            Err(gap) => {
                self.miss(Some(&gap));
                None
            }
        }
    }

    /// Takes away what limits it, where that limits anything.
    pub(super) fn unbind(&self, path: &'static Path, own: Own, limit: Limit) -> Option<Opening<'a>> {
        let [action] = path.actions else { return None };
        if !self.is(own) {
            return None;
        }
        match limit {
            Limit::Boundary | Limit::BoundaryReplaced | Limit::BoundaryRewritten => {
                let boundary = self.principal.boundary?;
                let gain = self.gain_of(&Actor { boundary: None, ..self.principal.clone() })?;
                let call = self.unbound(action, limit, boundary.name)?;
                Some(Opening::new(path, self.principal.arn, gain, vec![call]))
            }
            Limit::Attached | Limit::Inline => self.without_denial(path, action, limit),
        }
    }

    /// How the boundary may be taken off, replaced or rewritten.
    fn unbound(&self, action: &'static str, limit: Limit, boundary: &str) -> Option<Call<'a>> {
        let on_itself = |policy: &str| {
            self.may(Call::new(action, self.principal.arn.as_str()).known("iam:PermissionsBoundary", policy))
        };
        match limit {
            Limit::Boundary => on_itself(boundary),
            Limit::BoundaryRewritten => {
                self.is_owned(boundary).then(|| self.may(Call::new(action, boundary))).flatten()
            }
            Limit::BoundaryReplaced => {
                let [strongest, _] = STRONGEST;
                on_itself(&format!("arn:{}:iam::aws:policy/{strongest}", self.inventory.partition))
            }
            Limit::Attached | Limit::Inline => None,
        }
    }

    /// Drops a policy of its own that denies what another one allows.
    fn without_denial(&self, path: &'static Path, action: &'static str, limit: Limit) -> Option<Opening<'a>> {
        let denies = |policy: &&Attached<'a>| {
            policy.document.statements.iter().any(|statement| statement.effect == Effect::Deny)
        };
        let is_meant = |policy: &&Attached<'a>| policy.name.starts_with("arn:") == (limit == Limit::Attached);
        let denying = self.principal.identity.iter().filter(denies).filter(is_meant);
        denying.into_iter().find_map(|policy| {
            let call = Call::new(action, self.principal.arn.as_str());
            let call = self.may(about(self.principal, call).known("iam:PolicyARN", policy.name))?;
            let mut freed = self.principal.clone();
            freed.identity.retain(|other| other.name != policy.name);
            let gain = self.gain_of(&freed)?;
            let call = Call { note: Some(format!("of which policy {} denies", policy.name)), ..call };
            Some(Opening::new(path, self.principal.arn, gain, vec![call]))
        })
    }

    /// Brings back an older version of a policy of its own.
    pub(super) fn revert(&self, path: &'static Path) -> Option<Opening<'a>> {
        let [action] = path.actions else { return None };
        let mut own = self.principal.identity.iter().filter(|policy| self.is_owned(policy.name));
        let call = own.find_map(|policy| self.may(Call::new(action, policy.name)))?;
        Some(Opening::new(path, self.principal.arn, Gain::Unverified, vec![call]))
    }

    /// Whether the identity is of the kind that a path changes.
    fn is(&self, own: Own) -> bool {
        let is_user = matches!(self.principal.caller.kind(), CallerKind::User { .. });
        match own {
            Own::Role => !is_user,
            Own::User | Own::Group => is_user,
            Own::Policy => true,
        }
    }

    fn user(&self) -> Option<&'a User> {
        self.inventory.iam.users.seen().iter().find(|user| user.arn == *self.principal.arn)
    }
}
