//! What sends calls that are signed here, and reads what they answer.

use std::sync::Arc;

use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_async::time::TimeSource as _;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use palisade_model::RegionName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::aws::answer;
use crate::aws::endpoint::{Habit, Kind, host};
use crate::aws::session::Session;

/// What a call gives that we sign ourselves.
pub(crate) type Answer<T> = Result<T, SdkError<ErrorMetadata, HttpResponse>>;

/// A page of a list: its items and the token of the next page.
pub(crate) type Paged<T> = (Vec<T>, Option<String>);

/// What was answered to a request, whatever it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// The status of HTTP.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Calls of one Region that we sign ourselves.
pub(crate) struct Signed {
    session: Arc<Session>,
    region: RegionName,
}

/// How to reach a service, and what it speaks.
pub(super) struct Service {
    /// The first part of its host name.
    host: &'static str,
    /// Where its hosts depart from the rule.
    habit: Habit,
    /// Its name in signatures.
    signing_name: &'static str,
    content_type: &'static str,
    /// Its id, by which the configuration names it: `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS` is that of `CloudWatch Logs`.
    id: &'static str,
    /// Whether it wants the digest of the body in a header too.
    wants_digest: bool,
}

/// A request before it is signed.
struct Outgoing<'a> {
    method: &'static str,
    /// With the query, if there is one.
    path: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: String,
}

impl Service {
    /// A service that is signed for under the name that its host bears.
    const fn new(name: &'static str, content_type: &'static str, id: &'static str) -> Self {
        Self { host: name, habit: Habit::Usual, signing_name: name, content_type, id, wants_digest: false }
    }
}

/// What a value in a query or a form may not hold as it is.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

pub(super) const BATCH: Service = Service { habit: Habit::Batch, ..Service::new("batch", "application/json", "Batch") };
pub(super) const EC2: Service = Service::new("ec2", FORM, "EC2");
pub(super) const ECR_PUBLIC: Service = Service {
    host: "api.ecr-public",
    habit: Habit::Public,
    signing_name: "ecr-public",
    content_type: JSON_1_1,
    id: "ECR PUBLIC",
    wants_digest: false,
};
/// Its hosts with validated cryptography are named alike everywhere.
pub(super) const ECS: Service = Service { habit: Habit::Plain, ..Service::new("ecs", JSON_1_1, "ECS") };
pub(super) const ELB: Service = Service::new("elasticloadbalancing", FORM, "Elastic Load Balancing v2");
pub(super) const EVENTS: Service = Service { habit: Habit::Global, ..Service::new("events", JSON_1_1, "EventBridge") };
pub(super) const GUARD_DUTY: Service = Service::new("guardduty", "application/json", "GuardDuty");
pub(super) const INSPECTOR: Service = Service::new("inspector2", "application/json", "Inspector2");
pub(super) const LOGS: Service = Service::new("logs", JSON_1_1, "CloudWatch Logs");
pub(super) const ORGANIZATIONS: Service =
    Service { habit: Habit::Global, ..Service::new("organizations", JSON_1_1, "Organizations") };
pub(super) const PIPES: Service = Service { habit: Habit::Plain, ..Service::new("pipes", "application/json", "Pipes") };
pub(super) const S3: Service =
    Service { habit: Habit::Storage, wants_digest: true, ..Service::new("s3", "application/xml", "S3") };
pub(super) const SCHEDULER: Service =
    Service { habit: Habit::Plain, ..Service::new("scheduler", "application/json", "Scheduler") };
pub(super) const SECURITY_HUB: Service = Service::new("securityhub", "application/json", "SecurityHub");
pub(super) const SQS: Service = Service::new("sqs", JSON_1_0, "SQS");
pub(super) const STATES: Service = Service { habit: Habit::States, ..Service::new("states", JSON_1_0, "SFN") };
pub(super) const TAGGING: Service =
    Service { habit: Habit::Plain, ..Service::new("tagging", JSON_1_1, "Resource Groups Tagging API") };
pub(super) const WAF: Service = Service { habit: Habit::Plain, ..Service::new("wafv2", JSON_1_1, "WAFV2") };

impl Signed {
    /// Calls to the services of this Region.
    pub(crate) fn new(session: &Arc<Session>, region: &RegionName) -> Self {
        Self { session: Arc::clone(session), region: region.clone() }
    }

    /// The address of a service. One that was named in place of AWS's own is not mixed with the wish for a kind of host.
    #[expect(clippy::result_large_err, reason = "the SDK's own error type")]
    pub(super) fn endpoint(&self, service: &Service) -> Answer<String> {
        let kind = self.session.kind();
        let Some(url) = self.session.endpoint_url(service.id) else {
            return Ok(format!("https://{}", host(service.host, service.habit, self.region.as_str(), kind)));
        };
        if kind == Kind::default() {
            return Ok(url.trim_end_matches('/').to_owned());
        }
        let mixed = "an endpoint URL is configured together with FIPS or dual stack, which do not go together";
        Err(SdkError::dispatch_failure(ConnectorError::user(mixed.into())))
    }

    pub(super) async fn post(&self, service: &Service, headers: &[(&str, &str)], body: String) -> Answer<String> {
        self.post_to(service, "/", headers, body).await
    }

    /// Posts to a path of the service, which begins with a slash.
    pub(super) async fn post_to(
        &self,
        service: &Service,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer<String> {
        self.send(service, &Outgoing { method: "POST", path, headers, body }).await
    }

    /// Gets a path of the service, query included.
    pub(super) async fn get(&self, service: &Service, path: &str) -> Answer<String> {
        self.send(service, &Outgoing { method: "GET", path, headers: &[], body: String::new() }).await
    }

    /// Posts JSON to a path of a service, once, and gives whatever is answered: an answer with an error is an answer.
    pub(super) async fn post_raw(&self, service: &Service, path: &str, body: String) -> Answer<Posted> {
        let request = self.signed(service, &Outgoing { method: "POST", path, headers: &[], body }).await?;
        let exchange = async {
            let response = self.session.connector().call(request).await.map_err(SdkError::dispatch_failure)?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            if response.status().is_client_error() {
                self.session.clock().adopt();
            }
            let body = response.into_body().collect().await;
            let body = body.map_err(|error| SdkError::dispatch_failure(ConnectorError::io(error)))?.to_bytes();
            let headers = headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
            Ok(Posted { status, headers: headers.collect(), body: body.to_vec() })
        };
        match tokio::time::timeout(self.session.call_timeout(), exchange).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(SdkError::timeout_error(elapsed)),
        }
    }

    async fn send(&self, service: &Service, outgoing: &Outgoing<'_>) -> Answer<String> {
        let request = self.signed(service, outgoing).await?;
        let exchange = async {
            let response = self.session.connector().call(request).await.map_err(SdkError::dispatch_failure)?;
            let refused = response.status().is_client_error();
            let answer = collected(response).await;
            if refused {
                // A clock that was set in the middle of the run: the next attempt is signed with the right time.
                self.session.clock().adopt();
            }
            answer
        };
        match tokio::time::timeout(self.session.call_timeout(), exchange).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(SdkError::timeout_error(elapsed)),
        }
    }

    async fn signed(&self, service: &Service, outgoing: &Outgoing<'_>) -> Answer<HttpRequest> {
        let Outgoing { method, path, headers, body } = outgoing;
        let credentials = self.session.credentials().await;
        let credentials =
            credentials.map_err(|error| SdkError::dispatch_failure(ConnectorError::user(error.into())))?;
        let mut builder = http::Request::builder().method(*method).uri(format!("{}{path}", self.endpoint(service)?));
        for (name, value) in headers.iter().chain([&("content-type", service.content_type)]) {
            builder = builder.header(*name, *value);
        }
        let mut request = builder.body(SdkBody::from(body.clone())).map_err(SdkError::construction_failure)?;
        let identity = credentials.into();
        let mut settings = SigningSettings::default();
        if service.wants_digest {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region.as_str())
            .name(service.signing_name)
            .time(self.session.clock().now())
            .settings(settings)
            .build()
            .map_err(SdkError::construction_failure)?
            .into();
        let content_type = [("content-type", service.content_type)];
        let plain = headers.iter().chain(&content_type).copied();
        let uri = request.uri().to_string();
        let signable = SignableRequest::new(method, uri, plain, SignableBody::Bytes(body.as_bytes()));
        let signature = sign(signable.map_err(SdkError::construction_failure)?, &parameters);
        let (instructions, _) = signature.map_err(SdkError::construction_failure)?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        HttpRequest::try_from(request).map_err(SdkError::construction_failure)
    }
}

/// The body of an answer, or the error that it says.
async fn collected(response: HttpResponse) -> Answer<String> {
    let status = response.status();
    let headers = response.headers().clone();
    let body = response.into_body().collect().await;
    let again = |text: &str| {
        let mut response = HttpResponse::new(status, SdkBody::from(text));
        *response.headers_mut() = headers.clone();
        response
    };
    // Whatever its status: what did not arrive whole is a connection that broke.
    let bytes = body.map_err(|error| SdkError::dispatch_failure(ConnectorError::io(error)))?.to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if status.is_success() {
        answer::heard(text.as_bytes());
        return Ok(text);
    }
    let named = headers.get("x-amzn-errortype").unwrap_or_default();
    Err(SdkError::service_error(error_of(&text, named), again(&text)))
}

/// The error that an answer says, in JSON or XML; services that have paths name it in a header, as in
/// `AccessDeniedException:http://…`.
fn error_of(text: &str, header: &str) -> ErrorMetadata {
    let mut metadata = ErrorMetadata::builder();
    if let Ok(Value::Object(members)) = serde_json::from_str(text) {
        let member = |names: &[&str]| names.iter().find_map(|name| members.get(*name)?.as_str());
        let header = header.split(':').next().unwrap_or(header);
        let code = if header.is_empty() { member(&["__type", "code"]).unwrap_or_default() } else { header };
        metadata = metadata.code(code.rsplit('#').next().unwrap_or(code));
        metadata = metadata.message(member(&["message", "Message"]).unwrap_or_default());
    } else if let Some(error) = xml_error(text) {
        metadata = metadata.code(error.code).message(error.message);
    }
    metadata.build()
}

/// The error of an answer in XML: that of EC2 stands in a list, that of other services that take forms within the answer,
/// and that of S3 is the answer.
fn xml_error(text: &str) -> Option<XmlError> {
    let listed = quick_xml::de::from_str(text).ok().and_then(|Ec2Failure { errors }| errors.error);
    let within = || quick_xml::de::from_str(text).ok().map(|FormFailure { error }| error);
    listed.or_else(within).or_else(|| quick_xml::de::from_str(text).ok())
}

#[expect(clippy::result_large_err, reason = "the SDK's own error type")]
pub(super) fn read<T>(body: &str, parse: impl FnOnce(&str) -> Option<T>) -> Answer<T> {
    let unreadable = || {
        SdkError::response_error(
            "the answer has another form",
            HttpResponse::new(http::StatusCode::OK.into(), SdkBody::empty()),
        )
    };
    parse(body).ok_or_else(unreadable)
}

/// The moment that a number of seconds since 1970 names, as JSON bodies of AWS give it.
pub(crate) fn moment(seconds: Option<f64>) -> Option<Timestamp> {
    let seconds = seconds?;
    #[expect(clippy::cast_possible_truncation, reason = "a cast from floating point saturates")]
    Timestamp::from_second(seconds as i64).ok()
}

#[expect(clippy::result_large_err, reason = "the SDK's own error type")]
pub(super) fn read_json<T: DeserializeOwned>(body: &str) -> Answer<T> {
    read(body, |text| serde_json::from_str(text).ok())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ec2Failure {
    errors: Ec2Errors,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ec2Errors {
    error: Option<XmlError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FormFailure {
    error: XmlError,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct XmlError {
    code: String,
    #[serde(default)]
    message: String,
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn errors_of_every_form_are_read() {
        let json = error_of(r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}"#, "");
        assert_eq!((json.code(), json.message()), (Some("QueueDoesNotExist"), Some("gone")));
        let xml = error_of(
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>",
            "",
        );
        assert_eq!((xml.code(), xml.message()), (Some("UnauthorizedOperation"), Some("no")));
        for text in [
            "<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>\
             <RequestId>1</RequestId></ErrorResponse>",
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>no</Message><HostId>1</HostId></Error>",
        ] {
            let xml = error_of(text, "");
            assert_eq!((xml.code(), xml.message()), (Some("AccessDenied"), Some("no")), "{text}");
        }
        let rest = error_of(r#"{"message":"no"}"#, "AccessDeniedException:http://internal.amazon.com/");
        assert_eq!((rest.code(), rest.message()), (Some("AccessDeniedException"), Some("no")));
        assert_eq!(error_of("<html>", "").code(), None);
    }
}
