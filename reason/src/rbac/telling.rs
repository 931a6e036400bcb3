//! Which bindings and rules give somebody a right, in words.

use std::collections::BTreeMap;

use super::holders::{Origin, Source};
use super::judge::{Judge, applying};
use super::need::Need;
use super::review::{named, role_name};
use super::{Binding, RIGHTS, Right, Rules, Scope};
use palisade_model::Gap;
use palisade_model::kubernetes::Rule;

/// What is told of a right, and what it is sorted by.
pub(super) type Line<'a> = (Origin<'a>, String);

/// A rule that meets a need, and whence it comes.
#[derive(Clone, Debug)]
struct Giving<'s, 'a> {
    source: &'s Source<'a>,
    /// What of the rule meets the need.
    words: String,
}

impl<'a> Judge<'a> {
    /// One line for each binding that gives a right by itself, and else one for those that give it together, each with
    /// what it is sorted by. `own` are the rules that it is asked of, `others` those that somebody has besides. A gap
    /// when the right hangs on a version that is not known.
    pub(super) fn told(
        &self,
        right: usize,
        who: &str,
        own: &[&Source<'a>],
        others: &[&Source<'a>],
    ) -> Result<Vec<Line<'a>>, Gap> {
        let right: &Right = &RIGHTS[right];
        let version = self.version.as_ref().ok().copied();
        let is_certain = |way: &&&[Need]| way.iter().all(|need| need.holds_in(version).is_some());
        let ways: Vec<_> = right.ways.iter().collect();
        let lines = self.lines(right, ways.iter().copied().filter(|way| is_certain(way)), who, own, others);
        if !lines.is_empty() {
            return Ok(lines);
        }
        let lines = self.lines(right, ways.into_iter(), who, own, others);
        match &self.version {
            Err(gap) if !lines.is_empty() => Err(gap.clone()),
            Ok(_) | Err(_) => Ok(lines),
        }
    }

    fn lines<'w>(
        &self,
        right: &Right,
        ways: impl Iterator<Item = &'w &'static [Need]>,
        who: &str,
        own: &[&Source<'a>],
        others: &[&Source<'a>],
    ) -> Vec<Line<'a>> {
        let mut lines = BTreeMap::new();
        for way in ways {
            let found = match way {
                [need] => self.single(need, own, others),
                needs => self.together(needs, own, others).into_iter().collect(),
            };
            for givings in found {
                let first = givings.iter().map(|giving| giving.source.origin).min().unwrap_or(Origin::Binding(0));
                lines.entry(first).or_insert_with(|| self.line(right, who, &givings));
            }
        }
        lines.into_iter().collect()
    }

    /// Each way in which one need is met by own rules.
    fn single<'s>(&self, need: &Need, own: &[&'s Source<'a>], others: &[&'s Source<'a>]) -> Vec<Vec<Giving<'s, 'a>>> {
        let givings = own.iter().filter_map(|source| self.giving(need, source));
        let mut found: Vec<_> = givings.map(|giving| vec![giving]).collect();
        if need.applied && found.is_empty() {
            let all: Vec<_> = own.iter().chain(others).copied().collect();
            let is_own = |source: &Source<'a>| own.iter().any(|own| std::ptr::eq(*own, source));
            let pairs = applying(need, &all).into_iter();
            let pairs = pairs.filter(|pair| is_own(pair.create.0) || is_own(pair.patch.0));
            found.extend(pairs.map(|pair| {
                let words = |verb: &str, rule: &Rule| format!("{verb} on {}", told_objects(need, rule));
                let (create, patch) = (pair.create, pair.patch);
                vec![
                    Giving { source: create.0, words: words("create", create.1) },
                    Giving { source: patch.0, words: words("patch", patch.1) },
                ]
            }));
        }
        found
    }

    /// The first place where all needs of a way are met, one at least by own rules.
    fn together<'s>(
        &self,
        needs: &[Need],
        own: &[&'s Source<'a>],
        others: &[&'s Source<'a>],
    ) -> Option<Vec<Giving<'s, 'a>>> {
        let all: Vec<_> = own.iter().chain(others).copied().collect();
        let mut places: Vec<_> = all.iter().map(|source| source.scope).chain([Scope::Cluster]).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().find_map(|place| {
            let holds = |source: &Source<'a>| source.scope == Scope::Cluster || source.scope == place;
            let here: Vec<_> = all.iter().copied().filter(|source| holds(source)).collect();
            // One binding that gives all says it more plainly than several.
            let alone = here.iter().find_map(|source| self.all_of(needs, &[*source]));
            let givings = alone.or_else(|| self.all_of(needs, &here))?;
            let is_own = |giving: &Giving<'s, 'a>| own.iter().any(|own| std::ptr::eq(*own, giving.source));
            givings.iter().any(is_own).then_some(givings)
        })
    }

    fn all_of<'s>(&self, needs: &[Need], sources: &[&'s Source<'a>]) -> Option<Vec<Giving<'s, 'a>>> {
        needs.iter().map(|need| sources.iter().find_map(|source| self.giving(need, source))).collect()
    }

    fn giving<'s>(&self, need: &Need, source: &'s Source<'a>) -> Option<Giving<'s, 'a>> {
        let rules: &Rules<'a> = &source.rules;
        let rule = rules.iter().find(|rule| self.gives(need, rules, rule, source.scope))?;
        Some(Giving { source, words: need.told(rule) })
    }

    fn line(&self, right: &Right, who: &str, givings: &[Giving<'_, 'a>]) -> String {
        let mut origins: Vec<_> = givings.iter().map(|giving| giving.source.origin).collect();
        origins.dedup();
        origins.sort_unstable();
        origins.dedup();
        let names: Vec<_> = origins.iter().map(|origin| self.origin(*origin)).collect();
        let together = if names.len() > 1 { ", together," } else { "" };
        let mut words: Vec<_> = givings.iter().map(|giving| giving.words.as_str()).collect();
        words.dedup();
        format!("{}{together} to {who}: {} ({})", names.join(" and "), right.name, words.join("; "))
    }

    fn origin(&self, origin: Origin<'a>) -> String {
        match origin {
            Origin::Binding(number) => self.rbac.bindings().get(number).map_or_else(String::new, gives_role),
            Origin::Policy(name) => format!("access policy {name}"),
        }
    }
}

fn gives_role(binding: &Binding<'_>) -> String {
    format!("{} gives {}", named(binding), role_name(binding.role))
}

fn told_objects(need: &Need, rule: &Rule) -> String {
    need.told(rule).split_once(" on ").map_or_else(String::new, |(_, objects)| objects.to_owned())
}
