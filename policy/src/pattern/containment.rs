//! Patterns compared with patterns: does one cover the other, can both match one text?

use super::template::Symbol;

/// Whether a look at the beginnings tells that no text of `narrow` is one of `wide`: what a pattern begins with before its
/// first wildcard or variable, every text that it matches begins with.
pub(crate) fn begins_elsewhere(wide: &str, narrow: &str) -> bool {
    !literal_beginning(narrow).starts_with(literal_beginning(wide))
}

/// Whether a look at the beginnings tells that no text is matched by both.
pub(crate) fn begin_apart(left: &str, right: &str) -> bool {
    let (left, right) = (literal_beginning(left), literal_beginning(right));
    !left.starts_with(right) && !right.starts_with(left)
}

fn literal_beginning(pattern: &str) -> &str {
    pattern.find(['*', '?', '$']).map_or(pattern, |end| &pattern[..end])
}

/// Whether every text `narrow` matches is matched by `wide`. `false` may also mean that this could
/// not be shown.
pub(crate) fn covers(wide: &[Symbol], narrow: &[Symbol]) -> bool {
    // Row by row from the end: `covered[j]` tells whether wide[i..] covers narrow[j..].
    let mut covered = vec![false; narrow.len() + 1];
    covered[narrow.len()] = true;
    for symbol in wide.iter().rev() {
        let mut row = vec![false; narrow.len() + 1];
        for position in (0..=narrow.len()).rev() {
            let other = narrow.get(position);
            row[position] = match symbol {
                Symbol::Run { kept } => {
                    covered[position] || other.is_some_and(|other| row[position + 1] && runs_over(*kept, other))
                }
                Symbol::One { .. } | Symbol::Character(_) | Symbol::Variable { .. } => {
                    other.is_some_and(|other| covered[position + 1] && stands_for(symbol, other))
                }
            };
        }
        covered = row;
    }
    covered[0]
}

fn runs_over(kept: bool, other: &Symbol) -> bool {
    !kept
        || match other {
            Symbol::Character(character) => *character != ':',
            Symbol::One { kept } | Symbol::Run { kept } => *kept,
            // The value may hold a colon.
            Symbol::Variable { .. } => false,
        }
}

fn stands_for(symbol: &Symbol, other: &Symbol) -> bool {
    match (symbol, other) {
        (Symbol::One { kept }, Symbol::Character(character)) => !(*kept && *character == ':'),
        (Symbol::One { kept }, Symbol::One { kept: other_kept }) => !kept || *other_kept,
        (Symbol::One { .. } | Symbol::Run { .. }, _) => false,
        (Symbol::Character(_) | Symbol::Variable { .. }, _) => symbol == other,
    }
}

/// Whether some text may be matched by both. `true` may also mean that this could not be excluded.
pub(crate) fn overlap(left: &[Symbol], right: &[Symbol]) -> bool {
    // `meets[j]` tells whether left[i..] and right[j..] can match one text.
    let mut meets = overlap_with_nothing(right);
    for symbol in left.iter().rev() {
        let mut row = vec![false; right.len() + 1];
        for position in (0..=right.len()).rev() {
            let other = right.get(position);
            row[position] = match (is_run(symbol), other) {
                (true, Some(_)) => meets[position] || row[position + 1],
                (true, None) => meets[position],
                (false, None) => false,
                (false, Some(other)) if is_run(other) => row[position + 1] || meets[position],
                (false, Some(other)) => meets[position + 1] && may_be_equal(symbol, other),
            };
        }
        meets = row;
    }
    meets[0]
}

fn overlap_with_nothing(right: &[Symbol]) -> Vec<bool> {
    let trailing_runs = right.iter().rev().take_while(|symbol| is_run(symbol)).count();
    (0..=right.len()).map(|position| position + trailing_runs >= right.len()).collect()
}

/// A variable may become any text, so it is taken for a run.
fn is_run(symbol: &Symbol) -> bool {
    match symbol {
        Symbol::Run { .. } | Symbol::Variable { .. } => true,
        Symbol::One { .. } | Symbol::Character(_) => false,
    }
}

fn may_be_equal(left: &Symbol, right: &Symbol) -> bool {
    match (left, right) {
        (Symbol::Character(left), Symbol::Character(right)) => left == right,
        (Symbol::One { .. } | Symbol::Run { .. } | Symbol::Variable { .. }, _)
        | (_, Symbol::One { .. } | Symbol::Run { .. } | Symbol::Variable { .. }) => true,
    }
}
