use super::links::{public_doors, takes_account};
use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service, Task};
use palisade_model::workload::{Keeper, Tasks, Workload};

check! {
    /// Task that the internet reaches can take the account over
    ///
    /// ## Why
    /// Whoever finds a flaw in what the task runs acts as its role. Where that role administers the account, or can be
    /// turned into one that does, one flaw gives the account to the internet.
    ///
    /// Doors are listeners that face the internet and lead to the service, by default or by a rule, and public addresses of
    /// tasks whose port a security group opens. Roles are those by which tasks run now, in every stage of a rollout, and
    /// what was said in place of them for a task on its own.
    ///
    /// The evidence names the findings that make up the path. Each of them is worth fixing; any one of them breaks it.
    ///
    /// ## Severity
    /// High: it takes one flaw in what everybody can reach.
    ///
    /// ## Fix
    /// Take from the role what the task does not use, and close the door where it is not meant.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    CHECK {
        id: "path-public-task-escalation",
        severity: Severity::High,
        controls: &[Control::checklist("no-path-to-administrator")],
        since: "0.1.0",
        rule: Rule::Several(&[Rule::EcsService(of_service), Rule::EcsTask(of_task)]),
    }
}

fn of_service(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    let keeper = Keeper::Service(service.object);
    judge(&Tasks { ecs: service.ecs, cluster: service.cluster, keeper }.into(), context)
}

fn of_task(task: &InCluster<'_, Task>, context: &Context) -> Outcome {
    let details = task.object.details.known()?;
    if details.is_stopped || !details.stands_alone() {
        return Ok(Verdict::NotApplicable);
    }
    let keeper = Keeper::Task(task.object);
    judge(&Tasks { ecs: task.ecs, cluster: task.cluster, keeper }.into(), context)
}

fn judge(workload: &Workload<'_>, context: &Context) -> Outcome {
    let (doors, gap) = public_doors(workload, context);
    if doors.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    }
    let (roles, unread) = workload.roles();
    let mut gathered = Gathered::default();
    for role in roles {
        let path = takes_account(role, context).map(|reasons| {
            if reasons.is_empty() {
                return reasons;
            }
            let runs_as = format!("{} runs as {}", workload.arn.resource(), role.resource());
            [doors.clone(), vec![runs_as], reasons].concat()
        });
        gathered.add(path);
    }
    gathered.add(unread.map_or(Ok(None), Err));
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::load_balancing::ListenerAction;
    use palisade_model::{Action, Fact, Gap};
    use palisade_scenes::iam::allow;
    use palisade_scenes::tasks::{service, task};
    use palisade_scenes::{Scene, role_arn};

    let may = |scene: Scene, action: &str, resource: &str| {
        scene.iam(|iam| {
            let role = iam.roles.seen_mut().iter_mut().find(|role| role.name == "web-task");
            let policy = palisade_model::iam::InlinePolicy {
                name: "own".to_owned(),
                document: palisade_scenes::policy(allow(action, resource)),
            };
            if let Some(role) = role {
                role.inline = vec![policy];
            }
        })
    };
    let all = |scene| may(scene, "*", "*");
    let balanced = || service(|_| {}).behind_load_balancer(|_| {});
    let unread = || Gap::undecided(Action::ElbDescribeListeners, &role_arn("any"), "denied");
    Cases::default()
        .pass(balanced())
        .pass(may(balanced(), "s3:GetObject", "arn:aws:s3:::shop/*"))
        .fail(all(balanced()))
        .fail(may(balanced(), "iam:UpdateAssumeRolePolicy", "*").and_role("admin", &[allow("*", "*")]))
        .fail(all(service(|_| {}).in_public()))
        .fail(all(task(|_| {}).in_public()))
        .not_applicable(all(service(|_| {})))
        .not_applicable(all(task(|_| {})))
        .not_applicable(all(service(|_| {}).behind_load_balancer(|balancer| balancer.is_internet_facing = false)))
        .not_applicable(all(
            service(|_| {}).behind_load_balancer(|balancer| balancer.security_groups = vec!["sg-closed".to_owned()])
        ))
        .not_applicable(all(service(|_| {}).behind_load_balancer(|balancer| {
            if let Fact::Known(listeners) = &mut balancer.listeners {
                listeners[0].default_actions = vec![ListenerAction::Answer];
            }
        })))
        .unknown(all(service(|_| {}).behind_load_balancer(|balancer| balancer.listeners = Fact::Unknown(unread()))))
}
