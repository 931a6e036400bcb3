//! What a collector says by a number.
//!
//! Source: Splunk's table of status codes of the HTTP Event Collector, and what others publish of it.

use http::StatusCode;
use serde::Deserialize;

/// What a collector answers.
#[derive(Deserialize)]
pub(super) struct Reply {
    #[serde(default)]
    pub(super) text: String,
    pub(super) code: Option<u16>,
    /// The first event that it did not take, from 0.
    #[serde(rename = "invalid-event-number")]
    pub(super) invalid_event: Option<usize>,
    #[serde(rename = "ackId")]
    pub(super) ack_id: Option<u64>,
}

/// The answer, if it is one.
pub(super) fn reply(body: &[u8]) -> Option<Reply> {
    serde_json::from_slice(body).ok()
}

/// What follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Taken,
    /// Again later.
    Busy(&'static str),
    /// One of the events, or their number, is what it does not take.
    Halve(&'static str),
    /// Nothing will be taken until somebody changes something.
    Stop(Code),
    /// No answer of a collector.
    Unclear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Index,
    Other(&'static str),
}

impl Meaning {
    pub(super) fn of(status: StatusCode, code: Option<u16>) -> Self {
        let stop = |what| Self::Stop(Code::Other(what));
        match (status.as_u16(), code) {
            (200..=299, Some(0)) => Self::Taken,
            (_, Some(1)) => stop("the token is disabled"),
            (_, Some(2)) => stop("the collector did not see a token"),
            (_, Some(3)) => stop("the collector does not understand the authorisation"),
            (_, Some(4)) => stop("the token is not valid"),
            (_, Some(5)) => Self::Halve("the collector saw no event"),
            (_, Some(6)) => Self::Halve("the collector does not understand the event"),
            (_, Some(7)) => Self::Stop(Code::Index),
            (_, Some(8)) => Self::Busy("the collector failed"),
            (_, Some(9 | 18..=20)) => Self::Busy("the collector is busy"),
            (_, Some(10)) => stop("the collector did not see the channel"),
            (_, Some(11)) => stop("the collector refuses the channel"),
            (_, Some(12 | 13)) => Self::Halve("the collector misses the event in its envelope"),
            (_, Some(15)) => Self::Halve("the collector refuses the indexed fields"),
            (_, Some(23)) => Self::Busy("the collector is shutting down"),
            (413, _) => Self::Halve("the request is too large"),
            (429, _) => Self::Busy("too many requests"),
            (401 | 403, _) => stop("the token is refused"),
            (404 | 405, _) => stop("there is no collector at this address"),
            (300..=399, _) => stop("the address leads on to another one, which is not followed"),
            (500..=599, _) => Self::Busy("the collector, or something before it, failed"),
            (400, _) => Self::Halve("the collector does not take the request"),
            _ => Self::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_meaning() {
        let of = |status, code| Meaning::of(StatusCode::from_u16(status).unwrap(), code);
        assert_eq!(of(200, Some(0)), Meaning::Taken);
        for (status, code) in [(403, 1), (401, 2), (401, 3), (403, 4), (400, 7), (400, 10), (400, 11)] {
            assert!(matches!(of(status, Some(code)), Meaning::Stop(_)), "{code}");
        }
        for (status, code) in [(400, 5), (400, 6), (400, 12), (400, 13), (400, 15)] {
            assert!(matches!(of(status, Some(code)), Meaning::Halve(_)), "{code}");
        }
        for (status, code) in [(500, Some(8)), (503, Some(9)), (503, Some(18)), (429, None), (502, None), (503, None)] {
            assert!(matches!(of(status, code), Meaning::Busy(_)), "{status} {code:?}");
        }
        // A page of something in between is no success, whatever its status.
        for (status, code) in [(200, None), (204, None), (200, Some(77))] {
            assert_eq!(of(status, code), Meaning::Unclear, "{status} {code:?}");
        }
        assert!(matches!(of(302, None), Meaning::Stop(_)) && matches!(of(413, None), Meaning::Halve(_)));
    }
}
