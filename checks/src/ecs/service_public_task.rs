use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Switch;
use palisade_model::ecs::{InCluster, Launcher, Service, Task};
use palisade_model::network::IpVersion;
use palisade_reason::tasks::network::{ports, reached};
use palisade_reason::tasks::reach::{service_reached, task_reached};
use palisade_reason::tasks::services::{described, running};

check! {
    /// Tasks are reached from the internet at their own addresses
    ///
    /// ## Why
    /// A task with a public address, in a subnet that leads to an internet gateway, behind a security group that lets
    /// everybody in on one of its ports, is a server on the internet: without TLS of a load balancer, without a web
    /// ACL, and scanned within minutes. All three must be so, for IPv4 or for IPv6; what is closed by one of them is not
    /// reached. Judged are services, tasks on their own, and what rules, schedules, pipes and state machines start. More
    /// addresses of IPv4 than `public_endpoint_addresses` count as everybody. Tasks have addresses of IPv6 where their
    /// subnet does, whatever `assignPublicIp` says, and all of these are on the internet; tasks that run tell.
    ///
    /// ## Severity
    /// Critical: nothing stands between anybody and the container.
    ///
    /// ## Fix
    /// Set `assignPublicIp` to `DISABLED`, put a load balancer in front, and let its security group alone into that of
    /// the tasks.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-inbound.html>
    CHECK {
        id: "ecs-service-public-task",
        severity: Severity::Critical,
        controls: &[Control::checklist("tasks-reached-on-purpose")],
        since: "0.1.0",
        rule: Rule::Several(&[Rule::EcsService(of_service), Rule::EcsTask(of_task), Rule::Launcher(of_launcher)]),
    }
}

fn of_service(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    let Some(details) = running(service.object)? else { return Ok(Verdict::NotApplicable) };
    let places = details.running_deployments().filter_map(|stage| stage.network.as_ref().or(details.network.as_ref()));
    if places.count() == 0 {
        return Ok(Verdict::NotApplicable);
    }
    let region = context.audited_region(&service.object.arn)?;
    Ok(Verdict::fail_if_any(service_reached(service, region, context)?))
}

fn of_task(task: &InCluster<'_, Task>, context: &Context) -> Outcome {
    let details = task.object.details.known()?;
    if !details.stands_alone() || details.is_stopped || details.interfaces.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let region = context.audited_region(&task.object.arn)?;
    Ok(Verdict::fail_if_any(task_reached(task, region, context)?))
}

fn of_launcher(launcher: &Launcher, context: &Context) -> Outcome {
    let details = launcher.details.known()?;
    if details.enabled == Switch::Off {
        return Ok(Verdict::NotApplicable);
    }
    let region = context.audited_region(&launcher.arn)?;
    let most = context.settings.thresholds.public_endpoint_addresses;
    let mut gathered = Gathered::default();
    for target in &details.targets {
        let (Some(place), Some(definition)) = (&target.network, &target.definition) else { continue };
        let judge = || {
            if !place.assigns_public_address {
                return Ok(Vec::new());
            }
            let ports = ports(described(definition, &region.ecs)?);
            reached(place, IpVersion::V4, &ports, most, region, &launcher.arn)
        };
        gathered.add(judge().map(|found| found.into_iter().map(|why| format!("target {}: {why}", target.id))));
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::network::SecurityGroup;
    use palisade_model::{Action, Fact, Place};
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::{launcher, service, task};

    let groups = |scene: Scene, change: fn(&mut SecurityGroup)| {
        scene.region(|region| {
            if let Fact::Known(groups) = &mut region.network.security_groups {
                groups.values_mut().for_each(change);
            }
        })
    };
    let unread = |scene: Scene| {
        scene.region(|region| {
            let place = Place::account();
            region.network.security_groups = Fact::not_asked(Action::Ec2DescribeSecurityGroups, &place);
        })
    };
    let public = || service(|_| {}).in_public();
    let office = |group: &mut SecurityGroup| group.ingress[0].cidrs = vec!["198.51.100.0/24".to_owned()];
    let ssh = |group: &mut SecurityGroup| {
        let rule = &mut group.ingress[0];
        (rule.protocol, rule.from_port, rule.to_port) = ("tcp".to_owned(), Some(22), Some(22));
    };
    let range = |group: &mut SecurityGroup| {
        let rule = &mut group.ingress[0];
        (rule.protocol, rule.from_port, rule.to_port) = ("tcp".to_owned(), Some(8000), Some(9000));
    };
    let started = |subnet: &'static str| {
        launcher(move |target| {
            let place = target.network.as_mut().unwrap();
            (place.assigns_public_address, place.subnets) = (true, vec![subnet.to_owned()]);
            place.security_groups = vec!["sg-open".to_owned()];
        })
    };
    Cases::default()
        .pass(service(|_| {}))
        .pass(unread(service(|_| {})))
        .fail(public())
        .left_out(unread(public()))
        .pass(public().placed(|place| place.security_groups = vec!["sg-closed".to_owned()]))
        .pass(public().placed(|place| place.subnets = vec!["subnet-private".to_owned()]))
        .pass(groups(public(), office))
        .pass(groups(public(), ssh))
        .fail(groups(public(), range))
        .fail(public().placed(|place| place.security_groups = vec!["sg-open".to_owned(), "sg-closed".to_owned()]))
        .unknown(public().placed(|place| place.security_groups = vec!["sg-gone".to_owned()]))
        .pass(public().and_definition(|task| task.containers[0].ports.clear()))
        .not_applicable(public().and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
        .fail(task(|task| task.has_ipv6_address = true).in_public())
        .not_applicable(service(|details| {
            details.network = None;
            details.deployments[0].network = None;
        }))
        .pass(task(|_| {}))
        .fail(task(|_| {}).in_public())
        .not_applicable(task(|task| task.is_stopped = true).in_public())
        .not_applicable(task(|task| task.interfaces.clear()).in_public())
        .pass(launcher(|_| {}))
        .fail(started("subnet-public"))
        .pass(started("subnet-private"))
        .not_applicable(launcher(|target| target.network = None))
        .not_applicable(launcher(|target| target.definition = None))
}
