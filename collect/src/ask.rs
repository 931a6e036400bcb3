//! The one place where AWS's answers become facts, and its errors become gaps.
//!
//! Every call goes through [`Ask`]: it waits for the pacer, sends, and sends again what AWS throttled or what failed in
//! passing. The SDK's own retries are off, because they would go around the pacer.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use palisade_model::{Action, Fact, Gap, Listing, Place, Reason};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::aws::answer::{Lack, hearing, lack};
use crate::aws::pacer::Pacer;
use crate::aws::session::Kept;
use crate::failure::{Failure, judge};
use crate::journal::Journal;
use crate::outage::{Outages, Trouble};
use crate::pages::{Known, Pages};
use crate::progress::Progress;

/// How often a call has other credentials when AWS no longer takes those that it has.
const RENEWALS: u32 = 3;
/// How often a call is sent anew whose time was wrong.
const CORRECTIONS: u32 = 3;

/// What every collector asks through.
pub struct Ask {
    /// When each call may go.
    pub pacer: Pacer,
    /// What an earlier run was answered, and this one is.
    pub journal: Journal,
    /// Who is told how far the run is.
    pub progress: Arc<Progress>,
    /// Which services do not answer, and since when.
    pub outages: Outages,
    /// Where others are had when AWS no longer takes those of a call.
    pub credentials: Arc<Kept>,
}

/// One page of a list, as the journal keeps it.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl Ask {
    /// Asks for one thing that must be there. `read` gives none when the answer lacks it; so for the other questions.
    pub(crate) async fn ask<T, O, E, C>(
        &self,
        action: Action,
        place: &Arc<Place>,
        call: impl Fn() -> C,
        read: impl FnOnce(O) -> Option<T>,
    ) -> Fact<T>
    where
        C: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata,
        T: Serialize + DeserializeOwned,
    {
        self.ask_named(action, place, "", call, read).await
    }

    /// As [`Self::ask`], for one of several things in one place: the name tells them apart.
    pub(crate) async fn ask_named<T, O, E, C>(
        &self,
        action: Action,
        place: &Arc<Place>,
        name: &str,
        call: impl Fn() -> C,
        read: impl FnOnce(O) -> Option<T>,
    ) -> Fact<T>
    where
        C: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata,
        T: Serialize + DeserializeOwned,
    {
        let send = async || read(self.send(action, place, &call).await?).ok_or_else(lacking);
        self.remembered(action, place, name, send).await
    }

    /// Asks for one thing that may be missing: these error codes of AWS mean "there is none".
    pub(crate) async fn ask_optional<T, O, E, C>(
        &self,
        action: Action,
        place: &Arc<Place>,
        absent: &[&str],
        call: impl Fn() -> C,
        read: impl FnOnce(O) -> Option<T>,
    ) -> Fact<Option<T>>
    where
        C: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata,
        T: Serialize + DeserializeOwned,
    {
        let send = async || match self.send(action, place, &call).await {
            Ok(output) => read(output).map(Some).ok_or_else(lacking),
            Err(Failure::Answered { code, reason }) if reason != Reason::Gone && absent.contains(&code.as_str()) => {
                Ok(None)
            }
            Err(failure) => Err(failure),
        };
        self.remembered(action, place, "", send).await
    }

    /// Reads a list, whole or as far as it can be read. `label` tells lists of one action and place apart.
    pub(crate) async fn list<T, O, E, C>(
        &self,
        action: Action,
        place: &Arc<Place>,
        label: &str,
        page: impl Fn(Option<String>) -> C,
        read: impl Fn(O) -> Option<Page<T>>,
    ) -> Listing<T>
    where
        C: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata,
        T: Serialize + DeserializeOwned,
    {
        let mut items = Vec::new();
        let gap = self.pages(action, place, label, page, read, |more| items.extend(more)).await;
        Listing::new(items, gap)
    }

    /// Reads a list page by page, handing on each as soon as it is there. Gives the gap at which the list ends early.
    pub(crate) async fn pages<T, O, E, C>(
        &self,
        action: Action,
        place: &Arc<Place>,
        label: &str,
        page: impl Fn(Option<String>) -> C,
        read: impl Fn(O) -> Option<Page<T>>,
        mut arrive: impl FnMut(Vec<T>),
    ) -> Option<Gap>
    where
        C: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata,
        T: Serialize + DeserializeOwned,
    {
        let mut pages = Pages::default();
        let mut known = Known::default();
        for number in 0.. {
            let token = pages.token();
            let send = async || read(self.send(action, place, || page(token.clone())).await?).ok_or_else(lacking);
            let Page { mut items, next } =
                match self.remembered(action, place, &format!("{label}#{number}"), send).await {
                    Fact::Known(page) => page,
                    Fact::Unknown(gap) => return Some(partial(gap, number)),
                };
            // Lists move while they are read: what was on the last page may come again on this one.
            items.retain(|item| known.is_new(item));
            let is_empty = items.is_empty();
            arrive(items);
            match pages.go_on(next, is_empty) {
                Ok(true) => {}
                Ok(false) => break,
                Err(failure) => return Some(partial(gap(action, place, failure), number + 1)),
            }
        }
        None
    }

    /// Takes the answer from the journal of an earlier run, or asks and writes it there.
    pub(crate) async fn remembered<T>(
        &self,
        action: Action,
        place: &Arc<Place>,
        label: &str,
        send: impl AsyncFnOnce() -> Result<T, Failure>,
    ) -> Fact<T>
    where
        T: Serialize + DeserializeOwned,
    {
        if let Some(value) = self.journal.recall(action, place, label) {
            return Fact::Known(value);
        }
        match send().await {
            Ok(value) => {
                self.journal.record(action, place, label, &value);
                Fact::Known(value)
            }
            Err(failure) => Fact::Unknown(gap(action, place, failure)),
        }
    }

    /// Sends a call until it is answered, or there is a reason to give up. The answer is not kept in the journal.
    pub(crate) async fn send<O, E, C>(&self, action: Action, place: &Place, call: impl Fn() -> C) -> Result<O, Failure>
    where
        C: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata,
    {
        let region = place.region.as_ref();
        let bucket = self.pacer.bucket(action, region);
        let mut trouble = Trouble::new(&self.outages, action, region);
        let (mut renewals, mut corrections) = (0, 0);
        loop {
            self.pacer.wait(&bucket).await.map_err(Failure::GaveUp)?;
            self.progress.called(action);
            let sent_at = Instant::now();
            let answer = tokio::select! {
                answer = Box::pin(hearing(call())) => answer,
                () = self.pacer.stopped() => return Err(Failure::GaveUp(Reason::Interrupted)),
            };
            let failure = match understood(action, answer) {
                Ok(output) => {
                    bucket.answered();
                    self.progress.answered(action, region);
                    return Ok(output);
                }
                Err(failure) => failure,
            };
            tracing::debug!(%action, resource = ?place.resource, "{failure}");
            let pause = match &failure {
                Failure::Throttled(retry_after) => {
                    self.progress.throttled();
                    Some(bucket.throttled(*retry_after))
                }
                Failure::Passing(_) | Failure::Down(_) => trouble.pause(&failure, &self.progress),
                // A Region that is switched off does not know the account's credentials.
                Failure::UnknownCredentials if region.is_some() && !self.progress.has_accepted(region) => {
                    return Err(Failure::GaveUp(Reason::RegionOff));
                }
                // By then both the SDK and we have learnt what time it is.
                Failure::Clock(_) if corrections < CORRECTIONS => {
                    corrections += 1;
                    Some(Duration::ZERO)
                }
                Failure::Expired(_) | Failure::UnknownCredentials
                    if renewals < RENEWALS && self.credentials.renew(sent_at).await =>
                {
                    renewals += 1;
                    Some(Duration::ZERO)
                }
                Failure::Clock(_)
                | Failure::Expired(_)
                | Failure::Answered { .. }
                | Failure::UnknownCredentials
                | Failure::GaveUp(_) => None,
            };
            let Some(pause) = pause else { return Err(failure) };
            // What a call met last says more than that its time is up.
            match self.pacer.sleep_until(Instant::now() + pause).await {
                Err(Reason::OutOfTime) => return Err(failure),
                slept => slept.map_err(Failure::GaveUp)?,
            }
        }
    }
}

/// What a call gave, and the text of its answer.
type Heard<O, E> = (Result<O, SdkError<E, HttpResponse>>, Option<Vec<u8>>);

/// What an answer means: an error, or an answer that does not hold what AWS always sends, is a failure.
fn understood<O, E: ProvideErrorMetadata>(action: Action, (answer, text): Heard<O, E>) -> Result<O, Failure> {
    let output = answer.map_err(|error| judge(action, &error))?;
    match text.and_then(|text| lack(action, &text)) {
        None => Ok(output),
        Some(broken @ Lack::Broken) => Err(Failure::Passing(Reason::Erred(broken.to_string()))),
        Some(lack @ Lack::Member(_)) => Err(Failure::GaveUp(Reason::Failed(lack.to_string()))),
    }
}

/// An answer without what was asked for, such as an empty body, is not taken for "there is none".
pub(crate) fn lacking() -> Failure {
    Failure::GaveUp(Reason::Failed("the answer lacks what was asked for".to_owned()))
}

/// The gap that a failure leaves.
pub(crate) fn gap(action: Action, place: &Arc<Place>, failure: Failure) -> Gap {
    let gap = Gap { action, place: Arc::clone(place), reason: failure.into_reason() };
    tracing::debug!(region = ?place.region, resource = ?place.resource, "{gap}");
    gap
}

/// A list that ends early, with pages read before, is a partial one.
fn partial(gap: Gap, pages: usize) -> Gap {
    if pages == 0 { gap } else { Gap { reason: Reason::Partial(Box::new(gap.reason)), ..gap } }
}
