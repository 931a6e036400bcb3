//! Calls that fail for another reason than want of permission.

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
