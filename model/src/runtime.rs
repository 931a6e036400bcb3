//! Lambda's managed runtimes and the dates on which AWS stops supporting them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::dated::Table;

/// Identifier and day of deprecation; a dash while AWS has scheduled none.
pub const TABLE: Table = Table::new("Lambda runtimes", include_str!("tables/runtimes.tsv"));

/// A managed runtime, by its identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime(pub String);

/// What AWS says of a runtime's support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Deprecated from this day on, which may lie ahead.
    Until(Date),
    /// No end is announced.
    Unscheduled,
    /// The table does not know the runtime.
    Unlisted,
}

impl Runtime {
    /// What the table says of this runtime.
    pub fn support(&self) -> Support {
        table().get(self.0.as_str()).copied().unwrap_or(Support::Unlisted)
    }
}

fn table() -> &'static BTreeMap<&'static str, Support> {
    static READ: OnceLock<BTreeMap<&'static str, Support>> = OnceLock::new();
    READ.get_or_init(|| {
        let read = |row: Vec<&'static str>| match row.as_slice() {
            [identifier, "-"] => Some((*identifier, Support::Unscheduled)),
            [identifier, day] => Some((*identifier, Support::Until(day.parse().ok()?))),
            _ => None,
        };
        TABLE.rows().filter_map(read).collect()
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(table().len(), TABLE.rows().count());
        assert!(table().len() > 50);
    }

    #[test]
    fn a_runtime_is_looked_up_by_its_whole_identifier() {
        let support = |identifier: &str| Runtime(identifier.to_owned()).support();
        assert_eq!(support("python3.8"), Support::Until(date(2024, 10, 14)));
        assert_eq!(support("java17.al2023"), Support::Unscheduled);
        assert_eq!(support("nodejs26.x"), Support::Unscheduled);
        assert_eq!(support("python3"), Support::Unlisted);
    }
}
