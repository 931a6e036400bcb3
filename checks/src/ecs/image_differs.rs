use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service, TaskDefinition, TaskDetails};
use palisade_model::{Action, Arn, Gap};

check! {
    /// Tasks of a deployment run different images
    ///
    /// ## Why
    /// The definition is the same and the program is not: somebody moved the tag between two starts, on purpose or not. Which
    /// of the two answers a request is chance, and what was tested is not all that runs.
    ///
    /// Compared are the digests of the containers that the definition names, among the tasks of one deployment. During a
    /// rollout the tasks of two deployments may differ. Containers that AWS adds are left aside.
    ///
    /// ## Severity
    /// Low: it is a sign that something went wrong, and no way in.
    ///
    /// ## Fix
    /// Find out who pushed the tag. Name the image by its digest, or leave `versionConsistency` on, and deploy anew.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability>
    CHECK {
        id: "ecs-image-differs",
        severity: Severity::Low,
        controls: &[Control::checklist("task-images-known")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

/// Tasks that have to run the same: those of a definition that one deployment started.
type Alike<'t> = BTreeMap<(&'t Arn, Option<&'t str>), Vec<&'t TaskDetails>>;

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    let mut alike = Alike::new();
    let mut unread = None;
    for task in service.cluster.tasks.seen() {
        match task.details.known() {
            Ok(details) if details.service() == Some(service.object.name.as_str()) && !details.is_stopped => {
                alike.entry((&details.definition, details.started_by.as_deref())).or_default().push(details);
            }
            Ok(_) => {}
            Err(gap) => unread = Some(gap),
        }
    }
    if let Some(gap) = service.cluster.tasks.gap().cloned().or(unread) {
        gathered.add(Err::<Vec<_>, _>(gap));
    }
    for ((definition, _), tasks) in alike.iter().filter(|(_, tasks)| tasks.len() > 1) {
        match described(service, definition) {
            Ok(Some(task)) => {
                for container in &task.containers {
                    gathered.add(differs(&container.name, tasks, definition));
                }
            }
            Ok(None) => {}
            Err(gap) => gathered.add(Err::<Vec<_>, _>(gap)),
        }
    }
    gathered.outcome()
}

/// The digests of a container, if they differ among the tasks.
fn differs(container: &str, tasks: &[&TaskDetails], definition: &Arn) -> Result<Option<String>, Gap> {
    let own = tasks.iter().flat_map(|task| &task.containers).filter(|one| one.name == container);
    let digests: Vec<_> = own.map(|one| one.digest.as_deref()).collect();
    let known: BTreeSet<_> = digests.iter().flatten().copied().collect();
    if known.len() > 1 {
        let known: Vec<_> = known.into_iter().collect();
        return Ok(Some(format!("container {container} of {} runs {}", definition.resource(), known.join(" and "))));
    }
    if digests.contains(&None) {
        let why = format!("no digest is told of some container {container}");
        return Err(Gap::undecided(Action::EcsDescribeTasks, definition, why));
    }
    Ok(None)
}

/// What a definition says that tasks run by; `None` when AWS does not describe it.
fn described<'a>(service: &InCluster<'a, Service>, definition: &Arn) -> Result<Option<&'a TaskDefinition>, Gap> {
    match service.ecs.definition(definition) {
        Some(found) => Ok(found.details.known()?.as_ref()),
        None => service.ecs.definitions.complete().map(|_| None),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{RunningContainer, Task};
    use palisade_model::{Fact, Listing};
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::{DIGEST, service, task_arn};

    let beside = |change: fn(&mut TaskDetails)| -> Scene {
        service(|_| {}).ecs_cluster(|cluster| {
            let mut second = cluster.tasks.seen()[0].clone();
            if let Fact::Known(details) = &mut second.details {
                change(details);
            }
            let second = Task { arn: task_arn(), ..second };
            cluster.tasks = Listing::whole([cluster.tasks.seen(), &[second]].concat());
        })
    };
    Cases::default()
        .not_applicable(service(|_| {}))
        .pass(beside(|_| {}))
        .pass(beside(|task| {
            task.containers.push(RunningContainer { name: "aws-guardduty-agent".to_owned(), ..Default::default() });
        }))
        .fail(beside(|task| task.containers[0].digest = Some(DIGEST.replace("4f53", "5e5e"))))
        .unknown(beside(|task| task.containers[0].digest = None))
        .not_applicable(service(|_| {}).and_task_of_service(|task| task.containers[0].digest = None))
        .not_applicable(beside(|task| {
            task.containers[0].digest = Some(DIGEST.replace("4f53", "5e5e"));
            task.started_by = Some("ecs-svc/7000000000000000002".to_owned());
        }))
        .not_applicable(beside(|task| {
            task.containers[0].digest = Some(DIGEST.replace("4f53", "5e5e"));
            task.is_stopped = true;
        }))
        .not_applicable(beside(|task| {
            task.containers[0].digest = Some(DIGEST.replace("4f53", "5e5e"));
            task.group = Some("family:web".to_owned());
        }))
}
