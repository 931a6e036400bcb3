use std::convert::Infallible;
use std::future::pending;
use std::io::Read as _;
use std::sync::Arc;

use flate2::read::GzDecoder;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::clock::TestClock;
use super::fake::Fake;

/// What a server was asked.
pub(super) struct Heard {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// What it does about it.
pub(super) enum Act {
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Closes the connection.
    Cut,
    /// Says nothing, until the client has waited long enough.
    Late,
    /// Says nothing, and the client ends here.
    Crash,
}

pub(super) struct Server {
    pub(super) address: String,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(super) async fn start(fake: Fake, clock: Arc<TestClock>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (fake, clock) = (fake.clone(), Arc::clone(&clock));
                let service = service_fn(move |request| answered(request, fake.clone(), Arc::clone(&clock)));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, task }
    }
}

async fn answered(
    request: Request<Incoming>,
    fake: Fake,
    clock: Arc<TestClock>,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    let body = if parts.headers.get("content-encoding").is_some_and(|value| value == "gzip") {
        let mut text = String::new();
        GzDecoder::new(&body[..]).read_to_string(&mut text)?;
        text
    } else {
        String::from_utf8(body.to_vec()).unwrap()
    };
    let path = parts.uri.path_and_query().unwrap().to_string();
    match fake.act(&Heard { path, headers: parts.headers, body }) {
        Act::Answer(status, headers, body) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            Ok(response.body(Full::new(body.into())).unwrap())
        }
        Act::Cut => Err(std::io::ErrorKind::ConnectionAborted.into()),
        Act::Late => {
            clock.late.notify_one();
            Ok(pending::<Result<_, Infallible>>().await.unwrap())
        }
        Act::Crash => {
            clock.crash.notify_one();
            Ok(pending::<Result<_, Infallible>>().await.unwrap())
        }
    }
}
