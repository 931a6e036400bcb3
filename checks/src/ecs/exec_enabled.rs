use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecs::{Daemon, InCluster, Service, Task};
use palisade_reason::tasks::exec::{Opened, of_daemon, of_lone_task, of_service as opened_of_service, works};
use palisade_reason::tasks::services::running;

check! {
    /// Commands can be run in containers by hand
    ///
    /// ## Why
    /// With ECS Exec, `ecs:ExecuteCommand` gives a shell in a container that runs, as root whatever user the definition
    /// names, with the role of the task and everything in its memory. Whoever has that permission has the role.
    ///
    /// What is switched on and cannot work is no failure: where every container has a read-only root, or the role of
    /// the task does not allow the four actions on `ssmmessages`. Tasks that were started while it was on count until
    /// they end.
    ///
    /// ## Severity
    /// Medium: it takes a permission in the account, which policies with `ecs:*` give.
    ///
    /// ## Fix
    /// Switch `enableExecuteCommand` off and deploy anew. Where it is needed to look for an error, switch it on for
    /// that time, and let few principals run it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
    CHECK {
        id: "ecs-exec-enabled",
        severity: Severity::Medium,
        controls: &[Control::checklist("task-credentials-kept")],
        since: "0.1.0",
        rule: Rule::Several(&[Rule::EcsService(of_service), Rule::EcsTask(of_task), Rule::Daemon(of_managed_daemon)]),
    }
}

fn of_service(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    if running(service.object)?.is_none() {
        return Ok(Verdict::NotApplicable);
    }
    let (opened, gap) = opened_of_service(service)?;
    judge(&opened, gap, service, context)
}

fn of_task(task: &InCluster<'_, Task>, context: &Context) -> Outcome {
    let details = task.object.details.known()?;
    if details.is_stopped || !details.stands_alone() {
        return Ok(Verdict::NotApplicable);
    }
    judge(of_lone_task(task)?.as_slice(), None, task, context)
}

fn of_managed_daemon(daemon: &InCluster<'_, Daemon>, context: &Context) -> Outcome {
    judge(&of_daemon(daemon.object)?, None, daemon, context)
}

fn judge<T>(opened: &[Opened<'_>], gap: Option<Gap>, inside: &InCluster<'_, T>, context: &Context) -> Outcome {
    let InCluster { cluster, ecs, .. } = *inside;
    let mut gathered = Gathered::default();
    gathered.add(gap.map_or(Ok(None::<String>), Err));
    let mut told = Vec::new();
    for one in opened {
        match works(one, &InCluster { object: cluster, cluster, ecs }, context) {
            Ok(found) => told.extend(found),
            Err(unread) => gathered.add(Err::<Option<String>, _>(unread)),
        }
    }
    told.sort();
    told.dedup();
    gathered.add(Ok(told));
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::iam::InlinePolicy;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::Scene;
    use palisade_scenes::iam::allow;
    use palisade_scenes::tasks::{daemon, service, task};

    let allowed = |scene: Scene, role: &'static str, action: &'static str| {
        scene.iam(|iam| {
            let role = iam.roles.seen_mut().iter_mut().find(|known| known.name == role).unwrap();
            let document = palisade_scenes::policy(allow(action, "*"));
            role.inline.push(InlinePolicy { name: "exec".to_owned(), document });
        })
    };
    let writable = |scene: Scene| scene.and_definition(|task| task.containers[0].read_only_root = false);
    let on = || service(|details| details.exec = true);
    let working = || allowed(writable(on()), "web-task", "ssmmessages:*");
    let off_with_task_on = || {
        let scene = service(|_| {}).and_task_of_service(|task| task.exec = true);
        allowed(writable(scene), "web-task", "ssmmessages:*")
    };
    let without_role = |scene: Scene| scene.and_definition(|task| task.task_role = None);
    let of_daemon = |read_only: bool| {
        let scene = daemon(|task| task.containers[0].read_only_root = read_only).ecs_cluster(|cluster| {
            if let Fact::Known(revisions) = &mut cluster.daemons.seen_mut()[0].revisions {
                revisions[0].exec = true;
            }
        });
        allowed(scene, "web-task", "ssmmessages:*")
    };
    Cases::default()
        .pass(service(|_| {}))
        .pass(on())
        .pass(writable(on()))
        .pass(allowed(on(), "web-task", "ssmmessages:*"))
        .pass(allowed(writable(on()), "web-task", "ssmmessages:OpenDataChannel"))
        .fail(working())
        .fail(working().and_definition(|task| task.containers.push(palisade_scenes::tasks::new_container("router"))))
        .fail(off_with_task_on())
        .pass(off_with_task_on().and_task_of_service(|task| task.is_stopped = true))
        .pass(without_role(working()))
        .unknown(working().iam(|iam| iam.roles = Listing::whole(vec![])))
        .fail(allowed(without_role(working().on_ec2()), "machines", "ssmmessages:*"))
        .pass(without_role(working().on_ec2()))
        .not_applicable(working().and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
        .pass(task(|_| {}))
        .fail(allowed(writable(task(|task| task.exec = true)), "web-task", "ssmmessages:*"))
        .not_applicable(task(|task| (task.exec, task.is_stopped) = (true, true)))
        .pass(daemon(|_| {}))
        .fail(of_daemon(false))
        .pass(of_daemon(true))
}
