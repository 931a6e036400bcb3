//! The few calls for which an SDK crate would cost more than it gives (`aws-sdk-ec2` alone takes minutes and gigabytes
//! to compile): built and signed here, sent through the same HTTP client, and failing with the SDK's own error type.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use http_body_util::BodyExt as _;
use palisade_checks::facts::{Arn, Queue, RegionName, Subnet};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::session::Session;

/// What a call gives that we sign ourselves.
pub(crate) type Answer<T> = Result<T, SdkError<ErrorMetadata, HttpResponse>>;

/// A page of a list: its items and the token of the next page.
pub(crate) type Paged<T> = (Vec<T>, Option<String>);

/// Calls of one Region that we sign ourselves.
pub(crate) struct Signed {
    session: Arc<Session>,
    region: RegionName,
}

/// How to reach a service, and what it speaks.
struct Service {
    /// The first part of its host name, and its name in signatures.
    name: &'static str,
    content_type: &'static str,
    /// Its name in `AWS_ENDPOINT_URL_…`.
    id: &'static str,
}

const EC2: Service =
    Service { name: "ec2", content_type: "application/x-www-form-urlencoded; charset=utf-8", id: "EC2" };
const SQS: Service = Service { name: "sqs", content_type: "application/x-amz-json-1.0", id: "SQS" };
const TAGGING: Service =
    Service { name: "tagging", content_type: "application/x-amz-json-1.1", id: "RESOURCE_GROUPS_TAGGING_API" };

impl Signed {
    /// Calls to the services of this Region.
    pub(crate) fn new(session: &Arc<Session>, region: &RegionName) -> Self {
        Self { session: Arc::clone(session), region: region.clone() }
    }

    /// Subnets by id. Ids that no longer exist are left out of the answer.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html>
    pub(crate) async fn describe_subnets(
        &self,
        ids: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<(String, Subnet)>> {
        let mut form = String::from("Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=subnet-id");
        for (index, id) in ids.iter().enumerate() {
            form = format!("{form}&Filter.1.Value.{}={}", index + 1, percent_encoded(id));
        }
        if let Some(token) = token {
            form = format!("{form}&NextToken={}", percent_encoded(token));
        }
        let body = self.post(&EC2, &[], form).await?;
        let answer: DescribeSubnets = read(&body, |text| quick_xml::de::from_str(text).ok())?;
        let subnets = answer.subnet_set.items.into_iter();
        let subnets = subnets.map(|item| (item.subnet_id, Subnet { zone: item.availability_zone_id })).collect();
        Ok((subnets, answer.next_token.filter(|token| !token.is_empty())))
    }

    /// What a consumer must know of a queue.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
    pub(crate) async fn get_queue_attributes(&self, queue: &Arn) -> Answer<Queue> {
        let base = self.endpoint(&SQS);
        let url = format!("{base}/{}/{}", queue.account(), queue.resource());
        let body = json!({ "QueueUrl": url, "AttributeNames": ["VisibilityTimeout", "RedrivePolicy"] });
        let body = self.post(&SQS, &[("x-amz-target", "AmazonSQS.GetQueueAttributes")], body.to_string()).await?;
        let answer: GetQueueAttributes = read_json(&body)?;
        read(&body, |_| queue_of(&answer.attributes))
    }

    /// Tags of all functions, by ARN.
    ///
    /// Source: <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>
    pub(crate) async fn get_function_tags(
        &self,
        token: Option<&str>,
    ) -> Answer<Paged<(Arn, BTreeMap<String, String>)>> {
        let body = json!({
            "ResourceTypeFilters": ["lambda:function"],
            "ResourcesPerPage": 100,
            "PaginationToken": token.unwrap_or_default(),
        });
        let target = ("x-amz-target", "ResourceGroupsTaggingAPI_20170126.GetResources");
        let body = self.post(&TAGGING, &[target], body.to_string()).await?;
        let answer: GetResources = read_json(&body)?;
        let resources = answer.resource_tag_mapping_list.into_iter().map(|resource| {
            let tags = resource.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
            (Arn::from(resource.resource_arn), tags)
        });
        Ok((resources.collect(), answer.pagination_token.filter(|token| !token.is_empty())))
    }

    fn endpoint(&self, service: &Service) -> String {
        if let Some(url) = self.session.endpoint_url(service.id) {
            return url.trim_end_matches('/').to_owned();
        }
        let suffix = if self.region.as_str().starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://{}.{}.{suffix}", service.name, self.region)
    }

    async fn post(&self, service: &Service, headers: &[(&str, &str)], body: String) -> Answer<String> {
        let request = self.signed(service, headers, body).await?;
        let exchange = async {
            let response = self.session.connector().call(request).await.map_err(SdkError::dispatch_failure)?;
            collected(response).await
        };
        match tokio::time::timeout(self.session.call_timeout(), exchange).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(SdkError::timeout_error(elapsed)),
        }
    }

    async fn signed(&self, service: &Service, headers: &[(&str, &str)], body: String) -> Answer<HttpRequest> {
        let credentials = self.session.credentials().await;
        let credentials =
            credentials.map_err(|error| SdkError::dispatch_failure(ConnectorError::user(error.into())))?;
        let mut builder = http::Request::post(format!("{}/", self.endpoint(service)));
        for (name, value) in headers.iter().chain([&("content-type", service.content_type)]) {
            builder = builder.header(*name, *value);
        }
        let mut request = builder.body(SdkBody::from(body.clone())).map_err(SdkError::construction_failure)?;
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region.as_str())
            .name(service.name)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(SdkError::construction_failure)?
            .into();
        let content_type = [("content-type", service.content_type)];
        let plain = headers.iter().chain(&content_type).copied();
        let uri = request.uri().to_string();
        let signable = SignableRequest::new("POST", uri, plain, SignableBody::Bytes(body.as_bytes()));
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
    let bytes = body.map_err(|error| SdkError::response_error(error, again("")))?.to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if status.is_success() {
        return Ok(text);
    }
    Err(SdkError::service_error(error_of(&text), again(&text)))
}

/// The error that an answer says, in either of the two forms.
fn error_of(text: &str) -> ErrorMetadata {
    let mut metadata = ErrorMetadata::builder();
    if let Ok(Value::Object(members)) = serde_json::from_str(text) {
        let member = |names: &[&str]| names.iter().find_map(|name| members.get(*name)?.as_str());
        let code = member(&["__type", "code"]).unwrap_or_default();
        metadata = metadata.code(code.rsplit('#').next().unwrap_or(code));
        metadata = metadata.message(member(&["message", "Message"]).unwrap_or_default());
    } else if let Ok(Ec2Failure { errors: Ec2Errors { error: Some(error) } }) = quick_xml::de::from_str(text) {
        metadata = metadata.code(error.code).message(error.message);
    }
    metadata.build()
}

#[expect(clippy::result_large_err, reason = "the SDK's own error type")]
fn read<T>(body: &str, parse: impl FnOnce(&str) -> Option<T>) -> Answer<T> {
    let unreadable = || {
        SdkError::response_error(
            "the answer has another form",
            HttpResponse::new(http::StatusCode::OK.into(), SdkBody::empty()),
        )
    };
    parse(body).ok_or_else(unreadable)
}

#[expect(clippy::result_large_err, reason = "the SDK's own error type")]
fn read_json<T: DeserializeOwned>(body: &str) -> Answer<T> {
    read(body, |text| serde_json::from_str(text).ok())
}

fn queue_of(attributes: &BTreeMap<String, String>) -> Option<Queue> {
    let redrive = attributes.get("RedrivePolicy").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let target = redrive.as_ref().and_then(|policy| policy.get("deadLetterTargetArn")?.as_str()).map(Arn::from);
    Some(Queue {
        visibility_timeout_seconds: attributes.get("VisibilityTimeout")?.parse().ok()?,
        dead_letter_queue: target,
    })
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeSubnets {
    #[serde(default)]
    subnet_set: SubnetSet,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
struct SubnetSet {
    #[serde(default, rename = "item")]
    items: Vec<SubnetItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubnetItem {
    subnet_id: String,
    availability_zone_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ec2Failure {
    errors: Ec2Errors,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ec2Errors {
    error: Option<Ec2Error>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ec2Error {
    code: String,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetQueueAttributes {
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetResources {
    #[serde(default)]
    resource_tag_mapping_list: Vec<TaggedResource>,
    pagination_token: Option<String>,
}

#[derive(Deserialize)]
struct TaggedResource {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    #[serde(default, rename = "Tags")]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn errors_of_both_forms_are_read() {
        let json = error_of(r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}"#);
        assert_eq!((json.code(), json.message()), (Some("QueueDoesNotExist"), Some("gone")));
        let xml = error_of(
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>",
        );
        assert_eq!((xml.code(), xml.message()), (Some("UnauthorizedOperation"), Some("no")));
        assert_eq!(error_of("<html>").code(), None);
    }

    #[test]
    fn subnets_are_read_from_xml() {
        let text = "<DescribeSubnetsResponse><requestId>1</requestId><subnetSet><item><subnetId>subnet-1</subnetId>\
            <availabilityZone>eu-west-1a</availabilityZone><availabilityZoneId>euw1-az1</availabilityZoneId></item>\
            </subnetSet><nextToken>more</nextToken></DescribeSubnetsResponse>";
        let answer: DescribeSubnets = quick_xml::de::from_str(text).unwrap();
        assert_eq!(answer.subnet_set.items[0].availability_zone_id, "euw1-az1");
        assert_eq!(answer.next_token.as_deref(), Some("more"));
    }

    #[test]
    fn a_queue_without_its_timeout_is_not_read() {
        let attributes = |pairs: &[(&str, &str)]| {
            queue_of(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(attributes(&[]), None);
        let redrive = r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:1:dead","maxReceiveCount":3}"#;
        let queue = attributes(&[("VisibilityTimeout", "30"), ("RedrivePolicy", redrive)]).unwrap();
        assert_eq!(queue.visibility_timeout_seconds, 30);
        assert_eq!(queue.dead_letter_queue, Some("arn:aws:sqs:eu-west-1:1:dead".into()));
    }
}
