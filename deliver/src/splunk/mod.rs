//! Splunk's HTTP Event Collector.

mod code;

use std::io::{self, Write as _};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Uri};
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use self::code::{Code, Meaning, reply};
use crate::client::Answer;
use crate::events::{Event, events};
use crate::retry_after::retry_after;
use crate::spool::hexadecimal;
use crate::told::told;
use crate::{Address, Client, Error, Fate, Item, Limits, Plain, Reported, Secret, Sent, Sink, Soon};

const CHANNEL: HeaderName = HeaderName::from_static("x-splunk-request-channel");
/// How long is waited before each question whether events are indexed.
const POLLS: [u64; 14] = [1, 1, 2, 2, 4, 4, 8, 8, 10, 10, 10, 20, 20, 20];
/// What Splunk Cloud takes of a request for certain.
const BYTES: usize = 1_000_000;

/// Splunk's HTTP Event Collector.
pub struct Splunk {
    client: Client,
    address: Address,
    token: Secret,
    channel: String,
    /// The index for events; none for that of the token.
    pub index: Option<String>,
    /// The type of the events' source.
    pub source_type: String,
    /// The most bytes of a request, before it is compressed.
    pub bytes: usize,
    /// Whether requests are compressed.
    pub compress: bool,
}

impl Splunk {
    /// The variable that holds the token where no file is named.
    pub const TOKEN: &'static str = "PALISADE_SPLUNK_TOKEN";

    /// The collector at an address, such as `https://splunk.example:8088`.
    pub fn new(client: Client, address: &str, token: Secret, plain: Plain) -> Result<Self, Error> {
        let address = Address::parse("splunk", address, plain)?;
        let address = ["/event", "/services/collector"].into_iter().fold(address, Address::without);
        // Two runs share no channel.
        let seed = format!("{}\n{}\n{}", address.whole(), client.clock().now(), std::process::id());
        Ok(Self {
            client,
            address,
            token,
            channel: guid(&seed),
            index: None,
            source_type: "palisade:ocsf".to_owned(),
            bytes: BYTES,
            compress: true,
        })
    }

    /// An event with what the collector is to know of it. Its id is a field of its own, so that a search can tell a repeat.
    fn envelope(&self, event: &Event<'_>) -> String {
        // Seconds with a fraction, exactly: no number of floating point is made of them.
        let (seconds, thousandths) = (event.time.div_euclid(1000), event.time.rem_euclid(1000));
        let [source_type, id] = [self.source_type.as_str(), &event.id].map(quoted);
        let index = self.index.as_deref().map(|index| format!("\"index\":{},", quoted(index))).unwrap_or_default();
        format!(
            "{{\"time\":{seconds}.{thousandths:03},\"source\":\"palisade\",\"sourcetype\":{source_type},{index}\
             \"fields\":{{\"palisade_id\":{id}}},\"event\":{}}}",
            event.line
        )
    }

    async fn attempt(&self, items: &[Item]) -> Sent {
        let text = items.iter().map(|item| item.body.as_str()).collect::<Vec<_>>().join("\n");
        let mut headers = self.headers();
        let body = if self.compress {
            headers.push((CONTENT_ENCODING, HeaderValue::from_static("gzip")));
            match gzip(text.as_bytes()) {
                Ok(body) => body,
                Err(error) => return Sent::Again { reason: error.kind().to_string(), wait: None },
            }
        } else {
            text.into_bytes()
        };
        let uri = self.address.below("/services/collector/event");
        match self.client.post(&uri, &headers, Bytes::from(body)).await {
            Ok(answer) => self.heard(items, &answer).await,
            Err(reason) => Sent::Again { reason: self.said(&reason), wait: None },
        }
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let channel = HeaderValue::from_str(&self.channel).unwrap_or_else(|_| HeaderValue::from_static(""));
        vec![
            (AUTHORIZATION, self.token.header("Splunk ")),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (CHANNEL, channel),
        ]
    }

    async fn heard(&self, items: &[Item], answer: &Answer) -> Sent {
        let reply = reply(&answer.body);
        let wait = retry_after(&answer.headers, self.client.clock().now());
        let text = reply.as_ref().map_or("", |reply| reply.text.as_str());
        match Meaning::of(answer.status, reply.as_ref().and_then(|reply| reply.code)) {
            Meaning::Taken => match reply.and_then(|reply| reply.ack_id) {
                Some(number) => self.acknowledged(items, number).await,
                None => Sent::all(items, &Fate::Taken),
            },
            Meaning::Busy(what) => Sent::Again { reason: self.said(what), wait },
            Meaning::Halve(what) => {
                let at = reply.as_ref().and_then(|reply| reply.invalid_event).filter(|at| *at < items.len());
                let reason = self.said(&format!("{what}: {text}"));
                at.map_or(Sent::Halve { reason: reason.clone() }, |at| resumed(items, at, &reason))
            }
            Meaning::Stop(Code::Index) => {
                let index = self.index.as_deref().unwrap_or("that of the token");
                Sent::Stop { reason: self.said(&format!("there is no index {index}, or the token may not use it")) }
            }
            Meaning::Stop(Code::Other(what)) => Sent::Stop { reason: self.said(what) },
            Meaning::Unclear => {
                let status = answer.status.as_u16();
                Sent::Again { reason: self.said(&format!("status {status}, and no answer of a collector")), wait }
            }
        }
    }

    /// Waits until the collector has indexed what it took, if it tells.
    async fn acknowledged(&self, items: &[Item], number: u64) -> Sent {
        let uri: Uri = self.address.below(&format!("/services/collector/ack?channel={}", self.channel));
        let question = json!({ "acks": [number] }).to_string();
        for seconds in POLLS {
            self.client.clock().pause(Duration::from_secs(seconds)).await;
            let Ok(answer) = self.client.post(&uri, &self.headers(), Bytes::from(question.clone())).await else {
                continue;
            };
            let disabled = reply(&answer.body).is_some_and(|reply| reply.code == Some(14));
            let acks = serde_json::from_slice(&answer.body).map(|Acks { acks }| acks);
            let is_indexed = acks.is_ok_and(|acks| acks.get(&number.to_string()) == Some(&Value::Bool(true)));
            if disabled || is_indexed {
                return Sent::all(items, &Fate::Taken);
            }
        }
        let reason = "taken, but not acknowledged as indexed: it may come twice, search with dedup palisade_id";
        Sent::all(items, &Fate::Later(self.said(reason)))
    }

    fn said(&self, text: &str) -> String {
        format!("{}: {}", self.address, told(text, Some(&self.token)))
    }
}

impl Sink for Splunk {
    fn name(&self) -> &'static str {
        "splunk"
    }

    fn place(&self) -> String {
        self.address.to_string()
    }

    fn target(&self) -> String {
        format!("{}\n{}", self.address.whole(), self.index.as_deref().unwrap_or_default())
    }

    fn limits(&self) -> Limits {
        Limits { items: 10_000, bytes: self.bytes, item_bytes: self.bytes, repeats: 5 }
    }

    fn items(&self, reported: &Reported<'_>, each: &mut dyn FnMut(&str, Item) -> io::Result<()>) -> io::Result<()> {
        events(reported, &mut |event| {
            let body = self.envelope(&event);
            each("", Item { id: event.id, body })
        })
    }

    fn send<'a>(&'a self, _: &'a str, items: &'a [Item]) -> Soon<'a, Sent> {
        Box::pin(self.attempt(items))
    }
}

#[derive(Deserialize)]
struct Acks {
    acks: serde_json::Map<String, Value>,
}

/// The collector took what comes before an event, refuses that one, and has not looked at the rest.
fn resumed(items: &[Item], at: usize, reason: &str) -> Sent {
    let fate = |(number, _)| match usize::cmp(&number, &at) {
        std::cmp::Ordering::Less => Fate::Taken,
        std::cmp::Ordering::Equal => Fate::Refused(reason.to_owned()),
        std::cmp::Ordering::Greater => Fate::Again(reason.to_owned()),
    };
    Sent::Each { fates: items.iter().enumerate().map(fate).collect(), wait: Some(Duration::ZERO) }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn gzip(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text)?;
    encoder.finish()
}

/// A name in the form that the collector wants for a channel.
fn guid(seed: &str) -> String {
    let digits = hexadecimal(&Sha256::digest(seed)[..16]);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    // Version 8 of the form, which leaves the rest to its maker.
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
