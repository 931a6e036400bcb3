use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{Container, InCluster, Launcher, Overrides, Task, Text};
use palisade_model::environment::Variable;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task holds a secret in clear text
    ///
    /// ## Why
    /// Whoever may describe task definitions, tasks, rules or schedules reads what stands in them: variables, commands,
    /// labels, options of logs. None of it can be taken back, as every revision stays. Judged are the definitions by which
    /// something runs, what running and just stopped tasks were given in place of them, and what rules, schedules, pipes
    /// and state machines give the tasks that they start. Values are looked at once and never kept.
    ///
    /// ## Severity
    /// Critical: reading it takes one permission that nearly every role of an account has.
    ///
    /// ## Fix
    /// Put the value into Secrets Manager or Parameter Store and name it under `secrets` (`secretOptions` for logs); then
    /// change the value, as it has been readable.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8>
    CHECK {
        id: "ecs-secret-in-environment",
        severity: Severity::Critical,
        controls: &[
            Control::security_hub("ECS.8"),
            Control::prowler("ecs_task_definitions_no_environment_secrets"),
            Control::cis("compute-services-1.1.0:3.6"),
            Control::checklist("task-secrets-referenced"),
        ],
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
    for Container { name, environment, texts, .. } in &running.task.containers {
        gathered.add(Ok(told(Some(name), environment, texts)));
    }
    gathered.outcome()
}

fn of_task(task: &InCluster<'_, Task>, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    add(&task.object.details.known()?.overrides, &mut gathered);
    gathered.outcome()
}

fn of_launcher(launcher: &Launcher, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    for target in &launcher.details.known()?.targets {
        add(&target.overrides, &mut gathered);
    }
    gathered.outcome()
}

fn add(overrides: &Overrides, gathered: &mut Gathered) {
    for container in &overrides.containers {
        gathered.add(Ok(told(container.name.as_ref(), &container.environment, &container.texts)));
    }
}

/// The secrets of a container, by their places.
fn told(name: Option<&String>, environment: &[Variable], texts: &[Text]) -> Vec<String> {
    let place = name.map(|name| format!("container {name}: ")).unwrap_or_default();
    let variables = environment.iter().filter_map(|variable| Some((variable.name.as_str(), variable.told()?)));
    let variables = variables.map(|(name, secret)| format!("{place}variable {name} holds {secret}"));
    let texts = texts.iter().map(|text| format!("{place}{} holds {} ({})", text.place, text.secret.label(), text.why));
    variables.chain(texts).collect()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::ContainerOverride;
    use palisade_model::secret::Class;
    use palisade_scenes::tasks::{container, launcher, task};

    let password = || Variable::classify("DB_PASSWORD", "Tr0ub4dor-3xtra");
    let text = || Text { place: "label auth".to_owned(), secret: Class::Named, why: "its name says so".to_owned() };
    let overrides = |environment, texts| Overrides {
        containers: vec![ContainerOverride { name: Some("app".to_owned()), environment, texts, ..Default::default() }],
        ..Overrides::default()
    };
    Cases::default()
        .pass(container(|_| {}))
        .pass(container(|container| container.environment = vec![Variable::classify("STAGE", "live")]))
        .fail(container(|container| container.environment = vec![password()]))
        .fail(container(|container| container.texts = vec![text()]))
        .not_applicable(task(|_| {}))
        .fail(task(|task| task.overrides = overrides(vec![password()], vec![])))
        .fail(task(|task| (task.is_stopped, task.overrides) = (true, overrides(vec![], vec![text()]))))
        .pass(task(|task| task.overrides = overrides(vec![Variable::classify("STAGE", "live")], vec![])))
        .not_applicable(launcher(|_| {}))
        .fail(launcher(|target| target.overrides = overrides(vec![password()], vec![])))
}
