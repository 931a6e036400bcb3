//! What AWS's errors mean: the only file that names their codes.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ErrorKind;
use palisade_model::{Action, By, Reason};

use crate::aws::answer::is_cut;
use crate::discreet;

/// A call that gave no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// AWS asks to slow down, perhaps for so long.
    Throttled(Option<Duration>),
    /// A broken connection, a garbled answer: the next attempt may succeed.
    Passing(Reason),
    /// The service itself says that something is wrong with it.
    Down(Reason),
    /// The endpoint does not know the credentials.
    UnknownCredentials,
    /// The credentials have expired; the text is AWS's code.
    Expired(String),
    /// The time in the signature is not AWS's; the text is what AWS said.
    Clock(String),
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
            Self::UnknownCredentials | Self::Expired(_) => Reason::Expired,
            Self::Clock(said) => Reason::Failed(format!("this machine's clock is not AWS's ({said})")),
            Self::Passing(reason) | Self::Down(reason) | Self::Answered { reason, .. } | Self::GaveUp(reason) => reason,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttled(Some(time)) => write!(formatter, "throttled for {} s", time.as_secs()),
            Self::Throttled(None) => formatter.write_str("throttled"),
            Self::UnknownCredentials => formatter.write_str("credentials unknown"),
            Self::Expired(code) => write!(formatter, "{code}: credentials expired"),
            Self::Clock(said) => write!(formatter, "wrong time: {said}"),
            Self::Answered { code, reason } => write!(formatter, "{code}: {reason}"),
            Self::Passing(reason) | Self::Down(reason) | Self::GaveUp(reason) => write!(formatter, "{reason}"),
        }
    }
}

/// Source: `aws-runtime`'s retry classifier, and the services' API references.
const THROTTLES: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "KmsThrottlingException",
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
    "KmsAccessDeniedException",
    "NotAuthorized",
    "UnauthorizedOperation",
];

/// EC2 answers `RequestExpired` to credentials that have expired, and to a wrong time.
const EXPIRIES: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

/// What a request gets whose time is not AWS's: by the code alone, or by the code and a word of the message.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>
const WRONG_TIMES: &[&str] = &["RequestInTheFuture", "RequestTimeTooSkewed"];
const WRONG_SIGNATURES: &[&str] = &["InvalidSignatureException", "SignatureDoesNotMatch"];
const OF_TIME: &[&str] = &["Signature expired", "Signature not yet current"];

/// What a Region answers that is switched off, and what a revoked key gets everywhere.
const UNKNOWN_CREDENTIALS: &[&str] =
    &["AuthFailure", "InvalidClientTokenId", "InvalidToken", "OptInRequired", "UnrecognizedClientException"];

/// What an endpoint answers that has not got the operation: a Region may lack it, and asking again does not bring it.
const UNKNOWN_OPERATIONS: &[&str] =
    &["InvalidAction", "NotImplemented", "UnknownOperation", "UnknownOperationException", "UnsupportedOperation"];

/// What is answered for a resource that was deleted since it was listed: calls, code, and a part of the message where the
/// same code also says that a resource has no such setting.
///
/// Source: the operations' errors in the services' API references.
const GONE: &[(&str, &str, &str)] = &[
    ("ecr:", "RepositoryNotFoundException", ""),
    ("ecr:", "ImageNotFoundException", ""),
    ("ecr-public:", "RepositoryNotFoundException", ""),
    ("ecs:", "ClusterNotFoundException", ""),
    ("ecs:", "DaemonNotFoundException", ""),
    ("ecs:", "GatewayNotFoundException", ""),
    ("ecs:", "ServiceNotFoundException", ""),
    ("eks:", "ResourceNotFoundException", ""),
    ("eks:", "NotFoundException", ""),
    ("elasticloadbalancing:DescribeListeners", "LoadBalancerNotFound", ""),
    ("elasticloadbalancing:DescribeRules", "ListenerNotFound", ""),
    ("events:DescribeRule", "ResourceNotFoundException", ""),
    ("events:ListRuleNamesByTarget", "ResourceNotFoundException", ""),
    ("events:ListTargetsByRule", "ResourceNotFoundException", ""),
    ("iam:GenerateServiceLastAccessedDetails", "NoSuchEntity", ""),
    ("iam:GetOpenIDConnectProvider", "NoSuchEntity", ""),
    ("iam:ListAccessKeys", "NoSuchEntity", ""),
    ("lambda:", "ResourceNotFoundException", "Function not found"),
    ("lambda:", "ResourceNotFoundException", "Layer version"),
    ("lambda:", "ResourceNotFoundException", "CodeSigningConfig not found"),
    ("pipes:DescribePipe", "NotFoundException", ""),
    ("scheduler:GetSchedule", "ResourceNotFoundException", ""),
    ("states:DescribeStateMachine", "StateMachineDoesNotExist", ""),
];

fn is_gone(action: Action, code: &str, message: &str) -> bool {
    let says = |words: &str| words.is_empty() || (message.contains(words) && !message.contains("No policy"));
    GONE.iter().any(|(calls, gone, words)| action.name().starts_with(calls) && *gone == code && says(words))
}

/// Tells what an error of the SDK means.
pub(crate) fn judge<E: ProvideErrorMetadata>(action: Action, error: &SdkError<E, HttpResponse>) -> Failure {
    match error {
        SdkError::ServiceError(service) => {
            let error = service.err();
            answered(action, error.code().unwrap_or(""), error.message().unwrap_or(""), service.raw())
        }
        SdkError::TimeoutError(_) => Failure::Passing(Reason::Unreachable),
        SdkError::DispatchFailure(dispatch) => {
            let error = dispatch.as_connector_error();
            let is_transient = error.is_some_and(|error| error.as_other() == Some(ErrorKind::TransientError));
            let lost = dispatch.is_timeout() || dispatch.is_io() || is_transient;
            match error {
                // A Region in which a service is not offered has no host of its name.
                Some(error) if is_unknown_host(error) => Failure::GaveUp(Reason::Failed(
                    "there is no host of this name: the service may not be offered in the Region".to_owned(),
                )),
                _ if lost => Failure::Passing(Reason::Unreachable),
                // Credentials that cannot be refreshed fail before anything is sent.
                Some(error) if is_about_credentials(error) => Failure::GaveUp(Reason::Expired),
                Some(error) if error.is_user() => Failure::GaveUp(Reason::Failed(discreet::connection(error))),
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

/// Whether a name has no address, rather than that nobody could be asked for it.
fn is_unknown_host(error: &ConnectorError) -> bool {
    const WORDS: [&str; 3] = ["Name or service not known", "No address associated", "nodename nor servname"];
    discreet::links(error).any(|link| WORDS.iter().any(|words| link.to_string().contains(words)))
}

fn is_about_credentials(error: &ConnectorError) -> bool {
    discreet::links(error).any(|link| link.to_string().to_ascii_lowercase().contains("credential"))
}

fn answered(action: Action, code: &str, message: &str, raw: &HttpResponse) -> Failure {
    let status = raw.status().as_u16();
    if (300..400).contains(&status) {
        return led_on(status, raw);
    }
    // The SDK reads the code of an error whose rest is missing: what was refused is then not known.
    if is_cut(raw.body().bytes().unwrap_or_default()) {
        return garbled(raw);
    }
    if THROTTLES.contains(&code) || status == 429 {
        return Failure::Throttled(retry_after(raw));
    }
    if UNKNOWN_CREDENTIALS.contains(&code) {
        return Failure::UnknownCredentials;
    }
    if UNKNOWN_OPERATIONS.contains(&code) || status == 501 {
        return Failure::GaveUp(Reason::Failed("the endpoint does not know the operation".to_owned()));
    }
    if code.is_empty() {
        return garbled(raw);
    }
    let speaks_of_time = || OF_TIME.iter().any(|words| message.contains(words));
    if WRONG_TIMES.contains(&code) || (WRONG_SIGNATURES.contains(&code) && speaks_of_time()) {
        return Failure::Clock(said(code, message));
    }
    if EXPIRIES.contains(&code) {
        return Failure::Expired(code.to_owned());
    }
    if status >= 500 {
        return Failure::Down(Reason::Erred(said(code, message)));
    }
    let reason = if is_gone(action, code, message) {
        Reason::Gone
    } else if DENIALS.contains(&code) {
        Reason::Denied(denied_by(message))
    } else {
        Reason::Failed(said(code, message))
    };
    Failure::Answered { code: code.to_owned(), reason }
}

/// An answer that is no answer of AWS: the service may be fine a moment later. A refusal that is whole, such as a web page
/// of something in between, is not asked for again.
fn garbled(raw: &HttpResponse) -> Failure {
    let status = raw.status().as_u16();
    let why = format!("the answer, HTTP {status}, could not be read");
    match status {
        500.. => Failure::Down(Reason::Erred(why)),
        300..500 if !is_cut(raw.body().bytes().unwrap_or_default()) => Failure::GaveUp(Reason::Failed(why)),
        _ => Failure::Passing(Reason::Erred(why)),
    }
}

/// An address that leads on to another one, perhaps somebody else's: credentials are not sent there.
fn led_on(status: u16, raw: &HttpResponse) -> Failure {
    let host = raw.headers().get("location").and_then(|to| to.parse::<http::Uri>().ok());
    let host = host.as_ref().and_then(http::Uri::host).map(|host| format!(" ({host})")).unwrap_or_default();
    Failure::GaveUp(Reason::Failed(format!(
        "the endpoint answers HTTP {status} and leads on to another address{host}, which is not followed"
    )))
}

/// The words of an error: its code, and as much of its message as a report wants.
fn said(code: &str, message: &str) -> String {
    const LONGEST: usize = 300;
    let message: String = message.chars().take(LONGEST).collect();
    if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") }
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
    use aws_smithy_runtime_api::client::result::ConnectorError;
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
        judge(Action::LambdaGetPolicy, &SdkError::service_error(error, response(status, &[("retry-after", "7")])))
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
    fn a_wrong_time_is_told_from_a_wrong_signature() {
        let expired = "Signature expired: 20261121T070000Z is now earlier than 20261121T115500Z";
        for (code, message) in [
            ("InvalidSignatureException", expired),
            ("SignatureDoesNotMatch", "Signature not yet current: 20261121T170000Z is still later than …"),
            ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
        ] {
            let failure = service_error(403, code, message);
            assert!(matches!(failure, Failure::Clock(_)), "{failure:?}");
            assert!(failure.into_reason().to_string().contains("clock"));
        }
        let wrong = service_error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match");
        assert!(matches!(wrong, Failure::Answered { .. }), "{wrong:?}");
    }

    #[test]
    fn an_answer_that_leads_elsewhere_is_final_and_names_the_host_alone() {
        let error = ErrorMetadata::builder().build();
        let to = response(307, &[("location", "https://example.com/path?secret=x")]);
        let failure = judge(Action::LambdaGetPolicy, &SdkError::service_error(error, to));
        let Failure::GaveUp(Reason::Failed(why)) = failure else { panic!("{failure:?}") };
        assert!(why.contains("HTTP 307") && why.contains("(example.com)") && !why.contains("secret"), "{why}");
    }

    #[test]
    fn what_passes_is_told_from_what_stays() {
        assert!(matches!(service_error(500, "ServiceException", "oops"), Failure::Down(Reason::Erred(_))));
        assert!(matches!(service_error(404, "ResourceNotFoundException", ""), Failure::Answered { .. }));
        assert_eq!(service_error(403, "ExpiredTokenException", "expired").into_reason(), Reason::Expired);
        assert_eq!(service_error(403, "UnrecognizedClientException", "invalid"), Failure::UnknownCredentials);
        let garbled = |status, body: &'static str| {
            let raw = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
            let error: SdkError<ErrorMetadata, _> = SdkError::response_error("unexpected", raw);
            judge(Action::LambdaGetPolicy, &error)
        };
        assert!(matches!(garbled(404, "<!DOCTYPE html><html></html>"), Failure::GaveUp(Reason::Failed(_))));
        assert!(matches!(garbled(403, ""), Failure::GaveUp(Reason::Failed(_))));
        for cut in ["{\"Message\":\"not au", "<ErrorResponse><Error><Code>Acc"] {
            assert!(matches!(garbled(403, cut), Failure::Passing(Reason::Erred(_))), "{cut}");
        }
        assert!(matches!(garbled(200, "{"), Failure::Passing(Reason::Erred(_))));
        assert!(matches!(garbled(502, "<html>"), Failure::Down(Reason::Erred(_))));
    }

    #[test]
    fn an_operation_or_a_host_that_is_not_there_is_not_asked_again() {
        for (status, code) in [(404, "UnknownOperationException"), (400, "InvalidAction"), (501, "NotImplemented")] {
            assert!(matches!(service_error(status, code, ""), Failure::GaveUp(Reason::Failed(_))), "{code}");
        }
        let dns = "dns error: failed to lookup address information: Name or service not known";
        let error = ConnectorError::io(std::io::Error::other(dns).into());
        let failure = judge::<ErrorMetadata>(Action::LambdaGetPolicy, &SdkError::dispatch_failure(error));
        assert!(matches!(failure, Failure::GaveUp(Reason::Failed(_))), "{failure:?}");
        let busy = ConnectorError::io(std::io::Error::other("Temporary failure in name resolution").into());
        let failure = judge::<ErrorMetadata>(Action::LambdaGetPolicy, &SdkError::dispatch_failure(busy));
        assert!(matches!(failure, Failure::Passing(Reason::Unreachable)), "{failure:?}");
    }

    #[test]
    fn a_resource_that_was_deleted_is_told_from_one_without_a_setting() {
        let reason = |message: &str| service_error(404, "ResourceNotFoundException", message).into_reason();
        assert_eq!(reason("Function not found: arn:aws:lambda:eu-west-1:111122223333:function:orders"), Reason::Gone);
        assert!(matches!(reason("The resource you requested does not exist."), Reason::Failed(_)));
        assert!(matches!(reason("No policy is associated with layer version arn:…"), Reason::Failed(_)));
    }
}
