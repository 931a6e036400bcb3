//! Elasticsearch and OpenSearch, by `_bulk`.

mod answer;
mod ecs;

use std::fmt::Write as _;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use hyper::body::Bytes;
use palisade_report::asff;
use palisade_report::safe::to_json;

use self::answer::{Bulk, Done, kind_of};
use crate::client::Answer;
use crate::retry_after::retry_after;
use crate::told::told;
use crate::{Address, Client, Error, Fate, Item, Limits, Plain, Reported, Secret, Sent, Sink, Soon};

const BULK: HeaderValue = HeaderValue::from_static("application/x-ndjson");
/// Far below the 100 MB that a server takes unless told otherwise.
const BYTES: usize = 5_000_000;

/// How one signs in.
#[derive(Clone, Debug)]
pub enum Login {
    /// An API key in the form that Elasticsearch shows it, encoded.
    ApiKey(Secret),
    /// A name with a password.
    Basic {
        /// The name.
        name: String,
        /// The password.
        password: Secret,
    },
}

/// Elasticsearch or OpenSearch.
pub struct Elastic {
    client: Client,
    address: Address,
    login: Login,
    /// The data stream that findings are added to.
    pub stream: String,
    /// The most documents of a request.
    pub items: usize,
    /// The most bytes of a request.
    pub bytes: usize,
}

impl Elastic {
    /// The variable that holds the API key where no file is named.
    pub const API_KEY: &'static str = "PALISADE_ELASTIC_API_KEY";
    /// The variable that holds the password where no file is named.
    pub const PASSWORD: &'static str = "PALISADE_ELASTIC_PASSWORD";

    /// The cluster at an address, such as `https://elastic.example:9200`.
    pub fn new(client: Client, address: &str, login: Login, plain: Plain) -> Result<Self, Error> {
        let address = Address::parse("elastic", address, plain)?;
        let stream = "logs-palisade.findings-default".to_owned();
        Ok(Self { client, address, login, stream, items: 1_000, bytes: BYTES })
    }

    async fn attempt(&self, items: &[Item]) -> Sent {
        let mut body = String::with_capacity(items.iter().map(|item| item.body.len() + item.id.len() + 32).sum());
        for item in items {
            let id = serde_json::Value::from(item.id.as_str());
            // Writing to a string cannot fail.
            let _ = writeln!(body, "{{\"create\":{{\"_id\":{id}}}}}\n{}", item.body);
        }
        let uri = self.address.below(&format!("/{}/_bulk", self.stream));
        match self.client.post(&uri, &self.headers(), Bytes::from(body)).await {
            Ok(answer) => self.heard(items, &answer),
            Err(reason) => Sent::Again { reason: self.said(&reason), wait: None },
        }
    }

    fn headers(&self) -> [(HeaderName, HeaderValue); 2] {
        let login = match &self.login {
            Login::ApiKey(key) => key.header("ApiKey "),
            Login::Basic { name, password } => {
                let pair = STANDARD.encode(format!("{name}:{}", password.reveal()));
                let value = HeaderValue::from_str(&format!("Basic {pair}"));
                let mut value = value.unwrap_or_else(|_| HeaderValue::from_static(""));
                value.set_sensitive(true);
                value
            }
        };
        [(AUTHORIZATION, login), (CONTENT_TYPE, BULK)]
    }

    fn heard(&self, items: &[Item], answer: &Answer) -> Sent {
        let wait = retry_after(&answer.headers, self.client.clock().now());
        let status = answer.status.as_u16();
        let reason = |what: &str| self.said(&format!("{what}{}", kind_of(&answer.body)));
        match status {
            200..=299 => match serde_json::from_slice(&answer.body) {
                Ok(Bulk { items: done }) if done.len() == items.len() => self.each(items, &done, wait),
                _ => Sent::Again { reason: self.said("the answer does not tell what was taken"), wait },
            },
            300..=399 => Sent::Stop { reason: reason("the address leads on to another one, which is not followed") },
            400 | 413 => Sent::Halve { reason: reason(&format!("status {status}")) },
            401 | 403 => Sent::Stop { reason: reason("the login is refused, or may not create documents") },
            404 | 405 => Sent::Stop { reason: reason(&format!("there is no data stream {}", self.stream)) },
            408 | 429 | 500..=599 => Sent::Again { reason: reason(&format!("status {status}")), wait },
            _ => Sent::Stop { reason: reason(&format!("status {status}")) },
        }
    }

    /// What became of each document, in the order of the request.
    fn each(&self, items: &[Item], done: &[Done], wait: Option<std::time::Duration>) -> Sent {
        let result = |(item, done): (&Item, &Done)| {
            // An entry for another document: the order is not what it must be.
            if done.id().is_some_and(|id| id != item.id) {
                return None;
            }
            Some(match done.status()? {
                200..=299 => Fate::Taken,
                // Created before, by a request whose answer was lost.
                409 => Fate::There,
                401 | 403 | 408 | 429 | 500..=599 => Fate::Again(self.said(&done.reason())),
                _ => Fate::Refused(self.said(&done.reason())),
            })
        };
        let fates: Option<Vec<_>> = items.iter().zip(done).map(result).collect();
        let unclear = || Sent::Again { reason: self.said("the answer does not tell what was taken"), wait };
        fates.map_or_else(unclear, |fates| Sent::Each { fates, wait })
    }

    fn said(&self, text: &str) -> String {
        let secret = match &self.login {
            Login::ApiKey(secret) | Login::Basic { password: secret, .. } => secret,
        };
        format!("{}: {}", self.address, told(text, Some(secret)))
    }
}

impl Sink for Elastic {
    fn name(&self) -> &'static str {
        "elastic"
    }

    fn place(&self) -> String {
        self.address.to_string()
    }

    fn target(&self) -> String {
        format!("{}\n{}", self.address.whole(), self.stream)
    }

    fn limits(&self) -> Limits {
        Limits { items: self.items, bytes: self.bytes, item_bytes: self.bytes, repeats: 5 }
    }

    fn items(&self, reported: &Reported<'_>, each: &mut dyn FnMut(&str, Item) -> io::Result<()>) -> io::Result<()> {
        let (view, include) = (reported.view, reported.style.include);
        let time = view.head.collected_at.as_millisecond();
        let mut put = |uid: &str, document: &ecs::Document<'_>| {
            let mut body = Vec::new();
            to_json(&mut body, document)?;
            let body = String::from_utf8(body).map_err(io::Error::other)?;
            each("", Item { id: format!("{uid}-{time}"), body })
        };
        let include = palisade_report::Include { not_applicable: false, ..include };
        for finding in view.findings(include) {
            put(&finding.uid, &ecs::Document::of(&finding, view))?;
        }
        for (gap, uid) in asff::gap_uids(view) {
            put(&uid, &ecs::Document::of_gap(gap, &uid, view))?;
        }
        Ok(())
    }

    fn send<'a>(&'a self, _: &'a str, items: &'a [Item]) -> Soon<'a, Sent> {
        Box::pin(self.attempt(items))
    }
}
