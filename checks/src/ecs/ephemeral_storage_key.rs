use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecs::{Cluster, InCluster, LaunchType};
use palisade_reason::tasks::services::{launch_types, running};
use palisade_reason::tasks::uses::of_task;

check! {
    /// Storage of tasks on Fargate is encrypted with a key of AWS
    ///
    /// ## Why
    /// What tasks write to the disk that Fargate lends them is encrypted in any case: with a key of AWS's unless the
    /// cluster names one of the account. With a key of its own the account decides who may use it, sees each use in
    /// CloudTrail, and can take it back. Judged is a cluster in which something runs on Fargate.
    ///
    /// ## Severity
    /// Informational: the disk is encrypted, and wiped after the task.
    ///
    /// ## Fix
    /// Name a key under `fargateEphemeralStorageKmsKeyId` of the cluster's `managedStorageConfiguration`, and deploy
    /// anew.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-storage-encryption.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedStorageConfiguration.html>
    CHECK {
        id: "ecs-ephemeral-storage-key",
        severity: Severity::Informational,
        controls: &[
            Control::cis("compute-services-1.1.0:11.1"),
            Control::checklist("task-data-encrypted"),
        ],
        since: "0.1.0",
        rule: Rule::EcsCluster(evaluate),
    }
}

fn evaluate(cluster: &InCluster<'_, Cluster>, _: &Context) -> Outcome {
    if !uses_fargate(cluster.object)? {
        return Ok(Verdict::NotApplicable);
    }
    let key = &cluster.object.details.known()?.fargate_storage_key;
    Ok(Verdict::fail_when(key.is_none(), || "fargateEphemeralStorageKmsKeyId is not set".to_owned()))
}

/// Whether something in a cluster runs on Fargate. Known as soon as one thing does.
fn uses_fargate(cluster: &Cluster) -> Result<bool, Gap> {
    let mut gap = cluster.services.gap().or(cluster.tasks.gap()).cloned();
    let of_services = cluster.services.seen().iter().map(|service| match running(service)? {
        Some(details) => Ok(launch_types(details, cluster)?.contains(&LaunchType::Fargate)),
        None => Ok(false),
    });
    let of_tasks = cluster.tasks.seen().iter().map(|task| {
        let details = task.details.known()?;
        Ok(!details.is_stopped && of_task(details, cluster)? == LaunchType::Fargate)
    });
    for judged in of_services.chain(of_tasks) {
        match judged {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    gap.map_or(Ok(false), Err)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::tasks::ecs_cluster;

    let keyless = || ecs_cluster(|details| details.fargate_storage_key = None);
    Cases::default().pass(ecs_cluster(|_| {})).fail(keyless()).not_applicable(keyless().on_ec2()).not_applicable(
        keyless().ecs_cluster(|cluster| {
            cluster.services = Listing::whole(vec![]);
            cluster.tasks = Listing::whole(vec![]);
        }),
    )
}
