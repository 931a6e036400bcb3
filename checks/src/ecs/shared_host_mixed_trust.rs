use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{Cluster, ContainerInstance, InCluster, Service, Task, TaskDetails};
use palisade_model::workload::{Keeper, Tasks};
use palisade_model::{Arn, Gap};
use palisade_reason::tasks::power::powerful_by_arn;
use palisade_reason::tasks::reach::of_tasks;
use palisade_reason::tasks::services::described;

check! {
    /// A machine runs what the internet reaches beside a powerful role
    ///
    /// ## Why
    /// Tasks on one EC2 instance or Managed Instance are not kept from each other as on Fargate: AWS does not take the
    /// container for a boundary there, and who breaks out of one may come by the credentials of the others. A service
    /// on the internet is where breaking in begins, a role that is an administrator or can become one is what it is
    /// done for; on one machine the way between them is short. Judged are the tasks that run now. A task in a sandbox
    /// of Nitro counts as alone.
    ///
    /// ## Severity
    /// Medium: it takes a flaw in the service and a way out of its container.
    ///
    /// ## Fix
    /// Run them on machines of their own, by capacity providers or placement constraints, or on Fargate; or take the
    /// role what it does not need.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-shared-model.html>
    CHECK {
        id: "ecs-shared-host-mixed-trust",
        severity: Severity::Medium,
        controls: &[Control::checklist("task-credentials-kept")],
        since: "0.1.0",
        rule: Rule::EcsCluster(evaluate),
    }
}

fn evaluate(cluster: &InCluster<'_, Cluster>, context: &Context) -> Outcome {
    let machines = &cluster.object.instances;
    let (mut told, mut gap) = (Vec::new(), machines.gap().or(cluster.object.tasks.gap()).cloned());
    for machine in machines.seen() {
        match judge(machine, cluster, context) {
            Ok(found) => told.extend(found),
            Err(unread) => gap = Some(unread),
        }
    }
    match gap {
        Some(gap) if told.is_empty() => Err(gap),
        None if machines.seen().is_empty() => Ok(Verdict::NotApplicable),
        Some(_) | None => Ok(Verdict::fail_if_any(told)),
    }
}

/// What speaks against a machine: a service on the internet, and beside it a task of something else with a powerful
/// role.
fn judge(
    machine: &ContainerInstance,
    cluster: &InCluster<'_, Cluster>,
    context: &Context,
) -> Result<Option<String>, Gap> {
    let tasks = beside(machine, cluster)?;
    // Nothing has a neighbour where all is of one service.
    let keepers: Vec<_> = tasks.iter().map(|(task, details)| keeper(task, details)).collect();
    if keepers.iter().all(|keeper| Some(keeper) == keepers.first()) {
        return Ok(None);
    }
    let (reached, mut gap) = reached(&tasks, cluster, context);
    if reached.is_empty() {
        return gap.map_or(Ok(None), Err);
    }
    for (task, details) in &tasks {
        let Some((service, way)) = reached.iter().find(|(service, _)| Some(service.name.as_str()) != details.service())
        else {
            continue;
        };
        match power(details, cluster, context) {
            Ok(Some((role, why))) => {
                let machine = machine.arn.resource();
                let (service, task) = (service.arn.resource(), task.arn.resource());
                return Ok(Some(format!("{machine} runs {service} ({way}) beside {task}, whose role {role} {why}")));
            }
            Ok(None) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    gap.map_or(Ok(None), Err)
}

/// The tasks that run on a machine, but for those in a sandbox.
fn beside<'a>(
    machine: &ContainerInstance,
    cluster: &InCluster<'a, Cluster>,
) -> Result<Vec<(&'a Task, &'a TaskDetails)>, Gap> {
    let mut found = Vec::new();
    for task in cluster.object.tasks.seen() {
        let details = task.details.known()?;
        let is_sandboxed = matches!(details.isolation.as_deref(), Some("ISOLATED_SANDBOX" | "CONFIDENTIAL_SANDBOX"));
        if !details.is_stopped && !is_sandboxed && details.instance.as_ref() == Some(&machine.arn) {
            found.push((task, details));
        }
    }
    Ok(found)
}

/// Whoever keeps a task running, or the task itself.
fn keeper<'a>(task: &'a Task, details: &'a TaskDetails) -> &'a str {
    details.service().unwrap_or(task.arn.as_str())
}

type Reached<'a> = Vec<(&'a Service, String)>;

/// The services of these tasks that the internet reaches, each with a way in, and the gap when there may be more.
fn reached<'a>(
    tasks: &[(&Task, &TaskDetails)],
    cluster: &InCluster<'a, Cluster>,
    context: &Context,
) -> (Reached<'a>, Option<Gap>) {
    let (mut found, mut gap): (Reached<'a>, _) = (Vec::new(), None);
    let own = |service: &&Service| tasks.iter().any(|(_, details)| details.service() == Some(&service.name));
    for service in cluster.object.services.seen().iter().filter(own) {
        let workload = Tasks { ecs: cluster.ecs, cluster: cluster.object, keeper: Keeper::Service(service) };
        let (ways, unread) = of_tasks(&workload, &service.arn, context);
        gap = gap.or(unread);
        if let Some(way) = ways.into_iter().find_map(told) {
            found.push((service, way));
        }
    }
    (found, gap.or_else(|| cluster.object.services.gap().cloned()))
}

fn told(way: palisade_reason::exposure::Exposure<'_>) -> Option<String> {
    use palisade_reason::exposure::Exposure;
    match way {
        Exposure::Tasks(told, _) => Some(told),
        Exposure::Invoker(_) | Exposure::Entrance(_) => None,
    }
}

/// The role of a task, and why it is powerful.
fn power(
    details: &TaskDetails,
    cluster: &InCluster<'_, Cluster>,
    context: &Context,
) -> Result<Option<(Arn, &'static str)>, Gap> {
    let role = match &details.overrides.task_role {
        Some(role) => role,
        None => match &described(&details.definition, cluster.ecs)?.task_role {
            Some(role) => role,
            None => return Ok(None),
        },
    };
    Ok(powerful_by_arn(role, context)?.map(|why| (role.clone(), why)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::iam::InlinePolicy;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::Scene;
    use palisade_scenes::iam::allow;
    use palisade_scenes::tasks::{container_instance_arn, ecs_cluster, ecs_cluster_arn, task};

    let with_tool = |role: Option<&'static str>, action: &'static str| -> Scene {
        let mut scene = task(|details| {
            details.instance = Some(container_instance_arn());
            details.overrides.task_role = role.map(palisade_scenes::role_arn);
        });
        scene.subject = ecs_cluster_arn();
        scene.on_ec2().behind_load_balancer(|_| {}).iam(|iam| {
            let mut tool = palisade_scenes::new_role("tool");
            let document = palisade_scenes::policy(allow(action, "*"));
            tool.inline.push(InlinePolicy { name: "own".to_owned(), document });
            iam.roles = Listing::whole([iam.roles.seen(), &[tool]].concat());
        })
    };
    let tool = |change: fn(&mut TaskDetails)| {
        with_tool(Some("tool"), "*").ecs_cluster(|cluster| {
            if let Some(Task { details: Fact::Known(details), .. }) = cluster.tasks.seen_mut().last_mut() {
                change(details);
            }
        })
    };
    Cases::default()
        .not_applicable(ecs_cluster(|_| {}))
        .pass(ecs_cluster(|_| {}).on_ec2().behind_load_balancer(|_| {}))
        .fail(with_tool(Some("tool"), "*"))
        .fail(with_tool(Some("tool"), "iam:PutRolePolicy"))
        .pass(with_tool(Some("tool"), "s3:GetObject"))
        .pass(with_tool(None, "*"))
        .pass(with_tool(Some("tool"), "*").region(|region| {
            region.load_balancing = palisade_model::load_balancing::LoadBalancing::none();
        }))
        .unknown(with_tool(Some("gone"), "*"))
        .pass(tool(|details| details.is_stopped = true))
        .pass(tool(|details| details.instance = None))
        .pass(tool(|details| details.isolation = Some("ISOLATED_SANDBOX".to_owned())))
        .pass(tool(|details| details.group = Some("service:web".to_owned())))
}
