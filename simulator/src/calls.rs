//! The access log: what was asked, and how it was answered.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;

/// One call a client made.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    /// The IAM action, such as `lambda:GetPolicy`; for an operation the simulator does not know, whatever the request
    /// named.
    pub action: String,
    /// The service of the credential scope, such as `lambda`.
    pub service: String,
    /// The Region of the credential scope.
    pub region: String,
    /// The ARN or name the call was about, if about one.
    pub resource: Option<String>,
    /// The HTTP status answered; 0 when the connection was held or dropped.
    pub status: u16,
    /// What became of it.
    pub outcome: Outcome,
    /// The access key that signed it.
    pub access_key: String,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered from the account file.
    Answered,
    /// The thing asked about does not exist.
    NotFound,
    /// Refused for want of permission, or for bad credentials.
    Denied,
    /// Refused for calling too often.
    Throttled,
    /// A server error, a broken answer, or a request that made no sense.
    Failed,
    /// An operation the simulator does not know. A read-only client never causes one by writing.
    Unknown,
}

/// The calls so far, in the order they were answered.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<Call>>);

impl Log {
    pub(crate) fn record(&self, call: Call) {
        self.lock().push(call);
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        self.lock().clone()
    }

    /// Counts by action, then by outcome.
    pub(crate) fn summary(&self) -> BTreeMap<String, BTreeMap<Outcome, u64>> {
        let mut summary: BTreeMap<String, BTreeMap<Outcome, u64>> = BTreeMap::new();
        for call in self.lock().iter() {
            *summary.entry(call.action.clone()).or_default().entry(call.outcome).or_default() += 1;
        }
        summary
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Call>> {
        // A panic elsewhere leaves a list of calls that is still true.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
