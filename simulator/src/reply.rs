//! Responses as hyper sends them, whole or broken off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use crate::wire::Response;

/// A response with a body of this module.
pub(crate) type HttpResponse = hyper::Response<Reply>;

/// A body that may break off in the middle.
#[derive(Debug)]
pub(crate) struct Reply {
    data: Option<Bytes>,
    /// What the header announces.
    length: u64,
    then: Then,
}

/// What comes after the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    End,
    /// One more turn first, in which hyper sends what it has.
    Flush,
    Break,
}

impl Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.then {
            Then::End => Poll::Ready(None),
            Then::Flush => {
                self.then = Then::Break;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Then::Break => Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionReset)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.then == Then::End
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

/// The response, with the id under which AWS would know the request.
pub(crate) fn whole(response: Response, id: &str) -> HttpResponse {
    build(response, Some(id), false)
}

/// The first half of the response under the announced length of the whole.
pub(crate) fn half(response: Response, id: &str) -> HttpResponse {
    build(response, Some(id), true)
}

/// A response that is none of AWS's.
pub(crate) fn plain(response: Response) -> HttpResponse {
    build(response, None, false)
}

fn build(response: Response, id: Option<&str>, broken: bool) -> HttpResponse {
    let data = response.body;
    let length = data.len();
    let reply = Reply {
        data: Some(if broken { data.slice(..length / 2) } else { data }),
        length: u64::try_from(length).unwrap_or(u64::MAX),
        then: if broken { Then::Flush } else { Then::End },
    };
    let mut http = hyper::Response::new(reply);
    *http.status_mut() = hyper::StatusCode::from_u16(response.status).unwrap_or(hyper::StatusCode::OK);
    let headers = http.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(response.content_type));
    let id = id.map(|id| ("x-amzn-requestid", id.to_owned()));
    for (name, value) in response.headers.into_iter().chain(id) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    http
}
