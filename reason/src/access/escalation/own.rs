//! Paths by which an identity changes its own permissions.

use palisade_policy::{Attached, CallerKind, Effect};

use super::judge::Judge;
use super::paths::{Limit, Own, Path};
use super::targets::{escalation, granting};
use super::{Escalation, Gain};
use crate::access::Actor;
use crate::access::administrator::STRONGEST;
use palisade_model::iam::{Group, User};

impl<'p, 'a: 'p> Judge<'p, 'a> {
    /// Gives itself every permission.
    pub(super) fn rewrite_own(&self, path: &'static Path, own: Own) -> Option<Escalation> {
        let [action] = path.actions else { return None };
        let subject = match own {
            Own::Role | Own::User | Own::Policy => self.is(own).then_some(self.principal.arn)?,
            Own::Group => return self.rewrite_group(path, action),
        };
        let (step, granted) = self.change(action, self.principal, subject)?;
        let gain = self.gain_of(&granting(self.principal, granted))?;
        Some(escalation(path, subject, None, gain, vec![step]))
    }

    fn rewrite_group(&self, path: &'static Path, action: &'static str) -> Option<Escalation> {
        let user = self.user()?;
        let groups = self.inventory.iam.groups.seen().iter().filter(|group| user.groups.contains(&group.name));
        groups.into_iter().find_map(|group| {
            let (step, granted) = self.change(action, self.principal, &group.arn)?;
            let gain = self.gain_of(&granting(self.principal, granted))?;
            Some(escalation(path, &group.arn, None, gain, vec![step]))
        })
    }

    /// Joins a group that has more.
    pub(super) fn join(&self, path: &'static Path) -> Option<Escalation> {
        let [action] = path.actions else { return None };
        let user = self.user()?;
        let groups = &self.inventory.iam.groups;
        self.miss(groups.gap());
        groups.seen().iter().filter(|group| !user.groups.contains(&group.name)).find_map(|group| {
            let step = self.step(action, group.arn.as_str(), &self.principal.context)?;
            let mut joined = self.principal.clone();
            joined.identity.extend(self.policies_of_group(group)?);
            Some(escalation(path, &group.arn, None, self.gain_of(&joined)?, vec![step]))
        })
    }

    fn policies_of_group(&self, group: &'a Group) -> Option<Vec<Attached<'a>>> {
        match self.access.identity(&group.arn, &group.inline, &group.attached) {
            Ok(policies) => Some(policies),
            Err(gap) => {
                self.miss(Some(&gap));
                None
            }
        }
    }

    /// Takes away what limits it, where that limits anything.
    pub(super) fn unbind(&self, path: &'static Path, own: Own, limit: Limit) -> Option<Escalation> {
        let [action] = path.actions else { return None };
        if !self.is(own) {
            return None;
        }
        match limit {
            Limit::Boundary | Limit::BoundaryReplaced | Limit::BoundaryRewritten => {
                let boundary = self.principal.boundary?;
                let gain = self.gain_of(&Actor { boundary: None, ..self.principal.clone() })?;
                let step = self.unbound(action, limit, boundary.name)?;
                Some(escalation(path, self.principal.arn, None, gain, vec![step]))
            }
            Limit::Attached | Limit::Inline => self.without_denial(path, action, limit),
        }
    }

    /// How the boundary may be taken off, replaced or rewritten.
    fn unbound(&self, action: &str, limit: Limit, boundary: &str) -> Option<String> {
        let (arn, context) = (self.principal.arn.as_str(), &self.principal.context);
        let replaced_by =
            |policy: &str| self.step(action, arn, &context.clone().known("iam:PermissionsBoundary", [policy]));
        match limit {
            Limit::Boundary => replaced_by(boundary),
            Limit::BoundaryRewritten => self.is_owned(boundary).then(|| self.step(action, boundary, context)).flatten(),
            Limit::BoundaryReplaced => {
                let [strongest, _] = STRONGEST;
                replaced_by(&format!("arn:{}:iam::aws:policy/{strongest}", self.inventory.partition))
            }
            Limit::Attached | Limit::Inline => None,
        }
    }

    /// Drops a policy of its own that denies what another one allows.
    fn without_denial(&self, path: &'static Path, action: &str, limit: Limit) -> Option<Escalation> {
        let denies = |policy: &&Attached<'a>| {
            policy.document.statements.iter().any(|statement| statement.effect == Effect::Deny)
        };
        let is_meant = |policy: &&Attached<'a>| policy.name.starts_with("arn:") == (limit == Limit::Attached);
        let denying = self.principal.identity.iter().filter(denies).filter(is_meant);
        denying.into_iter().find_map(|policy| {
            let context = self.about(self.principal).known("iam:PolicyARN", [policy.name]);
            let step = self.step(action, self.principal.arn.as_str(), &context)?;
            let mut freed = self.principal.clone();
            freed.identity.retain(|other| other.name != policy.name);
            let gain = self.gain_of(&freed)?;
            let step = format!("{step}, of which policy {} denies", policy.name);
            Some(escalation(path, self.principal.arn, None, gain, vec![step]))
        })
    }

    /// Brings back an older version of a policy of its own.
    pub(super) fn revert(&self, path: &'static Path) -> Option<Escalation> {
        let [action] = path.actions else { return None };
        let mut own = self.principal.identity.iter().filter(|policy| self.is_owned(policy.name));
        let step = own.find_map(|policy| self.step(action, policy.name, &self.principal.context))?;
        Some(escalation(path, self.principal.arn, None, Gain::Unverified, vec![step]))
    }

    /// Has Identity Center give more.
    pub(super) fn permission_set(&self, path: &'static Path) -> Option<Escalation> {
        let all = |action: &&str| self.step(action, "*", &self.principal.context);
        let steps = path.actions.iter().map(all).collect::<Option<_>>()?;
        Some(escalation(path, self.principal.arn, None, Gain::Unverified, steps))
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
