//! What Security Hub answers.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::Reply;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Imported {
    pub(super) failed_count: usize,
    pub(super) success_count: usize,
    #[serde(default)]
    pub(super) failed_findings: Vec<Failed>,
}

/// A finding that was not taken.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Failed {
    pub(super) id: String,
    error_code: String,
    #[serde(default)]
    error_message: String,
}

impl Failed {
    /// Whether the hub may take it when it is sent again.
    pub(super) fn may_pass(&self) -> bool {
        let codes = ["Internal", "Throttl", "LimitExceeded", "TooManyRequests", "ServiceUnavailable", "Concurrent"];
        codes.iter().any(|code| self.error_code.starts_with(code))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The message may name the finding, and each would be a reason of its own.
        write!(formatter, "{} {}", self.error_code, self.error_message.replace(&self.id, "…"))
    }
}

/// The code and the message of an error, wherever the answer has them.
pub(super) fn error_of(reply: &Reply) -> (String, String) {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let member = |names: [&str; 3]| names.iter().find_map(|name| body[*name].as_str()).unwrap_or_default().to_owned();
    let header = reply.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let code = header.map_or_else(|| member(["__type", "Code", "code"]), str::to_owned);
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default();
    let code = if code.is_empty() { format!("status {}", reply.status.as_u16()) } else { code.to_owned() };
    (code, member(["Message", "message", "errorMessage"]))
}
