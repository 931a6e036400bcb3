//! Compiled wildcards.

/// Which wildcards may run over a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colons {
    /// All of them: the text is not an ARN.
    Crossed,
    /// The text is an ARN in a `Resource` element: in the first five parts only a `*` that ends
    /// its part may run over a colon; in the last part every wildcard may.
    CrossedAtEnds,
    /// The text is an ARN in a condition: in the first five parts no wildcard may.
    Kept,
}

/// A piece of a compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Literal(String),
    /// `?`; `kept` means it does not stand for a colon.
    One {
        kept: bool,
    },
    /// `*`; `kept` means it does not run over a colon.
    Run {
        kept: bool,
    },
}

/// A pattern ready to be matched many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob(Shape);

/// The common shapes are told apart so that most matches are one comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Anything,
    Exactly(String),
    Prefix(String),
    Free(Vec<Token>),
    Kept(Vec<Token>),
}

impl Glob {
    pub(crate) fn compile(pattern: &str, colons: Colons) -> Glob {
        let mut tokens = TokenList::new(colons);
        let mut characters = pattern.chars().peekable();
        while let Some(character) = characters.next() {
            tokens.push_pattern(character, characters.peek().copied());
        }
        Glob::from_tokens(tokens.finish())
    }

    pub(crate) fn exactly(text: &str) -> Glob {
        Glob(Shape::Exactly(text.to_owned()))
    }

    pub(crate) fn from_tokens(tokens: Vec<Token>) -> Glob {
        Glob(match tokens.as_slice() {
            [] => Shape::Exactly(String::new()),
            [Token::Literal(text)] => Shape::Exactly(text.clone()),
            [Token::Run { kept: false }] => Shape::Anything,
            [Token::Literal(text), Token::Run { kept: false }] => Shape::Prefix(text.clone()),
            several if several.iter().any(Token::is_kept) => Shape::Kept(tokens),
            _ => Shape::Free(tokens),
        })
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match &self.0 {
            Shape::Anything => true,
            Shape::Exactly(literal) => text == literal,
            Shape::Prefix(prefix) => text.starts_with(prefix.as_str()),
            Shape::Free(tokens) => matches_free(tokens, text),
            Shape::Kept(tokens) => matches_kept(tokens, text),
        }
    }

    pub(crate) fn is_anything(&self) -> bool {
        self.0 == Shape::Anything
    }

    /// The one text the pattern matches, if it has no wildcard.
    pub(crate) fn as_exact(&self) -> Option<&str> {
        match &self.0 {
            Shape::Exactly(text) => Some(text),
            Shape::Anything | Shape::Prefix(_) | Shape::Free(_) | Shape::Kept(_) => None,
        }
    }
}

impl Token {
    fn is_kept(&self) -> bool {
        match self {
            Token::One { kept } | Token::Run { kept } => *kept,
            Token::Literal(_) => false,
        }
    }
}

/// Collects tokens, knowing in which part of an ARN it stands.
pub(crate) struct TokenList {
    colons: Colons,
    part: usize,
    tokens: Vec<Token>,
}

impl TokenList {
    pub(crate) fn new(colons: Colons) -> TokenList {
        TokenList { colons, part: 0, tokens: Vec::new() }
    }

    /// Adds a character of a pattern, in which `*` and `?` are wildcards.
    pub(crate) fn push_pattern(&mut self, character: char, next: Option<char>) {
        match character {
            '*' => self.push_run(self.is_kept(character, next)),
            '?' => self.tokens.push(Token::One { kept: self.is_kept(character, next) }),
            literal => self.push_literal(literal),
        }
    }

    /// Whether a wildcard standing here, before `next`, may not run over a colon.
    pub(crate) fn is_kept(&self, wildcard: char, next: Option<char>) -> bool {
        let in_head = self.part < 5 && self.colons != Colons::Crossed;
        let ends_part = wildcard == '*' && matches!(next, None | Some(':'));
        in_head && !(ends_part && self.colons == Colons::CrossedAtEnds)
    }

    /// Adds a character that stands for itself.
    pub(crate) fn push_literal(&mut self, literal: char) {
        self.part += usize::from(literal == ':');
        if let Some(Token::Literal(text)) = self.tokens.last_mut() {
            text.push(literal);
        } else {
            self.tokens.push(Token::Literal(literal.into()));
        }
    }

    /// Adds a run; two runs in a row are one.
    pub(crate) fn push_run(&mut self, kept: bool) {
        if let Some(Token::Run { kept: before }) = self.tokens.last_mut() {
            *before = *before && kept;
        } else {
            self.tokens.push(Token::Run { kept });
        }
    }

    pub(crate) fn finish(self) -> Vec<Token> {
        self.tokens
    }
}

/// Matches with one point to return to: the latest `*`, which is enough when every `*` is free.
fn matches_free(tokens: &[Token], text: &str) -> bool {
    let (mut token, mut rest) = (0, text);
    let mut latest_run: Option<(usize, &str)> = None;
    loop {
        let advanced = match tokens.get(token) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Token::Run { .. }) if token + 1 == tokens.len() => return true,
            Some(Token::Run { .. }) => {
                latest_run = Some((token + 1, rest));
                Some(rest)
            }
            Some(Token::Literal(literal)) => rest.strip_prefix(literal.as_str()),
            Some(Token::One { .. }) => without_first(rest),
        };
        if let Some(remaining) = advanced {
            (token, rest) = (token + 1, remaining);
            continue;
        }
        let Some((after, from)) = latest_run else { return false };
        let Some(shorter) = without_first(from) else { return false };
        latest_run = Some((after, shorter));
        (token, rest) = (after, shorter);
    }
}

fn without_first(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next().map(|_| characters.as_str())
}

/// Matches by keeping every position the tokens so far can have reached.
fn matches_kept(tokens: &[Token], text: &str) -> bool {
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for token in tokens {
        reached = step(token, text, &reached);
    }
    reached[text.len()]
}

fn step(token: &Token, text: &str, reached: &[bool]) -> Vec<bool> {
    let mut next = vec![false; reached.len()];
    let mut running = false;
    for (position, character) in text.char_indices() {
        let here = reached[position];
        match token {
            Token::Literal(literal) => {
                if here && text[position..].starts_with(literal.as_str()) {
                    next[position + literal.len()] = true;
                }
            }
            Token::One { kept } => {
                if here && !(*kept && character == ':') {
                    next[position + character.len_utf8()] = true;
                }
            }
            Token::Run { kept } => {
                running |= here;
                next[position] |= running;
                running &= !(*kept && character == ':');
            }
        }
    }
    if let Token::Run { .. } = token {
        next[text.len()] |= running || reached[text.len()];
    }
    next
}
