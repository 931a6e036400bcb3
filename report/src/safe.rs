//! Keeps text from the account from steering the reader's terminal, or from reading otherwise than it is.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Whether a character draws nothing of its own: controls, marks that turn the direction of text, and invisible ones.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The text with every hidden character spelt out, such as `\u{1b}`; line ends included.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// A place for JSON to be written to that spells hidden characters as `\uXXXX`, which means the same to a parser.
///
/// Such characters stand only inside JSON's strings, and `serde_json` has already escaped those below U+0020.
pub struct Escaped<W>(pub W);

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let escaped = |character: char| character == '\u{7f}' || (!character.is_ascii() && is_hidden(character));
        let text = str::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let mut rest = text;
        while let Some(start) = rest.find(escaped) {
            self.0.write_all(&rest.as_bytes()[..start])?;
            let end = rest[start..].find(|character| !escaped(character)).map_or(rest.len(), |length| start + length);
            for unit in rest[start..end].encode_utf16() {
                write!(self.0, "\\u{unit:04x}")?;
            }
            rest = &rest[end..];
        }
        self.0.write_all(rest.as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_line_ends_and_turned_text_become_visible() {
        assert_eq!(visible("\u{1b}[2Jgone\r\n"), "\\u{1b}[2Jgone\\u{d}\\u{a}");
        assert_eq!(visible("\u{9b}31m \u{202e}dne \u{200b}"), "\\u{9b}31m \\u{202e}dne \\u{200b}");
        assert!(matches!(visible("schön <b>&amp; 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn escaped_json_means_the_same() {
        let text = "a\u{7f}\u{9b}b\u{e0041}\u{202e}\n\"ü";
        let mut out = Vec::new();
        serde_json::to_writer(Escaped(&mut out), text).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert_eq!(json, r#""a\u007f\u009bb\udb40\udc41\u202e\n\"ü""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
