//! A page of a known width: headings, wrapped text and columns. It takes no text but [`Shown`], so that nothing that comes
//! from the account can break a line, move the cursor or read otherwise than it is.

use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, Table, Width};
use palisade_model::verdict::Severity;

use crate::Style;
use crate::safe::visible;

/// The narrowest page that is laid out, as wide as the counts need; a narrower terminal wraps by itself.
const NARROWEST: u16 = 64;
/// The space between two columns.
const GUTTER: u16 = 2;

/// What a piece of text means to the reader; the only source of colour.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tone {
    /// Something of this severity.
    Severity(Severity),
    /// How many there are of this severity.
    Count(Severity),
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
            Self::Severity(Severity::High) | Self::Count(Severity::Critical | Severity::High) => "31",
            Self::Severity(Severity::Medium) | Self::Count(Severity::Medium) => "33",
            Self::Severity(Severity::Low) | Self::Count(Severity::Low) => "36",
            Self::Severity(Severity::Informational) | Self::Count(Severity::Informational) => "34",
            Self::Warning => "1;33",
            Self::Strong => "1",
            Self::Faint => "2",
        }
    }
}

/// Text on one line of which everything can be seen, hidden characters spelt out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown(String);

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self(visible(text).into_owned())
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl Shown {
    /// Several lines, one below the other: the only line breaks there are.
    pub(super) fn lines(lines: impl IntoIterator<Item = Self>) -> Self {
        Self(lines.into_iter().map(|line| line.0).collect::<Vec<_>>().join("\n"))
    }

    /// How many columns the widest line takes, as far as a layout needs to know.
    pub(super) fn width(&self) -> u16 {
        self.0.lines().map(columns_of).max().unwrap_or_default()
    }
}

/// A piece of a line, and its meaning.
pub(super) type Piece = (Option<Tone>, Shown);

/// Where the table is written to.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    pub(super) style: &'a Style,
    lines: usize,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, style: &'a Style) -> Self {
        Self { out, style, lines: 0 }
    }

    /// How many lines there are so far.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> u16 {
        self.style.width.max(NARROWEST)
    }

    /// The text in the colour of its meaning, if colours are wanted.
    fn paint(&self, tone: Option<Tone>, text: &str) -> String {
        match tone.filter(|_| self.style.color) {
            Some(tone) => format!("\u{1b}[{}m{text}\u{1b}[0m", tone.code()),
            None => text.to_owned(),
        }
    }

    /// A line of pieces, one after the other.
    pub(super) fn line(&mut self, pieces: &[Piece]) -> io::Result<()> {
        let line: String = pieces.iter().map(|(tone, text)| self.paint(*tone, &text.0)).collect();
        self.lines += 1;
        writeln!(self.out, "{}", line.trim_end())
    }

    /// An empty line.
    pub(super) fn gap(&mut self) -> io::Result<()> {
        self.lines += 1;
        writeln!(self.out)
    }

    /// A heading over the whole width: its name, a rule, and a remark at the right.
    pub(super) fn heading(&mut self, tone: Tone, name: &str, remark: &str) -> io::Result<()> {
        let (name, remark) = (Shown::from(name), Shown::from(remark));
        let rule = self.width().saturating_sub(name.width() + remark.width() + 2).max(2);
        self.gap()?;
        let rule = format!(" {} ", "─".repeat(usize::from(rule)));
        self.line(&[(Some(tone), name), (None, rule.into()), (None, remark)])?;
        self.gap()
    }

    /// Pieces at the left edge and pieces at the right one; below each other where the page is too narrow.
    pub(super) fn between(&mut self, left: &[Piece], right: &[Piece]) -> io::Result<()> {
        let width = |pieces: &[Piece]| pieces.iter().map(|(_, text)| text.width()).sum::<u16>();
        let space = self.width().saturating_sub(width(left) + width(right));
        if space < GUTTER {
            self.line(left)?;
            return self.line(right);
        }
        let space: [Piece; 1] = [(None, Shown(" ".repeat(usize::from(space))))];
        self.line(&[left, &space, right].concat())
    }

    /// A name in the first ten columns, what stands for it, and a remark after it where there is room, else below.
    pub(super) fn named(&mut self, name: &str, said: &[Piece], remark: &str) -> io::Result<()> {
        let width = said.iter().map(|(_, text)| text.width()).sum::<u16>() + 10;
        let mut line: Vec<Piece> = vec![(Some(Tone::Faint), format!("{name:<10}").into())];
        line.extend(said.iter().cloned());
        let remark = Shown::from(remark);
        let fits = width + GUTTER + remark.width() <= self.width();
        if fits {
            line.push((None, "  ".into()));
            line.push((Some(Tone::Faint), remark));
            return self.line(&line);
        }
        self.line(&line)?;
        self.columns(Some(Tone::Faint), 10, &[self.width() - 10], &[vec![remark]])
    }

    /// Pieces and a text after them on one line, the text cut where the page ends.
    pub(super) fn one_line(&mut self, pieces: &[Piece], text: &str) -> io::Result<()> {
        let taken = pieces.iter().map(|(_, text)| text.width()).sum::<u16>();
        if taken > self.width() {
            let whole: String = pieces.iter().map(|(_, text)| text.0.as_str()).collect();
            return self.line(&[(None, Shown(cut(whole.trim_end(), usize::from(self.width()))))]);
        }
        let room = usize::from(self.width().saturating_sub(taken));
        self.line(&[pieces, &[(None, Shown(cut(&Shown::from(text).0, room)))]].concat())
    }

    /// Pieces, a text that is cut where it must be, and another at the right edge.
    pub(super) fn ends(&mut self, pieces: &[Piece], text: &str, right: &str) -> io::Result<()> {
        let right = Shown::from(right);
        let taken = pieces.iter().map(|(_, text)| text.width()).sum::<u16>() + right.width() + GUTTER;
        let room = usize::from(self.width().saturating_sub(taken));
        let text = cut(&Shown::from(text).0, room);
        let space = " ".repeat(room.saturating_sub(text.chars().count()) + usize::from(GUTTER));
        self.line(&[pieces, &[(None, Shown(text)), (None, Shown(space)), (Some(Tone::Faint), right)]].concat())
    }

    /// Short lines beside each other where two fit, filled row by row, under a title for each column.
    pub(super) fn in_columns(&mut self, title: &[Piece], cells: &[Vec<Piece>]) -> io::Result<()> {
        let width = |cell: &[Piece]| cell.iter().map(|(_, text)| text.width()).sum::<u16>();
        let widest = cells.iter().map(|cell| width(cell)).max().unwrap_or_default();
        let columns = if 2 * widest + GUTTER <= self.width() && cells.len() > 1 { 2 } else { 1 };
        let titles = vec![title.to_vec(); columns];
        for row in std::iter::once(&*titles).chain(cells.chunks(columns)) {
            let mut line: Vec<Piece> = Vec::new();
            for cell in row {
                line.extend(cell.iter().cloned());
                line.push((None, Shown(" ".repeat(usize::from((widest + GUTTER).saturating_sub(width(cell)))))));
            }
            self.line(&line)?;
        }
        Ok(())
    }

    /// Text, wrapped between this indent and the right edge.
    pub(super) fn text(&mut self, tone: Option<Tone>, indent: u16, text: impl Into<Shown>) -> io::Result<()> {
        self.columns(tone, indent, &[self.width().saturating_sub(indent)], &[vec![text.into()]])
    }

    /// Text after a mark; wrapped lines stand under its first word.
    pub(super) fn item(
        &mut self,
        tone: Option<Tone>,
        indent: u16,
        mark: &str,
        text: impl Into<Shown>,
    ) -> io::Result<()> {
        let rest = self.width().saturating_sub(indent + 3);
        self.columns(tone, indent, &[1, rest], &[vec![mark.into(), text.into()]])
    }

    /// Rows of cells that wrap within columns of these widths.
    pub(super) fn columns(
        &mut self,
        tone: Option<Tone>,
        indent: u16,
        widths: &[u16],
        rows: &[Vec<Shown>],
    ) -> io::Result<()> {
        let mut table = table(rows);
        for (index, (column, width)) in table.column_iter_mut().zip(widths).enumerate() {
            let left = if index == 0 { indent } else { GUTTER };
            column.set_padding((left, 0));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(left + width)));
        }
        for line in table.lines() {
            let line = self.paint(tone, line.trim_end());
            self.lines += 1;
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Rows of numbers after a name each, every column as wide as it must be.
    pub(super) fn grid(&mut self, rows: &[Vec<Piece>]) -> io::Result<()> {
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let widest =
            |index: usize| rows.iter().filter_map(move |row| Some(row.get(index)?.1.width())).max().unwrap_or_default();
        let widths: Vec<u16> = (0..columns).map(widest).collect();
        for row in rows {
            let mut line: Vec<Piece> = Vec::new();
            for (index, (piece, width)) in row.iter().zip(&widths).enumerate() {
                let fill = Shown(" ".repeat(usize::from(width - piece.1.width())));
                let space = Shown(if index == 0 { " " } else { "  " }.to_owned());
                line.push((None, space));
                let pair = if index == 0 { [piece.clone(), (None, fill)] } else { [(None, fill), piece.clone()] };
                line.extend(pair);
            }
            self.line(&line)?;
        }
        Ok(())
    }
}

/// A table that knows nothing of the terminal.
fn table(rows: &[Vec<Shown>]) -> Table {
    let mut table = Table::new();
    table.force_no_tty().load_style(NOTHING);
    table.add_rows(rows.iter().map(|row| row.iter().map(|cell| cell.0.as_str())));
    table
}

/// A text that takes no more columns than there are, an ellipsis in place of what it lost.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `1 finding`, `2 findings`, `1,234 findings`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    };
    format!("{} {}", grouped(number), if number == 1 { noun } else { &plural })
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
fn columns_of(text: &str) -> u16 {
    u16::try_from(text.chars().count()).unwrap_or(u16::MAX)
}
