use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{ContainerInstance, InCluster, Task, TaskDetails};
use palisade_model::{Action, Gap, Region};
use palisade_reason::tasks::instances::instance;
use palisade_reason::tasks::network::{ANY_VERSION, Ports, open_rules, ports};
use palisade_reason::tasks::services::described;

check! {
    /// Everybody reaches a container at a port of its machine
    ///
    /// ## Why
    /// In the network modes `bridge` and `host` a container answers at a port of its machine, on all its addresses: at
    /// a chosen one, or at one above 32767 that changes with each start, for which groups are often opened as a whole.
    /// If the machine's security groups let everybody in there, the load balancer with its TLS and its web ACL can be
    /// gone around. Ports of tasks that run are judged, against the rules of all groups of the machine; a machine
    /// without a public address counts too, as that is no lock.
    ///
    /// ## Severity
    /// High: what was to be reached through a load balancer is reached by itself.
    ///
    /// ## Fix
    /// Let the security group of the load balancer alone into that of the machines, for ports 32768 to 65535 where
    /// ports are dynamic; or use `awsvpc`, in which each task has groups of its own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-networkmode-bridge.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_NetworkBinding.html>
    CHECK {
        id: "ecs-instance-port-open",
        severity: Severity::High,
        controls: &[Control::checklist("tasks-reached-on-purpose")],
        since: "0.1.0",
        rule: Rule::ContainerInstance(evaluate),
    }
}

fn evaluate(machine: &InCluster<'_, ContainerInstance>, context: &Context) -> Outcome {
    let details = machine.object.details.known()?;
    if details.is_external() {
        return Ok(Verdict::NotApplicable);
    }
    let (bound, gap) = bound_on(machine);
    let unless_unread = |gap: Option<Gap>| gap.map_or(Ok(Verdict::Pass), Err);
    if bound.is_empty() {
        return unless_unread(gap);
    }
    let region = context.audited_region(&machine.object.arn)?;
    let open = open_ports(machine.object, &bound, region, context)?;
    if open.is_empty() { unless_unread(gap) } else { Ok(Verdict::fail_if_any(open)) }
}

/// Ports of a machine, each set with the task that has them.
type Bound<'a> = Vec<(&'a str, Ports)>;

/// The ports of the machine at which tasks answer, and the gap when there may be more.
fn bound_on<'a>(machine: &InCluster<'a, ContainerInstance>) -> (Bound<'a>, Option<Gap>) {
    let (mut bound, mut gap) = (Vec::new(), machine.cluster.tasks.gap().cloned());
    for task in machine.cluster.tasks.seen() {
        match ports_of(task, machine) {
            Ok(ports) if ports.is_empty() => {}
            Ok(ports) => bound.push((task.arn.resource(), ports)),
            Err(unread) => gap = Some(unread),
        }
    }
    (bound, gap)
}

fn ports_of(task: &Task, machine: &InCluster<'_, ContainerInstance>) -> Result<Ports, Gap> {
    let details = task.details.known()?;
    if details.is_stopped || details.instance.as_ref() != Some(&machine.object.arn) {
        return Ok(Vec::new());
    }
    let bindings = details.containers.iter().flat_map(|container| &container.bindings);
    let everywhere = bindings.filter(|binding| matches!(binding.address.as_str(), "0.0.0.0" | "::"));
    let mut found: Ports = everywhere.map(|binding| (binding.host, binding.host, binding.is_udp)).collect();
    if found.is_empty() && may_be_on_host(details) {
        // On the machine's own network nothing is bound: the ports of the containers are those of the machine.
        let definition = described(&details.definition, machine.ecs)?;
        if definition.network_mode.as_deref() == Some("host") {
            found = ports(definition);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Whether a task may be on the network of its machine: with an interface of its own, or ports bound, it is not.
fn may_be_on_host(details: &TaskDetails) -> bool {
    details.interfaces.is_empty() && details.containers.iter().all(|container| container.bindings.is_empty())
}

fn open_ports(
    machine: &ContainerInstance,
    bound: &Bound<'_>,
    region: &Region,
    context: &Context,
) -> Result<Vec<String>, Gap> {
    let found = instance(machine.details.known()?, region, &machine.arn)?;
    let unread = || Gap::undecided(Action::Ec2DescribeInstances, &machine.arn, "its EC2 instance is not described");
    let (id, instance) = found.ok_or_else(unread)?;
    let most = context.settings.thresholds.public_endpoint_addresses;
    let address = if instance.has_public_address { "with a public address" } else { "without a public address" };
    let (mut open, mut gap) = (Vec::new(), None);
    for (task, ports) in bound {
        match open_rules(&instance.security_groups, ports, ANY_VERSION, most, region, &machine.arn) {
            Ok(rules) => open.extend(rules.into_iter().map(|rule| format!("{task}: {rule} of {id}, {address}"))),
            Err(unread) => gap = Some(unread),
        }
    }
    match gap {
        Some(gap) if open.is_empty() => Err(gap),
        Some(_) | None => Ok(open),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{InstanceDetails, PortBinding};
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::container_instance;

    let bound = |address: &'static str, group: &'static str| -> Scene {
        container_instance(|_| {})
            .and_task_of_service(|task| {
                let binding = PortBinding { address: address.to_owned(), host: 32_768, is_udp: false };
                task.interfaces.clear();
                task.containers[0].bindings = vec![binding];
            })
            .ec2_instance(|instance| instance.security_groups = vec![group.to_owned()])
    };
    let on_host = |group: &'static str| {
        container_instance(|_| {})
            .and_definition(|task| task.network_mode = Some("host".to_owned()))
            .and_task_of_service(|task| task.interfaces.clear())
            .ec2_instance(|instance| instance.security_groups = vec![group.to_owned()])
    };
    Cases::default()
        .pass(container_instance(|_| {}))
        .fail(bound("0.0.0.0", "sg-open"))
        .fail(bound("::", "sg-open").ec2_instance(|instance| instance.has_public_address = true))
        .pass(bound("127.0.0.1", "sg-open"))
        .pass(bound("0.0.0.0", "sg-closed"))
        .unknown(bound("0.0.0.0", "sg-gone"))
        .pass(bound("0.0.0.0", "sg-open").and_task_of_service(|task| task.is_stopped = true))
        .pass(bound("0.0.0.0", "sg-open").and_task_of_service(|task| task.instance = None))
        .fail(on_host("sg-open"))
        .pass(on_host("sg-closed"))
        .not_applicable(bound("0.0.0.0", "sg-open").machine(|details| details.instance = None))
        .not_applicable(container_instance(|details| details.attributes.push(InstanceDetails::EXTERNAL.to_owned())))
}
