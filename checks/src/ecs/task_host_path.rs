use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::not_known;
use palisade_reason::tasks::host_paths::{HostMount, mounted};
use palisade_reason::tasks::uses::Running;

check! {
    /// Task mounts a path that gives its machine away
    ///
    /// ## Why
    /// A container that writes to `/`, `/etc`, `/usr` or a home of its machine runs what it likes there; through the socket
    /// of a container runtime it starts any container, and a read-only mount does not keep it from talking to a socket.
    /// Reading is enough for the credentials of the container agent (`/var/lib/ecs`), keys, and the environment of all
    /// programs (`/proc`).
    ///
    /// Judged are mounts, of which a volume that nobody mounts is none: with what a container takes over by `volumesFrom`,
    /// and paths that are bound by options of a volume driver. A path counts with what is above and below it. What
    /// everybody may know, such as `/etc/localtime` and certificates of authorities, may be mounted read-only.
    ///
    /// ## Severity
    /// High: whoever breaks into the container is near the machine and every task on it. A runtime's socket, and a path
    /// such as `/` that can be written to, are the machine itself.
    ///
    /// ## Fix
    /// Keep data in a volume without a path, on EFS or EBS, or in a folder of its own such as `/opt/shop/data`. What
    /// watches machines is a managed daemon, and mounts read-only.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HostVolumeProperties.html>
    CHECK {
        id: "ecs-task-host-path",
        severity: Severity::High,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if running.shares_machines() == Ok(false) {
        return Ok(Verdict::NotApplicable);
    }
    let (mounts, unknown) = mounted(running.task);
    let mut gathered = Gathered::default();
    gathered.add(Ok(mounts.iter().filter_map(told)));
    if let Some(kind) = unknown {
        gathered.add(Err::<Option<String>, _>(not_known(running, "volumes", kind)));
    }
    gathered.outcome()
}

fn told(mount: &HostMount<'_>) -> Option<String> {
    let given = mount.gives()?;
    Some(format!("container {} {}, which gives {given}", mount.container, mount.told()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{BindMount, Mount, TaskDefinition, Volume, VolumeKind};
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{definition, definition_on_ec2, new_container};

    let of = |kind: VolumeKind, read_only: bool| {
        move |task: &mut TaskDefinition| {
            task.volumes = vec![Volume { name: "v".to_owned(), kind }];
            let mount = Mount { volume: "v".to_owned(), path: "/mnt/v".to_owned(), read_only };
            task.containers[0].mounts = vec![mount];
        }
    };
    let host = |path: &str, in_driver_options| VolumeKind::Host(BindMount { path: path.to_owned(), in_driver_options });
    let writable = |path: &str| of(host(path, false), false);
    let readable = |path: &str| of(host(path, false), true);
    let mut cases = Cases::default();
    for scene in palisade_scenes::definitions::samples() {
        cases = cases.pass(scene);
    }
    for path in
        ["/", "//", "/etc", "/etc/../", "/var/run/docker.sock", "/run/./docker.sock/", "/root", "/var", "/home/ada"]
    {
        cases = cases.fail(definition_on_ec2(writable(path)));
    }
    for path in ["/proc", "/proc/", "/run/docker.sock", "/var/lib/ecs", "/", "/sys"] {
        cases = cases.fail(definition_on_ec2(readable(path)));
    }
    for path in ["/opt/shop/data", "/data", "/var/log/shop", "/etcetera", "/procurement", "/mnt/etc"] {
        cases = cases.pass(definition_on_ec2(writable(path)));
    }
    cases
        .pass(definition_on_ec2(|_| {}))
        .pass(definition_on_ec2(of(VolumeKind::Scratch, false)))
        .pass(definition_on_ec2(of(VolumeKind::Docker { is_shared: true }, false)))
        .pass(definition_on_ec2(readable("/etc/localtime")))
        .fail(definition_on_ec2(writable("/etc/localtime")))
        .fail(definition_on_ec2(of(host("/etc", true), false)))
        .pass(definition_on_ec2(of(host("/opt/shop", true), false)))
        .pass(definition_on_ec2(|task| {
            writable("/")(task);
            task.containers[0].mounts.clear();
        }))
        .fail(definition_on_ec2(|task| {
            let mut keeper = new_container("keeper");
            writable("/")(task);
            std::mem::swap(&mut keeper.mounts, &mut task.containers[0].mounts);
            task.containers[0].volumes_from = vec![("keeper".to_owned(), false)];
            task.containers.push(keeper);
        }))
        .fail(definition(writable("/")).on_managed_instances())
        .fail(definition(writable("/")).on_unknown_provider())
        .fail(daemon_definition(readable("/proc")))
        .fail(job_definition(writable("/etc")))
        .fail(definition_on_ec2(writable(r"\\.\pipe\docker_engine")).on_windows())
        .unknown(definition_on_ec2(of(VolumeKind::Other("tape".to_owned()), false)))
        .not_applicable(definition(writable("/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_model::ecs::BindMount;

    #[test]
    fn the_evidence_says_whether_and_by_whom_it_is_written_to() {
        let host = BindMount { path: "/var/run".to_owned(), in_driver_options: true };
        let mount =
            HostMount { container: "app", inherited_from: Some("keeper"), host: &host, path: "/mnt", read_only: true };
        assert_eq!(
            told(&mount).unwrap(),
            "container app mounts /var/run of its machine, bound by options of a volume driver, read-only, at /mnt, as \
             container keeper does, which gives /run/containerd"
        );
        let host = BindMount { path: "/".to_owned(), in_driver_options: false };
        let mount = HostMount { inherited_from: None, host: &host, read_only: false, ..mount };
        assert!(told(&mount).unwrap().starts_with("container app mounts / of its machine, writable, at /mnt, which"));
    }
}
