//! The one place where answers of a cluster's API become facts, and its errors become gaps.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::Metadata;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Error;
use kube::client::AuthError;
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
use crate::pages::Pages;

/// Objects on a page; the API server may give fewer.
const PAGE: usize = 500;
/// How often a call is sent that fails in passing.
const ATTEMPTS: u32 = 4;
/// How often a call has other credentials when AWS no longer takes those that it has.
const RENEWALS: u32 = 3;
/// The pause before the second attempt; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How often a list is begun anew because the cluster forgot where a page began.
const RESTARTS: u32 = 3;

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
    /// The API server asks to wait, or could not answer just now.
    Passing(Reason),
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
            match self.pages(action, path, |page: Vec<O>| items.extend(page.into_iter().filter_map(&mut reduce))).await
            {
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
        mut arrive: impl FnMut(Vec<O>),
    ) -> Result<(), Failure> {
        let mut pages = Pages::default();
        loop {
            let from =
                pages.token().as_deref().map(|token| format!("&continue={}", encoded(token))).unwrap_or_default();
            let page: Page<O> = self.send(action, &format!("{path}?limit={PAGE}{from}")).await?;
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
                    self.door.opened();
                    return Ok(object);
                }
                // Its credentials may have ended since.
                Err(Failure::Stranger) if renewals < RENEWALS && self.door.renew(sent_at).await => renewals += 1,
                Err(Failure::Passing(reason)) if attempt < ATTEMPTS => {
                    tracing::debug!(%action, attempt, "{reason}");
                    let pause = FIRST_PAUSE * 2_u32.pow(attempt - 1);
                    attempt += 1;
                    self.ask.pacer.sleep_until(Instant::now() + pause).await.map_err(Failure::GaveUp)?;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn once<O: DeserializeOwned>(&self, path: &str) -> Result<O, Failure> {
        let client = self.door.client().await.map_err(|error: DoorError| given_up(error.to_string()))?;
        let request = http::Request::get(path)
            .body(Vec::new())
            .map_err(|_| given_up("the request could not be made".to_owned()))?;
        // The client's own reading of JSON would log an answer that it does not understand, secrets and all.
        let text = client.request_text(request).await.map_err(|error| judge(&error))?;
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
            Self::Passing(reason) | Self::GaveUp(reason) => reason,
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

/// What an error of the client means.
///
/// Source: <https://kubernetes.io/docs/reference/using-api/api-concepts/>
fn judge(error: &Error) -> Failure {
    match error {
        Error::Api(status) => match status.code {
            401 => Failure::Stranger,
            403 => Failure::GaveUp(Reason::Denied(By::Rbac)),
            404 => Failure::Missing,
            410 => Failure::Expired,
            429 => Failure::Passing(Reason::Throttled),
            500.. => Failure::Passing(Reason::Failed(status.message.clone())),
            code => given_up(format!("{code} {}: {}", status.reason, status.message)),
        },
        other => unreachable(other),
    }
}

/// A connection that does not come about, or an answer that does not come. What the client says of it may hold what an
/// exec plugin was told, and is not repeated.
fn unreachable(error: &Error) -> Failure {
    if let Some(error) = discreet::links(error).find_map(|link| link.downcast_ref::<AuthError>()) {
        return given_up(kubeconfig::auth(error));
    }
    Failure::Passing(match discreet::handshake(error) {
        Some(flaw) => Reason::Failed(format!("the connection is not secure: {flaw}")),
        None => Reason::Unreachable,
    })
}
