use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::has_no_machine;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container is given a device of its machine
    ///
    /// ## Why
    /// A device is the machine below all file permissions: a disk holds the images, volumes and secrets of every task, and
    /// `/dev/mem` the memory. Devices that serve one program are left out: those of file systems and tunnels of its own,
    /// graphics cards, accelerators, fast networks, and those that hold nothing.
    ///
    /// ## Severity
    /// Medium: what a device gives depends on the device, and on the capabilities that the container has.
    ///
    /// ## Fix
    /// Take it out of `linuxParameters.devices`. Volumes of EBS can be given to a task as such; graphics cards are asked
    /// for under `resourceRequirements`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Device.html>
    CHECK {
        id: "ecs-task-host-device",
        severity: Severity::Medium,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

/// Devices that serve one program, by path or the beginning of one.
const HARMLESS: &[&str] =
    &["/dev/fuse", "/dev/full", "/dev/net/tun", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"];

/// Beginnings of the paths of accelerators, graphics cards and fast networks.
const ACCELERATORS: &[&str] =
    &["/dev/dri/", "/dev/gaudi", "/dev/infiniband/", "/dev/kfd", "/dev/neuron", "/dev/nvidia"];

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if has_no_machine(running) {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        let given: Vec<_> = container.devices.iter().filter(|path| !is_harmless(path)).map(String::as_str).collect();
        Ok((!given.is_empty()).then(|| format!("is given {}", given.join(", "))))
    })
}

fn is_harmless(path: &str) -> bool {
    let steps_up = path.split('/').any(|name| name == "..");
    let path =
        path.split('/').filter(|name| !matches!(*name, "" | ".")).fold(String::new(), |path, name| path + "/" + name);
    !steps_up && (HARMLESS.contains(&path.as_str()) || ACCELERATORS.iter().any(|start| path.starts_with(start)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::Container;
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{container, container_on_ec2};

    let device = |path: &'static str| move |container: &mut Container| container.devices = vec![path.to_owned()];
    let mut cases = Cases::default();
    for scene in palisade_scenes::definitions::samples() {
        cases = cases.pass(scene);
    }
    for path in ["/dev/mem", "/dev/sda1", "/dev/nvme0n1", "/dev", "/dev/kvm", "/dev/nvidia/../mem", "//dev/sda"] {
        cases = cases.fail(container_on_ec2(device(path)));
    }
    for path in ["/dev/fuse", "/dev//fuse", "/dev/net/tun", "/dev/nvidia0", "/dev/neuron0", "/dev/infiniband/uverbs0"] {
        cases = cases.pass(container_on_ec2(device(path)));
    }
    cases
        .pass(container_on_ec2(|_| {}))
        .fail(container_on_ec2(|container| container.devices = vec!["/dev/fuse".to_owned(), "/dev/sdb".to_owned()]))
        .fail(container(device("/dev/mem")).on_unknown_provider())
        .fail(daemon_definition(|task| device("/dev/mem")(&mut task.containers[0])))
        .fail(job_definition(|task| device("/dev/mem")(&mut task.containers[0])))
        .not_applicable(container(device("/dev/mem")))
        .not_applicable(container_on_ec2(device("/dev/mem")).on_windows())
}
