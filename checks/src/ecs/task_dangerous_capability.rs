use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::{capability, has_no_machine};
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container has a capability that reaches its machine
    ///
    /// ## Why
    /// Capabilities are the rights of root in pieces. `ALL`, `SYS_ADMIN` and `SYS_MODULE` are as good as the machine;
    /// others read its memory, disks and files (`SYS_RAWIO`, `MKNOD`, `DAC_READ_SEARCH`), look into its kernel (`BPF`,
    /// `PERFMON`, `SYSLOG`) or other programs (`SYS_PTRACE`), change its network or forge packets in it (`NET_ADMIN`,
    /// `NET_RAW`), or stop it (`SYS_BOOT`). Docker gives what is added also where all else is dropped. Fargate adds
    /// `SYS_PTRACE` alone, of which `ecs-task-ptrace-on-fargate` tells.
    ///
    /// ## Severity
    /// High: with most of them, whoever breaks into the container has the machine in a few steps.
    ///
    /// ## Fix
    /// Take it out of `linuxParameters.capabilities.add`. What watches machines is a managed daemon of its own.
    ///
    /// ## References
    /// - <https://man7.org/linux/man-pages/man7/capabilities.7.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html>
    CHECK {
        id: "ecs-task-dangerous-capability",
        severity: Severity::High,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

/// The capabilities from which more follows than a program needs.
const GRAVE: &[&str] = &[
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "MKNOD",
    "NET_ADMIN",
    "NET_RAW",
    "PERFMON",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
];

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if has_no_machine(running) {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        let is_grave = |name: &&String| GRAVE.contains(&capability(name).as_str());
        let grave: Vec<_> = container.added_capabilities.iter().filter(is_grave).map(String::as_str).collect();
        Ok((!grave.is_empty()).then(|| format!("adds {}", grave.join(", "))))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::Container;
    use palisade_scenes::definitions::daemon_definition;
    use palisade_scenes::tasks::{container, container_on_ec2};

    let added = |name: &'static str| {
        move |container: &mut Container| container.added_capabilities = vec!["CHOWN".to_owned(), name.to_owned()]
    };
    let mut cases = Cases::default();
    for scene in palisade_scenes::definitions::samples() {
        cases = cases.pass(scene);
    }
    for name in ["ALL", "all", "SYS_ADMIN", "CAP_SYS_ADMIN", "cap_sys_module", "net_admin", " BPF", "NET_RAW", "SYSLOG"]
    {
        cases = cases.fail(container_on_ec2(added(name)));
    }
    for name in ["CHOWN", "NET_BIND_SERVICE", "SYS_NICE", "IPC_LOCK", "ALLOW", "SYS_ADMIN_NOT"] {
        cases = cases.pass(container_on_ec2(added(name)));
    }
    cases
        .pass(container_on_ec2(|_| {}))
        .pass(container_on_ec2(|container| container.dropped_capabilities = vec!["SYS_ADMIN".to_owned()]))
        .fail(container_on_ec2(|container| {
            container.added_capabilities = vec!["SYS_ADMIN".to_owned()];
            container.dropped_capabilities = vec!["ALL".to_owned()];
        }))
        .fail(container(added("BPF")).on_managed_instances())
        .fail(container(added("SYS_ADMIN")).on_unknown_provider())
        .fail(daemon_definition(|task| task.containers[0].added_capabilities = vec!["PERFMON".to_owned()]))
        .not_applicable(container(added("SYS_PTRACE")))
        .not_applicable(container_on_ec2(added("ALL")).on_windows())
}
