use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::is_windows;
use crate::ecs::told::each_container;
use palisade_reason::image_user::is_windows_administrator;
use palisade_reason::tasks::uses::Running;

check! {
    /// Windows container runs as administrator
    ///
    /// ## Why
    /// A Windows container whose definition names no user runs as `ContainerAdministrator`, unless its image names another.
    /// That account changes all of the container, registry and services included. Judged is the definition: what an image
    /// says changes with its next build.
    ///
    /// ## Severity
    /// Low: the account is one of the container alone; on the machine it is nobody.
    ///
    /// ## Fix
    /// Set `user` to `ContainerUser`, or to an account that the image brings.
    ///
    /// ## References
    /// - <https://learn.microsoft.com/en-us/virtualization/windowscontainers/manage-containers/container-security>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-21>
    CHECK {
        id: "ecs-task-windows-administrator",
        severity: Severity::Low,
        controls: &[Control::security_hub("ECS.21"), Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if !is_windows(running)? {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        Ok(match container.user.as_deref() {
            None | Some("") => Some("user is not set".to_owned()),
            Some(user) => is_windows_administrator(user).then(|| format!("user is {user}")),
        })
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::container;

    let user = |user: Option<&'static str>| container(move |container| container.user = user.map(str::to_owned));
    let family = || Some("Windows Server 2022 Core".to_owned());
    let by_platform = user(None)
        .and_definition(|task| task.operating_system = None)
        .and_stage(|stage| stage.launch.platform_family = family())
        .and_task_of_service(|task| task.platform_family = family());
    Cases::default()
        .pass(user(Some("ContainerUser")).on_windows())
        .pass(user(Some(r"User Manager\ContainerUser")).on_windows())
        .fail(user(None).on_windows())
        .fail(user(Some("ContainerAdministrator")).on_windows())
        .fail(user(Some(r"User Manager\containeradministrator")).on_windows())
        .fail(by_platform)
        .not_applicable(user(None))
        .not_applicable(user(Some("root")))
}
