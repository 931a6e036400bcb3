use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{Cluster, ExecLogging, InCluster};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::exec::{Opened, of_cluster};
use palisade_reason::tasks::services::described;

check! {
    /// What is done in containers by hand is not logged
    ///
    /// ## Why
    /// CloudTrail says that somebody opened a shell in a container, not what was done there. By default the commands
    /// and their output go where the container logs to by `awslogs`; of a container without it they go nowhere. With
    /// `NONE` they always do. Judged is a cluster in which ECS Exec is on for a service, a task or a daemon.
    ///
    /// ## Severity
    /// Medium: it opens nothing, and after an intrusion nobody knows what happened.
    ///
    /// ## Fix
    /// Set `logging` to `OVERRIDE` in the cluster's `executeCommandConfiguration`, with a log group or bucket of its
    /// own that the roles of the tasks may write to. The image must have `script` and `cat`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html>
    CHECK {
        id: "ecs-exec-unlogged",
        severity: Severity::Medium,
        controls: &[Control::checklist("tasks-logged")],
        since: "0.1.0",
        rule: Rule::EcsCluster(evaluate),
    }
}

fn evaluate(cluster: &InCluster<'_, Cluster>, _: &Context) -> Outcome {
    let (opened, gap) = of_cluster(cluster);
    if opened.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    }
    match &cluster.object.details.known()?.exec.logging {
        ExecLogging::None => Ok(Verdict::fail("logging is NONE")),
        ExecLogging::Override { group: None, bucket: None } => {
            Ok(Verdict::fail("logging is OVERRIDE, with neither a log group nor a bucket"))
        }
        ExecLogging::Override { .. } => Ok(Verdict::Pass),
        ExecLogging::Default => by_default(&opened, gap, cluster),
        ExecLogging::Other(word) => {
            Err(Gap::not_known(Action::EcsDescribeClusters, &cluster.object.arn, "logging", word))
        }
    }
}

/// The containers that can be entered and do not log by `awslogs`.
fn by_default(opened: &[Opened<'_>], gap: Option<Gap>, cluster: &InCluster<'_, Cluster>) -> Outcome {
    let mut gathered = Gathered::default();
    gathered.add(gap.map_or(Ok(None::<String>), Err));
    let mut definitions: Vec<_> = opened.iter().map(|one| one.definition).collect();
    definitions.sort();
    definitions.dedup();
    for definition in definitions {
        let silent = described(definition, cluster.ecs).map(|task| {
            let entered = task.containers.iter().filter(|container| !container.read_only_root);
            let silent = entered.filter(|container| container.log.as_ref().is_none_or(|log| log.driver != "awslogs"));
            silent.map(|container| {
                let name = &container.name;
                format!("logging is DEFAULT, and container {name} of {} has no awslogs", definition.resource())
            })
        });
        gathered.add(silent);
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::{ecs_cluster, task};

    let on = |logging: ExecLogging| -> Scene {
        ecs_cluster(|details| details.exec.logging = logging)
            .and_service(|details| details.exec = true)
            .and_definition(|task| task.containers[0].read_only_root = false)
    };
    let unlogged = |driver: Option<&'static str>| {
        on(ExecLogging::Default).and_definition(|task| {
            let log = &mut task.containers[0].log;
            match driver {
                Some(driver) => log.iter_mut().for_each(|log| log.driver = driver.to_owned()),
                None => *log = None,
            }
        })
    };
    let to_group = || ExecLogging::Override { group: Some(("/ecs/exec".to_owned(), false)), bucket: None };
    let mut by_task = task(|task| task.exec = true).ecs_cluster(|cluster| {
        if let palisade_model::Fact::Known(details) = &mut cluster.details {
            details.exec.logging = ExecLogging::None;
        }
    });
    by_task.subject = palisade_scenes::tasks::ecs_cluster_arn();
    Cases::default()
        .not_applicable(ecs_cluster(|details| details.exec.logging = ExecLogging::None))
        .not_applicable(on(ExecLogging::None).and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
        .fail(on(ExecLogging::None))
        .fail(by_task)
        .pass(on(to_group()))
        .fail(on(ExecLogging::Override { group: None, bucket: None }))
        .pass(on(ExecLogging::Default))
        .fail(unlogged(None))
        .fail(unlogged(Some("awsfirelens")))
        .pass(unlogged(None).and_definition(|task| task.containers[0].read_only_root = true))
        .unknown(on(ExecLogging::Other("STREAM".to_owned())))
}
