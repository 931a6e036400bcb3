//! Clusters, with all that is in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecs::{CapacityProvider, Cluster, ClusterDetails};
use palisade_model::{Action, Arn, Fact, Gap, Listing, Place, Reason};

use super::reader::{AT_ONCE, Reader, Together, last, read, says_gone};
use super::services::Current;
use crate::ask::Page;
use crate::aws::signed::{Answer, Missed, Paged};

/// The most clusters that one call describes.
const CLUSTERS: usize = 100;
/// The most capacity providers that one call describes.
const PROVIDERS: usize = 100;
/// Those that need no machines, and no call.
const FARGATE: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

/// What is read of capacity providers: one, or why it is not described.
type ProviderSaid = Result<CapacityProvider, Missed>;

impl Reader<'_> {
    /// The clusters, by ARN.
    pub(super) async fn cluster_arns(&self) -> Listing<Arn> {
        let place = Place::region(self.region);
        let page = |token: Option<String>| async move { self.signed.list_clusters(token.as_deref()).await };
        self.list(Action::EcsListClusters, &place, "", page).await
    }

    /// Everything about these clusters; each is told of as soon as it is read, but for the revisions of its services.
    pub(super) async fn clusters(&self, arns: &[Arn], arrived: impl Fn(&Cluster)) -> Vec<Cluster> {
        let together = Together {
            action: Action::EcsDescribeClusters,
            place: Place::region(self.region),
            size: CLUSTERS,
            wanted: arns,
        };
        let call = |chunk: Vec<Arn>| async move { self.signed.describe_clusters(&chunk).await };
        let details = self.told(&together, call).await;
        let read = arns.iter().zip(details).map(|(arn, details)| Box::pin(self.cluster(arn, details)));
        let read = futures_util::stream::iter(read).buffered(AT_ONCE).inspect(|(cluster, _)| arrived(cluster));
        let read: Vec<(Cluster, Current)> = read.collect().await;
        let (mut clusters, current): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        self.add_revisions(&mut clusters, &current.into_iter().flatten().collect()).await;
        clusters
    }

    /// Everything about one cluster but the revisions of its services, which are named.
    async fn cluster(&self, arn: &Arn, details: Fact<ClusterDetails>) -> (Cluster, Current) {
        let place = Place::resource(arn);
        if let Fact::Unknown(gap) = &details
            && says_gone(gap)
        {
            return (gone(arn, gap), Current::new());
        }
        let is_told_to_have_none = read(&details).is_some_and(|details| details.registered_instances == 0);
        let instances =
            async { if is_told_to_have_none { Listing::whole(Vec::new()) } else { self.instances(arn, &place).await } };
        let ((services, current), tasks, instances, daemons) = Box::pin(async {
            tokio::join!(self.services(arn, &place), self.tasks(arn, &place), instances, self.daemons(arn, &place))
        })
        .await;
        let capacity_providers = Fact::Known(Vec::new());
        let (arn, name) = (arn.clone(), last(arn).to_owned());
        let mut cluster = Cluster { arn, name, details, capacity_providers, services, tasks, instances, daemons };
        cluster.capacity_providers = self.capacity_providers(&cluster, &place).await;
        (cluster, current)
    }

    /// The capacity providers that a cluster, its services or its tasks name, and that are none of Fargate.
    async fn capacity_providers(&self, cluster: &Cluster, place: &Arc<Place>) -> Fact<Vec<CapacityProvider>> {
        let names = named_providers(cluster);
        if names.is_empty() {
            // Of a cluster that could not be read it is not known which it has.
            return match &cluster.details {
                Fact::Known(_) => Fact::Known(Vec::new()),
                Fact::Unknown(gap) => Fact::Unknown(gap.clone()),
            };
        }
        let action = Action::EcsDescribeCapacityProviders;
        let names: Vec<&str> = names.into_iter().collect();
        let mut found = Vec::new();
        for chunk in names.chunks(PROVIDERS) {
            let page = |token: Option<String>| async move { self.provider_page(cluster, chunk, token).await };
            let read = |(items, next)| Some(Page { items, next });
            let listing: Listing<ProviderSaid> = self.ask.list(action, place, &chunk.join(","), page, read).await;
            let said = match listing.into_parts() {
                (said, None) => said,
                (_, Some(gap)) => return Fact::Unknown(gap),
            };
            match described(chunk, said) {
                Ok(providers) => found.extend(providers),
                Err(reason) => return Fact::Unknown(Gap { action, place: Arc::clone(place), reason }),
            }
        }
        found.sort_by(|left, right| left.name.cmp(&right.name));
        Fact::Known(found)
    }

    async fn provider_page(
        &self,
        cluster: &Cluster,
        names: &[&str],
        token: Option<String>,
    ) -> Answer<Paged<ProviderSaid>> {
        self.signed.describe_capacity_providers(&cluster.arn, names, token.as_deref()).await
    }
}

/// A cluster that was deleted after it was listed.
fn gone(arn: &Arn, gap: &Gap) -> Cluster {
    Cluster {
        arn: arn.clone(),
        name: last(arn).to_owned(),
        details: Fact::Unknown(gap.clone()),
        capacity_providers: Fact::Unknown(gap.clone()),
        services: Listing::unread(gap.clone()),
        tasks: Listing::unread(gap.clone()),
        instances: Listing::unread(gap.clone()),
        daemons: Listing::unread(gap.clone()),
    }
}

/// The names of the capacity providers of a cluster that are none of Fargate.
fn named_providers(cluster: &Cluster) -> BTreeSet<&str> {
    let own = read(&cluster.details).into_iter();
    let own = own.flat_map(|details| details.capacity_providers.iter().chain(&details.default_providers));
    let services = cluster.services.seen().iter().filter_map(|service| read(&service.details));
    let of_services = services.flat_map(|details| {
        let stages = details.deployments.iter().flat_map(|stage| &stage.launch.providers);
        details.launch.providers.iter().chain(stages)
    });
    let tasks = cluster.tasks.seen().iter().filter_map(|task| read(&task.details));
    let of_tasks = tasks.filter_map(|details| details.capacity_provider.as_ref());
    let all = own.chain(of_services).chain(of_tasks).map(String::as_str);
    all.filter(|name| !FARGATE.contains(name)).collect()
}

/// Those of these that are there. Any of which nothing is told, or which is not described for another reason than that it
/// is gone, is a reason of its own.
fn described(names: &[&str], said: Vec<ProviderSaid>) -> Result<Vec<CapacityProvider>, Reason> {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for one in said {
        match one {
            Ok(provider) => found.push(provider),
            Err(missed) if missed.is_missing() => missing.push(missed.arn),
            Err(missed) => return Err(missed.reason()),
        }
    }
    let is_told = |name: &str| {
        found.iter().any(|provider| provider.name == name)
            || missing.iter().any(|arn| arn.rsplit('/').next() == Some(name))
    };
    match names.iter().find(|name| !is_told(name)) {
        Some(name) => Err(Reason::Failed(format!("the answer lacks {name}"))),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use palisade_model::ecs::ProviderKind;
    use serde_json::json;

    use super::*;

    fn provider(name: &str) -> ProviderSaid {
        let arn = Arn::from(format!("arn:aws:ecs:eu-west-1:111122223333:capacity-provider/{name}"));
        Ok(CapacityProvider { name: name.to_owned(), arn, kind: ProviderKind::Fargate })
    }

    fn missed(name: &str, reason: &str) -> ProviderSaid {
        let arn = format!("arn:aws:ecs:eu-west-1:111122223333:capacity-provider/{name}");
        Err(serde_json::from_value(json!({ "arn": arn, "reason": reason })).unwrap())
    }

    #[test]
    fn a_provider_that_is_gone_is_left_out_and_one_that_is_not_told_is_not() {
        let found = described(&["a", "b"], vec![provider("a"), missed("b", "MISSING")]).unwrap();
        assert_eq!(found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a"]);
        let lacking = Reason::Failed("the answer lacks b".to_owned());
        assert_eq!(described(&["a", "b"], vec![provider("a")]), Err(lacking));
        assert!(described(&["a"], vec![missed("a", "ACCESS")]).is_err());
    }
}
