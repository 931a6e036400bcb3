//! Versions of the agent of ECS, and the days on which they came out.

use jiff::civil::{Date, date};
use palisade_model::dated::Dated;

use super::platforms::parse;

/// What is to be known of the versions below: the days on which the file `VERSION` was changed in the agent's source.
/// What is newer than the last of them is no older than that one.
pub(crate) const DATED: Dated = Dated {
    name: "versions of the agent of ECS",
    source: "https://github.com/aws/amazon-ecs-agent/releases",
    as_of: date(2026, 11, 29),
};

/// After how many days an agent is called old. Agents come out every two or three weeks, with those of the machine
/// image; one of a year ago missed about twenty.
pub const OLD_AFTER_DAYS: i32 = 365;

/// The first version of each series, and its day.
const RELEASED: [((u32, u32, u32), Date); 26] = [
    ((1, 80, 0), date(2024, 1, 9)),
    ((1, 81, 0), date(2024, 1, 31)),
    ((1, 82, 0), date(2024, 2, 28)),
    ((1, 83, 0), date(2024, 5, 28)),
    ((1, 84, 0), date(2024, 6, 13)),
    ((1, 85, 0), date(2024, 7, 8)),
    ((1, 86, 0), date(2024, 8, 8)),
    ((1, 87, 0), date(2024, 9, 20)),
    ((1, 88, 0), date(2024, 10, 30)),
    ((1, 89, 0), date(2024, 11, 15)),
    ((1, 90, 0), date(2025, 1, 23)),
    ((1, 91, 0), date(2025, 2, 20)),
    ((1, 92, 0), date(2025, 4, 9)),
    ((1, 93, 0), date(2025, 4, 23)),
    ((1, 94, 0), date(2025, 5, 20)),
    ((1, 95, 0), date(2025, 6, 5)),
    ((1, 96, 0), date(2025, 7, 3)),
    ((1, 97, 0), date(2025, 7, 23)),
    ((1, 98, 0), date(2025, 8, 14)),
    ((1, 99, 0), date(2025, 9, 3)),
    ((1, 100, 0), date(2025, 10, 7)),
    ((1, 101, 0), date(2025, 11, 12)),
    ((1, 102, 0), date(2026, 2, 19)),
    ((1, 103, 0), date(2026, 4, 21)),
    ((1, 104, 0), date(2026, 6, 4)),
    ((1, 105, 0), date(2026, 6, 12)),
];

/// How old a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Its series came out on this day.
    Since(Date),
    /// It is older than all that are listed, of which the first came out on this day.
    Before(Date),
}

impl Age {
    /// The day that it names.
    pub fn day(self) -> Date {
        match self {
            Self::Since(day) | Self::Before(day) => day,
        }
    }
}

/// How old a version such as `1.105.1` is; none when it is not of that form.
pub fn age(version: &str) -> Option<Age> {
    let version = parse(version.trim_start_matches('v'))?;
    let [(_, first), ..] = RELEASED;
    let last = RELEASED.iter().rev().find(|(released, _)| *released <= version);
    Some(last.map_or(Age::Before(first), |(_, day)| Age::Since(*day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_as_old_as_its_series() {
        assert_eq!(age("1.101.3"), Some(Age::Since(date(2025, 11, 12))));
        assert_eq!(age("v1.105.1"), Some(Age::Since(date(2026, 6, 12))));
        assert_eq!(age("1.9.0"), Some(Age::Before(date(2024, 1, 9))));
        assert_eq!(age("2.0.0"), Some(Age::Since(date(2026, 6, 12))));
        assert_eq!(age("latest"), None);
        assert!(RELEASED.is_sorted());
    }
}
