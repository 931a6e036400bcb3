//! What AWS's errors mean: the only file that names their codes.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use palisade_checks::facts::{By, Reason};

use crate::discreet;

/// A call that gave no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// AWS asks to slow down, perhaps for so long.
    Throttled(Option<Duration>),
    /// A server error, a broken connection, a garbled answer: the next attempt may succeed.
    Passing(Reason),
    /// The endpoint does not know the credentials.
    UnknownCredentials,
    /// AWS answered with an error of this code.
    Answered {
        /// AWS's code.
        code: String,
        /// What it means to us.
        reason: Reason,
    },
    /// There is no point in asking (again).
    GaveUp(Reason),
}

impl Failure {
    /// The reason that a gap gives.
    pub(crate) fn into_reason(self) -> Reason {
        match self {
            Self::Throttled(_) => Reason::Throttled,
            Self::UnknownCredentials => Reason::Expired,
            Self::Passing(reason) | Self::Answered { reason, .. } | Self::GaveUp(reason) => reason,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttled(Some(time)) => write!(formatter, "throttled for {} s", time.as_secs()),
            Self::Throttled(None) => formatter.write_str("throttled"),
            Self::UnknownCredentials => formatter.write_str("credentials unknown"),
            Self::Answered { code, reason } => write!(formatter, "{code}: {reason}"),
            Self::Passing(reason) | Self::GaveUp(reason) => write!(formatter, "{reason}"),
        }
    }
}

/// Source: `aws-runtime`'s retry classifier, and the services' API references.
const THROTTLES: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

const DENIALS: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "UnauthorizedOperation",
];

const EXPIRIES: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

/// What a Region answers that is switched off, and what a revoked key gets everywhere.
const UNKNOWN_CREDENTIALS: &[&str] =
    &["AuthFailure", "InvalidClientTokenId", "InvalidToken", "OptInRequired", "UnrecognizedClientException"];

/// Tells what an error of the SDK means.
pub(crate) fn judge<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Failure {
    match error {
        SdkError::ServiceError(service) => {
            answered(service.err().code().unwrap_or(""), service.err().message().unwrap_or(""), service.raw())
        }
        SdkError::TimeoutError(_) => Failure::Passing(Reason::Unreachable),
        SdkError::DispatchFailure(dispatch) => {
            let lost = dispatch.is_timeout() || dispatch.is_io();
            match dispatch.as_connector_error() {
                _ if lost => Failure::Passing(Reason::Unreachable),
                // Credentials that cannot be refreshed fail before anything is sent.
                Some(error) if is_about_credentials(error) => Failure::GaveUp(Reason::Expired),
                Some(error) => Failure::Passing(Reason::Failed(discreet::connection(error))),
                None => Failure::Passing(Reason::Failed("nothing could be sent".to_owned())),
            }
        }
        SdkError::ResponseError(response) => garbled(response.raw()),
        SdkError::ConstructionFailure(_) => {
            Failure::GaveUp(Reason::Failed("the call could not be made from what AWS answered before".to_owned()))
        }
        other => Failure::GaveUp(Reason::Failed(other.to_string())),
    }
}

fn is_about_credentials(error: &ConnectorError) -> bool {
    discreet::links(error).any(|link| link.to_string().to_ascii_lowercase().contains("credential"))
}

fn answered(code: &str, message: &str, raw: &HttpResponse) -> Failure {
    let status = raw.status().as_u16();
    if THROTTLES.contains(&code) || status == 429 {
        return Failure::Throttled(retry_after(raw));
    }
    if UNKNOWN_CREDENTIALS.contains(&code) {
        return Failure::UnknownCredentials;
    }
    if code.is_empty() {
        return garbled(raw);
    }
    if status >= 500 {
        return Failure::Passing(failed(code, message));
    }
    let reason = if DENIALS.contains(&code) {
        Reason::Denied(denied_by(message))
    } else if EXPIRIES.contains(&code) {
        Reason::Expired
    } else {
        failed(code, message)
    };
    Failure::Answered { code: code.to_owned(), reason }
}

/// An answer that is no answer of AWS: the service may be fine a moment later.
fn garbled(raw: &HttpResponse) -> Failure {
    let status = raw.status().as_u16();
    let reason = Reason::Failed(format!("the answer, HTTP {status}, could not be read"));
    if (400..500).contains(&status) { Failure::GaveUp(reason) } else { Failure::Passing(reason) }
}

fn failed(code: &str, message: &str) -> Reason {
    const LONGEST: usize = 300;
    let message: String = message.chars().take(LONGEST).collect();
    Reason::Failed(if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") })
}

fn retry_after(raw: &HttpResponse) -> Option<Duration> {
    let seconds: u64 = raw.headers().get("retry-after")?.trim().parse().ok()?;
    // A service that asked for an hour would be one that we misread.
    Some(Duration::from_secs(seconds.min(300)))
}

/// Which policy refused, from the words that AWS uses.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
fn denied_by(message: &str) -> By {
    const WORDS: &[(&str, By)] = &[
        ("service control policy", By::ServiceControlPolicy),
        ("resource control policy", By::ResourceControlPolicy),
        ("permissions boundary", By::Boundary),
        ("session policy", By::Session),
        ("VPC endpoint policy", By::VpcEndpoint),
        ("resource-based policy", By::Resource),
        ("identity-based policy", By::Identity),
    ];
    WORDS.iter().find(|(words, _)| message.contains(words)).map_or(By::Unsaid, |(_, by)| *by)
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn response(status: u16, headers: &[(&'static str, &'static str)]) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
        for (name, value) in headers {
            response.headers_mut().insert(*name, *value);
        }
        response
    }

    fn service_error(status: u16, code: &str, message: &str) -> Failure {
        let error = ErrorMetadata::builder().code(code).message(message).build();
        judge(&SdkError::service_error(error, response(status, &[("retry-after", "7")])))
    }

    #[test]
    fn a_throttle_honours_the_time_it_names() {
        let seven = Failure::Throttled(Some(Duration::from_secs(7)));
        assert_eq!(service_error(429, "TooManyRequestsException", "Rate exceeded"), seven);
        assert_eq!(service_error(400, "Throttling", "Rate exceeded"), seven);
    }

    #[test]
    fn a_denial_names_the_policy_that_refused() {
        let by = |message: &str| service_error(403, "AccessDeniedException", message).into_reason();
        let cases = [
            ("… with an explicit deny in a service control policy", By::ServiceControlPolicy),
            ("… because no service control policy allows the lambda:GetPolicy action", By::ServiceControlPolicy),
            ("… with an explicit deny in a resource control policy", By::ResourceControlPolicy),
            ("… because no permissions boundary allows the lambda:GetPolicy action", By::Boundary),
            ("… because no session policy allows the lambda:GetPolicy action", By::Session),
            ("… with an explicit deny in a resource-based policy", By::Resource),
            ("… because no identity-based policy allows the lambda:GetPolicy action", By::Identity),
            ("Access denied", By::Unsaid),
        ];
        for (message, expected) in cases {
            assert_eq!(by(message), Reason::Denied(expected), "{message}");
        }
    }

    #[test]
    fn what_passes_is_told_from_what_stays() {
        assert!(matches!(service_error(500, "ServiceException", "oops"), Failure::Passing(_)));
        assert!(matches!(service_error(404, "ResourceNotFoundException", ""), Failure::Answered { .. }));
        assert_eq!(service_error(403, "ExpiredTokenException", "expired").into_reason(), Reason::Expired);
        assert_eq!(service_error(403, "UnrecognizedClientException", "invalid"), Failure::UnknownCredentials);
        let html: SdkError<ErrorMetadata, _> = SdkError::response_error("unexpected token '<'", response(404, &[]));
        assert!(matches!(judge(&html), Failure::GaveUp(Reason::Failed(_))));
        let garbage: SdkError<ErrorMetadata, _> = SdkError::response_error("unexpected end", response(200, &[]));
        assert!(matches!(judge(&garbage), Failure::Passing(Reason::Failed(_))));
    }
}
