use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::has_no_machine;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container sets a kernel parameter beyond its own network
    ///
    /// ## Why
    /// Parameters of the network (`net.*`) are the container's own where it has a network of its own. Others, such as
    /// `kernel.*`, are of memory and messages between programs, or of the whole machine; and `net.ipv4.ip_forward` makes a
    /// router of the container, which passes on what others send. On Fargate a task has a kernel of its own.
    ///
    /// ## Severity
    /// Low: the runtime refuses parameters that reach other containers, unless namespaces are shared with the machine.
    ///
    /// ## Fix
    /// Take it out of `systemControls`, unless the program asks for it by name.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html>
    CHECK {
        id: "ecs-task-kernel-parameter",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if has_no_machine(running) {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        let beyond = container.system_controls.iter().filter(|(name, value)| is_beyond(name, value));
        let told: Vec<_> = beyond.map(|(name, value)| format!("{name} = {value}")).collect();
        Ok((!told.is_empty()).then(|| format!("sets {}", told.join(", "))))
    })
}

/// Whether a parameter is none of the container's network, or makes a router of it. Slashes stand for points.
fn is_beyond(name: &str, value: &str) -> bool {
    let name = name.trim().to_ascii_lowercase().replace('/', ".");
    let forwards = matches!(name.as_str(), "net.ipv4.ip_forward" | "net.ipv4.conf.all.forwarding");
    let forwards = forwards || name.starts_with("net.ipv6.conf.") && name.ends_with(".forwarding");
    !name.starts_with("net.") || forwards && value.trim() != "0"
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::Container;
    use palisade_scenes::tasks::{container, container_on_ec2};

    let set = |name: &'static str, value: &'static str| {
        move |container: &mut Container| container.system_controls = vec![(name.to_owned(), value.to_owned())]
    };
    let samples = palisade_scenes::definitions::samples();
    let cases = samples.into_iter().fold(Cases::default(), Cases::pass);
    cases
        .pass(container_on_ec2(|_| {}))
        .pass(container_on_ec2(set("net.core.somaxconn", "1024")))
        .pass(container_on_ec2(set("net.ipv4.tcp_keepalive_time", "500")))
        .pass(container_on_ec2(set("net.ipv4.ip_forward", "0")))
        .fail(container_on_ec2(set("net.ipv4.ip_forward", "1")))
        .fail(container_on_ec2(set("net/ipv4/ip_forward", "1")))
        .fail(container_on_ec2(set("net.ipv6.conf.all.forwarding", "1")))
        .fail(container_on_ec2(set("kernel.shmmax", "68719476736")))
        .fail(container_on_ec2(set("fs.mqueue.msg_max", "100")))
        .fail(container(set("kernel.msgmax", "65536")).on_unknown_provider())
        .not_applicable(container(set("kernel.msgmax", "65536")))
        .not_applicable(container_on_ec2(set("kernel.msgmax", "65536")).on_windows())
}
