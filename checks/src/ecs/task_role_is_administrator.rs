use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Launcher, Task};
use palisade_model::{Action, Arn, Gap, Switch};
use palisade_reason::access::takeover::takes_account;
use palisade_reason::tasks::roles::role;
use palisade_reason::tasks::uses::Running;

check! {
    /// Role of a task has the account
    ///
    /// ## Why
    /// Every container of a task has the credentials of its role. Where that role administers the account, or can be turned
    /// into one that does, a flaw in one of the containers, or in one of their packages, gives the account away.
    ///
    /// Judged are the roles of the definitions by which something runs, those that were said in place of them when a task
    /// was started, and those that rules, schedules, pipes and state machines say in place of them. All policies of a role
    /// are taken together; what hangs on a condition counts, and the condition is named.
    ///
    /// ## Severity
    /// High: it takes one flaw in what the task runs.
    ///
    /// ## Fix
    /// Give the task a role that lists the actions and resources that it uses. As a first step, attach a permissions boundary
    /// that leaves out `iam:*`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    CHECK {
        id: "ecs-task-role-is-administrator",
        severity: Severity::High,
        controls: &[Control::checklist("one-role-per-task")],
        since: "0.1.0",
        rule: Rule::Several(&[
            Rule::TaskDefinition(of_definition),
            Rule::EcsTask(of_task),
            Rule::Launcher(of_launcher),
        ]),
    }
}

/// The member of overrides that says a role in place of the definition's.
const SAID: &str = "TaskRoleArn";

fn of_definition(running: &Running<'_>, context: &Context) -> Outcome {
    let Some(named) = &running.task.task_role else { return Ok(Verdict::NotApplicable) };
    Ok(Verdict::fail_if_any(judge(named, context)?))
}

fn of_task(task: &InCluster<'_, Task>, context: &Context) -> Outcome {
    let details = task.object.details.known()?;
    let Some(named) = details.overrides.task_role.as_ref().filter(|_| !details.is_stopped) else {
        return Ok(Verdict::NotApplicable);
    };
    Ok(Verdict::fail_if_any(judge(named, context)?))
}

fn of_launcher(launcher: &Launcher, context: &Context) -> Outcome {
    let details = launcher.details.known()?;
    if details.enabled == Switch::Off {
        return Ok(Verdict::NotApplicable);
    }
    let mut gathered = Gathered::default();
    for target in &details.targets {
        if let Some(named) = &target.overrides.task_role {
            gathered.add(judge(named, context));
        } else if target.overrides.dynamic.iter().any(|member| member.ends_with(SAID)) {
            let why = format!("the event says what {SAID} is");
            gathered.add(Err::<Vec<_>, _>(Gap::undecided(Action::EcsDescribeTasks, &launcher.arn, why)));
        }
    }
    gathered.outcome()
}

fn judge(named: &Arn, context: &Context) -> Result<Vec<String>, Gap> {
    takes_account(role(named, context)?, context)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::iam::{allow, deny};
    use palisade_scenes::role_arn;
    use palisade_scenes::tasks::{definition, launcher, task};

    let with =
        |statements: &[Value]| definition(|task| task.task_role = Some(role_arn("own"))).and_role("own", statements);
    let pass_and_run = || allow(json!(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]), "*");
    let everything = || [allow("*", "*")];
    let foreign = "arn:aws:iam::444455556666:role/web";
    let said = |name: &str| {
        let named = role_arn(name);
        task(|task| task.overrides.task_role = Some(named))
    };
    let launched = |name: &str| {
        let named = role_arn(name);
        launcher(|target| target.overrides.task_role = Some(named))
    };
    Cases::default()
        .pass(definition(|_| {}))
        .pass(with(&[allow("s3:GetObject", "arn:aws:s3:::catalogue/*")]))
        .pass(with(&[allow("*", "*"), deny("*", "*")]))
        .fail(with(&everything()))
        .fail(with(&[pass_and_run()]).and_role("admin", &everything()))
        .not_applicable(definition(|task| task.task_role = None))
        .unknown(definition(|task| task.task_role = Some(foreign.into())))
        .unknown(definition(|task| task.task_role = Some(role_arn("gone"))))
        .not_applicable(task(|_| {}))
        .pass(said("web-task"))
        .fail(said("admin").and_role("admin", &everything()))
        .not_applicable(
            task(|task| {
                task.overrides.task_role = Some(role_arn("admin"));
                task.is_stopped = true;
            })
            .and_role("admin", &everything()),
        )
        .not_applicable(launcher(|_| {}))
        .pass(launched("web-task"))
        .fail(launched("admin").and_role("admin", &everything()))
        .unknown(launcher(|target| target.overrides.dynamic = vec!["Overrides.TaskRoleArn".to_owned()]))
        .not_applicable(launched("admin").and_role("admin", &everything()).ecs(|ecs| {
            for launcher in ecs.launchers.seen_mut() {
                if let palisade_model::Fact::Known(details) = &mut launcher.details {
                    details.enabled = Switch::Off;
                }
            }
        }))
}
