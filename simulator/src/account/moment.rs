//! A point in time in an account file: a date, a timestamp, or "3 days ago".

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, de};

/// A point in time, possibly relative to the day of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    At(Timestamp),
    DaysAgo(i64),
}

impl Moment {
    pub(crate) fn at(self, today: Timestamp) -> Timestamp {
        match self {
            Moment::At(timestamp) => timestamp,
            Moment::DaysAgo(days) => today.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(today),
        }
    }

    /// Reads a date, a timestamp, `12 days ago` or `in 12 days`.
    pub(crate) fn parse(text: &str) -> Option<Moment> {
        if let Some(days) = text.strip_suffix(" days ago").or_else(|| text.strip_suffix(" day ago")) {
            return days.trim().parse().ok().map(Moment::DaysAgo);
        }
        if let Some(days) = text.strip_prefix("in ").and_then(|text| text.strip_suffix(" days")) {
            return days.trim().parse().ok().map(|days: i64| Moment::DaysAgo(-days));
        }
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Moment::At(timestamp));
        }
        let date: civil::Date = text.parse().ok()?;
        date.to_zoned(TimeZone::UTC).ok().map(|zoned| Moment::At(zoned.timestamp()))
    }
}

impl Default for Moment {
    /// When things were made that the file gives no date for: 5 March 2025.
    fn default() -> Self {
        Moment::At(Timestamp::from_second(1_741_165_920).unwrap_or(Timestamp::UNIX_EPOCH))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Moment::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no time: write a date (2026-11-20), a timestamp (2026-11-20T08:00:00Z) or `12 days ago`"
            ))
        })
    }
}

/// `2026-11-20T08:00:00Z`, the form of the query protocols.
pub(crate) fn iso(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-11-20T08:00:00.000+0000`, the form of Lambda's `LastModified`.
pub(crate) fn iso_with_offset(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_timestamps_and_ages_are_read() {
        let today: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let read = |text: &str| Moment::parse(text).map(|moment| iso(moment.at(today)));
        assert_eq!(read("2026-11-20").as_deref(), Some("2026-11-20T00:00:00Z"));
        assert_eq!(read("2026-11-20T08:09:10Z").as_deref(), Some("2026-11-20T08:09:10Z"));
        assert_eq!(read("2 days ago").as_deref(), Some("2026-11-19T12:00:00Z"));
        assert_eq!(read("yesterday"), None);
    }
}
