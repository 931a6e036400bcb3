//! Which actions of a service a statement is about, by name.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use palisade_policy::catalogue::{AccessLevel, Catalogued};
use palisade_policy::{ActionElement, Catalogue};

/// The actions on functions that an element covers, the gravest first.
pub(super) fn actions_on_functions(element: &ActionElement) -> Vec<String> {
    actions("lambda", element, |action| {
        action.resource_types().any(|kind| matches!(kind.name, "function" | "function alias" | "function version"))
    })
}

/// The actions of a service that an element covers and that are wanted, the gravest first. An action that the catalogue
/// does not have is wanted when a statement names it.
pub(super) fn actions(prefix: &str, element: &ActionElement, is_wanted: impl Fn(Catalogued) -> bool) -> Vec<String> {
    let catalogue = Catalogue::get();
    let mut covered: BTreeSet<(Reverse<Option<AccessLevel>>, String)> = BTreeSet::new();
    let (literal, patterns): (Vec<_>, Vec<_>) = match element {
        ActionElement::Action(patterns) => patterns.iter().partition(|pattern| !pattern.as_str().contains(['*', '?'])),
        ActionElement::NotAction(patterns) => (Vec::new(), patterns.iter().collect()),
    };
    let is_of_service = |name: &str| name.split(':').next().is_some_and(|service| service.eq_ignore_ascii_case(prefix));
    for name in literal.iter().map(|pattern| pattern.as_str()).filter(|name| is_of_service(name)) {
        let known = catalogue.action(name);
        if known.is_none_or(&is_wanted) {
            let level = known.map(|action| action.action.level);
            covered.insert((Reverse(level), known.map_or_else(|| name.to_owned(), Catalogued::name)));
        }
    }
    if (literal.is_empty() || !patterns.is_empty())
        && let Some(service) = catalogue.service(prefix)
    {
        let all = service.actions.iter().map(|action| Catalogued { service, action });
        let matching = all.filter(|action| is_wanted(*action) && element.covers(&action.name()));
        covered.extend(matching.map(|action| (Reverse(Some(action.action.level)), action.name())));
    }
    covered.into_iter().map(|(_, name)| name).collect()
}
