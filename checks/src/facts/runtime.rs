//! Lambda's managed runtimes and the dates on which AWS stops supporting them.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// The day to which the table below is true; a report says so once it is old.
pub const TABLE_AS_OF: Date = date(2026, 8, 1);

/// Where the table comes from.
pub const TABLE_SOURCE: &str = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html";

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

/// Identifier and day of deprecation; none while AWS has scheduled none.
const TABLE: &[(&str, Option<Date>)] = &[
    ("dotnet10", Some(date(2028, 11, 14))),
    ("dotnet5.0", Some(date(2022, 5, 10))),
    ("dotnet6", Some(date(2024, 12, 20))),
    ("dotnet7", Some(date(2024, 5, 14))),
    ("dotnet8", Some(date(2026, 11, 10))),
    ("dotnet9", Some(date(2026, 11, 10))),
    ("dotnetcore1.0", Some(date(2019, 6, 27))),
    ("dotnetcore2.0", Some(date(2019, 5, 30))),
    ("dotnetcore2.1", Some(date(2022, 1, 5))),
    ("dotnetcore3.1", Some(date(2023, 4, 3))),
    ("go1.x", Some(date(2024, 1, 8))),
    ("java11", Some(date(2027, 6, 30))),
    ("java11.al2023", None),
    ("java17", Some(date(2027, 6, 30))),
    ("java17.al2023", None),
    ("java21", Some(date(2029, 6, 30))),
    ("java25", Some(date(2029, 6, 30))),
    ("java8", Some(date(2024, 1, 8))),
    ("java8.al2", Some(date(2027, 6, 30))),
    ("java8.al2023", None),
    ("nodejs", Some(date(2016, 8, 30))),
    ("nodejs10.x", Some(date(2021, 7, 30))),
    ("nodejs12.x", Some(date(2023, 3, 31))),
    ("nodejs14.x", Some(date(2023, 12, 4))),
    ("nodejs16.x", Some(date(2024, 6, 12))),
    ("nodejs18.x", Some(date(2025, 9, 1))),
    ("nodejs20.x", Some(date(2026, 4, 30))),
    ("nodejs22.x", Some(date(2027, 4, 30))),
    ("nodejs24.x", Some(date(2028, 4, 30))),
    ("nodejs4.3", Some(date(2020, 3, 5))),
    ("nodejs4.3-edge", Some(date(2020, 3, 5))),
    ("nodejs6.10", Some(date(2019, 8, 12))),
    ("nodejs8.10", Some(date(2020, 3, 6))),
    ("provided", Some(date(2024, 1, 8))),
    ("provided.al2", Some(date(2026, 7, 31))),
    ("provided.al2023", Some(date(2029, 6, 30))),
    ("python2.7", Some(date(2021, 7, 15))),
    ("python3.10", Some(date(2026, 10, 31))),
    ("python3.11", Some(date(2027, 6, 30))),
    ("python3.12", Some(date(2028, 10, 31))),
    ("python3.13", Some(date(2029, 6, 30))),
    ("python3.14", Some(date(2029, 6, 30))),
    ("python3.6", Some(date(2022, 7, 18))),
    ("python3.7", Some(date(2023, 12, 4))),
    ("python3.8", Some(date(2024, 10, 14))),
    ("python3.9", Some(date(2025, 12, 15))),
    ("ruby2.5", Some(date(2021, 7, 30))),
    ("ruby2.7", Some(date(2023, 12, 7))),
    ("ruby3.2", Some(date(2026, 3, 31))),
    ("ruby3.3", Some(date(2027, 3, 31))),
    ("ruby3.4", Some(date(2028, 3, 31))),
    ("ruby4.0", Some(date(2029, 3, 31))),
];

impl Runtime {
    /// What the table says of this runtime.
    pub fn support(&self) -> Support {
        match TABLE.binary_search_by_key(&self.0.as_str(), |(identifier, _)| identifier) {
            Ok(index) => TABLE[index].1.map_or(Support::Unscheduled, Support::Until),
            Err(_) => Support::Unlisted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(TABLE.is_sorted_by_key(|(identifier, _)| identifier));
    }

    #[test]
    fn a_runtime_is_looked_up_by_its_whole_identifier() {
        let support = |identifier: &str| Runtime(identifier.to_owned()).support();
        assert_eq!(support("python3.8"), Support::Until(date(2024, 10, 14)));
        assert_eq!(support("java17.al2023"), Support::Unscheduled);
        assert_eq!(support("python3"), Support::Unlisted);
    }
}
