//! Kinds that were installed, by API group: of some groups no other list of kinds is known.

use std::collections::{BTreeMap, BTreeSet};

use palisade_model::Gap;
use palisade_model::kubernetes::{Objects, Rule};

/// The plurals of installed kinds, by API group.
#[derive(Debug, Default)]
pub struct Kinds<'a> {
    plurals: BTreeMap<&'a str, BTreeSet<&'a str>>,
    gap: Option<&'a Gap>,
}

impl<'a> Kinds<'a> {
    /// The kinds that a cluster's definitions define, as far as they could be listed.
    pub fn of(objects: &'a Objects) -> Self {
        let mut plurals: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (plural, group) in objects.definitions.seen().iter().filter_map(|name| name.split_once('.')) {
            plurals.entry(group).or_default().insert(plural);
        }
        Self { plurals, gap: objects.definitions.gap() }
    }

    /// Whether a rule is about a kind of an API group. One of all groups is about the resources that it names alone.
    pub(super) fn is_of(&self, rule: &Rule, group: &str) -> bool {
        if rule.api_groups.iter().any(|own| own == group) {
            return !rule.resources.is_empty();
        }
        let is_installed = |name: &str| self.plurals.get(group).is_some_and(|plurals| plurals.contains(name));
        is_any_group(rule) && rule.resources.iter().any(|name| name == "*" || is_installed(name))
    }

    /// The gap when it cannot be told which kinds a rule is about.
    pub(super) fn unclear(&self, rule: &Rule) -> Option<&'a Gap> {
        self.gap.filter(|_| is_any_group(rule) && rule.resources.iter().all(|name| name != "*"))
    }
}

fn is_any_group(rule: &Rule) -> bool {
    rule.api_groups.iter().any(|group| group == "*")
}
