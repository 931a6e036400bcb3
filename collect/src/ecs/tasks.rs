//! The tasks of clusters: what runs, and what just ran.

use std::sync::Arc;

use palisade_model::ecs::Task;
use palisade_model::{Action, Arn, Listing, Place};

use super::reader::{Reader, Together};

/// The most tasks that one call describes.
const TASKS: usize = 100;

impl Reader<'_> {
    /// The tasks of a cluster that run, are about to, or stopped within the last hour.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>
    pub(super) async fn tasks(&self, cluster: &Arn, place: &Arc<Place>) -> Listing<Task> {
        let (running, stopped) = Box::pin(async {
            tokio::join!(self.tasks_to_be(cluster, place, "RUNNING"), self.tasks_to_be(cluster, place, "STOPPED"))
        })
        .await;
        let (mut arns, of_running) = running.into_parts();
        let (more, of_stopped) = stopped.into_parts();
        arns.extend(more);
        arns.sort();
        // One that stopped meanwhile is on both lists.
        arns.dedup();
        let action = Action::EcsDescribeTasks;
        let together = Together { action, place: Arc::clone(place), size: TASKS, wanted: &arns };
        let call = |chunk: Vec<Arn>| async move { self.signed.describe_tasks(cluster, &chunk).await };
        let details = self.told(&together, call).await;
        let tasks = arns.into_iter().zip(details).map(|(arn, details)| Task { arn, details });
        Listing::new(tasks.collect(), of_running.or(of_stopped))
    }

    async fn tasks_to_be(&self, cluster: &Arn, place: &Arc<Place>, status: &str) -> Listing<Arn> {
        let page =
            |token: Option<String>| async move { self.signed.list_tasks(cluster, status, token.as_deref()).await };
        self.list(Action::EcsListTasks, place, status, page).await
    }
}
