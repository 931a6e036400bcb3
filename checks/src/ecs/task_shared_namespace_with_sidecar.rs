use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::LaunchType;
use palisade_reason::images::maker;
use palisade_reason::tasks::uses::Running;

check! {
    /// Containers of different makers share their processes or memory
    ///
    /// ## Why
    /// With `pidMode` set to `task`, each container of a task sees the programs of the others, and with the same user or
    /// `SYS_PTRACE` their environment, memory and files; with `ipcMode` set to `task`, their shared memory. A container
    /// whose image somebody else makes then holds the secrets of the application, and those of its next version do too.
    ///
    /// The account's own images are those of its registries, of accounts that it trusts, and of registries that the
    /// settings name; those of AWS are somebody else's, and change when AWS says. On Fargate `ipcMode` has no effect.
    ///
    /// ## Severity
    /// Low: many such containers are there to watch the others; it is the maker who is to be trusted with that.
    ///
    /// ## Fix
    /// Take `pidMode` and `ipcMode` out where the other container does without. Otherwise put its image into a registry of
    /// the account, by digest, so that a new version comes by decision.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>
    /// - <https://man7.org/linux/man-pages/man5/proc_pid_environ.5.html>
    CHECK {
        id: "ecs-task-shared-namespace-with-sidecar",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    let shared = |mode: &Option<String>| mode.as_deref() == Some("task");
    let (pid, ipc) = (shared(&running.task.pid_mode), shared(&running.task.ipc_mode));
    let is_alone = running.is_windows() || running.task.containers.len() < 2;
    if is_alone || !pid && (!ipc || running.shares_machines() == Ok(false)) {
        return Ok(Verdict::NotApplicable);
    }
    let others = others(running, context);
    if others.is_empty() {
        return Ok(Verdict::Pass);
    }
    // Memory is shared only outside of Fargate.
    if !pid && !running.runs_on(|launch_type| *launch_type != LaunchType::Fargate)? {
        return Ok(Verdict::NotApplicable);
    }
    let member = if pid { "pidMode" } else { "ipcMode" };
    Ok(Verdict::fail_if_any(others.into_iter().map(|other| format!("{member} is task, and {other}"))))
}

/// The containers whose images are made by somebody else than those of the others, in words.
fn others(running: &Running<'_>, context: &Context) -> Vec<String> {
    let containers = &running.task.containers;
    let makers: Vec<_> = containers.iter().map(|container| maker(&container.image, context)).collect();
    if makers.iter().all(|maker| *maker == makers[0]) {
        return Vec::new();
    }
    let foreign = containers.iter().zip(makers).filter_map(|(container, maker)| Some((container, maker?)));
    foreign.map(|(container, maker)| format!("container {} has an image of {maker}", container.name)).collect()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::TaskDefinition;
    use palisade_scenes::definitions::daemon_definition;
    use palisade_scenes::tasks::{definition, definition_on_ec2, new_container};

    let beside = |image: &str| {
        let mut side = new_container("side");
        image.clone_into(&mut side.image);
        move |task: &mut TaskDefinition| {
            task.pid_mode = Some("task".to_owned());
            task.containers.push(side);
        }
    };
    let memory = |image: &str| {
        let add = beside(image);
        move |task: &mut TaskDefinition| {
            add(task);
            (task.pid_mode, task.ipc_mode) = (None, Some("task".to_owned()));
        }
    };
    let mut cases = Cases::default();
    for image in
        ["public.ecr.aws/aws-observability/aws-for-fluent-bit:3", "fluent/fluent-bit:3", "quay.io/acme/watch@sha256:aa"]
    {
        cases = cases.fail(definition(beside(image))).fail(definition_on_ec2(memory(image)));
    }
    let own = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/helper:1";
    cases
        .pass(definition(beside(own)))
        .pass(definition(beside("registry.shop.example/watch:1")).settings(|settings| {
            settings.trusted_registries = ["registry.shop.example".to_owned()].into();
        }))
        .pass(definition(|task| {
            beside("acme/side:1")(task);
            "acme/app:1".clone_into(&mut task.containers[0].image);
        }))
        .fail(definition(|task| {
            beside("acme/side:1")(task);
            "other/app:1".clone_into(&mut task.containers[0].image);
        }))
        .unknown(definition(memory("acme/side:1")).on_unknown_provider())
        .not_applicable(definition(memory("acme/side:1")))
        .not_applicable(definition(|task| task.pid_mode = Some("task".to_owned())))
        .not_applicable(definition(|task| {
            beside("acme/side:1")(task);
            task.pid_mode = None;
        }))
        .not_applicable(definition(beside("acme/side:1")).on_windows())
        .not_applicable(daemon_definition(|_| {}))
}
