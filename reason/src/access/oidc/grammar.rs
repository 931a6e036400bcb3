//! What a value with wildcards fixes of a claim whose values have a form.

use std::collections::{BTreeSet, HashSet};

use super::fixed::Fixed;

/// A part of a claim's value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// This text.
    Text(&'static str),
    /// One or more characters, none of these among them. When a value leaves none of it open, so much is fixed.
    Open(&'static str, Fixed),
}

/// The forms that the values of a claim have.
pub(super) type Forms = &'static [&'static [Part]];

/// What the values of a claim look like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Grammar {
    /// One of these forms.
    OneOf(Forms),
    /// Pairs of a key and a value, in any order: `repo:acme/shop:ref:refs/heads/main`. Words that stand alone have no
    /// forms.
    Pairs(&'static [(&'static str, Forms)]),
}

/// A symbol of the value that a condition wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symbol {
    Character(char),
    One,
    Run,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Character(char),
    AnyBut(&'static str),
    Begin,
    End(Fixed),
}

/// The forms as a graph: every way from the first place to a last one spells a value.
#[derive(Debug, Default)]
struct Graph {
    steps: Vec<Vec<(Step, usize)>>,
    last: BTreeSet<usize>,
}

/// How far a value and the graph have been followed together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Walk {
    symbol: usize,
    place: usize,
    is_open: bool,
    fixed: Fixed,
}

impl Grammar {
    /// All that values of the claim may have fixed when they match `wanted`, a text that has wildcards or not: for each
    /// way in which one can match, what is fixed in it. Empty when no value of these forms matches.
    pub(super) fn fixed_by(self, wanted: &str, has_wildcards: bool) -> BTreeSet<Fixed> {
        let graph = self.graph();
        let symbols = symbols(wanted, has_wildcards);
        let mut found = BTreeSet::new();
        let mut seen = HashSet::new();
        let mut walks = vec![Walk { symbol: 0, place: 0, is_open: false, fixed: Fixed::NOTHING }];
        while let Some(walk) = walks.pop() {
            if !seen.insert(walk) {
                continue;
            }
            if walk.symbol == symbols.len() && graph.last.contains(&walk.place) {
                found.insert(walk.fixed);
            }
            let symbol = symbols.get(walk.symbol).copied();
            if symbol == Some(Symbol::Run) {
                walks.push(Walk { symbol: walk.symbol + 1, ..walk });
            }
            let steps = graph.steps.get(walk.place).into_iter().flatten();
            walks.extend(steps.filter_map(|(step, place)| walk.along(*step, *place, symbol)));
        }
        found
    }

    fn graph(self) -> Graph {
        let mut graph = Graph::default();
        let start = graph.place();
        match self {
            Self::OneOf(forms) => {
                let end = graph.place();
                graph.forms(start, forms, end);
                graph.last.insert(end);
            }
            Self::Pairs(keys) => {
                let end = graph.place();
                for (key, forms) in keys {
                    let named = graph.text(start, key);
                    if forms.is_empty() {
                        graph.steps[named].push((Step::Begin, end));
                    } else {
                        let colon = graph.text(named, ":");
                        graph.forms(colon, forms, end);
                    }
                }
                graph.steps[end].push((Step::Character(':'), start));
                graph.last.insert(end);
            }
        }
        graph
    }
}

impl Graph {
    fn place(&mut self) -> usize {
        self.steps.push(Vec::new());
        self.steps.len() - 1
    }

    fn text(&mut self, from: usize, text: &str) -> usize {
        text.chars().fold(from, |from, character| {
            let to = self.place();
            self.steps[from].push((Step::Character(character), to));
            to
        })
    }

    fn forms(&mut self, from: usize, forms: Forms, end: usize) {
        for form in forms {
            let last = form.iter().fold(from, |from, part| match *part {
                Part::Text(text) => self.text(from, text),
                Part::Open(stops, fixed) => self.open(from, stops, fixed),
            });
            self.steps[last].push((Step::Begin, end));
        }
    }

    fn open(&mut self, from: usize, stops: &'static str, fixed: Fixed) -> usize {
        let (begun, going_on, ended) = (self.place(), self.place(), self.place());
        self.steps[from].push((Step::Begin, begun));
        self.steps[begun].push((Step::AnyBut(stops), going_on));
        self.steps[going_on].push((Step::AnyBut(stops), going_on));
        self.steps[going_on].push((Step::End(fixed), ended));
        ended
    }
}

impl Walk {
    /// The walk after a step, if the symbol at hand allows it.
    fn along(self, step: Step, place: usize, symbol: Option<Symbol>) -> Option<Self> {
        let here = Self { place, ..self };
        let next = Self { symbol: self.symbol + 1, ..here };
        match (step, symbol) {
            (Step::Begin, _) => Some(Self { is_open: false, ..here }),
            (Step::End(_), _) if self.is_open => Some(here),
            (Step::End(fixed), _) => Some(Self { fixed: self.fixed | fixed, ..here }),
            (Step::Character(own), Some(Symbol::Character(character))) => (own == character).then_some(next),
            (Step::Character(_), Some(Symbol::One)) => Some(next),
            (Step::Character(_), Some(Symbol::Run)) => Some(here),
            (Step::AnyBut(stops), Some(Symbol::Character(character))) => (!stops.contains(character)).then_some(next),
            (Step::AnyBut(_), Some(Symbol::One)) => Some(Self { is_open: true, ..next }),
            (Step::AnyBut(_), Some(Symbol::Run)) => Some(Self { is_open: true, ..here }),
            (Step::Character(_) | Step::AnyBut(_), None) => None,
        }
    }
}

/// The symbols of a value. A policy variable stands for anything.
fn symbols(value: &str, has_wildcards: bool) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    let mut rest = value;
    while let Some(character) = rest.chars().next() {
        if let Some((_, after)) = rest.strip_prefix("${").and_then(|variable| variable.split_once('}')) {
            symbols.push(Symbol::Run);
            rest = after;
            continue;
        }
        symbols.push(match character {
            '*' if has_wildcards => Symbol::Run,
            '?' if has_wildcards => Symbol::One,
            _ => Symbol::Character(character),
        });
        rest = &rest[character.len_utf8()..];
    }
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Forms = &[
        &[Part::Open("/:@", Fixed::TENANT), Part::Text("/"), Part::Open("/:@", Fixed::NAME)],
        &[
            Part::Open("/:@", Fixed::TENANT),
            Part::Text("@"),
            Part::Open("/:@", Fixed::TENANT),
            Part::Text("/"),
            Part::Open("/:@", Fixed::NAME),
            Part::Text("@"),
            Part::Open("/:@", Fixed::PROJECT),
        ],
    ];
    const SUBJECT: Grammar = Grammar::Pairs(&[
        ("repo", PLACE),
        ("ref", &[&[Part::Open(":", Fixed::NOTHING)]]),
        ("environment", &[&[Part::Open(":", Fixed::NOTHING)]]),
        ("pull_request", &[]),
    ]);

    /// Whether all that match are fixed enough; `None` when nothing matches.
    fn is_enough(wanted: &str) -> Option<bool> {
        let found = SUBJECT.fixed_by(wanted, true);
        (!found.is_empty()).then(|| found.iter().all(|fixed| fixed.is_enough()))
    }

    #[test]
    fn what_is_written_out_is_fixed_wherever_it_stands() {
        for enough in [
            "repo:acme/shop:ref:refs/heads/main",
            "repo:acme/shop:pull_request",
            "repo:acme/shop:*",
            "repo:acme/shop:re?:*",
            "environment:prod:repo:acme/shop",
            "repo:acme@12/shop@34:*",
        ] {
            assert_eq!(is_enough(enough), Some(true), "{enough}");
        }
    }

    #[test]
    fn what_a_wildcard_may_run_over_is_open() {
        for open in [
            "*",
            "repo:*",
            "repo:acme/*",
            "repo:acme*/shop:*",
            "repo:acme/shop*",
            "repo:acme/sho?:*",
            "repo:*/shop:ref:refs/heads/main",
            "environment:prod",
            // Another's environment may be called `x@12/y@34`.
            "repo:acme@12/*@34",
            "repo:*@12/shop@34:ref:refs/heads/main*",
            "*:repo:acme/shop*",
            "repo:${aws:username}/shop",
        ] {
            assert_eq!(is_enough(open), Some(false), "{open}");
        }
    }

    #[test]
    fn what_has_no_such_form_matches_nothing() {
        for strange in ["", "repo:", "repo:acme", "organization:acme", "repo:acme/shop:", "repo:a/b/c:*"] {
            assert_eq!(is_enough(strange), None, "{strange}");
        }
        assert!(SUBJECT.fixed_by("repo:*", false).is_empty(), "a star is a star");
    }
}
