//! Requests over HTTP, one connection each, so that nothing is ever sent twice behind our back.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, USER_AGENT};
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::tls::{Tls, Trust, why};
use crate::{Clock, Error};

/// The most of an answer that is read.
const LONGEST: usize = 64 * 1024 * 1024;

/// What sends requests. It follows no redirection: a secret goes where it was meant to go, or nowhere.
pub struct Client {
    tls: Tls,
    proxies: Matcher,
    timeout: Duration,
    clock: Arc<dyn Clock>,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Client {
    /// A client that trusts these authorities, uses the proxies of the environment, and gives a request so much time.
    pub fn new(trust: &Trust, timeout: Duration, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        Ok(Self { tls: Tls::new(trust)?, proxies: Matcher::from_env(), timeout, clock })
    }

    /// The same with other proxies.
    #[cfg(test)]
    pub(crate) fn with_proxies(self, proxies: Matcher) -> Self {
        Self { proxies, ..self }
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Posts a body; gives the answer, or in words why there is none.
    pub(crate) async fn post(
        &self,
        uri: &Uri,
        headers: &[(HeaderName, HeaderValue)],
        body: Bytes,
    ) -> Result<Answer, String> {
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        let own = request.headers_mut();
        own.insert(CONTENT_LENGTH, body.len().into());
        own.insert(USER_AGENT, HeaderValue::from_static(concat!("palisade/", env!("CARGO_PKG_VERSION"))));
        for (name, value) in headers {
            own.insert(name.clone(), value.clone());
        }
        tokio::select! {
            answer = self.exchange(request) => answer,
            () = self.clock.deadline(self.timeout) => Err("no answer in time".to_owned()),
        }
    }

    async fn exchange(&self, mut request: Request<Full<Bytes>>) -> Result<Answer, String> {
        let uri = request.uri().clone();
        let authority = uri.authority().ok_or("the address lacks a host")?;
        request.headers_mut().insert(HOST, HeaderValue::from_str(authority.as_str()).map_err(|_| "the host is none")?);
        let stream = self.connect(&uri, &mut request).await.map_err(|error| why(&error))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| why(&error))?;
        let connection = Task(tokio::spawn(connection));
        let response = sender.send_request(request).await.map_err(|error| why(&error))?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, LONGEST).collect().await.map_err(|error| why(&*error))?.to_bytes();
        drop(connection);
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// A connection to where the request goes; the request is changed as its way demands.
    async fn connect(&self, uri: &Uri, request: &mut Request<Full<Bytes>>) -> io::Result<Box<dyn Stream>> {
        let is_secure = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let proxy = self.proxies.intercept(uri);
        let Some(proxy) = proxy else {
            *request.uri_mut() = path_of(uri);
            let stream = TcpStream::connect((host.as_str(), port)).await?;
            return if is_secure { Ok(Box::new(self.tls.over(stream, &host).await?)) } else { Ok(Box::new(stream)) };
        };
        let door = proxy.uri();
        let default = if door.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
        let address = (door.host().unwrap_or_default(), door.port_u16().unwrap_or(default));
        let stream = TcpStream::connect(address).await?;
        let mut stream: Box<dyn Stream> =
            if default == 443 { Box::new(self.tls.over(stream, address.0).await?) } else { Box::new(stream) };
        let login = proxy.basic_auth().cloned();
        if !is_secure {
            // A proxy for plain requests is told the whole address.
            if let Some(mut login) = login {
                login.set_sensitive(true);
                request.headers_mut().insert(PROXY_AUTHORIZATION, login);
            }
            return Ok(stream);
        }
        tunnel(&mut stream, uri.host().unwrap_or_default(), port, login.as_ref()).await?;
        *request.uri_mut() = path_of(uri);
        Ok(Box::new(self.tls.over(stream, &host).await?))
    }
}

/// A task that ends with what it belongs to.
struct Task(tokio::task::JoinHandle<hyper::Result<()>>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn path_of(uri: &Uri) -> Uri {
    uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")).into()
}

/// Asks a proxy for a connection to a host.
async fn tunnel(stream: &mut Box<dyn Stream>, host: &str, port: u16, login: Option<&HeaderValue>) -> io::Result<()> {
    const LONGEST: usize = 16 * 1024;
    let mut wish = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(login) = login {
        wish.extend_from_slice(b"Proxy-Authorization: ");
        wish.extend_from_slice(login.as_bytes());
        wish.extend_from_slice(b"\r\n");
    }
    wish.extend_from_slice(b"\r\n");
    stream.write_all(&wish).await?;
    let mut said = Vec::new();
    while !said.ends_with(b"\r\n\r\n") && said.len() < LONGEST {
        said.push(stream.read_u8().await?);
    }
    let is_open = said.starts_with(b"HTTP/1.1 200") || said.starts_with(b"HTTP/1.0 200");
    if is_open { Ok(()) } else { Err(io::Error::other(crate::tls::PROXY_REFUSED)) }
}
