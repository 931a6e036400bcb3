//! What a simulator does wrong on request.

mod gate;
mod random;
mod refusal;
mod rewrite;

use std::time::Duration;

use jiff::SignedDuration;

use crate::limits::Limits;

pub(crate) use gate::{Arrival, Gate, Passage};
pub use random::Random;
pub(crate) use refusal::{invalid_token, missing_token, wrong_time};
pub use rewrite::Rewrite;

/// What a simulator does wrong; nothing by default.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Calls refused for want of permission.
    pub deny: Vec<Denial>,
    /// Calls that fail otherwise; the first that fits is taken.
    pub failures: Vec<Failure>,
    /// How often the services may be called; without limits when left out.
    pub limits: Option<Limits>,
    /// How long each answer takes.
    pub latency: Duration,
    /// After this many calls with one access key, it is expired.
    pub expire_after: Option<u64>,
    /// Calls that fail by chance.
    pub random: Option<Random>,
    /// What something in between makes of answers.
    pub rewrite: Option<Rewrite>,
    /// How far AWS's clock is ahead of this machine's; behind when negative.
    pub clock_ahead: SignedDuration,
}

/// A permission the caller lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// An action such as `lambda:GetPolicy`; a `*` at the end stands for any rest.
    pub action: String,
    /// Only in this Region.
    pub region: Option<String>,
    /// Only for resources whose ARN holds this text.
    pub resource: Option<String>,
    /// What denies it, which AWS says in the message.
    pub by: DeniedBy,
}

impl Denial {
    /// No identity-based policy of the caller allows `action`.
    pub fn of(action: &str) -> Denial {
        Denial { action: action.to_owned(), region: None, resource: None, by: DeniedBy::Identity }
    }

    /// The same permission, denied by something else.
    pub fn by(mut self, by: DeniedBy) -> Denial {
        self.by = by;
        self
    }
}

/// What denies a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeniedBy {
    /// No identity-based policy allows it.
    #[default]
    Identity,
    /// No permissions boundary allows it.
    Boundary,
    /// A service control policy denies it.
    Scp,
    /// A resource control policy denies it.
    Rcp,
    /// The resource's own policy denies it.
    ResourcePolicy,
    /// No session policy allows it.
    Session,
    /// AWS doesn't say, as some services don't.
    Unspecified,
}

/// A call that fails for another reason than want of permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// An action such as `lambda:ListFunctions`; a `*` at the end stands for any rest.
    pub action: String,
    /// Only in this Region.
    pub region: Option<String>,
    /// Only for resources whose ARN holds this text.
    pub resource: Option<String>,
    /// How many calls fail before it works again; always when left out.
    pub times: Option<u32>,
    /// How many calls work first: 1 makes the second page fail.
    pub skip: u32,
    /// How it fails.
    pub kind: FailureKind,
}

impl Failure {
    /// Every call of `action` fails.
    pub fn of(action: &str, kind: FailureKind) -> Failure {
        Failure { action: action.to_owned(), region: None, resource: None, times: None, skip: 0, kind }
    }
}

/// A way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The service's own throttle error.
    Throttle {
        /// Seconds to announce in a `Retry-After` header.
        retry_after: Option<u64>,
    },
    /// The service's own error with status 500.
    ServerError,
    /// No answer, ever.
    Hang,
    /// Half of the answer, then the connection closes.
    Truncated,
    /// A refusal of which half the text arrives, with a length that fits.
    CutRefusal,
    /// Status 200 and a body that is no JSON and no XML.
    Garbage,
    /// Status 200 and an empty body.
    Empty,
    /// Status 404 and a web page, as a proxy in between answers.
    HtmlNotFound,
    /// The credentials have expired.
    ExpiredToken,
    /// The credentials are unknown.
    InvalidToken,
    /// What the service answers in a Region that is not opted in.
    RegionDisabled,
    /// The connection closes without an answer.
    Reset,
    /// The resource that was asked about was deleted meanwhile, in the service's own words.
    Deleted,
    /// The list of which a page is asked for is no longer known: 410, as the API of a cluster says it.
    Gone,
}

/// Whether a pattern such as `lambda:GetPolicy`, `lambda:*` or `*` names `action`.
pub(crate) fn action_matches(pattern: &str, action: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => action.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start)),
        None => pattern.eq_ignore_ascii_case(action),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_actions() {
        assert!(action_matches("lambda:GetPolicy", "lambda:GetPolicy"));
        assert!(action_matches("lambda:*", "lambda:GetPolicy"));
        assert!(action_matches("lambda:get*", "lambda:GetPolicy"));
        assert!(action_matches("*", "iam:ListRoles"));
        assert!(!action_matches("lambda:GetPolicy", "lambda:GetPolicyX"));
        assert!(!action_matches("lambda:List*", "lambda:GetPolicy"));
    }
}
