use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecr::Reference;
use palisade_model::ecs::Container;
use palisade_reason::access::image_tags::is_fixed;
use palisade_reason::tasks::uses::{How, Running, Use};

check! {
    /// Tasks run whatever an image's tag stands for when they start
    ///
    /// ## Why
    /// A tag names whatever was pushed under it last. Whoever may push it decides what the next task runs, and nobody can tell
    /// from the definition what that is.
    ///
    /// A deployment of a service finds out once which image a tag stands for, and all of its tasks run that one; so does a
    /// daemon. A task on its own, one that a rule, schedule, pipe or state machine starts, and a job ask again each time, and
    /// so does every task where `versionConsistency` is `disabled`. An address with a digest passes, and so does a tag that a
    /// repository of this account lets nobody move, unless it is `latest`.
    ///
    /// ## Severity
    /// Medium: harm needs somebody who may push to the repository.
    ///
    /// ## Fix
    /// Name the image by its digest (`repository@sha256:…`), or forbid moving tags in the repository; leave
    /// `versionConsistency` on.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html>
    CHECK {
        id: "ecs-image-mutable",
        severity: Severity::Medium,
        controls: &[Control::checklist("task-images-known")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    let anew = running.uses.iter().find(|used| asks_anew(used));
    let mut gathered = Gathered::default();
    for container in &running.task.containers {
        gathered.add(judge(container, anew, running, context));
    }
    gathered.outcome()
}

/// Whether a use finds out anew at each start what a tag stands for.
fn asks_anew(used: &Use<'_>) -> bool {
    match used.how {
        How::Task(task) => task.stands_alone(),
        How::Launcher(_) | How::Itself => true,
        How::Service | How::Daemon => false,
    }
}

fn judge(
    container: &Container,
    anew: Option<&Use<'_>>,
    running: &Running<'_>,
    context: &Context,
) -> Result<Option<String>, Gap> {
    let reference = Reference::parse(&container.image);
    if reference.digest.is_some() {
        return Ok(None);
    }
    let why = match anew {
        _ if !container.resolves_once => "versionConsistency is disabled".to_owned(),
        Some(used) => format!("{} starts it", used.who.resource()),
        None => return no_others(running).map(|()| None),
    };
    let is_latest = reference.tag.is_none_or(|tag| tag == "latest");
    if !is_latest && is_fixed(&reference, context)? {
        return Ok(None);
    }
    Ok(Some(format!("container {}: image is {}; {why}", container.name, container.image)))
}

/// The gap when tasks on their own may run that are not known. Of launchers that were not read the report says so by
/// itself: what they would start is not among the definitions.
fn no_others(running: &Running<'_>) -> Result<(), Gap> {
    for cluster in running.ecs.clusters.complete()? {
        for task in cluster.tasks.complete()? {
            task.details.known()?;
        }
    }
    for launcher in running.ecs.launchers.seen() {
        launcher.details.known()?;
    }
    Ok(())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::ecr::TagMutability;
    use palisade_scenes::tasks::{container, daemon, definition_arn, launcher, task};
    use palisade_scenes::{Scene, repository};

    let named = |image: &str, resolves_once: bool| -> Scene {
        container(|container| {
            image.clone_into(&mut container.image);
            container.resolves_once = resolves_once;
        })
    };
    // The definition alone is judged, and no service runs it.
    let alone = |scene: Scene, image: &str| -> Scene {
        let scene = scene.and_definition(|task| image.clone_into(&mut task.containers[0].image));
        let mut scene = scene.ecs_cluster(|cluster| cluster.services = Listing::whole(vec![]));
        scene.subject = definition_arn("web:3");
        scene
    };
    let held = |mutability: TagMutability, scene: Scene| -> Scene {
        let theirs = repository(|repository| repository.tag_mutability = mutability).inventory;
        let repositories = theirs.regions.values().flat_map(|region| region.ecr.repositories.seen()).cloned().collect();
        scene.region(|region| region.ecr.repositories = Listing::whole(repositories))
    };
    let own = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront";
    let tagged = &format!("{own}:1.4.2");
    let newest = &format!("{own}:latest");
    let by_hand = || {
        task(|_| {}).ecs_cluster(|cluster| {
            cluster.tasks = Listing::whole(cluster.tasks.seen()[1..].to_vec());
        })
    };
    let beside_service = task(|_| {}).and_definition(|task| tagged.clone_into(&mut task.containers[0].image));
    let beside_service = Scene { subject: definition_arn("web:3"), ..beside_service };
    let by_rule = || launcher(|_| {}).ecs_cluster(|cluster| cluster.tasks = Listing::whole(vec![]));
    let of_daemon = daemon(|task| tagged.clone_into(&mut task.containers[0].image));
    let daemon_definition = of_daemon.inventory.regions.values().flat_map(|region| region.ecs.definitions.seen());
    let daemon_definition =
        daemon_definition.map(|one| &one.arn).find(|arn| arn.resource().starts_with("daemon")).cloned();
    let of_daemon = Scene { subject: daemon_definition.unwrap_or_else(|| definition_arn("agent")), ..of_daemon };
    Cases::default()
        .pass(container(|_| {}))
        .pass(named(tagged, true))
        .pass(named(newest, true))
        .pass(of_daemon)
        .fail(named(tagged, false))
        .fail(named("nginx", false))
        .pass(held(TagMutability::Immutable, named(tagged, false)))
        .fail(held(TagMutability::Immutable, named(newest, false)))
        .fail(held(TagMutability::Mutable, named(tagged, false)))
        .unknown(held(TagMutability::Other("FROZEN".to_owned()), named(tagged, false)))
        .fail(alone(by_hand(), newest))
        .fail(beside_service)
        .fail(alone(by_rule(), tagged))
        .pass(alone(by_hand(), &format!("{own}@sha256:5e5e")))
}
