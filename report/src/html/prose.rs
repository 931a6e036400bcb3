//! The Markdown in which checks explain themselves: paragraphs, lists, `code` and <addresses>. Anything else is text.

use super::markup::{Html, cut};

/// How many characters of an explanation are shown.
const LONGEST: usize = 6_000;

/// Adds an explanation.
pub(super) fn write(html: &mut Html, text: &str) {
    let text = cut(text, LONGEST);
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let mut lines: Vec<_> = block.lines().collect();
        let list = lines.iter().position(|line| marker(line).is_some()).unwrap_or(lines.len());
        let items = lines.split_off(list);
        if !lines.is_empty() {
            html.element("p", &[], |html| inline(html, &joined(&lines)));
        }
        if let Some(first) = items.first() {
            let tag = if first.trim_start().starts_with('-') { "ul" } else { "ol" };
            html.element(tag, &[], |html| {
                for item in in_items(&items) {
                    html.element("li", &[], |html| inline(html, &item));
                }
            });
        }
    }
}

/// Adds an address as a link that tells its server nothing of this page; anything but an address of the web is text.
pub(super) fn link(html: &mut Html, address: &str) {
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain && (address.starts_with("https://") || address.starts_with("http://")) {
        html.leaf("a", &[("href", address), ("rel", "noreferrer")], address);
    } else {
        html.text(address);
    }
}

/// What follows the mark of a list's item.
fn marker(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let number = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let numbered = (number.len() < line.len()).then(|| number.strip_prefix(". ")).flatten();
    line.strip_prefix("- ").or(numbered)
}

fn in_items(lines: &[&str]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in lines {
        match (marker(line), items.last_mut()) {
            (Some(text), _) => items.push(text.to_owned()),
            (None, Some(item)) => {
                item.push(' ');
                item.push_str(line.trim());
            }
            (None, None) => {}
        }
    }
    items
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Text with code and addresses in it.
fn inline(html: &mut Html, text: &str) {
    let mut rest = text;
    while let Some(start) = rest.find(['`', '<']) {
        let (end, is_code) = if rest[start..].starts_with('`') { ('`', true) } else { ('>', false) };
        let inner = rest[start + 1..].split_once(end).map(|(inner, _)| inner);
        match inner {
            Some(inner) if is_code || inner.starts_with("https://") || inner.starts_with("http://") => {
                html.text(&rest[..start]);
                if is_code {
                    html.leaf("code", &[], inner);
                } else {
                    link(html, inner);
                }
                rest = &rest[start + inner.len() + 2..];
            }
            Some(_) | None => {
                html.text(&rest[..=start]);
                rest = &rest[start + 1..];
            }
        }
    }
    html.text(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut html = Html::default();
        write(&mut html, text);
        html.as_str().replace('\n', "")
    }

    #[test]
    fn paragraphs_lists_code_and_addresses_are_marked() {
        assert_eq!(written("Set `A`\nto b.\n\nThen."), "<p>Set <code>A</code> to b.</p><p>Then.</p>");
        assert_eq!(written("Either:\n- one\n  more\n- two"), "<p>Either:</p><ul><li>one more</li><li>two</li></ul>");
        assert_eq!(written("1. one\n2. two"), "<ol><li>one</li><li>two</li></ol>");
        let link = "<p><a href=\"https://a.example/?b&amp;c\" rel=\"noreferrer\">https://a.example/?b&amp;c</a>.</p>";
        assert_eq!(written("<https://a.example/?b&c>."), link);
    }

    #[test]
    fn everything_else_is_text() {
        assert_eq!(written("a ` b"), "<p>a ` b</p>");
        assert_eq!(written("`<b>` <i> <javascript:x>"), "<p><code>&lt;b&gt;</code> &lt;i&gt; &lt;javascript:x&gt;</p>");
        let mut html = Html::default();
        link(&mut html, "javascript:alert(1)");
        link(&mut html, "https://a.example/\u{202e}");
        assert!(!html.as_str().contains("<a"), "{}", html.as_str());
    }
}
