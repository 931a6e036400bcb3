//! Values of a published form: keys and tokens that tell by themselves what they are.
//!
//! Our own forms come first: they give the class, and take what a service says of its tokens, not the length that they have
//! today ([`own`]). Behind them stand the rules of Betterleaks (rules/betterleaks.jsonl, rules/NOTICE). One automaton looks for the
//! literals of all; a pattern is compiled when its literal is met for the first time. All patterns run in linear time.

mod own;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;
use serde::Deserialize;

use crate::checksum;
use crate::class::{Class, Hit};
use crate::value;
use own::OWN;

/// In what a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The value of a setting, a command: somebody put it there.
    Setting,
    /// A file of whatever kind: only forms that nothing else has.
    File,
}

/// The bits a character that a find of a form of our own must have.
const LEAST_BITS: f64 = 2.0;

#[derive(Deserialize)]
struct Imported {
    id: String,
    kind: ImportedKind,
    group: usize,
    entropy: f64,
    literals: Vec<String>,
    pattern: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ImportedKind {
    /// The token tells what it is.
    Form,
    /// The word before it does.
    Keyed,
}

struct Rule {
    class: Class,
    what: String,
    pattern: String,
    scope: Scope,
    /// The group of the pattern that is the secret; the whole where it took no part.
    group: usize,
    bits: f64,
    is_keyed: bool,
    compiled: OnceLock<Option<Regex>>,
}

impl Rule {
    /// The compiled pattern. There are hundreds, so each keeps little: no tables for backtracking, few states.
    fn regex(&self) -> Option<&Regex> {
        /// Bytes of the compiled pattern, and of the states that a search keeps.
        const MOST: (usize, usize) = (4 << 20, 128 << 10);
        let config = || {
            meta::Config::new()
                .backtrack(false)
                .nfa_size_limit(Some(MOST.0))
                .hybrid_cache_capacity(MOST.1)
                .utf8_empty(false)
        };
        let syntax = || syntax::Config::new().unicode(false).utf8(false);
        let compile = || Regex::builder().configure(config()).syntax(syntax()).build(&self.pattern).ok();
        self.compiled.get_or_init(compile).as_ref()
    }

    /// What it finds, if that is a secret.
    fn find<'a>(&self, text: &'a str) -> Option<&'a str> {
        let captures = self.regex()?.captures_iter(text.as_bytes()).take(50);
        captures.filter_map(|captures| captures.get_group(self.group).or_else(|| captures.get_group(0))).find_map(
            |found| {
                let found = text.get(found.range())?;
                let is_weak = self.is_keyed && !value::is_mixed(found);
                (!value::is_made_up(found, self.bits) && !is_weak && !is_open(self.class, found)).then_some(found)
            },
        )
    }
}

struct Rules {
    all: Vec<Rule>,
    settings: Literals,
    files: Literals,
}

/// The literals of the rules of one scope.
struct Literals {
    automaton: AhoCorasick,
    /// For each literal, the rule that it belongs to.
    owners: Vec<usize>,
}

impl Literals {
    fn new(literals: &[(String, usize)], kind: AhoCorasickKind) -> Self {
        let texts = literals.iter().map(|(literal, _)| literal);
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(Some(kind))
            .build(texts)
            .expect("some hundred literals");
        Self { automaton, owners: literals.iter().map(|(_, owner)| *owner).collect() }
    }

    /// The rules of which a literal is in the text, in order, and the places of the literals.
    fn meet(&self, text: &str) -> BTreeMap<usize, Vec<usize>> {
        let mut met: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for literal in self.automaton.find_overlapping_iter(text) {
            let places = met.entry(self.owners[literal.pattern().as_usize()]).or_default();
            if places.last().is_none_or(|last| literal.start() >= last + WINDOW.1 / 2) {
                places.push(literal.start());
            }
        }
        met
    }
}

/// How much of a long text a pattern is run on, before and after the literal that it needs: no token is longer.
const WINDOW: (usize, usize) = (500, 6000);

/// The parts of a text around these places.
fn windows<'a>(text: &'a str, places: &'a [usize]) -> impl Iterator<Item = &'a str> {
    let is_short = text.len() <= WINDOW.1;
    let near = |index: usize| {
        (0..4).map(|step| index.saturating_sub(step)).find(|index| text.is_char_boundary(*index)).unwrap_or(0)
    };
    let around =
        move |place: &usize| &text[near(place.saturating_sub(WINDOW.0))..near(text.len().min(place + WINDOW.1))];
    is_short.then_some(text).into_iter().chain(places.iter().filter(move |_| !is_short).map(around))
}

static RULES: LazyLock<Rules> = LazyLock::new(rules);

fn rules() -> Rules {
    let (mut rules, mut literals) = (Vec::new(), Vec::new());
    let mut add = |rule: Rule, texts: &mut dyn Iterator<Item = String>| {
        literals.extend(texts.map(|literal| (literal, rules.len())));
        rules.push(rule);
    };
    for own in OWN {
        let rule = Rule {
            class: own.class,
            what: own.what.to_owned(),
            pattern: own.pattern.to_owned(),
            scope: own.scope,
            group: 1,
            // Of a key only the beginning is taken.
            bits: if own.class == Class::PrivateKey { 1.0 } else { LEAST_BITS },
            is_keyed: false,
            compiled: OnceLock::new(),
        };
        add(rule, &mut own.literals.iter().map(|literal| literal.to_ascii_lowercase()));
    }
    for line in include_str!("../../rules/betterleaks.jsonl").lines() {
        let imported: Imported = serde_json::from_str(line).expect("a rule that a test reads");
        let is_keyed = imported.kind == ImportedKind::Keyed;
        let rule = Rule {
            class: Class::ServiceToken,
            what: format!("what the rule {} is for", imported.id),
            pattern: imported.pattern,
            scope: Scope::Setting,
            group: imported.group,
            bits: imported.entropy,
            is_keyed,
            compiled: OnceLock::new(),
        };
        add(rule, &mut imported.literals.into_iter());
    }
    // Every byte of an image's text goes through the literals of files, and little else through those of settings.
    let settings = Literals::new(&literals, AhoCorasickKind::ContiguousNFA);
    literals.retain(|(_, owner)| rules[*owner].scope == Scope::File);
    Rules { files: Literals::new(&literals, AhoCorasickKind::DFA), settings, all: rules }
}

/// The secret of a published form in a text; `name` is the name that the text has.
pub(crate) fn find(name: &str, text: &str, scope: Scope) -> Option<Hit> {
    let rules = &*RULES;
    let literals = match scope {
        Scope::Setting => &rules.settings,
        Scope::File => &rules.files,
    };
    let met = literals.meet(text);
    let of_name = if name.is_empty() { BTreeMap::new() } else { literals.meet(name) };
    if met.is_empty() && of_name.is_empty() {
        return None;
    }
    let named = format!("{name}={}", &text[..text.len().min(WINDOW.1).min(text.find('\n').unwrap_or(text.len()))]);
    let mut indices: Vec<usize> = met.keys().chain(of_name.keys()).copied().collect();
    indices.sort_unstable();
    indices.dedup();
    indices.into_iter().find_map(|index| {
        let rule = &rules.all[index];
        let within = met.get(&index).and_then(|places| windows(text, places).find_map(|part| rule.find(part)));
        // The word that a keyed rule needs may be the name.
        let found = within.or_else(|| rule.find(&named).filter(|_| rule.is_keyed && !name.is_empty()))?;
        let checked = checksum::told(rule.class, found).map_or(String::new(), |told| format!("; {told}"));
        Some(Hit::new(rule.class, format!("{}{checked}", rule.what)))
    })
}

/// The id of an AWS access key that stands in a text.
pub fn aws_access_key_id(text: &str) -> Option<&str> {
    let rule = RULES.all.iter().find(|rule| rule.class == Class::AwsAccessKeyId)?;
    rule.find(text)
}

/// Whether a signed token is one that browsers get: the anonymous role of Supabase.
/// <https://supabase.com/docs/guides/api/api-keys>
fn is_open(class: Class, found: &str) -> bool {
    use base64::Engine as _;
    if class != Class::JsonWebToken {
        return false;
    }
    let payload = found.split('.').nth(1).unwrap_or_default();
    let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    String::from_utf8_lossy(&decoded).replace(' ', "").contains("\"role\":\"anon\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_compiles_and_has_literals() {
        let mut has_literal = vec![false; RULES.all.len()];
        for owner in &RULES.settings.owners {
            has_literal[*owner] = true;
        }
        for (rule, has_literal) in RULES.all.iter().zip(has_literal) {
            assert!(rule.regex().is_some(), "{}", rule.what);
            assert!(has_literal, "{}", rule.what);
        }
    }
}
