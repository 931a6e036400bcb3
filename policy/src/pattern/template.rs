//! Patterns with policy variables: `${aws:username}`, `${aws:username, 'anonymous'}`, `${*}`.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use std::iter::Peekable;
use std::str::Chars;

use super::glob::{Colons, Glob, TokenList};
use crate::catalogue::Catalogue;
use crate::request_context::{Lookup, Scope};
use crate::version::Version;

/// How a text in a policy is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A `Resource` element: an ARN with wildcards, variables in its last part.
    Resource,
    /// The value of an exact operator: wildcards stand for themselves.
    Exact,
    /// The same in lower case.
    ExactFolded,
    /// The value of a `Like` operator.
    Like,
    /// The value of an ARN operator.
    Arn,
}

/// A text of a policy, compiled. It is kept in both readings, as only the document's version
/// decides whether `${…}` is a variable.
#[derive(Debug, Clone)]
pub(crate) struct TextPattern {
    plain: Glob,
    template: Option<Template>,
}

#[derive(Debug, Clone)]
struct Template {
    pieces: Vec<Piece>,
    reading: Reading,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Pattern { character: char, next: Option<char> },
    Literal(String),
    Variable { folded_key: String, default: Option<String> },
}

/// What comes of matching a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    Yes,
    No,
    /// It depends on a variable whose value is not known.
    Perhaps,
    /// It does not, but it is not known either whether a variable has a value at all.
    NoOrNoValue,
    /// A variable has neither value nor default.
    NoValue,
}

enum Resolved {
    Certain(Glob),
    /// Unknown variables taken for anything.
    Open {
        glob: Glob,
        may_lack_value: bool,
    },
    NoValue,
}

impl TextPattern {
    pub(crate) fn compile(text: &str, reading: Reading) -> TextPattern {
        let plain = match reading {
            Reading::Exact => Glob::exactly(text),
            Reading::ExactFolded => Glob::exactly(&text.to_ascii_lowercase()),
            Reading::Like | Reading::Resource | Reading::Arn => Glob::compile(text, reading.colons()),
        };
        let template = text.contains("${").then(|| Template { pieces: pieces(text, reading, true), reading });
        TextPattern { plain, template }
    }

    /// The pattern with nothing in it read as a variable.
    pub(crate) fn plain(&self) -> &Glob {
        &self.plain
    }

    /// Whether the text has variables in a document of this version.
    pub(crate) fn is_template(&self, version: Version) -> bool {
        self.template.is_some() && version.has_variables()
    }

    /// Whether the text, read with its variables, is anything but one certain text.
    pub(crate) fn depends_on_caller(&self, scope: Scope<'_>) -> bool {
        match self.template.as_ref().map(|template| template.resolve(scope)) {
            Some(Resolved::Certain(glob)) => glob.as_exact().is_none(),
            Some(Resolved::NoValue) => false,
            Some(Resolved::Open { .. }) | None => true,
        }
    }

    pub(crate) fn matches(&self, text: &str, scope: Scope<'_>) -> Match {
        let template = match &self.template {
            Some(template) if self.is_template(scope.version) => template,
            Some(_) | None => return if self.plain.matches(text) { Match::Yes } else { Match::No },
        };
        match template.resolve(scope) {
            Resolved::NoValue => Match::NoValue,
            Resolved::Certain(glob) if glob.matches(text) => Match::Yes,
            Resolved::Open { glob, .. } if glob.matches(text) => Match::Perhaps,
            Resolved::Open { may_lack_value: true, .. } => Match::NoOrNoValue,
            Resolved::Certain(_) | Resolved::Open { .. } => Match::No,
        }
    }

    /// The pattern cut into single symbols, for comparing it with another pattern.
    pub(crate) fn symbols(text: &str, reading: Reading, has_variables: bool) -> Vec<Symbol> {
        let mut tokens = TokenList::new(reading.colons());
        let mut symbols = Vec::with_capacity(text.len());
        for piece in pieces(text, reading, has_variables) {
            match piece {
                Piece::Pattern { character: '*', next } => {
                    symbols.push(Symbol::Run { kept: tokens.is_kept('*', next) });
                }
                Piece::Pattern { character, next } => {
                    symbols.push(Symbol::One { kept: tokens.is_kept(character, next) });
                }
                Piece::Literal(text) => {
                    text.chars().for_each(|character| tokens.push_literal(character));
                    symbols.extend(text.chars().map(Symbol::Character));
                }
                Piece::Variable { folded_key, default } => symbols.push(Symbol::Variable { folded_key, default }),
            }
        }
        symbols
    }
}

/// A piece of a pattern as another pattern sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Symbol {
    Character(char),
    One { kept: bool },
    Run { kept: bool },
    Variable { folded_key: String, default: Option<String> },
}

impl Reading {
    fn colons(self) -> Colons {
        match self {
            Reading::Resource => Colons::CrossedAtEnds,
            Reading::Arn => Colons::Kept,
            Reading::Exact | Reading::ExactFolded | Reading::Like => Colons::Crossed,
        }
    }

    fn has_wildcards(self) -> bool {
        match self {
            Reading::Resource | Reading::Like | Reading::Arn => true,
            Reading::Exact | Reading::ExactFolded => false,
        }
    }
}

impl Template {
    fn resolve(&self, scope: Scope<'_>) -> Resolved {
        let mut tokens = TokenList::new(self.reading.colons());
        let mut open = false;
        let mut may_lack_value = false;
        for piece in &self.pieces {
            match piece {
                Piece::Pattern { character, next } => tokens.push_pattern(*character, *next),
                Piece::Literal(text) => self.push_text(&mut tokens, text),
                Piece::Variable { folded_key, default } => {
                    match (scope.context.lookup(folded_key), default) {
                        (Lookup::Values([single]), _) if !Catalogue::get().is_multi_valued(folded_key) => {
                            self.push_text(&mut tokens, single);
                        }
                        (Lookup::Absent, Some(default)) => self.push_text(&mut tokens, default),
                        // A key with several values cannot be put into a text.
                        (Lookup::Values(_) | Lookup::Absent, _) => return Resolved::NoValue,
                        (found @ (Lookup::Unknown | Lookup::Foreign | Lookup::Like(_) | Lookup::Since(_)), default) => {
                            open = true;
                            may_lack_value |= found == Lookup::Unknown && default.is_none();
                            tokens.push_run(false);
                        }
                    }
                }
            }
        }
        let glob = Glob::from_tokens(tokens.finish());
        if open { Resolved::Open { glob, may_lack_value } } else { Resolved::Certain(glob) }
    }

    /// Substituted text stands for itself: a `*` in a tag's value is no wildcard.
    fn push_text(&self, tokens: &mut TokenList, text: &str) {
        for character in text.chars() {
            let folded = self.reading == Reading::ExactFolded;
            tokens.push_literal(if folded { character.to_ascii_lowercase() } else { character });
        }
    }
}

fn pieces(text: &str, reading: Reading, has_variables: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut colons = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let allowed = has_variables && (reading != Reading::Resource || colons >= 5);
        if character == '$'
            && allowed
            && let Some(variable) = variable(&mut characters)
        {
            push(&mut pieces, variable);
            continue;
        }
        colons += usize::from(character == ':');
        push(
            &mut pieces,
            match character {
                '*' | '?' if reading.has_wildcards() => Piece::Pattern { character, next: characters.peek().copied() },
                literal => Piece::Literal(literal.into()),
            },
        );
    }
    pieces
}

/// Adds a piece; two literals in a row are one.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (Some(Piece::Literal(before)), Piece::Literal(text)) => before.push_str(&text),
        (_, piece) => pieces.push(piece),
    }
}

/// Reads what follows a `$`; leaves `characters` alone when that is no variable.
fn variable(characters: &mut Peekable<Chars<'_>>) -> Option<Piece> {
    let mut ahead = characters.clone();
    if ahead.next() != Some('{') {
        return None;
    }
    let mut inside = String::new();
    let mut in_quotes = false;
    loop {
        match ahead.next()? {
            '}' if !in_quotes => break,
            character => {
                in_quotes ^= character == '\'';
                inside.push(character);
            }
        }
    }
    *characters = ahead;
    if matches!(inside.as_str(), "*" | "?" | "$") {
        return Some(Piece::Literal(inside));
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, rest)) => (key, quoted(rest.trim()).map(str::to_owned)),
        None => (inside.as_str(), None),
    };
    Some(Piece::Variable { folded_key: key.trim().to_ascii_lowercase(), default })
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.strip_suffix('\'')
}
