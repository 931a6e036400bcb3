//! The one place where answers of a cluster's API become facts, and its errors become gaps.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::Metadata;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Error;
use kube::client::{AuthError, Body};
use palisade_model::{Action, By, Fact, Gap, Listing, Place, Reason};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::convert::Custom;
use super::door::{Door, DoorError};
use super::kubeconfig;
use super::newer::Newer;
use crate::ask::Ask;
use crate::discreet;
use crate::outage::ATTEMPTS;
use crate::pages::Pages;

/// Objects on a page; the API server may give fewer.
const PAGE: usize = 500;
/// How often a call has other credentials when AWS no longer takes those that it has.
const RENEWALS: u32 = 3;
/// The pause before the second attempt; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How often a list is begun anew because the cluster forgot where a page began; the last time it is asked for whole.
const RESTARTS: u32 = 3;
/// The longest that an API server may ask to wait; one that asked for an hour would be one that we misread.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// What is needed to read a cluster.
pub(super) struct Reader<'a> {
    pub(super) door: Door,
    pub(super) ask: &'a Ask,
    /// The cluster.
    pub(super) place: Arc<Place>,
    /// The fields that were met and are not known.
    pub(super) newer: Newer,
}

/// An object of a list.
pub(super) trait Object: DeserializeOwned {
    fn metadata(&self) -> &ObjectMeta;
}

impl<O: Metadata<Ty = ObjectMeta> + DeserializeOwned> Object for O {
    fn metadata(&self) -> &ObjectMeta {
        Metadata::metadata(self)
    }
}

impl Object for Custom {
    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }
}

/// What a list of objects answers; both members are always there.
#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    metadata: PageMetadata,
}

#[derive(Deserialize)]
struct PageMetadata {
    #[serde(rename = "continue")]
    next: Option<String>,
}

/// A call that gave no answer.
enum Failure {
    /// The API server asks to wait, and says how long or does not. It is a pause, for as long as the run has time: the
    /// cluster's priority and fairness lets others go first.
    ///
    /// Source: <https://kubernetes.io/docs/concepts/cluster-administration/flow-control/>
    Throttled(Option<Duration>),
    /// The API server could not answer just now, and may say when to ask again.
    Passing(Reason, Option<Duration>),
    /// There is no such object, or no such kind of object.
    Missing,
    /// The list changed too much since its first page was read.
    Expired,
    /// The cluster does not know the token.
    Stranger,
    /// There is no point in asking again.
    GaveUp(Reason),
}

impl Reader<'_> {
    /// Reads a list page by page; each object is reduced as soon as it is there. A kind that the cluster does not know is
    /// an empty list.
    pub(super) async fn list<O, T>(&self, action: Action, path: &str, mut reduce: impl FnMut(O) -> T) -> Listing<T>
    where
        O: Object,
    {
        self.list_some(action, path, |object| Some(reduce(object))).await
    }

    /// As [`Self::list`], leaving out what is reduced to nothing.
    pub(super) async fn list_some<O, T>(
        &self,
        action: Action,
        path: &str,
        mut reduce: impl FnMut(O) -> Option<T>,
    ) -> Listing<T>
    where
        O: Object,
    {
        let mut restarts = 0;
        loop {
            let mut items = Vec::new();
            let limit = (restarts < RESTARTS).then_some(PAGE);
            let arrive = |page: Vec<O>| items.extend(page.into_iter().filter_map(&mut reduce));
            match self.pages(action, path, limit, arrive).await {
                Ok(()) => return Listing::whole(items),
                Err(Failure::Missing) => return Listing::whole(Vec::new()),
                Err(Failure::Expired) if restarts < RESTARTS => restarts += 1,
                Err(failure) => {
                    let reason = failure.into_reason();
                    let reason = if items.is_empty() { reason } else { Reason::Partial(Box::new(reason)) };
                    return Listing::new(items, Some(self.gap(action, reason)));
                }
            }
        }
    }

    /// Reads one object; `None` when there is none.
    pub(super) async fn get<O: DeserializeOwned>(&self, action: Action, path: &str) -> Fact<Option<O>> {
        match self.send(action, path).await {
            Ok(object) => Fact::Known(Some(object)),
            Err(Failure::Missing) => Fact::Known(None),
            Err(failure) => Fact::Unknown(self.gap(action, failure.into_reason())),
        }
    }

    /// Reads what every cluster has.
    pub(super) async fn require<O: DeserializeOwned>(&self, action: Action, path: &str) -> Fact<O> {
        match self.send(action, path).await {
            Ok(object) => Fact::Known(object),
            Err(failure) => Fact::Unknown(self.gap(action, failure.into_reason())),
        }
    }

    async fn pages<O: Object>(
        &self,
        action: Action,
        path: &str,
        limit: Option<usize>,
        mut arrive: impl FnMut(Vec<O>),
    ) -> Result<(), Failure> {
        let mut pages = Pages::default();
        let path = limit.map_or_else(|| path.to_owned(), |limit| format!("{path}?limit={limit}"));
        loop {
            let from =
                pages.token().as_deref().map(|token| format!("&continue={}", encoded(token))).unwrap_or_default();
            let page: Page<O> = self.send(action, &format!("{path}{from}")).await?;
            if page.items.iter().any(|object| !has_name(object.metadata())) {
                return Err(given_up("an object of the list has no name".to_owned()));
            }
            let is_empty = page.items.is_empty();
            arrive(page.items);
            let go_on = pages.go_on(page.metadata.next, is_empty);
            if !go_on.map_err(|failure| Failure::GaveUp(failure.into_reason()))? {
                return Ok(());
            }
        }
    }

    /// Sends a call until it is answered, or there is a reason to give up.
    async fn send<O: DeserializeOwned>(&self, action: Action, path: &str) -> Result<O, Failure> {
        let bucket = self.ask.pacer.bucket(action, self.place.region.as_ref());
        let mut attempt = 1;
        let mut renewals = 0;
        loop {
            self.ask.pacer.wait(&bucket).await.map_err(Failure::GaveUp)?;
            self.ask.progress.called(action);
            let sent_at = Instant::now();
            let answer = tokio::select! {
                answer = self.once(path) => answer,
                () = self.ask.pacer.stopped() => return Err(Failure::GaveUp(Reason::Interrupted)),
            };
            match answer {
                Ok(object) => {
                    bucket.answered();
                    self.door.opened();
                    return Ok(object);
                }
                // Its credentials may have ended since.
                Err(Failure::Stranger) if renewals < RENEWALS && self.door.renew(sent_at).await => renewals += 1,
                Err(Failure::Throttled(wait)) => {
                    tracing::debug!(%action, ?wait, "throttled");
                    self.ask.progress.throttled();
                    match self.ask.pacer.sleep_until(Instant::now() + bucket.throttled(wait)).await {
                        Err(Reason::OutOfTime) => return Err(Failure::GaveUp(Reason::Throttled)),
                        slept => slept.map_err(Failure::GaveUp)?,
                    }
                }
                Err(Failure::Passing(reason, wait)) if attempt < ATTEMPTS => {
                    tracing::debug!(%action, attempt, "{reason}");
                    let pause = FIRST_PAUSE * 2_u32.pow(attempt - 1);
                    attempt += 1;
                    let pause = wait.map_or(pause, |wait| wait.max(pause));
                    match self.ask.pacer.sleep_until(Instant::now() + pause).await {
                        // What a call met last says more than that its time is up.
                        Err(Reason::OutOfTime) => return Err(Failure::GaveUp(reason)),
                        slept => slept.map_err(Failure::GaveUp)?,
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn once<O: DeserializeOwned>(&self, path: &str) -> Result<O, Failure> {
        let client = self.door.client().await.map_err(|error: DoorError| given_up(error.to_string()))?;
        let request = http::Request::get(path)
            .body(Body::empty())
            .map_err(|_| given_up("the request could not be made".to_owned()))?;
        let answer = client.send(request).await.map_err(|error| unanswered(&error))?;
        let (head, body) = answer.into_parts();
        let text = body.collect_bytes().await.map_err(|error| unanswered(&error))?;
        if head.status.is_client_error() || head.status.is_server_error() {
            return Err(refused(head.status.as_u16(), &head.headers, &text));
        }
        // The client's own reading of JSON would log an answer that it does not understand, secrets and all.
        let unreadable = |error: serde_json::Error| {
            given_up(format!("the answer has another form (line {}, column {})", error.line(), error.column()))
        };
        self.newer.read(path, &text).map_err(unreadable)
    }

    /// The gap for an answer that does not tell what had to be known.
    pub(super) fn unreadable(&self, action: Action, why: &str) -> Gap {
        self.gap(action, Reason::Failed(why.to_owned()))
    }

    fn gap(&self, action: Action, reason: Reason) -> Gap {
        Gap { action, place: Arc::clone(&self.place), reason }
    }
}

impl Failure {
    fn into_reason(self) -> Reason {
        match self {
            Self::Throttled(_) => Reason::Throttled,
            Self::Passing(reason, _) | Self::GaveUp(reason) => reason,
            Self::Missing => Reason::Failed("the cluster does not know it".to_owned()),
            Self::Stranger => Reason::Failed(
                "the cluster does not let the caller in: no access entry nor line in aws-auth names it, or the clock is off"
                    .to_owned(),
            ),
            Self::Expired => Reason::Failed("the list changed faster than it could be read".to_owned()),
        }
    }
}

fn has_name(metadata: &ObjectMeta) -> bool {
    metadata.name.as_ref().is_some_and(|name| !name.is_empty())
}

fn given_up(why: String) -> Failure {
    Failure::GaveUp(Reason::Failed(why))
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, crate::aws::signed::RESERVED).to_string()
}

/// What an API server says of an error, as far as it is of use.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Said {
    message: String,
    reason: String,
    details: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    retry_after_seconds: Option<u64>,
}

/// What a status means that is no success. Whoever is asked to wait by priority and fairness gets plain text and a
/// header, and no object.
///
/// Sources: <https://kubernetes.io/docs/reference/using-api/api-concepts/>,
/// <https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/server/filters/priority-and-fairness.go>
fn refused(code: u16, headers: &http::HeaderMap, text: &[u8]) -> Failure {
    let plain = || Said { message: String::from_utf8_lossy(text).trim().to_owned(), ..Said::default() };
    let said: Said = serde_json::from_slice(text).unwrap_or_else(|_| plain());
    let header = headers.get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let seconds = header.or_else(|| said.details.as_ref()?.retry_after_seconds.filter(|seconds| *seconds > 0));
    let wait = seconds.map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT));
    match code {
        401 => Failure::Stranger,
        403 => Failure::GaveUp(Reason::Denied(By::Rbac)),
        404 => Failure::Missing,
        410 => Failure::Expired,
        429 => Failure::Throttled(wait),
        500.. => Failure::Passing(Reason::Failed(said.message), wait),
        code => given_up(format!("{code} {}: {}", said.reason, said.message)),
    }
}

/// A connection that does not come about, or an answer that does not come. What the client says of it may hold what an
/// exec plugin was told, and is not repeated.
fn unanswered(error: &Error) -> Failure {
    if let Some(error) = discreet::links(error).find_map(|link| link.downcast_ref::<AuthError>()) {
        return given_up(kubeconfig::auth(error));
    }
    let reason = match discreet::handshake(error) {
        Some(flaw) => Reason::Failed(format!("the connection is not secure: {flaw}")),
        None => Reason::Unreachable,
    };
    Failure::Passing(reason, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(code: u16, header: Option<&str>, text: &str) -> Failure {
        let mut headers = http::HeaderMap::new();
        if let Some(value) = header {
            headers.insert(http::header::RETRY_AFTER, value.parse().unwrap());
        }
        refused(code, &headers, text.as_bytes())
    }

    #[test]
    fn a_throttle_waits_as_long_as_it_says() {
        const OBJECT: &str = r#"{"kind":"Status","message":"slow","reason":"x","details":{"retryAfterSeconds":7}}"#;
        for (header, text, seconds) in [
            (Some("3"), "Too many requests, please try again later.", Some(3)),
            (Some("3"), OBJECT, Some(3)),
            (None, OBJECT, Some(7)),
            (None, "Too many requests", None),
            (Some("soon"), "", None),
            (Some("86400"), "", Some(300)),
        ] {
            let Failure::Throttled(wait) = answered(429, header, text) else { panic!("{header:?} {text}") };
            assert_eq!(wait.map(|wait| wait.as_secs()), seconds, "{header:?} {text}");
        }
        assert!(matches!(answered(503, Some("2"), ""), Failure::Passing(_, Some(wait)) if wait.as_secs() == 2));
    }

    #[test]
    fn other_statuses_mean_what_they_say() {
        assert!(matches!(answered(401, None, ""), Failure::Stranger));
        assert!(matches!(answered(403, None, "<html>"), Failure::GaveUp(Reason::Denied(By::Rbac))));
        assert!(matches!(answered(404, None, ""), Failure::Missing));
        assert!(matches!(answered(410, None, ""), Failure::Expired));
        assert!(matches!(answered(400, None, r#"{"message":"no"}"#), Failure::GaveUp(_)));
    }
}
