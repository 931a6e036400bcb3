//! Short lists of patterns for long lists of actions.

use std::collections::{BTreeMap, BTreeSet};

use crate::action::FoldedAction;
use crate::catalogue::{Action, Catalogue, Service};
use crate::document::ActionElement;
use crate::pattern::ActionPattern;

/// Actions that are to be written with few patterns.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The actions, in full. Those that the catalogue does not have are written as they are.
    pub actions: &'a BTreeSet<String>,
    /// Actions, in full, that a pattern may cover as well because nothing is gained by them.
    pub harmless: &'a BTreeSet<String>,
    /// What every pattern has to stay within: any one of these covers it.
    pub granted: &'a [ActionElement],
}

impl Wanted<'_> {
    /// Patterns that cover the actions, and of the catalogue's others only harmless ones. Patterns of what is granted come
    /// before new ones, whole services and prefixes of names before names, the shortest prefixes first.
    ///
    /// ```
    /// use std::collections::BTreeSet;
    /// use palisade_policy::{ActionElement, ActionPattern, Wanted};
    /// let granted = ActionElement::Action(vec![ActionPattern::new("sqs:*")]);
    /// let actions = ["sqs:ListQueues", "sqs:ListQueueTags", "sqs:SendMessage"].map(str::to_owned);
    /// let wanted = Wanted { actions: &BTreeSet::from(actions), harmless: &BTreeSet::new(), granted: &[granted] };
    /// let patterns: Vec<_> = wanted.patterns().iter().map(|pattern| pattern.as_str().to_owned()).collect();
    /// assert_eq!(patterns, ["sqs:ListQueue*", "sqs:SendMessage"]);
    /// ```
    pub fn patterns(&self) -> Vec<ActionPattern> {
        let catalogue = Catalogue::get();
        if let Some(everything) = self.everything(catalogue) {
            return vec![everything.clone()];
        }
        let mut of_services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for action in self.actions {
            let folded = FoldedAction::new(action);
            of_services.entry(folded.service().to_owned()).or_default().insert(folded.name().to_owned());
        }
        let mut patterns = Vec::new();
        for (prefix, names) in &of_services {
            if let Some(service) = catalogue.service(prefix) {
                OfService::new(self, service, names).write(&mut patterns);
            }
        }
        let strange = self.actions.iter().filter(|action| catalogue.action(action).is_none());
        let is_covered = |action: &str| patterns.iter().any(|pattern: &ActionPattern| pattern.matches(action));
        let rest: Vec<_> = strange.filter(|action| !is_covered(action)).map(ActionPattern::new).collect();
        patterns.extend(rest);
        patterns
    }

    /// The pattern of what is granted that covers every action, when every one is wanted.
    fn everything(&self, catalogue: &'static Catalogue) -> Option<&ActionPattern> {
        let listed = self.granted.iter().filter_map(|element| match element {
            ActionElement::Action(patterns) => Some(patterns),
            ActionElement::NotAction(_) => None,
        });
        let everything = listed.flatten().find(|pattern| pattern.is_everything())?;
        let mut all = catalogue.expand(&ActionElement::Action(vec![everything.clone()])).into_iter();
        all.all(|action| self.may_cover(&action.name())).then_some(everything)
    }

    fn may_cover(&self, action: &str) -> bool {
        self.actions.contains(action) || self.harmless.contains(action)
    }

    fn is_granted(&self, pattern: &ActionPattern) -> bool {
        self.granted.iter().any(|element| element.covers_pattern(pattern))
    }
}

/// The actions of one service.
struct OfService<'w> {
    wanted: &'w Wanted<'w>,
    service: &'static Service,
    /// For each action of the service: whether it is wanted, and not yet covered.
    missing: Vec<bool>,
    /// For each: whether a pattern may cover it.
    allowed: Vec<bool>,
}

impl<'w> OfService<'w> {
    fn new(wanted: &'w Wanted<'w>, service: &'static Service, names: &BTreeSet<String>) -> Self {
        let missing: Vec<bool> = service.actions.iter().map(|action| names.contains(&action.folded)).collect();
        let full = |action: &Action| format!("{}:{}", service.prefix, action.name);
        let allowed = service.actions.iter().zip(&missing);
        let allowed = allowed.map(|(action, missing)| *missing || wanted.harmless.contains(&full(action))).collect();
        Self { wanted, service, missing, allowed }
    }

    fn write(mut self, patterns: &mut Vec<ActionPattern>) {
        let listed = self.wanted.granted.iter().filter_map(|element| match element {
            ActionElement::Action(patterns) => Some(patterns.iter()),
            ActionElement::NotAction(_) => None,
        });
        let own = listed
            .flatten()
            .filter(|pattern| pattern.service() == Some(self.service.prefix) && pattern.as_str().contains(['*', '?']));
        let own: Vec<_> = own.filter(|pattern| self.is_harmless(pattern)).collect();
        for pattern in own {
            if self.cover(pattern) > 0 {
                patterns.push(pattern.clone());
            }
        }
        self.prefixes(0, self.service.actions.len(), 0, patterns);
    }

    /// Whether a pattern covers no action that it must not.
    fn is_harmless(&self, pattern: &ActionPattern) -> bool {
        let mut covered = self.service.actions.iter().zip(&self.allowed);
        covered.all(|(action, allowed)| *allowed || !pattern.matches_name(&action.folded))
    }

    /// Notes what a pattern covers; how many of the missing ones that are.
    fn cover(&mut self, pattern: &ActionPattern) -> usize {
        let mut count = 0;
        for (action, missing) in self.service.actions.iter().zip(&mut self.missing) {
            if *missing && pattern.matches_name(&action.folded) {
                *missing = false;
                count += 1;
            }
        }
        count
    }

    /// Covers what is missing among the actions from `start` to `end`, whose names share their first `length` bytes.
    fn prefixes(&mut self, start: usize, end: usize, length: usize, patterns: &mut Vec<ActionPattern>) {
        let missing: Vec<usize> = (start..end).filter(|&place| self.missing[place]).collect();
        let (Some(&first), Some(&last)) = (missing.first(), missing.last()) else { return };
        if first == last {
            self.missing[first] = false;
            return patterns.push(ActionPattern::new(self.full(first)));
        }
        if self.allowed[start..end].iter().all(|allowed| *allowed) {
            let shared = shared(&self.service.actions[first].folded, &self.service.actions[last].folded);
            let pattern = ActionPattern::new(format!("{}*", self.start_of(first, shared)));
            if self.wanted.is_granted(&pattern) && self.is_harmless(&pattern) {
                self.cover(&pattern);
                return patterns.push(pattern);
            }
        }
        self.branches(start, end, length, patterns);
    }

    /// The actions from `start` to `end` by the byte that follows their shared start.
    fn branches(&mut self, start: usize, end: usize, length: usize, patterns: &mut Vec<ActionPattern>) {
        let byte = |place: usize| self.service.actions[place].folded.as_bytes().get(length).copied();
        let mut borders: Vec<usize> =
            (start..=end).filter(|&place| place == start || place == end || byte(place) != byte(place - 1)).collect();
        borders.dedup();
        for border in borders.windows(2) {
            if let [from, to] = *border {
                self.prefixes(from, to, length + 1, patterns);
            }
        }
    }

    fn full(&self, place: usize) -> String {
        format!("{}:{}", self.service.prefix, self.service.actions[place].name)
    }

    /// The service's prefix and the first bytes of an action's name, as AWS writes it.
    fn start_of(&self, place: usize, length: usize) -> String {
        let name = &self.service.actions[place].name;
        format!("{}:{}", self.service.prefix, name.get(..length).unwrap_or(name))
    }
}

/// How many bytes two names share at their start.
fn shared(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count()
}
