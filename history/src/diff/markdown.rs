//! A diff in Markdown, for the text of a pull request.
//!
//! Names come from the account: none of them may become markup, a link, a mention or a row of its own.

use std::fmt::Write as _;
use std::io::{self, Write};

use palisade_report::safe::visible;

use super::text::{score, severities};
use super::{Diff, Entry};

/// Writes it: counts first, then a table for each list.
pub(super) fn write(diff: &Diff, mut out: impl Write, most: usize) -> io::Result<()> {
    let out = &mut out;
    writeln!(out, "## palisade: account {}\n", plain(&diff.account))?;
    let (from, to) = (&diff.from, &diff.to);
    writeln!(out, "| | Run | Score |\n|---|---|---|")?;
    writeln!(out, "| from | {} | {} |", from.collected_at, plain(&score(from.score.as_ref())))?;
    writeln!(out, "| to | {} | {} |\n", to.collected_at, plain(&score(to.score.as_ref())))?;
    for remark in &diff.remarks {
        writeln!(out, "> {}\n", remark.message)?;
    }
    if diff.changes.is_empty() {
        writeln!(out, "Nothing changed.\n")?;
    }
    for (list, name) in diff.changes.lists() {
        if !list.is_empty() {
            writeln!(out, "- **{}** {name}{}", list.len(), severities(list))?;
        }
    }
    if !diff.changes.not_comparable.is_empty() {
        let list = &diff.changes.not_comparable;
        writeln!(out, "- **{}** not comparable, still open{}", list.len(), severities(list))?;
    }
    let rest = [(diff.changes.counts.unchanged, "unchanged"), (diff.changes.counts.unknown, "could not be checked")];
    for (count, name) in rest.into_iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "- {count} {name}")?;
    }
    for (list, name) in diff.changes.lists().into_iter().filter(|(list, _)| !list.is_empty()) {
        writeln!(out, "\n### {}\n\n| Severity | Check | Resource | Evidence |\n|---|---|---|---|", titled(name))?;
        for entry in list.iter().take(most) {
            row(out, entry)?;
        }
        more(out, list.len(), most, "")?;
    }
    let causes = diff.changes.by_cause();
    if !causes.is_empty() {
        writeln!(out, "\n### Not comparable, still open\n\n| Findings | Why |\n|---:|---|")?;
        for (cause, entries) in causes.iter().take(most) {
            writeln!(out, "| {} | {} |", entries.len(), plain(cause))?;
        }
        more(out, causes.len(), most, " causes")?;
    }
    Ok(())
}

fn row(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let mut told: Vec<_> = entry.evidence.iter().map(|words| plain(words)).collect();
    told.extend(entry.evidence_gone.iter().map(|words| format!("gone: {}", plain(words))));
    told.extend(entry.suppression.iter().map(|one| format!("accepted: {}", plain(&one.reason))));
    told.extend(entry.cause.iter().map(|cause| plain(&cause.to_string())));
    let [check, resource] = [&entry.check, &entry.resource].map(|text| plain(text));
    writeln!(out, "| {} | {check} | {resource} | {} |", entry.severity, told.join("<br>"))
}

fn more(out: &mut impl Write, count: usize, shown: usize, what: &str) -> io::Result<()> {
    if count > shown {
        writeln!(out, "\n… and {} more{what}", count - shown)?;
    }
    Ok(())
}

fn titled(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// Text that is only text in Markdown.
///
/// It stands in `code`, where sites look for no mentions and no numbers of issues. Signs that mean something are written by
/// their number, which neither Markdown nor HTML takes for them. Some sites look for addresses after that: a place where a
/// line may break parts these.
fn plain(text: &str) -> String {
    let text = visible(text);
    let mut shown = String::with_capacity(text.len() + 32);
    shown.push_str("<code>");
    let mut before = ' ';
    for character in text.chars() {
        if matches!((before, character), ('@', _) | (':', '/')) {
            shown.push_str("<wbr>");
        }
        before = character;
        if character.is_alphanumeric() || matches!(character, ' ' | ',' | '-' | '/' | '(' | ')' | '\'' | '=' | '…') {
            shown.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(shown, "&#{};", u32::from(character));
        }
    }
    shown + "</code>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_markup_a_link_or_a_mention() {
        let evil = "a|b <img> [x](http://evil.example) @team #1 `c` **d** _e_ ~f~ www.evil.example a@b.example\n# g\\";
        let shown = plain(evil);
        for sign in
            ["|", "<img", "[", "]", "`", "*", "_", "~", "\n", "\\", "@", "://", "&#58;//", "www.", "# g", "&#64;t"]
        {
            assert!(!shown.contains(sign), "{sign}: {shown}");
        }
        assert!(shown.starts_with("<code>") && shown.ends_with("</code>"));
    }

    #[test]
    fn a_reference_by_number_means_what_it_meant() {
        assert_eq!(plain("a&#124;b"), "<code>a&#38;&#35;124&#59;b</code>");
        assert_eq!(plain("function:orders"), "<code>function&#58;orders</code>");
    }
}
