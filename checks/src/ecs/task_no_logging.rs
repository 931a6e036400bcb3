use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container has no log configuration
    ///
    /// ## Why
    /// What the container says is lost with its task: on Fargate and Managed Instances at once, on other machines as soon as
    /// Docker rotates or removes its files. After an incident there is nothing to read.
    ///
    /// A router of logs (FireLens) is not judged itself: what the other containers say goes through it, whether its own words
    /// are kept or not.
    ///
    /// ## Severity
    /// Medium: nothing is open, but nobody notices, and nobody can tell afterwards.
    ///
    /// ## Fix
    /// Set `logConfiguration` of the container to `awslogs`, or to `awsfirelens` beside a router of logs.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-9>
    CHECK {
        id: "ecs-task-no-logging",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("ECS.9"),
            Control::prowler("ecs_task_definitions_logging_enabled"),
            Control::cis("compute-services-1.1.0:3.7"),
            Control::checklist("tasks-logged"),
        ],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    for container in running.task.containers.iter().filter(|container| container.router.is_none()) {
        let told = || format!("container {} has no logConfiguration", container.name);
        gathered.add(Ok(container.log.is_none().then(told)));
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{FirelensRouter, Log};
    use palisade_scenes::tasks::{container, container_on_ec2, definition, new_container};

    let routed = |driver: Option<&str>| {
        let log = driver.map(|driver| Log { driver: driver.to_owned(), ..Log::default() });
        definition(|task| {
            let mut router = new_container("log_router");
            router.router = Some(FirelensRouter { kind: "fluentbit".to_owned(), configured_by: None });
            router.log = None;
            task.containers[0].log = log;
            task.containers.push(router);
        })
    };
    Cases::default()
        .pass(container(|_| {}))
        .pass(routed(Some("awsfirelens")))
        .fail(routed(None))
        .fail(container(|container| container.log = None))
        .fail(container_on_ec2(|container| container.log = None))
        .fail(definition(|task| {
            let mut sidecar = new_container("proxy");
            sidecar.log = None;
            task.containers.push(sidecar);
        }))
        .not_applicable(definition(|task| task.containers.clear()))
}
