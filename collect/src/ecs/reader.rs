//! What it takes to read ECS in one Region.

use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::{Action, Arn, Fact, Gap, Listing, Place, Reason, RegionName};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ask::{Ask, Page};
use crate::aws::signed::{Answer, Batch, Paged, Signed};

/// Calls of one kind that are made at once. The pacer sets the speed; this bounds memory and connections.
pub(super) const AT_ONCE: usize = 8;

/// What is needed to read ECS.
pub(super) struct Reader<'a> {
    pub(super) signed: &'a Signed,
    pub(super) region: &'a RegionName,
    pub(super) ask: &'a Ask,
}

/// Things that are asked for together.
pub(super) struct Together<'a> {
    /// The call.
    pub(super) action: Action,
    /// Where it is made: a cluster, or the Region.
    pub(super) place: Arc<Place>,
    /// As many at once.
    pub(super) size: usize,
    /// All of them.
    pub(super) wanted: &'a [Arn],
}

impl Reader<'_> {
    /// Reads a list, page by page, in the order of its items.
    pub(super) async fn list<T, C>(
        &self,
        action: Action,
        place: &Arc<Place>,
        label: &str,
        page: impl Fn(Option<String>) -> C,
    ) -> Listing<T>
    where
        C: Future<Output = Answer<Paged<T>>>,
        T: Serialize + DeserializeOwned + Ord,
    {
        let read = |(items, next)| Some(Page { items, next });
        let (mut items, gap) = self.ask.list(action, place, label, page, read).await.into_parts();
        items.sort();
        items.dedup();
        Listing::new(items, gap)
    }

    /// Asks for what is told of several things, as many at once as a call takes. Gives what is told of each, in their order:
    /// a gap for those of a call that failed, for those that AWS does not describe, and for those of which the answer says
    /// nothing.
    pub(super) async fn told<T, C>(&self, together: &Together<'_>, call: impl Fn(Vec<Arn>) -> C) -> Vec<Fact<T>>
    where
        C: Future<Output = Answer<Batch<T>>>,
        T: Serialize + DeserializeOwned,
    {
        let Together { action, place, size, wanted } = together;
        let call = &call;
        let read = wanted.chunks(*size).map(|chunk| async move {
            let call = || call(chunk.to_vec());
            let mut answer = self.ask.ask_named(*action, place, &label(chunk), call, Some).await;
            let told = chunk.iter().map(|arn| match &mut answer {
                Fact::Known(batch) => {
                    let lacking = |reason| Fact::Unknown(Gap { action: *action, place: Place::resource(arn), reason });
                    batch.take(arn).map_or_else(lacking, Fact::Known)
                }
                Fact::Unknown(gap) => Fact::Unknown(gap.clone()),
            });
            told.collect::<Vec<_>>()
        });
        let read: Vec<_> = futures_util::stream::iter(read.map(Box::pin)).buffered(AT_ONCE).collect().await;
        read.into_iter().flatten().collect()
    }
}

/// A list of something that AWS does not offer in every Region: where it does not, there is none.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListDaemons.html>
pub(super) fn where_offered<T>(listing: Listing<T>) -> Listing<T> {
    const CODE: &str = "UnsupportedFeatureException";
    match listing.gap().map(|gap| &gap.reason) {
        Some(Reason::Failed(said)) if said.starts_with(CODE) => Listing::whole(listing.into_items()),
        Some(_) | None => listing,
    }
}

/// The name of a batch in the journal: the ids of what it asks for.
fn label(chunk: &[Arn]) -> String {
    chunk.iter().map(last).collect::<Vec<_>>().join(",")
}

/// What stands after the last slash of an ARN.
pub(super) fn last(arn: &Arn) -> &str {
    arn.as_str().rsplit('/').next().unwrap_or_default()
}

/// Whether a gap says that something was deleted meanwhile.
pub(super) fn says_gone(gap: &Gap) -> bool {
    let mut reason = &gap.reason;
    while let Reason::Partial(inner) = reason {
        reason = inner;
    }
    *reason == Reason::Gone
}

/// What was read, to be followed further. What was not read has left its gap where it belongs.
pub(super) fn read<T>(fact: &Fact<T>) -> Option<&T> {
    match fact {
        Fact::Known(value) => Some(value),
        Fact::Unknown(_) => None,
    }
}
