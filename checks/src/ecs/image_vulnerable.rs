use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::Container;
use palisade_reason::tasks::digests::images;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task runs an image with critical or high vulnerabilities
    ///
    /// ## Why
    /// The code runs: what can be reached of it can be attacked. Judged is what runs now, by its digest; only where no digest is
    /// known, what the tag stands for.
    ///
    /// An image without a scan that stands, or outside of this account's registries, is unknown here, never clean. The
    /// configuration says what is put up with (`vulnerabilities`). `ecr-image-vulnerable-in-use` tells the same of the image.
    ///
    /// ## Severity
    /// High: harm needs an attacker who reaches the vulnerable part.
    ///
    /// ## Fix
    /// Build the image anew on an updated base, update the packages that have a fix, and deploy it; begin with what is known to
    /// be exploited.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html>
    /// - <https://docs.aws.amazon.com/inspector/latest/user/scanning-ecr.html>
    CHECK {
        id: "ecs-image-vulnerable",
        severity: Severity::High,
        controls: &[Control::checklist("no-known-vulnerabilities"), Control::checklist("task-images-known")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    for container in &running.task.containers {
        add(container, running, context, &mut gathered);
    }
    gathered.outcome()
}

fn add(container: &Container, running: &Running<'_>, context: &Context, gathered: &mut Gathered) {
    for image in images(running, &container.name, &container.image, context) {
        let lines = image.and_then(|image| {
            let lines = image.standing_scan()?.beyond(&context.settings.vulnerabilities);
            let place = format!("container {} runs {}", container.name, image.artifact.digest);
            Ok(lines.into_iter().map(move |line| format!("{place}: {line}")))
        });
        gathered.add(lines);
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::vulnerability_cases;
    use palisade_model::ecr::Counts;
    use palisade_model::ecs::ServiceRevision;
    use palisade_model::{Action, By, Fact, Gap, Place, Reason};
    use palisade_scenes::tasks::container;
    use palisade_scenes::{Scene, scan};

    let repository = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront";
    let naming = |image: String, theirs: Scene| {
        let ecr = theirs.inventory.regions.values().next().map(|region| region.ecr.clone());
        let scene = container(|container| container.image = image).region(|region| {
            if let Some(ecr) = ecr {
                region.ecr = ecr;
            }
        });
        Scene { settings: theirs.settings, ..scene }
    };
    let pinned = |theirs: Scene| naming(format!("{repository}@sha256:{}", "5e".repeat(32)), theirs);
    let vulnerable = || scan(|scan| scan.counts = Counts { critical: 1, ..Counts::default() });
    // Tasks and revisions that run say another digest than that of the one image that was read.
    let tagged = |theirs: Scene| naming(format!("{repository}:1.4.2"), theirs);
    let told = tagged(vulnerable())
        .and_task_of_service(|task| task.containers[0].digest = Some(format!("sha256:{}", "5e".repeat(32))))
        .ecs_cluster(|cluster| {
            for service in cluster.services.seen_mut() {
                service.revisions = Fact::Known(vec![]);
            }
        });
    // Nothing tells what runs; the tag may have moved since.
    let by = |revisions: Fact<Vec<ServiceRevision>>| {
        tagged(scan(|_| {})).and_task_of_service(|task| task.containers[0].digest = None).ecs_cluster(|cluster| {
            for service in cluster.services.seen_mut() {
                service.revisions.clone_from(&revisions);
            }
        })
    };
    let unread = Gap {
        action: Action::EcsDescribeServiceRevisions,
        place: Place::account(),
        reason: Reason::Denied(By::Identity),
    };
    // One of two digests that run was read, and is in order.
    let half = tagged(scan(|_| {}))
        .and_task_of_service(|task| task.containers[0].digest = Some(format!("sha256:{}", "5e".repeat(32))));
    vulnerability_cases(pinned)
        .fail(told)
        .unknown(half)
        .unknown(by(Fact::Known(vec![])))
        .unknown(by(Fact::Unknown(unread)))
        .unknown(tagged(vulnerable()))
        .unknown(naming("nginx:1.29".to_owned(), vulnerable()))
        .unknown(naming(format!("{repository}-next:1.4.2"), vulnerable()))
}
