//! The statements of a suggestion: as few patterns as say what is kept, and nothing that is left out.

use std::collections::BTreeSet;

use palisade_policy::catalogue::{Catalogue, Catalogued};
use palisade_policy::{
    ActionElement, ActionPattern, Attached, Document, Effect, PrincipalElement, ResourceElement, ResourcePattern,
    Statement, Version, Wanted, covers,
};

use super::draft::Group;

/// How much a suggestion may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// What is kept, by service, by prefix and by name.
    Plain,
    /// As little as possible: where everything was granted, all but what is left out, if that is shorter; and nothing
    /// that another statement allows too.
    Shortest,
}

/// The `Allow` statements of these groups. Actions that support no resource come last, in statements of their own, where
/// patterns do not join them with others.
pub(super) fn statements(groups: &[Group], length: Length) -> Vec<Statement> {
    let mut unscopable = Vec::new();
    let mut statements = Vec::new();
    for group in groups.iter().filter(|group| !group.actions.is_empty()) {
        let harmless = harmless(group);
        let patterns = wanted(group, &harmless).patterns();
        if let Some((all_but, beside)) = all_but(group, &harmless).filter(|_| length == Length::Shortest)
            && written(all_but.patterns()) + written(&beside) < written(&patterns)
        {
            statements.push(statement(group, all_but, group.sid.clone()));
            if !beside.is_empty() {
                statements.push(statement(group, ActionElement::Action(beside), None));
            }
            continue;
        }
        let is_apart = |pattern: &ActionPattern| is_everything(&group.resource) && needs_every_resource(pattern);
        let (apart, rest): (Vec<_>, Vec<_>) = patterns.into_iter().partition(is_apart);
        if rest.is_empty() {
            statements.push(statement(group, ActionElement::Action(apart), group.sid.clone()));
            continue;
        }
        statements.push(statement(group, ActionElement::Action(rest), group.sid.clone()));
        if !apart.is_empty() {
            unscopable.push(statement(group, ActionElement::Action(apart), None));
        }
    }
    statements.append(&mut unscopable);
    match length {
        Length::Plain => statements,
        Length::Shortest => without_repetition(statements),
    }
}

/// A pattern that a group could hold whole: how many characters that takes less, and what it would keep besides.
pub(super) struct Whole {
    pub(super) service: String,
    pub(super) pattern: String,
    pub(super) saved: usize,
    pub(super) besides: BTreeSet<String>,
}

/// The patterns of one service that a group could hold whole in place of what it keeps below them: those that were granted, and
/// those of one first word of actions, such as `ec2:Describe*`.
pub(super) fn wholes(group: &Group) -> Vec<Whole> {
    let harmless = harmless(group);
    let written_now = wanted(group, &harmless).patterns();
    let granted = group.granted.iter().flat_map(|element| match element {
        ActionElement::Action(patterns) => patterns.as_slice(),
        ActionElement::NotAction(_) => &[],
    });
    let granted: BTreeSet<&str> = granted.map(ActionPattern::as_str).filter(|text| text.contains('*')).collect();
    let of_words = group.actions.iter().filter_map(|action| {
        let (service, name) = action.split_once(':')?;
        let word =
            name.char_indices().skip(1).find(|(_, letter)| letter.is_uppercase()).map(|(end, _)| &name[..end])?;
        Some(format!("{service}:{word}*"))
    });
    let of_words: BTreeSet<String> = of_words.collect();
    let all = granted.into_iter().map(str::to_owned).chain(of_words);
    all.filter_map(|text| {
        let service = text.split_once(':')?.0.to_ascii_lowercase();
        let pattern = ActionElement::Action(vec![ActionPattern::new(&text)]);
        let below: Vec<_> = written_now.iter().filter(|one| pattern.covers_pattern(one)).cloned().collect();
        let saved = written(&below).checked_sub(text.len() + 3).filter(|saved| *saved > 0)?;
        let covered = Catalogue::get().expand(&pattern).into_iter().map(Catalogued::name);
        let is_granted = |action: &String| group.granted.iter().any(|element| element.covers(action));
        let covered: BTreeSet<String> = covered.filter(|action| !harmless.contains(action)).collect();
        if !covered.iter().all(is_granted) {
            return None;
        }
        let besides: BTreeSet<String> = covered.difference(&group.actions).cloned().collect();
        (!besides.is_empty()).then_some(Whole { service, pattern: text, saved, besides })
    })
    .collect()
}

fn wanted<'g>(group: &'g Group, harmless: &'g BTreeSet<String>) -> Wanted<'g> {
    Wanted { actions: &group.actions, harmless, granted: &group.granted }
}

/// What the granted patterns cover and the resources make void: actions that only a statement about `*` allows.
fn harmless(group: &Group) -> BTreeSet<String> {
    let ResourceElement::Resource(resources) = &group.resource else { return BTreeSet::new() };
    if resources.iter().any(ResourcePattern::is_everything) {
        return BTreeSet::new();
    }
    let granted = group.granted.iter().flat_map(|element| Catalogue::get().expand(element));
    granted.filter(|action| action.action.resource_types.is_empty()).map(Catalogued::name).collect()
}

/// What is kept as all but what is left out, where a statement grants every action, or all but some; and the patterns of
/// what others grant beside it.
fn all_but(group: &Group, harmless: &BTreeSet<String>) -> Option<(ActionElement, Vec<ActionPattern>)> {
    let everything = ActionElement::Action(vec![ActionPattern::new("*")]);
    let granted = group.granted.iter().find(|element| match element {
        ActionElement::Action(patterns) => patterns.iter().any(ActionPattern::is_everything),
        ActionElement::NotAction(_) => true,
    })?;
    let excepted: &[ActionPattern] = match granted {
        ActionElement::Action(_) => &[],
        ActionElement::NotAction(excepted) => excepted,
    };
    let all = Catalogue::get().expand(&everything).into_iter().map(Catalogued::name);
    let (given, never): (Vec<_>, Vec<_>) = all.partition(|action| granted.covers(action));
    let left_out = given.into_iter().filter(|action| !group.actions.contains(action) && !harmless.contains(action));
    let left_out: BTreeSet<String> = left_out.collect();
    let void = never.into_iter().chain(harmless.iter().cloned()).collect();
    let beside: BTreeSet<String> = group.actions.iter().filter(|action| !granted.covers(action)).cloned().collect();
    let beside = Wanted { actions: &beside, harmless, granted: &group.granted }.patterns();
    let every = [everything];
    let new = Wanted { actions: &left_out, harmless: &void, granted: &every }.patterns();
    let new = new.into_iter().filter(|pattern| !excepted.iter().any(|own| own.as_str() == pattern.as_str()));
    Some((ActionElement::NotAction(excepted.iter().cloned().chain(new).collect()), beside))
}

/// The statements without what others allow as well.
fn without_repetition(statements: Vec<Statement>) -> Vec<Statement> {
    let mut kept = statements;
    let mut place = 0;
    while place < kept.len() {
        let others: Vec<_> =
            kept.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, one)| one.clone()).collect();
        let Some(rest) = beyond(&kept[place], others) else {
            kept.remove(place);
            continue;
        };
        kept[place] = rest;
        place += 1;
    }
    kept
}

/// A statement without the actions that other statements allow just so; `None` when nothing is left.
fn beyond(statement: &Statement, others: Vec<Statement>) -> Option<Statement> {
    let ActionElement::Action(actions) = &statement.action else { return Some(statement.clone()) };
    let with = |actions: Vec<ActionPattern>| Statement { action: ActionElement::Action(actions), ..statement.clone() };
    let document = |statements| Document { version: Version::V2012, id: None, statements };
    let others = document(others);
    let wider = [Attached { name: "the others", document: &others }];
    let is_new = |pattern: &&ActionPattern| {
        let alone = document(vec![with(vec![(*pattern).clone()])]);
        covers(&wider, &[Attached { name: "this", document: &alone }]).is_err()
    };
    let rest: Vec<_> = actions.iter().filter(is_new).cloned().collect();
    (!rest.is_empty()).then(|| with(rest))
}

/// Whether all actions that a pattern covers can be allowed on `*` only.
fn needs_every_resource(pattern: &ActionPattern) -> bool {
    let covered = Catalogue::get().expand(&ActionElement::Action(vec![pattern.clone()]));
    !covered.is_empty() && covered.iter().all(|action| action.action.resource_types.is_empty())
}

fn is_everything(resource: &ResourceElement) -> bool {
    matches!(resource, ResourceElement::Resource(patterns) if matches!(patterns.as_slice(), [one] if one.as_str() == "*"))
}

/// How many characters the patterns take.
fn written(patterns: &[ActionPattern]) -> usize {
    patterns.iter().map(|pattern| pattern.as_str().len() + 3).sum()
}

fn statement(group: &Group, action: ActionElement, sid: Option<String>) -> Statement {
    Statement {
        sid,
        effect: Effect::Allow,
        principal: PrincipalElement::None,
        action,
        resource: group.resource.clone(),
        conditions: group.conditions.clone(),
    }
}
