//! Whether GuardDuty watches the clusters of a Region.

use std::collections::BTreeMap;

use palisade_model::eks::{ClusterCoverage, Detector};
use palisade_model::{Action, Fact, Place};
use serde::{Deserialize, Serialize};

use super::reader::{Reader, whole};
use crate::ask::Page;

/// The detector of a Region, with the id that its calls want.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) detector: Detector,
}

/// GuardDuty's detector, of which a Region has one or none.
pub(super) async fn detector(reader: &Reader<'_>) -> Fact<Option<Found>> {
    let place = Place::region(reader.region);
    let page = |token: Option<String>| async move { reader.signed.list_detectors(token.as_deref()).await };
    let read = |(items, next)| Some(Page { items, next });
    let ids: Vec<String> = match whole(reader.ask.list(Action::GuardDutyListDetectors, &place, "", page, read).await) {
        Fact::Known(ids) => ids,
        Fact::Unknown(gap) => return Fact::Unknown(gap),
    };
    let Some(id) = ids.into_iter().next() else { return Fact::Known(None) };
    let call = || reader.signed.get_detector(&id);
    match reader.ask.ask(Action::GuardDutyGetDetector, &place, call, Some).await {
        Fact::Known(detector) => Fact::Known(Some(Found { id, detector })),
        Fact::Unknown(gap) => Fact::Unknown(gap),
    }
}

/// What runtime monitoring covers, by cluster.
pub(super) async fn coverage(
    reader: &Reader<'_>,
    detector: &Fact<Option<Found>>,
) -> Fact<BTreeMap<String, ClusterCoverage>> {
    let place = Place::region(reader.region);
    let id = match detector {
        Fact::Known(Some(found)) => found.id.as_str(),
        Fact::Known(None) => return Fact::Known(BTreeMap::new()),
        Fact::Unknown(_) => return Fact::not_asked(Action::GuardDutyListCoverage, &place),
    };
    let page = |token: Option<String>| async move { reader.signed.list_coverage(id, token.as_deref()).await };
    let read = |(items, next)| Some(Page { items, next });
    match whole(reader.ask.list(Action::GuardDutyListCoverage, &place, "", page, read).await) {
        Fact::Known(covered) => Fact::Known(covered.into_iter().collect()),
        Fact::Unknown(gap) => Fact::Unknown(gap),
    }
}
