//! Whether an answer holds what AWS always sends: the one place that decides it, for every call and both forms.
//!
//! The SDK gives an empty list for one that is missing, `false` for a switch, and the part that it understood of XML that
//! was cut. So the text of each answer is looked at beside what was parsed from it: [`Heard`] keeps it for as long as one
//! call takes, [`lack`] compares it with `expected.txt`.

mod expected;
mod xml;

use std::cell::RefCell;
use std::fmt;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt as _;
use palisade_model::Action;
use serde_json::Value;

tokio::task_local! {
    static HEARD: RefCell<Option<Vec<u8>>>;
}

/// What is wrong with an answer that is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// It ends early, or is no document of its form.
    Broken,
    /// A member that is always there is missing, is null or has another form; its path.
    Member(String),
}

impl fmt::Display for Lack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken => formatter.write_str("the answer could not be read"),
            Self::Member(path) => write!(formatter, "the answer lacks what was asked for, {path}"),
        }
    }
}

/// Makes a call, and gives what it answered with the text of its last answer; none for calls that answer with no text.
pub(crate) async fn hearing<T>(call: impl Future<Output = T>) -> (T, Option<Vec<u8>>) {
    let hearing = async {
        let answer = call.await;
        (answer, HEARD.with(RefCell::take))
    };
    HEARD.scope(RefCell::default(), hearing).await
}

/// Tells the call that is under way what was answered.
pub(crate) fn heard(text: &[u8]) {
    // Before there is a call to speak of, such as when credentials are had, nobody listens.
    let _ = HEARD.try_with(|heard| heard.replace(Some(text.to_vec())));
}

/// What an answer lacks of what this call always gives.
pub(crate) fn lack(action: Action, text: &[u8]) -> Option<Lack> {
    let members = expected::of(action)?;
    let Some(answer) = parsed(text) else { return Some(Lack::Broken) };
    members.missing_in(&answer).map(Lack::Member)
}

/// Whether a text begins like one of AWS, which are JSON or XML and no web page, and does not end like one.
pub(crate) fn is_cut(text: &[u8]) -> bool {
    let start = String::from_utf8_lossy(text.get(..64).unwrap_or(text)).trim_start().to_ascii_lowercase();
    let is_page = start.starts_with("<!doctype") || start.starts_with("<html");
    (start.starts_with('{') || start.starts_with('<')) && !is_page && parsed(text).is_none()
}

fn parsed(text: &[u8]) -> Option<Value> {
    let text = str::from_utf8(text).ok()?;
    if text.trim_start().starts_with('<') { xml::parsed(text) } else { serde_json::from_str(text).ok() }
}

/// A connector that tells the call under way what was answered.
#[derive(Debug)]
pub(crate) struct Heard(pub(crate) SharedHttpConnector);

impl HttpConnector for Heard {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let exchange = self.0.call(request);
        if HEARD.try_with(|_| ()).is_err() {
            return exchange;
        }
        HttpConnectorFuture::new(async move {
            let mut response = exchange.await?;
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            let whole = body.collect().await.map_err(ConnectorError::io)?.to_bytes();
            if response.status().is_success() {
                heard(&whole);
            }
            *response.body_mut() = SdkBody::from(whole);
            Ok(response)
        })
    }
}
