//! Where in a configuration a suppression is added.

use super::entry::{NewSuppression, lines};

/// The text with one more suppression at the end of its list; none where the list has a form to which lines cannot be added.
///
/// This knows no more of YAML than it takes to find a key that stands at the margin. Whether it found the right place is for
/// the caller to see, who reads the result.
pub(super) fn insert(text: &str, new: &NewSuppression) -> Option<String> {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let Some(key) = all.iter().position(|line| value_of_key(line).is_some()) else {
        return Some(append(text, &all, new, end));
    };
    let value = value_of_key(all.get(key)?)?;
    if let Some(list) = value.split('#').next().filter(|list| !list.trim().is_empty()) {
        // `[]`, and nothing in it.
        let inner = list.trim().strip_prefix('[')?.strip_suffix(']')?;
        if !inner.trim().is_empty() {
            return None;
        }
        let line = all[key].replacen(list.trim_end(), "", 1);
        let line = with_end(&line, end);
        return Some(join(&[&all[..key].concat(), &line, &block(new, 2, end), &all[key + 1..].concat()]));
    }
    let body = &all[key + 1..];
    let own = body.iter().take_while(|line| !starts_another(line)).count();
    // What follows the last line of the list, such as an empty line or a comment at the margin, belongs to what comes next.
    let own = body[..own].iter().rposition(|line| is_content(line)).map_or(0, |last| last + 1);
    let indent = body[..own].iter().find(|line| is_content(line)).map_or(2, |line| indent_of(line));
    let (before, after) = all.split_at(key + 1 + own);
    let before = with_end(&before.concat(), end);
    Some(join(&[&before, &block(new, indent, end), &after.concat()]))
}

/// The text with a list of its own at the end, or before the line that ends the document.
fn append(text: &str, all: &[&str], new: &NewSuppression, end: &str) -> String {
    let rest = all.iter().rposition(|line| line.trim_end() == "...").unwrap_or(all.len());
    let before = with_end(&all[..rest].concat(), end);
    let before = if text.trim_start_matches('\u{feff}').is_empty() { text } else { &before };
    join(&[before, &format!("suppressions:{end}"), &block(new, 2, end), &all[rest..].concat()])
}

fn join(parts: &[&str]) -> String {
    parts.concat()
}

fn block(new: &NewSuppression, indent: usize, end: &str) -> String {
    lines(new, indent).into_iter().map(|line| line + end).collect()
}

/// The text with an end to its last line.
fn with_end(text: &str, end: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}{end}") }
}

/// What stands behind the key `suppressions`, when a line has it at the margin.
fn value_of_key(line: &str) -> Option<&str> {
    let line = line.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    let rest = ["suppressions", "\"suppressions\"", "'suppressions'"].iter().find_map(|key| line.strip_prefix(key))?;
    let value = rest.trim_start_matches(' ').strip_prefix(':')?;
    (value.is_empty() || value.starts_with([' ', '\t'])).then_some(value)
}

/// Whether a line begins what is no part of the list: another key, or the end of the document.
fn starts_another(line: &str) -> bool {
    is_content(line) && indent_of(line) == 0 && !matches!(line.trim_end().as_bytes(), [b'-'] | [b'-', b' ', ..])
}

/// Whether a line holds more than white space or a comment.
fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn indent_of(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}
