//! The protocols AWS services speak: how a request names its operation, how an answer and an error are written.

pub(crate) mod json;
pub(crate) mod percent;
pub(crate) mod xml;

use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use crate::calls::Outcome;
use xml::Xml;

/// What XML documents begin with.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// One of the wire protocols of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Method and path name the operation; JSON bodies. Lambda, Account.
    RestJson,
    /// Method and path name the operation; XML answers. S3.
    RestXml,
    /// `X-Amz-Target` names the operation; `application/x-amz-json-1.0`. SQS.
    Json10,
    /// `X-Amz-Target` names the operation; `application/x-amz-json-1.1`. Organizations, tagging.
    Json11,
    /// A form body names the operation; XML answers. IAM, STS.
    Query,
    /// Like `Query`, with other XML. EC2.
    Ec2Query,
    /// No service of AWS: the API of a cluster, whose errors are objects of the kind `Status`.
    Kubernetes,
}

impl Protocol {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Protocol::RestJson | Protocol::Kubernetes => "application/json",
            Protocol::Json10 => "application/x-amz-json-1.0",
            Protocol::Json11 => "application/x-amz-json-1.1",
            Protocol::Query | Protocol::Ec2Query => "text/xml;charset=UTF-8",
            Protocol::RestXml => "application/xml",
        }
    }

    /// The status of a refused call: RPC over JSON says 400 where the others say 403.
    pub(crate) fn refused_status(self) -> u16 {
        match self {
            Protocol::Json10 | Protocol::Json11 => 400,
            Protocol::RestJson | Protocol::RestXml | Protocol::Query | Protocol::Ec2Query | Protocol::Kubernetes => 403,
        }
    }
}

/// A successful answer, before it is wrapped for its protocol.
#[derive(Debug)]
pub(crate) enum Answer {
    Json(Value),
    /// The inside of `<XResult>`, or for EC2 of `<XResponse>`.
    Xml(Xml),
    /// A whole document, whose root has a name of its own.
    Document {
        root: &'static str,
        inside: Xml,
    },
}

/// An error as a service answers it.
#[derive(Debug, Clone)]
pub(crate) struct ServiceError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) outcome: Outcome,
    /// The code that query-compatible JSON services add in a header.
    pub(crate) query_code: Option<&'static str>,
    /// Members besides the message.
    pub(crate) members: Vec<(&'static str, Value)>,
    pub(crate) retry_after: Option<u64>,
}

impl ServiceError {
    pub(crate) fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        ServiceError {
            status,
            code: code.into(),
            message: message.into(),
            outcome: Outcome::Failed,
            query_code: None,
            members: Vec::new(),
            retry_after: None,
        }
    }

    pub(crate) fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    pub(crate) fn member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    pub(crate) fn query_code(mut self, code: &'static str) -> Self {
        self.query_code = Some(code);
        self
    }
}

/// The bytes of a response, protocol applied.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Response {
    pub(crate) fn json(value: &Value) -> Response {
        Response { status: 200, content_type: "application/json", headers: Vec::new(), body: value.to_string().into() }
    }
}

/// Wraps a successful answer of `operation`.
pub(crate) fn success(protocol: Protocol, operation: &str, namespace: &str, answer: Answer, id: &str) -> Response {
    let body = match answer {
        Answer::Json(value) => value.to_string(),
        Answer::Xml(inside) if protocol == Protocol::Ec2Query => format!(
            "{DECLARATION}<{operation}Response xmlns=\"{namespace}\">\
             <requestId>{id}</requestId>{inside}</{operation}Response>"
        ),
        Answer::Document { root, inside } => {
            format!("{DECLARATION}<{root} xmlns=\"{namespace}\">{inside}</{root}>")
        }
        Answer::Xml(inside) => format!(
            "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{inside}</{operation}Result>\
             <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{operation}Response>"
        ),
    };
    Response { status: 200, content_type: protocol.content_type(), headers: Vec::new(), body: body.into() }
}

/// Writes an error as the protocol does.
pub(crate) fn failure(protocol: Protocol, error: &ServiceError, id: &str) -> Response {
    let mut headers = Vec::new();
    if let Some(seconds) = error.retry_after {
        headers.push(("retry-after", seconds.to_string()));
    }
    let body = match protocol {
        Protocol::RestJson => {
            headers.push(("x-amzn-errortype", error.code.clone()));
            json_error(None, "Message", error)
        }
        Protocol::Json10 | Protocol::Json11 => {
            if let Some(code) = error.query_code {
                headers.push(("x-amzn-query-error", format!("{code};Sender")));
            }
            json_error(Some(&error.code), "message", error)
        }
        Protocol::RestXml => rest_error(error, id),
        Protocol::Query => query_error(error, id),
        Protocol::Ec2Query => ec2_error(error, id),
        Protocol::Kubernetes => status(error),
    };
    Response { status: error.status, content_type: protocol.content_type(), headers, body: body.into() }
}

fn json_error(code: Option<&str>, message_member: &str, error: &ServiceError) -> String {
    let mut members = Map::new();
    if let Some(code) = code {
        members.insert("__type".to_owned(), code.into());
    }
    members.insert(message_member.to_owned(), error.message.clone().into());
    for (name, value) in &error.members {
        members.insert((*name).to_owned(), value.clone());
    }
    Value::Object(members).to_string()
}

fn status(error: &ServiceError) -> String {
    let mut status = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": error.message,
        "reason": error.code,
        "code": error.status,
    });
    if let Some(seconds) = error.retry_after {
        status["details"] = json!({"retryAfterSeconds": seconds});
    }
    status.to_string()
}

fn query_error(error: &ServiceError, id: &str) -> String {
    let mut xml = Xml::default();
    xml.within("ErrorResponse", |xml| {
        xml.within("Error", |xml| {
            xml.text("Type", if error.status < 500 { "Sender" } else { "Receiver" });
            xml.text("Code", &error.code);
            xml.text("Message", &error.message);
        });
        xml.text("RequestId", id);
    });
    xml.to_string()
}

fn ec2_error(error: &ServiceError, id: &str) -> String {
    let mut xml = Xml::default();
    xml.within("Response", |xml| {
        xml.within("Errors", |xml| {
            xml.within("Error", |xml| {
                xml.text("Code", &error.code);
                xml.text("Message", &error.message);
            });
        });
        xml.text("RequestID", id);
    });
    format!("{DECLARATION}{xml}")
}

fn rest_error(error: &ServiceError, id: &str) -> String {
    let mut xml = Xml::default();
    xml.within("Error", |xml| {
        xml.text("Code", &error.code);
        xml.text("Message", &error.message);
        xml.text("RequestId", id);
        xml.text("HostId", id);
    });
    format!("{DECLARATION}{xml}")
}
