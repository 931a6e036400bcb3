use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::is_of_tasks;
use palisade_model::ecr::Reference;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task still uses App Mesh
    ///
    /// ## Why
    /// AWS ended its support of App Mesh on 2026-09-30. The proxy beside the application gets no more fixes, while all
    /// traffic of the task goes through it, and what it is to do comes from a service that is no longer there. Told by the
    /// definition's `proxyConfiguration`, and by the image of the proxy.
    ///
    /// ## Severity
    /// Low: it works as long as nobody finds a hole, and fails with the next change.
    ///
    /// ## Fix
    /// Move to Service Connect, whose proxy AWS keeps up, or to VPC Lattice; take `proxyConfiguration` and the proxy out.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/app-mesh/latest/userguide/what-is-app-mesh.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html>
    CHECK {
        id: "ecs-task-app-mesh",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-kept-up")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

/// The repository of the proxy, in whatever registry.
const PROXY: &str = "aws-appmesh-envoy";

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if !is_of_tasks(running) {
        return Ok(Verdict::NotApplicable);
    }
    let mut gathered = Gathered::default();
    gathered.add(Ok(running.task.uses_app_mesh.then(|| "proxyConfiguration names App Mesh".to_owned())));
    for container in &running.task.containers {
        let is_proxy = Reference::parse(&container.image).repository.rsplit('/').next() == Some(PROXY);
        gathered.add(Ok(is_proxy.then(|| format!("container {}: the image is {}", container.name, container.image))));
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::definitions::daemon_definition;
    use palisade_scenes::tasks::{container, definition};

    let image = |image: &'static str| container(|container| image.clone_into(&mut container.image));
    Cases::default()
        .pass(definition(|_| {}))
        .pass(image("envoyproxy/envoy:v1.35"))
        .fail(definition(|task| task.uses_app_mesh = true))
        .fail(image("public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod"))
        .not_applicable(daemon_definition(|_| {}))
}
