//! What clients sent, word for word, for tests that hold it against the services' models. Kept only where a test asks for
//! it, and never with what a client proves itself with.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;
use hyper::http::request::Parts;
use serde::Serialize;

use crate::request::Scope;

/// A request as it came. Of its headers only those that say what the rest means: credentials travel in others.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sent {
    /// The service of the credential scope.
    service: String,
    /// The Region of the credential scope.
    region: String,
    method: String,
    path: String,
    query: String,
    target: Option<String>,
    content_type: Option<String>,
    body: String,
}

/// The requests so far, once recording was asked for.
#[derive(Debug, Default)]
pub(crate) struct Record {
    is_on: AtomicBool,
    sent: Mutex<Vec<Sent>>,
}

impl Record {
    pub(crate) fn begin(&self) {
        self.is_on.store(true, Ordering::Relaxed);
    }

    pub(crate) fn keep(&self, parts: &Parts, body: &Bytes, scope: &Scope) {
        let query = parts.uri.query().unwrap_or_default();
        // A signature in the query is a credential too.
        if !self.is_on.load(Ordering::Relaxed) || query.to_ascii_lowercase().contains("x-amz-") {
            return;
        }
        let header = |name: &str| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
        self.lock().push(Sent {
            service: scope.service.clone(),
            region: scope.region.clone(),
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: query.to_owned(),
            target: header("x-amz-target"),
            content_type: header("content-type"),
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }

    pub(crate) fn all(&self) -> Vec<Sent> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Sent>> {
        // A panic elsewhere leaves a list of requests that is still true.
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
