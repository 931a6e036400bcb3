//! How much Security Hub takes of a finding, in characters.
//!
//! Source: the descriptions of `AwsSecurityFinding` in AWS's own model.

use std::borrow::Cow;

use crate::safe::visible;

pub(super) const ID: usize = 512;
pub(super) const GENERATOR: usize = 512;
pub(super) const PRODUCT_ARN: usize = 2_048;
pub(super) const TITLE: usize = 256;
pub(super) const DESCRIPTION: usize = 1_024;
pub(super) const ORIGINAL_SEVERITY: usize = 64;
pub(super) const REMEDIATION: usize = 512;
pub(super) const RESOURCE_TYPE: usize = 256;
pub(super) const REGION: usize = 16;
pub(super) const PRODUCT_FIELD: usize = 2_048;
pub(super) const REQUIREMENTS: usize = 32;

/// The text on one line, no longer than so many characters; what is cut ends in `…`.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    let text = visible(text);
    if text.chars().nth(most).is_none() {
        return text;
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept.push('…');
    kept.into()
}

/// Whether a text says anything: Security Hub refuses a finding with one that does not.
pub(super) fn is_said(text: &str) -> bool {
    !text.trim().is_empty()
}

/// The same, or what stands in for a text that says nothing.
pub(super) fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if is_said(text) { text } else { other }
}

/// Paragraphs of Markdown as one line.
pub(super) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_never_cut_in_two() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöü日本", 3), "äö…");
        assert_eq!(cut("😀😀", 1), "…");
        // What is spelt out counts as it is written.
        assert_eq!(cut("\u{1b}[2J", 6), "\\u{1b…");
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(line("Set `A`,\nor\n\n- b\n"), "Set `A`, or - b");
        assert!(!is_said(" \u{2003}\n") && is_said(" x"));
    }
}
