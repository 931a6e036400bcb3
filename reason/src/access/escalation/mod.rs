//! Privilege escalation: the ways from what an identity is allowed to what it is not.
//!
//! A path counts only when the identity's policies together, after denials, its boundary and the organisation's guard
//! rails, allow each of its actions on something that exists, and when what it leads to has more than the identity has.

mod evidence;
mod index;
mod judge;
mod own;
mod paths;
mod targets;
#[cfg(test)]
mod tests;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use self::index::Index;
use self::judge::Judge;
pub(crate) use self::paths::DATED;
pub use self::paths::{Category, Limit, Other, Own, Path, Way};
use super::administrator::has_everything;
use super::{Access, Actor};
use palisade_model::iam::Role;
use palisade_model::verdict::{Outcome, Verdict};
use palisade_model::{Arn, Gap, Inventory};

/// A path that is open to an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// The path.
    pub path: &'static Path,
    /// Where it leads: a role, a user, a group, or the identity itself.
    pub target: Arn,
    /// What runs as the target, where that is known: a function.
    pub through: Option<Arn>,
    /// What is won.
    pub gain: Gain,
    /// How each action is allowed, by which statements and under which conditions.
    pub steps: Vec<String>,
}

/// What an identity wins by a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gain {
    /// Perhaps something, which what is read does not tell.
    Unverified,
    /// Something that it lacks: what this statement allows.
    More(String),
    /// Everything.
    Administrator,
}

/// The paths that are open to an identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Set when the identity may do everything as it is, and so has nothing to escalate to.
    pub has_everything: bool,
    /// Those found; of each path the worst target.
    pub escalations: Vec<Escalation>,
    /// Set when there may be more: something was not read to which a path could lead.
    pub gap: Option<Gap>,
}

impl Found {
    /// What a check concludes: a failure for each path, even where there may be more of them.
    pub fn verdict(&self) -> Outcome {
        match &self.gap {
            _ if self.has_everything => Ok(Verdict::NotApplicable),
            Some(gap) if self.escalations.is_empty() => Err(gap.clone()),
            _ => Ok(Verdict::fail_if_any(self.escalations.iter().map(ToString::to_string))),
        }
    }

    /// Whether one of the paths leads to everything.
    pub fn makes_administrator(&self) -> bool {
        self.escalations.iter().any(|escalation| escalation.gain == Gain::Administrator)
    }
}

/// The paths open to the identities of an account, each answered once.
pub struct Escalations<'a> {
    inventory: &'a Inventory,
    index: OnceCell<Index<'a>>,
    found: RefCell<HashMap<&'a Arn, Result<Rc<Found>, Gap>>>,
}

impl<'a> Escalations<'a> {
    /// Answers for the identities of an inventory.
    pub fn new(inventory: &'a Inventory) -> Self {
        Self { inventory, index: OnceCell::new(), found: RefCell::default() }
    }

    /// The paths open to a role; a gap when its policies are not all known.
    pub fn of_role(&self, access: &Access<'a>, role: &'a Role) -> Result<Rc<Found>, Gap> {
        if let Some(found) = self.found.borrow().get(&role.arn) {
            return found.clone();
        }
        let found = access.role(role).map(|principal| Rc::new(self.of(access, &principal)));
        self.found.borrow_mut().insert(&role.arn, found.clone());
        found
    }

    /// The paths open to a role or user. One that may do everything already has none.
    pub fn of(&self, access: &Access<'a>, principal: &Actor<'a>) -> Found {
        let judge = Judge::new(access, principal, &self.index, self.inventory);
        if has_everything(access, principal) {
            return Found { has_everything: true, ..Found::default() };
        }
        let mut escalations: Vec<Escalation> = Vec::new();
        for path in Path::all().filter(|path| judge.is_mentioned(path)) {
            let Some(escalation) = judge.follow(path) else { continue };
            let is_told = |parent: &Escalation| {
                path.parent == Some(parent.path.id)
                    && (parent.target == escalation.target || parent.gain >= escalation.gain)
            };
            if !escalations.iter().any(is_told) {
                escalations.push(escalation);
            }
        }
        Found { has_everything: false, escalations, gap: judge.gap() }
    }
}
