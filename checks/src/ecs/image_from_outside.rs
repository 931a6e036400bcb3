use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use crate::ecs::told::each_container;
use palisade_reason::images::is_of_known_registry;
use palisade_reason::tasks::uses::Running;

check! {
    /// Image of a task comes from a registry that is not known
    ///
    /// ## Why
    /// What is pulled runs. A registry that nobody chose may serve something else tomorrow, ask for money, limit pulls or be
    /// gone, and then the next task does not start.
    ///
    /// Known are the ECR registries of this account and of `trusted_accounts`, those from which AWS gives out agents and
    /// routers of logs, `public.ecr.aws`, and what matches a pattern of `trusted_registries` in the configuration: a host
    /// (`ghcr.io`), or host and repository (`docker.io/library/*`). An image without a host is one of `docker.io`.
    ///
    /// ## Severity
    /// Low: it takes somebody who has the registry, or the name in it.
    ///
    /// ## Fix
    /// Copy the image into a registry of your own, or let ECR fetch it by a pull-through cache rule; or add the registry to
    /// `trusted_registries`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>
    CHECK {
        id: "ecs-image-from-outside",
        severity: Severity::Low,
        controls: &[
            Control::cis("compute-services-1.1.0:3.13"),
            Control::checklist("task-images-known"),
        ],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    each_container(running, |container| {
        let image = &container.image;
        Ok((!is_of_known_registry(image, context)).then(|| format!("image is {image}")))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::container;

    let with = |image: &str| container(|container| image.clone_into(&mut container.image));
    let trusting = |scene: Scene, pattern: &str| {
        scene.settings(|settings| _ = settings.trusted_registries.insert(pattern.to_owned()))
    };
    let theirs = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web:v7";
    Cases::default()
        .pass(container(|_| {}))
        .pass(with("public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"))
        .pass(with("906394416424.dkr.ecr.eu-west-1.amazonaws.com/aws-for-fluent-bit:stable"))
        .pass(with(theirs).settings(|settings| _ = settings.trusted_accounts.insert("444455556666".into())))
        .pass(trusting(with("ghcr.io/shop/web:v7"), "ghcr.io"))
        .pass(trusting(with("nginx:1.29"), "docker.io/library/*"))
        .fail(with("nginx:1.29"))
        .fail(with("httpd"))
        .fail(with("ghcr.io/shop/web:v7"))
        .fail(with("public.ecr.aws.example.com/shop/web"))
        .fail(with(theirs))
}
