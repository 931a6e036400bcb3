//! Tables of facts that grow old: what each lists, where it comes from, and to which day it is true.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// After how many days a table is called old.
pub const OLD_AFTER_DAYS: i32 = 90;

/// What is to be known of a table that grows old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// What it lists, to be read after "the table of".
    pub name: &'static str,
    /// Where to look for what is true now.
    pub source: &'static str,
    /// The last day on which somebody looked.
    pub as_of: Date,
}

impl Dated {
    /// Whether it is older than [`OLD_AFTER_DAYS`].
    pub fn is_old(&self, now: Timestamp) -> bool {
        let last = self.as_of.checked_add(OLD_AFTER_DAYS.days());
        last.is_ok_and(|last| now.to_zoned(TimeZone::UTC).date() > last)
    }
}

/// A table in a file: lines of fields with tabs between them, below lines that begin with `#` and say whence and when.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    name: &'static str,
    text: &'static str,
}

impl Table {
    /// The table in this text.
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }

    /// What is to be known of it. One that does not say its day is as old as can be.
    pub fn dated(&self) -> Dated {
        Dated {
            name: self.name,
            source: self.said("source").unwrap_or_default(),
            as_of: self.said("as of").and_then(|day| day.parse().ok()).unwrap_or(Date::ZERO),
        }
    }

    /// The fields of each line.
    pub fn rows(&self) -> impl Iterator<Item = Vec<&'static str>> {
        self.text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
    }

    fn said(&self, what: &str) -> Option<&'static str> {
        let comments = self.text.lines().filter_map(|line| line.strip_prefix("# "));
        comments.filter_map(|line| line.split_once(": ")).find(|(name, _)| *name == what).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_table_is_old_on_the_ninety_first_day() {
        let table = Dated { name: "", source: "", as_of: date(2026, 1, 1) };
        assert!(!table.is_old("2026-04-01T23:59:59Z".parse().unwrap()));
        assert!(table.is_old("2026-04-02T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn a_table_without_a_day_is_as_old_as_can_be() {
        assert!(Table::new("", "a\tb\n").dated().is_old(Timestamp::UNIX_EPOCH));
        let table = Table::new("", "# What it is.\n# as of: 2026-11-29\na\tb\nc\n");
        assert_eq!(table.dated().as_of, date(2026, 11, 29));
        assert_eq!(table.rows().collect::<Vec<_>>(), [vec!["a", "b"], vec!["c"]]);
    }
}
