//! The services of clusters, and their revisions.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecs::{Cluster, Express, Service, ServiceDetails, ServiceRevision};
use palisade_model::{Action, Arn, Fact, Gap, Listing, Place, Reason};

use super::reader::{AT_ONCE, Reader, Together, last, says_gone};
use crate::ecs::convert::service::ServiceItem;

/// The most services that one call describes.
const SERVICES: usize = 10;
/// The most revisions that one call describes.
pub(super) const REVISIONS: usize = 20;

/// The revisions that run now, by service.
pub(super) type Current = BTreeMap<Arn, Vec<Arn>>;

impl Reader<'_> {
    /// The services of a cluster, without their revisions, which are named.
    pub(super) async fn services(&self, cluster: &Arn, place: &Arc<Place>) -> (Listing<Service>, Current) {
        let page = |token: Option<String>| async move { self.signed.list_services(cluster, token.as_deref()).await };
        let (arns, gap) = self.list(Action::EcsListServices, place, "", page).await.into_parts();
        let together =
            Together { action: Action::EcsDescribeServices, place: Arc::clone(place), size: SERVICES, wanted: &arns };
        let call = |chunk: Vec<Arn>| async move { self.signed.describe_services(cluster, &chunk).await };
        let told: Vec<Fact<ServiceItem>> = self.told(&together, call).await;
        let mut current = Current::new();
        let services = arns.into_iter().zip(told).map(|(arn, told)| {
            let details = match told {
                Fact::Known(ServiceItem { details, revisions }) => {
                    current.insert(arn.clone(), revisions);
                    Fact::Known(details)
                }
                Fact::Unknown(gap) => Fact::Unknown(gap),
            };
            service(arn, details)
        });
        let services: Vec<_> = services.collect();
        let completed = services.into_iter().map(|service| Box::pin(self.with_express(service)));
        let services = futures_util::stream::iter(completed).buffered(AT_ONCE).collect().await;
        (Listing::new(services, gap), current)
    }

    /// Asks what ECS made for a service, if it is one that ECS manages.
    async fn with_express(&self, mut service: Service) -> Service {
        if matches!(&service.details, Fact::Known(details) if details.is_express) {
            let place = Place::resource(&service.arn);
            let call = || self.signed.describe_express_service(&service.arn);
            let answer = self.ask.ask(Action::EcsDescribeExpressGatewayService, &place, call, Some).await;
            service.express = match answer {
                Fact::Known(express) => Fact::Known(Some(express)),
                Fact::Unknown(gap) => Fact::<Option<Express>>::Unknown(gap),
            };
        }
        service
    }

    /// Asks for the revisions of all services together, and gives each service its own.
    pub(super) async fn add_revisions(&self, clusters: &mut [Cluster], current: &Current) {
        let mut wanted: Vec<Arn> = current.values().flatten().cloned().collect();
        wanted.sort();
        wanted.dedup();
        let told = self.revisions(&wanted, REVISIONS).await;
        let mut told: BTreeMap<Arn, Fact<ServiceRevision>> = wanted.into_iter().zip(told).collect();
        // A call is refused as a whole when one of its services is gone: what it asked for is then asked for one by one.
        let refused = told.iter().filter(|(_, fact)| fact.gap().is_some_and(says_gone));
        let refused: Vec<Arn> = refused.map(|(arn, _)| arn.clone()).collect();
        let alone = self.revisions(&refused, 1).await;
        told.extend(refused.into_iter().zip(alone));
        for service in clusters.iter_mut().flat_map(|cluster| cluster.services.seen_mut()) {
            if let Some(names) = current.get(&service.arn) {
                service.revisions = all_of(names, &told);
            }
        }
    }

    async fn revisions(&self, wanted: &[Arn], size: usize) -> Vec<Fact<ServiceRevision>> {
        let place = Place::region(self.region);
        let together = Together { action: Action::EcsDescribeServiceRevisions, place, size, wanted };
        let call = |chunk: Vec<Arn>| async move { self.signed.describe_service_revisions(&chunk).await };
        let told = self.told(&together, call).await;
        told.into_iter().zip(wanted).map(|(fact, arn)| still_there(fact, arn)).collect()
    }
}

/// A service whose revisions are not read yet; what rests on details that were not read is not known either.
fn service(arn: Arn, details: Fact<ServiceDetails>) -> Service {
    let (revisions, express) = match details.gap() {
        None => (Fact::Known(Vec::new()), Fact::Known(None)),
        Some(gap) => (Fact::Unknown(gap.clone()), Fact::Unknown(gap.clone())),
    };
    Service { name: last(&arn).to_owned(), arn, details, revisions, express }
}

/// That AWS does not keep a revision does not say that what runs it is gone: it is a gap.
pub(super) fn still_there<T>(fact: Fact<T>, arn: &Arn) -> Fact<T> {
    match fact {
        Fact::Unknown(gap) if gap.reason == Reason::Gone && gap.place.resource.as_ref() == Some(arn) => {
            Fact::Unknown(Gap { reason: Reason::Failed(format!("MISSING for {arn}")), ..gap })
        }
        Fact::Known(_) | Fact::Unknown(_) => fact,
    }
}

/// What was told of all of these, or the first gap.
pub(super) fn all_of<T: Clone>(names: &[Arn], told: &BTreeMap<Arn, Fact<T>>) -> Fact<Vec<T>> {
    let mut found = Vec::new();
    for fact in names.iter().filter_map(|name| told.get(name)) {
        match fact {
            Fact::Known(one) => found.push(one.clone()),
            Fact::Unknown(gap) => return Fact::Unknown(gap.clone()),
        }
    }
    Fact::Known(found)
}
