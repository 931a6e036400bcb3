//! Paths one after the other: identities are the places, a path that leads from one to another is a way.
//!
//! The ways are walked from their end, and each identity is reached once, on a shortest one: so there is no loop, and no
//! bound on the length is needed.

use std::collections::HashMap;
use std::rc::Rc;

use super::judge::{Judge, Wanted};
use super::opening::Opening;
use super::paths::{Other, Path, Way};
use super::{Escalation, Escalations, Gain};
use crate::access::Access;
use crate::access::administrator::has_everything;
use palisade_model::Gap;

/// Where each identity goes on, by place.
pub(super) struct Chains<'a> {
    next: Vec<Option<Opening<'a>>>,
    /// Where it comes to somebody of whom it is not known what else they reach.
    unsure: Vec<Option<Opening<'a>>>,
}

/// Which paths a way may take.
#[derive(Clone, Copy, PartialEq)]
enum Hops {
    All,
    /// Roles that are assumed, which is nobody's escalation by itself.
    Assumed,
}

impl<'a> Escalations<'a> {
    /// The way of an identity over several steps, if that leads to more than any single one.
    pub(super) fn chain(&self, access: &Access<'a>, place: usize) -> Vec<Escalation> {
        let chains = self.chains.get_or_init(|| self.all_chains(access));
        let index = self.index(access);
        let tell = |at: usize, opening: &Opening<'a>| {
            Judge::new(access, &index.targets[at].principal, index, self.inventory, &self.kept).tell(opening)
        };
        let (mut at, mut hops) = (place, Vec::new());
        while let Some(opening) = &chains.next[at] {
            hops.push(tell(at, opening));
            let Some(next) = opening.place else { break };
            at = next;
        }
        if hops.is_empty() {
            return hops;
        }
        let end = self.direct(access, at);
        let worst = end.found.iter().reduce(|one, other| if other.gain > one.gain { other } else { one });
        hops.extend(worst.map(|opening| tell(at, opening)));
        hops
    }

    /// Why an identity may reach more over several steps than is known: of somebody on the way not all could be read.
    pub(super) fn gap_on_the_way(&self, access: &Access<'a>, place: usize) -> Option<Gap> {
        let chains = self.chains.get_or_init(|| self.all_chains(access));
        let mut at = place;
        while let Some(next) = chains.unsure[at].as_ref().and_then(|opening| opening.place) {
            at = next;
        }
        self.direct(access, at).gap.clone()
    }

    fn all_chains(&self, access: &Access<'a>) -> Chains<'a> {
        let targets = &self.index(access).targets;
        let mut walk = Walk::new(self, access, targets.len());
        let is_everything: Vec<_> = targets.iter().map(|target| has_everything(&target.set)).collect();
        let to_everything = |place: usize| !is_everything[place] && self.direct(access, place).makes_administrator();
        let goals: Vec<_> = (0..targets.len()).map(to_everything).collect();
        let settled: Vec<_> = is_everything.iter().zip(&goals).map(|(all, goal)| *all || *goal).collect();
        let settled = walk.back_from(&goals, settled, Hops::All);
        // Whoever reaches everything has been told. Of the others, whoever may assume a role from which a path leads on.
        let leads_on = |place: usize| !settled[place] && !self.direct(access, place).found.is_empty();
        let goals: Vec<_> = (0..targets.len()).map(leads_on).collect();
        let settled = settled.iter().zip(&goals).map(|(settled, goal)| *settled || *goal).collect();
        walk.back_from(&goals, settled, Hops::Assumed);
        let mut unsure = Walk::new(self, access, targets.len());
        let has_gap = |place: usize| !is_everything[place] && self.direct(access, place).gap.is_some();
        let goals: Vec<_> = (0..targets.len()).map(has_gap).collect();
        let settled = is_everything.iter().zip(&goals).map(|(all, goal)| *all || *goal).collect();
        unsure.back_from(&goals, settled, Hops::All);
        Chains { next: walk.next, unsure: unsure.next }
    }
}

struct Walk<'w, 'a> {
    escalations: &'w Escalations<'a>,
    access: &'w Access<'a>,
    next: Vec<Option<Opening<'a>>>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(escalations: &'w Escalations<'a>, access: &'w Access<'a>, places: usize) -> Self {
        Self { escalations, access, next: (0..places).map(|_| None).collect() }
    }

    /// Walks back from some identities over those that are not settled, and returns who is settled then.
    fn back_from(&mut self, goals: &[bool], mut settled: Vec<bool>, hops: Hops) -> Vec<bool> {
        let index = self.escalations.index(self.access);
        let mut groups: HashMap<_, Vec<usize>> = HashMap::new();
        for target in index.targets.iter().filter(|target| !settled[target.place]) {
            groups.entry(Rc::as_ptr(&target.set)).or_default().push(target.place);
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort();
        let mut frontier = goals.to_vec();
        while frontier.contains(&true) {
            let mut reached = vec![false; frontier.len()];
            for group in &mut groups {
                group.retain(|place| !settled[*place]);
                let Some(sample) = group.first() else { continue };
                let shared = self.step(*sample, &frontier, hops);
                for place in group.iter() {
                    let opening = shared.clone().or_else(|| self.named_step(*place, &frontier));
                    reached[*place] = opening.is_some();
                    self.next[*place] = opening;
                }
            }
            for (settled, reached) in settled.iter_mut().zip(&reached) {
                *settled |= reached;
            }
            frontier = reached;
        }
        settled
    }

    /// A path of everybody with the policy set of an identity to one of the places.
    fn step(&self, place: usize, frontier: &[bool], hops: Hops) -> Option<Opening<'a>> {
        let judge = self.judge(place);
        let paths = Path::all().filter(|path| hops == Hops::All || path.way == Way::Become(Other::Role));
        let paths = paths.filter(|path| hops == Hops::All || path.actions == ["sts:AssumeRole"]);
        let mut mentioned = paths.filter(|path| judge.is_mentioned(path));
        mentioned.find_map(|path| judge.follow(path, Wanted::These(frontier))).filter(is_step)
    }

    /// A path of one identity to one of the places, through a trust that names it.
    fn named_step(&self, place: usize, frontier: &[bool]) -> Option<Opening<'a>> {
        self.judge(place).of_named_trust(Wanted::These(frontier)).into_iter().find(is_step)
    }

    fn judge(&self, place: usize) -> Judge<'_, 'a> {
        let Escalations { inventory, kept, .. } = self.escalations;
        let index = self.escalations.index(self.access);
        Judge::new(self.access, &index.targets[place].principal, index, inventory, kept)
    }
}

fn is_step(opening: &Opening<'_>) -> bool {
    opening.gain == Gain::Hop && opening.place.is_some()
}
