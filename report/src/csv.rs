//! The report as comma-separated values (RFC 4180): a header, then a row for each finding and for each gap that stands in no
//! finding's way.

use std::io::{self, BufWriter, Write};

use super::rows::{self, COLUMNS, Cell};
use super::safe::visible;
use super::view::View;
use super::{Format, Style};

/// The form.
pub(super) const FORMAT: Format = Format {
    name: "csv",
    about: "Comma-separated values: a row for each finding, for spreadsheets",
    extensions: &["csv"],
    write,
};

fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let names: Vec<_> = COLUMNS.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    write!(out, "{}\r\n", names.join(","))?;
    rows::each(view, style.include, |row| {
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                out.write_all(b",")?;
            }
            write_cell(cell, &mut out)?;
        }
        out.write_all(b"\r\n")
    })?;
    out.flush()
}

fn write_cell(cell: &Cell, out: &mut impl Write) -> io::Result<()> {
    match cell {
        Cell::Text(Some(text)) => out.write_all(quoted(text).as_bytes()),
        Cell::Flag(Some(flag)) => write!(out, "{flag}"),
        Cell::Day(Some(day)) => write!(out, "{day}"),
        Cell::Time(time) => write!(out, "{time:.3}"),
        Cell::Text(None) | Cell::Flag(None) | Cell::Day(None) => Ok(()),
    }
}

/// Text in quotes, on one line, that no spreadsheet takes for a formula.
fn quoted(text: &str) -> String {
    let shown = visible(text);
    let mark = if is_formula(&shown) { "'" } else { "" };
    format!("\"{mark}{}\"", shown.replace('"', "\"\""))
}

/// Whether a spreadsheet may calculate the text. Spaces before a sign do not count: some programs drop them. Signs of full
/// width, and small ones, become plain ones where text is normalised. Tabs and line ends are spelt out before this.
///
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>
fn is_formula(text: &str) -> bool {
    let first = text.trim_start().chars().next();
    matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫' | '−'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula_however_it_begins() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\u{3000}=1", "＝1", "\u{a0}＋1", "﹫x", "−1", "-"] {
            assert_eq!(quoted(text), format!("\"'{text}\""));
        }
        // These are spelt out, and what they stand before is no longer at the start.
        assert_eq!(quoted("\t=1"), "\"\\u{9}=1\"");
        assert_eq!(quoted("\r\n=1"), "\"\\u{d}\\u{a}=1\"");
        assert_eq!(quoted("\u{feff}=1"), "\"\\u{feff}=1\"");
    }

    #[test]
    fn quotes_are_doubled_and_separators_stay_inside() {
        assert_eq!(quoted("a\",=1;\"b"), "\"a\"\",=1;\"\"b\"");
        assert_eq!(quoted("a=b"), "\"a=b\"");
    }
}
