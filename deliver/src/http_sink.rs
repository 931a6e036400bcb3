//! Any address that takes OCSF events as JSON.

use std::io;

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use hyper::body::Bytes;
use sha2::{Digest as _, Sha256};

use crate::client::Answer;
use crate::events::events;
use crate::retry_after::retry_after;
use crate::spool::hexadecimal;
use crate::told::told;
use crate::{Address, Client, Error, Fate, Item, Limits, Plain, Reported, Secret, Sent, Sink, Soon};

const IDEMPOTENCY: HeaderName = HeaderName::from_static("idempotency-key");

/// The form of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// One event a line.
    #[default]
    Lines,
    /// One array of events.
    Array,
}

/// Any address that takes OCSF events as JSON.
pub struct Http {
    client: Client,
    address: Address,
    header: Option<(HeaderName, Secret)>,
    /// The form of a request.
    pub form: Form,
    /// The most events of a request.
    pub items: usize,
    /// The most bytes of a request.
    pub bytes: usize,
}

impl Http {
    /// The variable that holds the value of the header where no file is named.
    pub const SECRET: &'static str = "PALISADE_HTTP_SECRET";
    /// The variable that holds the address where none is given, for addresses that are secrets themselves.
    pub const ADDRESS: &'static str = "PALISADE_HTTP_ADDRESS";

    /// The address, and a header such as `Authorization` with its whole value.
    pub fn new(client: Client, address: &str, header: Option<(&str, Secret)>, plain: Plain) -> Result<Self, Error> {
        let address = Address::parse("http", address, plain)?;
        let named = |(name, secret): (&str, Secret)| {
            let name = HeaderName::try_from(name);
            let name = name.map_err(|_| Error::Secret { place: "the header".to_owned(), flaw: "has no name" })?;
            Ok::<_, Error>((name, secret))
        };
        let header = header.map(named).transpose()?;
        Ok(Self { client, address, header, form: Form::default(), items: 1_000, bytes: 1_000_000 })
    }

    async fn attempt(&self, items: &[Item]) -> Sent {
        let bodies: Vec<_> = items.iter().map(|item| item.body.as_str()).collect();
        let (body, kind) = match self.form {
            Form::Lines => (format!("{}\n", bodies.join("\n")), "application/x-ndjson"),
            Form::Array => (format!("[{}]", bodies.join(",")), "application/json"),
        };
        let key = hexadecimal(&Sha256::digest(&body)[..16]);
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static(kind))];
        headers.extend(HeaderValue::from_str(&key).ok().map(|key| (IDEMPOTENCY, key)));
        headers.extend(self.header.as_ref().map(|(name, secret)| (name.clone(), secret.header(""))));
        match self.client.post(&self.address.below(""), &headers, Bytes::from(body)).await {
            Ok(answer) => self.heard(items, &answer),
            Err(reason) => Sent::Again { reason: self.said(&reason), wait: None },
        }
    }

    fn heard(&self, items: &[Item], answer: &Answer) -> Sent {
        let wait = retry_after(&answer.headers, self.client.clock().now());
        let status = answer.status.as_u16();
        let reason = || self.said(&format!("status {status} {}", answer.text()));
        match status {
            200..=299 => Sent::all(items, &Fate::Taken),
            300..=399 => Sent::Stop { reason: self.said("the address leads on to another one, which is not followed") },
            401 | 403 => Sent::Stop { reason: self.said(&format!("status {status}: the secret is refused")) },
            400 | 413 | 422 => Sent::Halve { reason: reason() },
            408 | 425 | 429 | 500..=599 => Sent::Again { reason: self.said(&format!("status {status}")), wait },
            _ => Sent::Stop { reason: reason() },
        }
    }

    fn said(&self, text: &str) -> String {
        format!("{}: {}", self.address, told(text, self.header.as_ref().map(|(_, secret)| secret)))
    }
}

impl Sink for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn place(&self) -> String {
        self.address.to_string()
    }

    fn target(&self) -> String {
        self.address.whole()
    }

    fn limits(&self) -> Limits {
        Limits { items: self.items, bytes: self.bytes, item_bytes: self.bytes, repeats: 5 }
    }

    fn items(&self, reported: &Reported<'_>, each: &mut dyn FnMut(&str, Item) -> io::Result<()>) -> io::Result<()> {
        events(reported, &mut |event| each("", Item { id: event.id, body: event.line.to_owned() }))
    }

    fn send<'a>(&'a self, _: &'a str, items: &'a [Item]) -> Soon<'a, Sent> {
        Box::pin(self.attempt(items))
    }
}
