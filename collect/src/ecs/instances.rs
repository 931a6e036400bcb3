//! The machines of clusters.

use std::sync::Arc;

use palisade_model::ecs::ContainerInstance;
use palisade_model::{Action, Arn, Listing, Place};

use super::reader::{Reader, Together};

/// The most machines that one call describes.
const INSTANCES: usize = 100;

impl Reader<'_> {
    /// The machines that are registered in a cluster.
    pub(super) async fn instances(&self, cluster: &Arn, place: &Arc<Place>) -> Listing<ContainerInstance> {
        let page = |token: Option<String>| async move {
            self.signed.list_container_instances(cluster, token.as_deref()).await
        };
        let (arns, gap) = self.list(Action::EcsListContainerInstances, place, "", page).await.into_parts();
        let action = Action::EcsDescribeContainerInstances;
        let together = Together { action, place: Arc::clone(place), size: INSTANCES, wanted: &arns };
        let call = |chunk: Vec<Arn>| async move { self.signed.describe_container_instances(cluster, &chunk).await };
        let details = self.told(&together, call).await;
        let instances = arns.into_iter().zip(details).map(|(arn, details)| ContainerInstance { arn, details });
        Listing::new(instances.collect(), gap)
    }
}
