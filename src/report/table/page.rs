//! A page of a known width: headings, wrapped text and columns.

use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, Table, Width};
use palisade_checks::check::Severity;

use crate::report::Style;
use crate::report::safe::visible;

/// The narrowest page that is laid out, as wide as the counts need; a narrower terminal wraps by itself.
const NARROWEST: u16 = 64;
/// The space between two columns.
const GUTTER: u16 = 2;

/// What a piece of text means to the reader; the only source of colour.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tone {
    /// Something of this severity.
    Severity(Severity),
    /// A warning about the report itself.
    Warning,
    /// A title.
    Strong,
    /// Less important than what is around it.
    Faint,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Severity(Severity::Critical) => "1;31",
            Self::Severity(Severity::High) => "31",
            Self::Severity(Severity::Medium) => "33",
            Self::Severity(Severity::Low) => "36",
            Self::Severity(Severity::Informational) => "34",
            Self::Warning => "1;33",
            Self::Strong => "1",
            Self::Faint => "2",
        }
    }
}

/// Where the table is written to.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    pub(super) style: &'a Style,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, style: &'a Style) -> Self {
        Self { out, style }
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> u16 {
        self.style.width.max(NARROWEST)
    }

    /// The text in the colour of its meaning, if colours are wanted.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        if self.style.color { format!("\u{1b}[{}m{text}\u{1b}[0m", tone.code()) } else { text.to_owned() }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text.trim_end())
    }

    /// An empty line.
    pub(super) fn gap(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading over the whole width: its name, a rule, and a remark at the right.
    pub(super) fn heading(&mut self, tone: Tone, name: &str, remark: &str) -> io::Result<()> {
        let taken = name.chars().count() + remark.chars().count() + 2;
        let rule = "─".repeat(usize::from(self.width()).saturating_sub(taken).max(2));
        let name = self.paint(tone, name);
        self.gap()?;
        self.line(&format!("{name} {rule} {remark}"))?;
        self.gap()
    }

    /// Text, wrapped between this indent and the right edge.
    pub(super) fn text(&mut self, tone: Option<Tone>, indent: u16, text: &str) -> io::Result<()> {
        self.columns(tone, indent, &[self.width().saturating_sub(indent)], &[vec![text.to_owned()]])
    }

    /// Text after a mark; wrapped lines stand under its first word.
    pub(super) fn item(&mut self, tone: Option<Tone>, indent: u16, mark: &str, text: &str) -> io::Result<()> {
        let rest = self.width().saturating_sub(indent + 3);
        self.columns(tone, indent, &[1, rest], &[vec![mark.to_owned(), text.to_owned()]])
    }

    /// Rows of cells that wrap within columns of these widths.
    pub(super) fn columns(
        &mut self,
        tone: Option<Tone>,
        indent: u16,
        widths: &[u16],
        rows: &[Vec<String>],
    ) -> io::Result<()> {
        let mut table = plain_table();
        table.add_rows(rows);
        for (index, (column, width)) in table.column_iter_mut().zip(widths).enumerate() {
            let left = if index == 0 { indent } else { GUTTER };
            column.set_padding((left, 0));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(left + width)));
        }
        for line in table.lines().collect::<Vec<_>>() {
            let line = line.trim_end();
            let line = tone.map_or_else(|| line.to_owned(), |tone| self.paint(tone, line));
            self.line(&line)?;
        }
        Ok(())
    }

    /// A table drawn by its caller.
    pub(super) fn table(&mut self, table: &Table) -> io::Result<()> {
        for line in table.lines().collect::<Vec<_>>() {
            self.line(&line)?;
        }
        Ok(())
    }
}

/// A table without lines that knows nothing of the terminal.
pub(super) fn plain_table() -> Table {
    let mut table = Table::new();
    table.force_no_tty().load_style(NOTHING);
    table
}

/// Text from the account as a cell: on one line, with nothing hidden in it.
pub(super) fn cell(text: &str) -> String {
    visible(text).into_owned()
}

/// `1 finding`, `2 findings`, `1,234 findings`.
pub(super) fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many there are of something, for [`count`].
pub(super) fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// How many columns a text takes, as far as a layout needs to know.
pub(super) fn columns_of(text: &str) -> u16 {
    u16::try_from(text.chars().count()).unwrap_or(u16::MAX)
}
