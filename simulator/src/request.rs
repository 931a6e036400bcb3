//! A request, read far enough to know whom it asks.

use hyper::body::Bytes;
use hyper::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::wire::{Protocol, percent};

/// Whom a request asks, and as whom: the credential scope of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

impl Scope {
    /// Reads `AWS4-HMAC-SHA256 Credential=AKID/20261121/us-east-1/lambda/aws4_request, …`.
    fn parse(authorization: &str) -> Option<Scope> {
        let rest = authorization.split_once("Credential=")?.1;
        let credential = rest.split([',', ' ']).next()?;
        let mut parts = credential.rsplit('/');
        if parts.next()? != "aws4_request" {
            return None;
        }
        let service = parts.next()?.to_owned();
        let region = parts.next()?.to_owned();
        let _date = parts.next()?;
        Some(Scope { access_key: parts.next()?.to_owned(), region, service })
    }
}

/// The moment that `20261121T120000Z` names.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let moment = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    moment.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A request as the services see it.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) scope: Option<Scope>,
    /// `X-Amz-Target`, which names the operation in the JSON protocols.
    pub(crate) target: Option<String>,
    /// The pairs of the query string, then of a form body.
    pub(crate) pairs: Vec<(String, String)>,
    /// The body, where it is JSON.
    pub(crate) json: Value,
    /// When it was signed.
    pub(crate) signed_at: Option<Timestamp>,
    /// Whether it carries credentials of AWS in its headers.
    pub(crate) has_credentials: bool,
    /// The bearer token.
    pub(crate) bearer: Option<String>,
    is_form: bool,
}

impl Request {
    pub(crate) fn read(parts: &Parts, body: &Bytes) -> Request {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let mut pairs = percent::pairs(parts.uri.query().unwrap_or(""));
        let is_form = header("content-type").is_some_and(|kind| kind.contains("x-www-form-urlencoded"));
        if is_form {
            pairs.extend(percent::pairs(&String::from_utf8_lossy(body)));
        }
        Request {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            scope: header("authorization").and_then(Scope::parse),
            target: header("x-amz-target").map(str::to_owned),
            pairs,
            json: serde_json::from_slice(body).unwrap_or(Value::Null),
            signed_at: header("x-amz-date").and_then(moment),
            bearer: header("authorization").and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned),
            has_credentials: header("authorization").or_else(|| header("x-amz-security-token")).is_some(),
            is_form,
        }
    }

    /// A parameter by name, wherever the protocol puts it: query string, form or top of the JSON body.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let pair = self.pairs.iter().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.clone()).or_else(|| match &self.json[name] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// A list: `Name.member.1` or `Name.1` in a form, an array in JSON.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        if let Value::Array(values) = &self.json[name] {
            return values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
        self.pairs
            .iter()
            .filter(|(key, _)| {
                key.strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix('.'))
                    .map(|rest| rest.strip_prefix("member.").unwrap_or(rest))
                    .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
            })
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// All values of a parameter that a query string may hold more than once.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// The protocol an unsigned request seems to speak.
    pub(crate) fn likely_protocol(&self) -> Protocol {
        if self.is_form {
            Protocol::Query
        } else if self.target.is_some() {
            Protocol::Json11
        } else {
            Protocol::RestJson
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credential_scope_says_whom_is_asked() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261121/eu-west-1/lambda/aws4_request, \
                      SignedHeaders=host, Signature=00";
        let scope = Scope::parse(header).unwrap();
        assert_eq!(
            (scope.access_key.as_str(), scope.region.as_str(), scope.service.as_str()),
            ("AKIAEXAMPLE", "eu-west-1", "lambda")
        );
        assert_eq!(Scope::parse("Bearer token"), None);
    }

    #[test]
    fn lists_are_read_from_forms_and_json() {
        let request = |pairs: &str, json: &str| Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            scope: None,
            target: None,
            pairs: percent::pairs(pairs),
            json: serde_json::from_str(json).unwrap_or(Value::Null),
            signed_at: None,
            has_credentials: false,
            bearer: None,
            is_form: true,
        };
        assert_eq!(request("Filter.member.1=Role&Filter.member.2=User", "").list("Filter"), ["Role", "User"]);
        assert_eq!(request("SubnetId.1=a&SubnetIds=b", "").list("SubnetId"), ["a"]);
        assert_eq!(request("", r#"{"Filter":["x"]}"#).list("Filter"), ["x"]);
    }
}
