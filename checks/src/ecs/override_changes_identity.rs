use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{Ecs, InCluster, Launcher, Overrides, Target, Task};
use palisade_model::{Arn, Gap, Switch};
use palisade_reason::tasks::services::described;

check! {
    /// A task is started with another role than its definition names
    ///
    /// ## Why
    /// Whoever starts a task may give it another role than its definition does. Reviews and policies that look at
    /// definitions do not see it. With a fixed role this is a surprise; where the role or the definition is taken from
    /// the event or message that starts the task, whoever writes that message chooses what runs, and as whom. An
    /// override that repeats the role of the definition changes nothing.
    ///
    /// ## Severity
    /// Medium: a fixed role is known, though not where one looks; one that the message chooses is a way for its sender
    /// to every role that may be passed.
    ///
    /// ## Fix
    /// Make a definition for each role, and name it. Limit `iam:PassRole` of whoever starts tasks to these roles, and
    /// do not take roles or definitions from messages.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html>
    /// - <https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetEcsTaskParameters.html>
    CHECK {
        id: "ecs-override-changes-identity",
        severity: Severity::Medium,
        controls: &[Control::checklist("task-launchers-known")],
        since: "0.1.0",
        rule: Rule::Several(&[Rule::EcsTask(of_task), Rule::Launcher(of_launcher)]),
    }
}

fn of_task(task: &InCluster<'_, Task>, _: &Context) -> Outcome {
    let details = task.object.details.known()?;
    if details.overrides.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_if_any(fixed(&details.overrides, Some(&details.definition), task.ecs)?))
}

fn of_launcher(launcher: &Launcher, context: &Context) -> Outcome {
    let details = launcher.details.known()?;
    if details.enabled == Switch::Off {
        return Ok(Verdict::NotApplicable);
    }
    let region = context.audited_region(&launcher.arn)?;
    let mut gathered = Gathered::default();
    for target in &details.targets {
        if target.overrides.is_empty() && target.definition.is_some() {
            continue;
        }
        let place = |told: String| format!("target {}: {told}", target.id);
        gathered.add(Ok(chosen(target).map(place).collect::<Vec<_>>()));
        let fixed = fixed(&target.overrides, target.definition.as_ref(), &region.ecs);
        gathered.add(fixed.map(|told| told.into_iter().map(place).collect::<Vec<_>>()));
    }
    gathered.outcome()
}

/// What the message that starts a task chooses of its identity.
fn chosen(target: &Target) -> impl Iterator<Item = String> {
    let told = |what: &str| format!("{what} is taken from the event, whose sender chooses it");
    let definition = target.definition.is_none().then(|| told("the definition"));
    let is_role = |member: &&String| member.to_ascii_lowercase().ends_with("rolearn");
    let roles = target.overrides.dynamic.iter().filter(is_role).map(move |member| told(member));
    definition.into_iter().chain(roles)
}

/// The roles that are named in place of others.
fn fixed(overrides: &Overrides, definition: Option<&Arn>, ecs: &Ecs) -> Result<Vec<String>, Gap> {
    let Overrides { task_role, execution_role, .. } = overrides;
    if task_role.is_none() && execution_role.is_none() {
        return Ok(Vec::new());
    }
    let said = definition.map(|definition| described(definition, ecs)).transpose()?;
    let own =
        |role: fn(&palisade_model::ecs::TaskDefinition) -> &Option<Arn>| said.and_then(|task| role(task).as_ref());
    let roles = [
        ("taskRoleArn", task_role, own(|task| &task.task_role)),
        ("executionRoleArn", execution_role, own(|task| &task.execution_role)),
    ];
    let changed = roles.into_iter().filter_map(|(member, role, own)| Some((member, role.as_ref()?, own)));
    let changed = changed.filter(|(_, role, own)| Some(*role) != *own);
    let told = changed.map(|(member, role, own)| {
        let own = own.map_or("none".to_owned(), ToString::to_string);
        format!("{member} is fixed to {role}, in the definition it is {own}")
    });
    Ok(told.collect())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::ContainerOverride;
    use palisade_scenes::role_arn;
    use palisade_scenes::tasks::{launcher, task};

    let task_role = |name: &str| Overrides { task_role: Some(role_arn(name)), ..Overrides::default() };
    let execution_role = |name: &str| Overrides { execution_role: Some(role_arn(name)), ..Overrides::default() };
    let dynamic = |member: &str| Overrides { dynamic: vec![member.to_owned()], ..Overrides::default() };
    let command = || Overrides {
        containers: vec![ContainerOverride { has_command: true, ..ContainerOverride::default() }],
        ..Overrides::default()
    };
    Cases::default()
        .not_applicable(task(|_| {}))
        .pass(task(|task| task.overrides = command()))
        .fail(task(|task| task.overrides = task_role("admin")))
        .fail(task(|task| task.overrides = execution_role("admin")))
        .fail(task(|task| (task.is_stopped, task.overrides) = (true, task_role("admin"))))
        .pass(task(|task| task.overrides = task_role("web-task")))
        .not_applicable(launcher(|_| {}))
        .pass(launcher(|target| target.overrides = command()))
        .fail(launcher(|target| target.overrides = task_role("admin")))
        .pass(launcher(|target| target.overrides = execution_role("web-execution")))
        .fail(launcher(|target| target.overrides = dynamic("Overrides.TaskRoleArn")))
        .pass(launcher(|target| target.overrides = dynamic("Overrides.ContainerOverrides[0].Command")))
        .fail(launcher(|target| target.definition = None))
}
