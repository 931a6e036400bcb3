//! Markup that cannot be forged: what stands in brackets is written in the program, everything else is escaped.

use crate::safe::visible;

/// Pieces of HTML. Names of elements and attributes are literals; text and values are escaped, with every hidden character
/// spelt out; what is opened is closed.
#[derive(Clone, Debug, Default)]
pub(super) struct Html(String);

/// Attributes with their values.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Elements after which a line ends, so that the file can be read and compared.
const BLOCKS: [&str; 18] = [
    "article", "details", "div", "dl", "footer", "head", "header", "li", "main", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tr", "ul",
];

impl Html {
    /// Adds text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for character in visible(text).chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Adds an element with what is written inside.
    pub(super) fn element(
        &mut self,
        tag: &'static str,
        attributes: Attributes,
        inside: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.begin(tag, attributes);
        inside(self);
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
        if BLOCKS.contains(&tag) {
            self.0.push('\n');
        }
        self
    }

    /// Adds an element that holds text alone.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: Attributes, text: &str) -> &mut Self {
        self.element(tag, attributes, |html| _ = html.text(text))
    }

    /// Adds an element that holds nothing and is not closed.
    pub(super) fn void(&mut self, tag: &'static str, attributes: Attributes) -> &mut Self {
        self.begin(tag, attributes);
        self
    }

    /// Adds what was written apart.
    pub(super) fn append(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds what is part of the program: a style sheet, a script, a line end.
    pub(super) fn ours(&mut self, text: &'static str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    /// How many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// As it is written.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn begin(&mut self, tag: &'static str, attributes: Attributes) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            if !value.is_empty() {
                self.0.push_str("=\"");
                self.text(value);
                self.0.push('"');
            }
        }
        self.0.push('>');
    }
}

/// How many bytes a text takes.
pub(super) fn size(text: &str) -> usize {
    let mut html = Html::default();
    html.text(text);
    html.len()
}

/// A text cut after so many characters; says how many were cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} characters more)", &text[..end], text[end..].chars().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_values_are_escaped_and_hidden_characters_spelt() {
        let mut html = Html::default();
        html.leaf("b", &[("title", "\"><script>'&\u{202e}")], "<i>&amp;\n\u{0}'\"");
        let expected =
            "<b title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\\u{202e}\">&lt;i&gt;&amp;amp;\\u{a}\\u{0}&#39;&quot;</b>";
        assert_eq!(html.as_str(), expected);
        assert_eq!(size("<"), 4);
    }

    #[test]
    fn what_is_opened_is_closed_in_turn() {
        let mut html = Html::default();
        html.element("p", &[("hidden", "")], |html| {
            html.leaf("b", &[], "a").void("br", &[]).leaf("i", &[], "b");
        });
        assert_eq!(html.as_str(), "<p hidden><b>a</b><br><i>b</i></p>\n");
    }

    #[test]
    fn what_is_cut_says_how_much() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöü!", 2), "äö… (2 characters more)");
    }
}
