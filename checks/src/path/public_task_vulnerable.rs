use super::links::public_doors;
use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecr::Image;
use palisade_model::ecs::{InCluster, Service};
use palisade_model::workload::{Keeper, Tasks, Workload};
use palisade_reason::tasks::digests::images;

check! {
    /// Task that the internet reaches runs an image with a critical vulnerability
    ///
    /// ## Why
    /// A vulnerability matters most where everybody can try it. Judged are the images that run now, by their digests, in
    /// every stage of a rollout; whether the vulnerable package is the one that answers nobody can tell from outside.
    ///
    /// The evidence names the findings that make up the path. Each of them is worth fixing; any one of them breaks it.
    ///
    /// ## Severity
    /// High: the flaw is known to everybody, and everybody reaches it.
    ///
    /// ## Fix
    /// Build the image anew on a patched base, and deploy it; until then, put a web ACL before the load balancer.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html>
    CHECK {
        id: "path-public-task-vulnerable",
        severity: Severity::High,
        controls: &[Control::checklist("no-known-vulnerabilities")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    let keeper = Keeper::Service(service.object);
    let workload = Workload::from(Tasks { ecs: service.ecs, cluster: service.cluster, keeper });
    let (doors, gap) = public_doors(&workload, context);
    if doors.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    }
    let mut gathered = Gathered::default();
    for arn in service.object.details.known()?.running_definitions() {
        let Some(definition) = service.ecs.definition(arn) else {
            gathered.add(service.ecs.definitions.complete().map(|_| None));
            continue;
        };
        match context.uses().running(definition, service.ecs) {
            Ok(Some(running)) => {
                for container in &running.task.containers {
                    for image in images(&running, &container.name, &container.image, context) {
                        gathered.add(image.and_then(|image| critical(image, &container.name)));
                    }
                }
            }
            Ok(None) => {}
            Err(unread) => gathered.add(Err::<Option<String>, _>(unread)),
        }
    }
    gathered.outcome().map(|verdict| match verdict {
        Verdict::Fail(evidence) => {
            let doors = doors.into_iter().map(palisade_model::verdict::Evidence);
            Verdict::Fail(doors.chain(evidence).collect())
        }
        Verdict::Pass | Verdict::NotApplicable => verdict,
    })
}

/// What the scan of an image counts as critical; a gap when it has none that stands.
fn critical(image: &Image, container: &str) -> Result<Option<String>, Gap> {
    let count = image.standing_scan()?.counts.critical;
    let what = if count == 1 { "vulnerability" } else { "vulnerabilities" };
    Ok((count > 0).then(|| {
        let image = image.arn.resource();
        format!("container {container} runs {image} with {count} critical {what} [ecr-image-vulnerable-in-use]")
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::{DIGEST, service};
    use palisade_scenes::{Scene, scan};

    let scanned = |scene: Scene, critical| {
        let with = scan(|scan| scan.counts.critical = critical);
        let mut repositories = with.inventory.regions[&palisade_scenes::REGION.into()].ecr.repositories.seen().to_vec();
        for repository in &mut repositories {
            repository.arn = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/web".into();
            for image in repository.images.seen_mut() {
                DIGEST.clone_into(&mut image.artifact.digest);
            }
        }
        scene.region(|region| region.ecr.repositories = palisade_model::Listing::whole(repositories))
    };
    let balanced = || service(|_| {}).behind_load_balancer(|_| {});
    Cases::default()
        .pass(scanned(balanced(), 0))
        .fail(scanned(balanced(), 1))
        .fail(scanned(service(|_| {}).in_public(), 2))
        .not_applicable(scanned(service(|_| {}), 1))
        .unknown(balanced())
}
