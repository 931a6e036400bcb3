//! Points in time: ISO 8601 in the forms of <https://www.w3.org/TR/NOTE-datetime>, or seconds since
//! 1970. The two can be compared with each other.

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    seconds: i64,
    nanoseconds: u32,
}

impl Moment {
    /// A time in seconds since 1970.
    pub(crate) fn at(seconds: i64) -> Moment {
        Moment { seconds, nanoseconds: 0 }
    }

    /// Whole seconds since 1970, as `aws:EpochTime` writes them.
    pub(crate) fn seconds(self) -> i64 {
        self.seconds
    }

    /// Reads a date. Four digits are a year, any other number of digits are seconds since 1970; a
    /// time without a zone is UTC.
    pub(crate) fn parse(text: &str) -> Option<Moment> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.len() != 4 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Moment { seconds: text.parse().ok()?, nanoseconds: 0 });
        }
        let (date, time) = text.split_once(['T', 't']).unwrap_or((text, ""));
        let days = days(date)?;
        let (clock, nanoseconds) = if time.is_empty() { (0, 0) } else { clock(time)? };
        Some(Moment { seconds: days * 86_400 + clock, nanoseconds })
    }
}

/// Days since 1970 of `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or `YYYYMMDD`.
fn days(date: &str) -> Option<i64> {
    let mut fields = date.split('-');
    let first = fields.next()?;
    let (year, month, day) = if first.len() == 8 {
        (first.get(..4)?, Some(first.get(4..6)?), Some(first.get(6..)?))
    } else {
        (first, fields.next(), fields.next())
    };
    if fields.next().is_some() {
        return None;
    }
    let year = number(year, 4)?;
    let month = month.map_or(Some(1), |month| number(month, 2))?;
    let day = day.map_or(Some(1), |day| number(day, 2))?;
    let in_range = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    in_range.then(|| days_since_1970(year, month, day))
}

/// Seconds since midnight UTC, and nanoseconds, of `hh:mm`, `hh:mm:ss`, `hh:mm:ss.fff` or `hhmmss`
/// with an optional zone. Negative, or more than a day, when the zone moves the time over midnight.
fn clock(time: &str) -> Option<(i64, u32)> {
    let zone_start = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone_start);
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let (hours, minutes, seconds) = hours_minutes_seconds(whole)?;
    let nanoseconds = match fraction {
        "" => 0,
        digits if digits.len() <= 9 => format!("{digits:0<9}").parse().ok()?,
        _ => return None,
    };
    let in_range = hours <= 23 && minutes <= 59 && seconds <= 60;
    in_range.then_some(())?;
    Some((hours * 3600 + minutes * 60 + seconds - zone_offset(zone)?, nanoseconds))
}

fn hours_minutes_seconds(text: &str) -> Option<(i64, i64, i64)> {
    let mut fields = text.split(':');
    let first = fields.next()?;
    let (hours, minutes, seconds) = if first.len() == 6 {
        (first.get(..2)?, first.get(2..4)?, Some(first.get(4..)?))
    } else {
        (first, fields.next()?, fields.next())
    };
    if fields.next().is_some() {
        return None;
    }
    Some((number(hours, 2)?, number(minutes, 2)?, seconds.map_or(Some(0), |seconds| number(seconds, 2))?))
}

/// Seconds east of UTC.
fn zone_offset(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.chars().next() {
        None | Some('Z' | 'z') => return (zone.len() <= 1).then_some(0),
        Some('-') => (-1, &zone[1..]),
        Some(_) => (1, &zone[1..]),
    };
    let digits = rest.replacen(':', "", 1);
    let (hours, minutes) = (number(digits.get(..2)?, 2)?, number(digits.get(2..)?, 2)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn number(digits: &str, length: usize) -> Option<i64> {
    let is_number = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

fn is_leap_year(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let leap_days = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let days_before_year = before * 365 + leap_days;
    let days_before_month: i64 = (1..month).map(|month| days_in_month(year, month)).sum();
    // 719,162 days lie before 1970-01-01 when 0001-01-01 is the first.
    days_before_year + days_before_month + day - 1 - 719_162
}
