//! Privilege escalation: the ways from what an identity is allowed to what it is not.
//!
//! A path counts only when the identity's policies together, after denials, its boundary and the organisation's guard
//! rails, allow each of its actions on something that exists or could be made, and when what it leads to has more than the
//! identity has. Paths are followed one after the other: who may become a role that may become an administrator is told.

mod chain;
mod evidence;
mod index;
mod judge;
mod made;
mod opening;
mod own;
mod paths;
mod points;
mod resources;
mod targets;
#[cfg(test)]
mod tests;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use self::chain::Chains;
use self::index::Index;
use self::judge::{Judge, Kept, Wanted};
use self::opening::Opening;
pub use self::opening::Step;
pub(crate) use self::paths::DATED;
pub use self::paths::{Category, Limit, Other, Own, Path, Way};
pub use self::points::ChokePoint;
use super::administrator::has_everything;
use super::sets::PolicySet;
use super::{Access, Actor};
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
    /// The calls that it takes, each with the statements that allow it.
    pub steps: Vec<Step>,
}

/// What an identity wins by a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gain {
    /// Perhaps something, which what is read does not tell.
    Unverified,
    /// A role or user to go on from.
    Hop,
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
    /// The shortest way over several steps to more than any single one gives; empty where there is none.
    pub chain: Vec<Escalation>,
    /// Set when there may be more: something was not read to which a path could lead.
    pub gap: Option<Gap>,
}

impl Found {
    /// What a check concludes: a failure for each path, even where there may be more of them.
    pub fn verdict(&self) -> Outcome {
        match &self.gap {
            _ if self.has_everything => Ok(Verdict::NotApplicable),
            Some(gap) if self.is_empty() => Err(gap.clone()),
            _ => Ok(Verdict::fail_if_any(self.told())),
        }
    }

    /// Whether no path is open.
    pub fn is_empty(&self) -> bool {
        self.escalations.is_empty() && self.chain.is_empty()
    }

    /// Each path in words, and the way over several steps.
    pub fn told(&self) -> impl Iterator<Item = String> {
        let chain = (!self.chain.is_empty()).then(|| evidence::chain(&self.chain));
        self.escalations.iter().map(ToString::to_string).chain(chain)
    }

    /// Whether one of the paths leads to everything.
    pub fn makes_administrator(&self) -> bool {
        self.escalations.iter().chain(self.chain.last()).any(|escalation| escalation.gain == Gain::Administrator)
    }
}

/// The paths open to the identities of an account, each answered once.
pub struct Escalations<'a> {
    inventory: &'a Inventory,
    index: OnceCell<Index<'a>>,
    chains: OnceCell<Chains<'a>>,
    kept: Kept<'a>,
    by_set: RefCell<HashMap<*const PolicySet<'a>, Rc<Openings<'a>>>>,
    direct: RefCell<HashMap<usize, Rc<Openings<'a>>>>,
}

/// Paths that are open, and the gap when there may be more.
#[derive(Default)]
struct Openings<'a> {
    found: Vec<Opening<'a>>,
    gap: Option<Gap>,
}

impl Openings<'_> {
    fn makes_administrator(&self) -> bool {
        self.found.iter().any(|opening| opening.gain == Gain::Administrator)
    }
}

impl<'a> Escalations<'a> {
    /// Answers for the identities of an inventory.
    pub fn new(inventory: &'a Inventory) -> Self {
        Self {
            inventory,
            index: OnceCell::new(),
            chains: OnceCell::new(),
            kept: Kept::default(),
            by_set: RefCell::default(),
            direct: RefCell::default(),
        }
    }

    /// The paths open to a role or user of the account. One that may do everything already has none.
    pub fn of(&self, access: &Access<'a>, principal: &Actor<'a>) -> Found {
        let set = access.set_of(principal);
        if has_everything(&set) {
            return Found { has_everything: true, ..Found::default() };
        }
        let index = self.index(access);
        let Some(place) = index.place(principal.arn) else {
            // Roles that only AWS can change are nowhere to start from.
            return Found::default();
        };
        let direct = self.direct(access, place);
        let judge = Judge::new(access, &index.targets[place].principal, index, self.inventory, &self.kept);
        let escalations: Vec<_> = direct.found.iter().map(|opening| judge.tell(opening)).collect();
        let chain = if direct.makes_administrator() { Vec::new() } else { self.chain(access, place) };
        let gap = direct.gap.clone().or_else(|| self.gap_on_the_way(access, place));
        Found { has_everything: false, escalations, chain, gap }
    }

    /// The statements whose removal ends most paths of these identities, those first.
    pub fn choke_points(&self, access: &Access<'a>, is_meant: impl Fn(&Arn) -> bool) -> Vec<ChokePoint> {
        let meant = self.index(access).targets.iter().filter(|target| is_meant(target.arn()));
        points::choke_points(meant.map(|target| (target.arn(), self.of(access, &target.principal))))
    }

    fn index(&self, access: &Access<'a>) -> &Index<'a> {
        self.index.get_or_init(|| Index::new(access, self.inventory))
    }

    /// The paths of one step that are open to an identity.
    fn direct(&self, access: &Access<'a>, place: usize) -> Rc<Openings<'a>> {
        if let Some(kept) = self.direct.borrow().get(&place) {
            return Rc::clone(kept);
        }
        let found = Rc::new(self.open(access, place));
        self.direct.borrow_mut().insert(place, Rc::clone(&found));
        found
    }

    fn open(&self, access: &Access<'a>, place: usize) -> Openings<'a> {
        let index = self.index(access);
        let mut judge = Judge::new(access, &index.targets[place].principal, index, self.inventory, &self.kept);
        let own = judge.own();
        if own.iter().any(|opening| opening.gain == Gain::Administrator) {
            // It is an administrator in effect, and every other way is one too many.
            let found = own.into_iter().filter(|opening| opening.gain == Gain::Administrator).collect();
            return Openings { found, gap: judge.gap() };
        }
        let shared = self.of_set(access, judge.set(), place);
        let personal = judge.of_named_trust(Wanted::Gain);
        let mut openings = Openings::default();
        let to_others = personal.into_iter().chain(shared.found.iter().cloned());
        for opening in own.into_iter().chain(to_others.filter(|opening| opening.place != Some(place))) {
            openings.add(opening);
        }
        openings.found.sort_by_key(|opening| opening.path.order());
        openings.gap = judge.gap().or_else(|| shared.gap.clone());
        openings
    }

    /// The paths that are open to everybody who has a policy set.
    fn of_set(&self, access: &Access<'a>, set: &Rc<PolicySet<'a>>, place: usize) -> Rc<Openings<'a>> {
        let key = Rc::as_ptr(set);
        if let Some(kept) = self.by_set.borrow().get(&key) {
            return Rc::clone(kept);
        }
        let index = self.index(access);
        let judge = Judge::new(access, &index.targets[place].principal, index, self.inventory, &self.kept);
        let mut openings = Openings { found: Vec::new(), gap: None };
        for path in Path::all().filter(|path| judge.is_mentioned(path)) {
            if let Some(opening) = judge.follow(path, Wanted::Gain) {
                openings.add(opening);
            }
        }
        openings.gap = judge.gap();
        let openings = Rc::new(openings);
        self.by_set.borrow_mut().insert(key, Rc::clone(&openings));
        openings
    }
}

impl<'a> Openings<'a> {
    /// Adds a path, unless the one that it only adds to leads to as much, or the same one to more.
    fn add(&mut self, opening: Opening<'a>) {
        let is_told = |other: &Opening<'a>| {
            let is_parent = opening.path.parent == Some(other.path.id)
                && (other.target == opening.target || other.gain >= opening.gain);
            is_parent || (other.path == opening.path && other.gain >= opening.gain)
        };
        if self.found.iter().any(is_told) {
            return;
        }
        let adds_to = |other: &Opening<'a>| {
            let is_child = other.path.parent == Some(opening.path.id)
                && (other.target == opening.target || opening.gain >= other.gain);
            is_child || other.path == opening.path
        };
        self.found.retain(|other| !adds_to(other));
        self.found.push(opening);
    }
}
