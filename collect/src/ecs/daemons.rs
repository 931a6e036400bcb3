//! The managed daemons of clusters.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecs::{Daemon, DaemonDetails, DaemonRevision};
use palisade_model::{Action, Arn, Fact, Listing, Place};

use super::reader::{AT_ONCE, Reader, Together, last, read, where_offered};
use super::services::{REVISIONS, all_of, still_there};

impl Reader<'_> {
    /// The managed daemons of a cluster, with their revisions that run.
    pub(super) async fn daemons(&self, cluster: &Arn, place: &Arc<Place>) -> Listing<Daemon> {
        let page = |token: Option<String>| async move { self.signed.list_daemons(cluster, token.as_deref()).await };
        let listed = self.list(Action::EcsListDaemons, place, "", page).await;
        let (arns, gap) = where_offered(listed).into_parts();
        let described = arns.iter().map(|arn| Box::pin(self.daemon(arn)));
        let details: Vec<Fact<DaemonDetails>> = futures_util::stream::iter(described).buffered(AT_ONCE).collect().await;
        let mut wanted: Vec<Arn> = details.iter().filter_map(read).flat_map(|one| &one.revisions).cloned().collect();
        wanted.sort();
        wanted.dedup();
        let action = Action::EcsDescribeDaemonRevisions;
        let together = Together { action, place: Arc::clone(place), size: REVISIONS, wanted: &wanted };
        let call = |chunk: Vec<Arn>| async move { self.signed.describe_daemon_revisions(&chunk).await };
        let told: Vec<Fact<DaemonRevision>> = self.told(&together, call).await;
        let told = wanted.iter().cloned().zip(told.into_iter().zip(&wanted).map(|(fact, arn)| still_there(fact, arn)));
        let told: BTreeMap<Arn, Fact<DaemonRevision>> = told.collect();
        let daemons = arns.into_iter().zip(details).map(|(arn, details)| {
            let revisions = match &details {
                Fact::Known(details) => all_of(&details.revisions, &told),
                Fact::Unknown(gap) => Fact::Unknown(gap.clone()),
            };
            Daemon { name: last(&arn).to_owned(), arn, details, revisions }
        });
        Listing::new(daemons.collect(), gap)
    }

    async fn daemon(&self, arn: &Arn) -> Fact<DaemonDetails> {
        let call = || self.signed.describe_daemon(arn);
        self.ask.ask(Action::EcsDescribeDaemon, &Place::resource(arn), call, Some).await
    }
}
