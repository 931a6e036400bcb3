//! Versions of Fargate's platform, and the days on which AWS gave them up.

use jiff::civil::{Date, date};
use palisade_model::dated::Dated;

/// What is to be known of the versions below; no package has them, look at the source.
pub(crate) const DATED: Dated = Dated {
    name: "platform versions of Fargate",
    source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-versions-retired.html",
    as_of: date(2026, 11, 29),
};

/// The versions for Linux that are no more supported, each with the day from which on nothing can be started on it.
const RETIRED_LINUX: [((u32, u32, u32), Date); 4] = [
    ((1, 0, 0), date(2020, 12, 14)),
    ((1, 1, 0), date(2020, 12, 14)),
    ((1, 2, 0), date(2020, 12, 14)),
    ((1, 3, 0), date(2026, 6, 15)),
];

/// The oldest version that is supported, of Linux and of Windows.
const SUPPORTED: [(u32, u32, u32); 2] = [(1, 4, 0), (1, 0, 0)];

/// What is to be said of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It is supported.
    Supported,
    /// It is not, since this day where that is known.
    Retired(Option<Date>),
}

/// Whether a version such as `1.4.0` is supported; none when it is not of that form. `LATEST` always is.
pub fn support(version: &str, is_windows: bool) -> Option<Support> {
    if version.eq_ignore_ascii_case("LATEST") {
        return Some(Support::Supported);
    }
    let version = parse(version)?;
    if version >= SUPPORTED[usize::from(is_windows)] {
        return Some(Support::Supported);
    }
    let row = RETIRED_LINUX.iter().find(|(retired, _)| *retired == version && !is_windows);
    Some(Support::Retired(row.map(|(_, day)| *day)))
}

/// The numbers of a version of three parts.
pub(crate) fn parse(version: &str) -> Option<(u32, u32, u32)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let parsed = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_the_oldest_supported_one_is_retired() {
        assert_eq!(support("1.3.0", false), Some(Support::Retired(Some(date(2026, 6, 15)))));
        assert_eq!(support("1.4.0", false), Some(Support::Supported));
        assert_eq!(support("1.10.0", false), Some(Support::Supported));
        assert_eq!(support("LATEST", false), Some(Support::Supported));
        assert_eq!(support("1.0.0", true), Some(Support::Supported));
        assert_eq!(support("0.9.0", true), Some(Support::Retired(None)));
        assert_eq!(support("newest", false), None);
        assert_eq!(support("1.4", false), None);
    }
}
