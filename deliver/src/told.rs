//! What servers say, as it may be told: short, on one line, and without secrets.

use palisade_report::safe::visible;

use crate::Secret;

const LONGEST: usize = 200;

/// The text, as it may be told.
pub(crate) fn told(text: &str, secret: Option<&Secret>) -> String {
    let text = secret.map_or_else(|| text.to_owned(), |secret| secret.out_of(text));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = visible(&text);
    if text.chars().nth(LONGEST).is_none() {
        return text.into_owned();
    }
    let mut text: String = text.chars().take(LONGEST - 1).collect();
    text.push('…');
    text
}
