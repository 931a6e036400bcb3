//! Text in Markdown that is nothing but text: no markup, no link, no mention, no HTML.
//!
//! A backslash keeps CommonMark from reading a sign as markup, but not GitHub from making `@name`, `#1` or the name of a commit
//! into a link afterwards: it leaves alone what stands in code. So names stand in code.
//! Source: <https://spec.commonmark.org/0.31.2/#code-spans>

use crate::safe::visible;

/// More in a row would make what is short long, and no name needs them.
const BACKTICKS: usize = 8;

/// A name or a message from the account as code, no longer than so many characters.
pub(super) fn code(text: &str, longest: usize) -> String {
    let mut text = cut(&visible(text), longest);
    if text.trim().is_empty() {
        return "(no name)".to_owned();
    }
    // Code ends at as many backticks as it began with: one more than there are in a row inside.
    let mut inside = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    if inside > BACKTICKS {
        text = text.replace('`', "'");
        inside = 0;
    }
    let fence = "`".repeat(inside + 1);
    // One space on both sides is taken off again.
    let touches = |part: Option<char>| part.is_some_and(|character| character == '`' || character == ' ');
    let space = if touches(text.chars().next()) || touches(text.chars().next_back()) { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Words of ours, no longer than so many characters: plain words as they are, all others as code, whatever marks it already.
pub(super) fn prose(text: &str, longest: usize) -> String {
    let text = cut(&visible(text).replace('`', ""), longest);
    let words = text.split_whitespace().map(|word| if is_plain(word) { word.to_owned() } else { in_code(word) });
    words.collect::<Vec<_>>().join(" ")
}

/// The marks that may stand before and after a plain word.
const BEFORE: &[char] = &['(', '"', '\''];
const AFTER: &[char] = &[')', '"', '\'', ',', '.', ';', ':', '?', '…'];

/// Whether no reader takes a word for anything else: letters, with hyphens between them, or a number.
fn is_plain(word: &str) -> bool {
    let core = word.trim_start_matches(BEFORE).trim_end_matches(AFTER);
    let is_number = core.len() <= 6 && core.bytes().all(|byte| byte.is_ascii_digit());
    let is_words = core.split(['-', '\'', '/']).all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic));
    // GitHub makes a link of what may name a commit.
    let is_commit = core.len() >= 7 && core.bytes().all(|byte| byte.is_ascii_hexdigit());
    !core.is_empty() && (is_number || is_words) && !is_commit
}

/// A word as code, the marks around it outside.
fn in_code(word: &str) -> String {
    let core = word.trim_start_matches(BEFORE);
    let before = &word[..word.len() - core.len()];
    let core = core.trim_end_matches(AFTER);
    let after = &word[before.len() + core.len()..];
    if core.is_empty() { code(word, usize::MAX) } else { format!("{before}{}{after}", code(core, usize::MAX)) }
}

/// The text, no longer than so many characters.
fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => {
            let start = text[..end].char_indices().next_back().map_or(0, |(start, _)| start);
            format!("{}…", &text[..start])
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_ends_where_the_text_does() {
        assert_eq!(code("a", 10), "`a`");
        assert_eq!(code("a`b", 10), "``a`b``");
        assert_eq!(code("`", 10), "`` ` ``");
        assert_eq!(code("a``", 10), "``` a`` ```");
        assert_eq!(code(" a ", 10), "`  a  `");
        assert_eq!(code("a\nb", 20), "`a\\u{a}b`");
        assert_eq!(code(" ", 10), "(no name)");
        assert_eq!(code(&"`".repeat(9), 10), format!("`{}`", "'".repeat(9)));
    }

    #[test]
    fn only_words_are_plain() {
        let text =
            "Set AuthType to AWS_IAM (see https://a.example), or ask @me or #1, -- then 200 times; don't mix-up.";
        let expected = "Set AuthType to `AWS_IAM` (see `https://a.example`), or ask `@me` or `#1`, `--` then 200 times; \
                        don't mix-up.";
        assert_eq!(prose(text, 500), expected);
        assert_eq!(prose("`palisade permissions --kubernetes`", 500), "palisade permissions `--kubernetes`");
        assert_eq!(prose("deadbee 1234567 GH-12 <b> a.example", 500), "`deadbee` `1234567` `GH-12` `<b>` `a.example`");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("", 0), "");
    }
}
