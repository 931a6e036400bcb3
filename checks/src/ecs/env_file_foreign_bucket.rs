use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecs::{Ecs, InCluster, Launcher, Overrides, Task};
use palisade_reason::tasks::uses::Running;

check! {
    /// Task takes variables from a file in somebody else's bucket
    ///
    /// ## Why
    /// Whoever owns the bucket decides what the task starts with: where its database is, which proxy it goes through, what its
    /// runtime loads before the program. The name of a bucket that was deleted may be taken by anybody.
    ///
    /// Judged are the files that definitions name by which something runs, those that a task was started with, and those that
    /// rules, schedules, pipes and state machines start tasks with.
    ///
    /// ## Severity
    /// High: the owner of the bucket needs nothing else to run code in the task.
    ///
    /// ## Fix
    /// Keep the file in a bucket of the account, or the variables in Parameter Store.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html>
    CHECK {
        id: "ecs-env-file-foreign-bucket",
        severity: Severity::High,
        controls: &[Control::checklist("task-secrets-referenced")],
        since: "0.1.0",
        rule: Rule::Several(&[
            Rule::TaskDefinition(of_definition),
            Rule::EcsTask(of_task),
            Rule::Launcher(of_launcher),
        ]),
    }
}

fn of_definition(running: &Running<'_>, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    for container in &running.task.containers {
        add(Some(&container.name), &container.environment_files, running.ecs, &mut gathered);
    }
    gathered.outcome()
}

fn of_task(task: &InCluster<'_, Task>, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    add_all(&task.object.details.known()?.overrides, task.ecs, &mut gathered);
    gathered.outcome()
}

fn of_launcher(launcher: &Launcher, context: &Context) -> Outcome {
    let ecs = &context.audited_region(&launcher.arn)?.ecs;
    let mut gathered = Gathered::default();
    for target in &launcher.details.known()?.targets {
        add_all(&target.overrides, ecs, &mut gathered);
    }
    gathered.outcome()
}

fn add_all(overrides: &Overrides, ecs: &Ecs, gathered: &mut Gathered) {
    for container in &overrides.containers {
        add(container.name.as_ref(), &container.environment_files, ecs, gathered);
    }
}

fn add(name: Option<&String>, files: &[String], ecs: &Ecs, gathered: &mut Gathered) {
    let place = name.map(|name| format!("container {name}: ")).unwrap_or_default();
    for file in files {
        let found = is_own(file, ecs);
        let told = || format!("{place}environmentFiles names {file}, in a bucket that the account does not own");
        gathered.add(found.map(|is_own| (!is_own).then(told)));
    }
}

/// Whether an object is in a bucket of the account.
fn is_own(file: &str, ecs: &Ecs) -> Result<bool, Gap> {
    let object = file.splitn(6, ':').nth(5).unwrap_or(file);
    let bucket = object.split('/').next().unwrap_or_default();
    Ok(ecs.buckets.known()?.contains(bucket))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::ContainerOverride;
    use palisade_model::environment::Variable;
    use palisade_scenes::tasks::{container, launcher, task};

    let own = "arn:aws:s3:::shop-settings/live/web.env";
    let foreign = "arn:aws:s3:::shop-settings-old/live/web.env";
    let from = |files: &[&str]| {
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        container(|container| container.environment_files = files)
    };
    let said = |file: &str| Overrides {
        containers: vec![ContainerOverride {
            name: Some("app".to_owned()),
            environment_files: vec![file.to_owned()],
            ..ContainerOverride::default()
        }],
        ..Overrides::default()
    };
    Cases::default()
        .pass(from(&[own]))
        .fail(from(&[foreign]))
        .fail(from(&[own, foreign]))
        .not_applicable(container(|container| container.environment = vec![Variable::classify("STAGE", "live")]))
        .not_applicable(task(|_| {}))
        .pass(task(|task| task.overrides = said(own)))
        .fail(task(|task| task.overrides = said(foreign)))
        .not_applicable(launcher(|_| {}))
        .pass(launcher(|target| target.overrides = said(own)))
        .fail(launcher(|target| target.overrides = said(foreign)))
}
