//! A client of a few lines, so that nothing between the test and the wire mends what is wrong.

use std::time::Duration;

use palisade_simulator::{Account, Faults, Simulator};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// `None` when the bytes are no answer.
    pub(crate) fn read(bytes: &[u8]) -> Option<Answer> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The text of the first element of a name.
    pub(crate) fn element(&self, name: &str) -> Option<&str> {
        elements(&self.body, name).into_iter().next()
    }

    pub(crate) fn elements(&self, name: &str) -> Vec<&str> {
        elements(&self.body, name)
    }
}

fn elements<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
}

pub(crate) async fn simulator(yaml: &str) -> Simulator {
    with_faults(yaml, Faults::default()).await
}

pub(crate) async fn with_faults(yaml: &str, faults: Faults) -> Simulator {
    let account = Account::from_yaml(yaml).unwrap_or_else(|error| panic!("{error}"));
    Simulator::start(account, faults).await.unwrap()
}

pub(crate) async fn demo() -> Simulator {
    Simulator::start(Account::demo(), Faults::default()).await.unwrap()
}

/// What a request needs besides its body.
pub(crate) struct Request<'a> {
    pub(crate) line: &'a str,
    pub(crate) scope: Option<(&'a str, &'a str)>,
    pub(crate) access_key: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
}

impl Request<'_> {
    fn text(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!("{} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n", self.line);
        if let Some((service, region)) = self.scope {
            let key = self.access_key;
            write!(
                text,
                "authorization: AWS4-HMAC-SHA256 Credential={key}/20261121/{region}/{service}/aws4_request, \
                 SignedHeaders=host, Signature=0\r\n"
            )
            .unwrap();
        }
        for (name, value) in self.headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        write!(text, "content-length: {}\r\n\r\n{}", self.body.len(), self.body).unwrap();
        text
    }
}

/// Sends a request and reads until the connection closes: `None` when it closes without an answer.
pub(crate) async fn send(simulator: &Simulator, request: &Request<'_>) -> Option<Answer> {
    let address = simulator.endpoint().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.text().as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A connection that is reset has still sent what it has sent.
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await.expect("no answer");
    Answer::read(&bytes)
}

async fn answer(simulator: &Simulator, request: &Request<'_>) -> Answer {
    send(simulator, request).await.expect("the connection closed without an answer")
}

/// A REST call to Lambda.
pub(crate) async fn lambda(simulator: &Simulator, region: &str, path: &str) -> Answer {
    let request = Request {
        line: &format!("GET {path}"),
        scope: Some(("lambda", region)),
        access_key: "AKIATEST",
        headers: &[],
        body: "",
    };
    answer(simulator, &request).await
}

/// A REST call to another service; the Region is us-east-1, the body JSON if there is one.
pub(crate) async fn rest(simulator: &Simulator, service: &str, line: &str, body: &str) -> Answer {
    let headers: &[(&str, &str)] = if body.is_empty() { &[] } else { &[("content-type", "application/json")] };
    let request =
        Request { line, scope: Some((service, "us-east-1")), access_key: "AKIATESTTESTTESTTEST", headers, body };
    answer(simulator, &request).await
}

/// A call in a query protocol; the Region is us-east-1.
pub(crate) async fn query(simulator: &Simulator, service: &str, form: &str) -> Answer {
    query_as(simulator, service, form, "AKIATEST").await
}

pub(crate) async fn query_as(simulator: &Simulator, service: &str, form: &str, access_key: &str) -> Answer {
    let request = Request {
        line: "POST /",
        scope: Some((service, "us-east-1")),
        access_key,
        headers: &[("content-type", "application/x-www-form-urlencoded")],
        body: form,
    };
    answer(simulator, &request).await
}

/// A call in a JSON protocol; the Region is us-east-1.
pub(crate) async fn json(simulator: &Simulator, service: &str, target: &str, body: &Value) -> Answer {
    let request = Request {
        line: "POST /",
        scope: Some((service, "us-east-1")),
        access_key: "AKIATEST",
        headers: &[("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")],
        body: &body.to_string(),
    };
    answer(simulator, &request).await
}
