use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{Daemon, DaemonRevision, Ecs, InCluster};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::host_paths::mounted;
use palisade_reason::tasks::services::described;

check! {
    /// Managed daemon reaches every task of its machines
    ///
    /// ## Why
    /// ECS starts a managed daemon on each machine of a capacity provider, before all other tasks. One that is
    /// privileged, shares the machine's processes or memory, or has a grave path of the machine reads what all of these
    /// tasks hold and do; and who may run commands in its containers is on every machine. No list of services shows it.
    ///
    /// ## Severity
    /// High: one image, or one permission, stands for all tasks of the provider.
    ///
    /// ## Fix
    /// Take out what the agent does not need, name its image by digest from a registry of your own, and keep exec off.
    /// What has to remain, such as reading the machine's processes, is worth a suppression that says why.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-daemons.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeDaemonTaskDefinition.html>
    CHECK {
        id: "ecs-daemon-reaches-all",
        severity: Severity::High,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::Daemon(evaluate),
    }
}

fn evaluate(daemon: &InCluster<'_, Daemon>, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    for revision in daemon.object.revisions.known()? {
        gathered.add(Ok(revision.exec.then(|| "enableExecuteCommand is true".to_owned())));
        gathered.add(reached(revision, daemon.ecs));
        gathered.add(unknown_volume(revision, daemon.ecs));
    }
    gathered.outcome()
}

fn reached(revision: &DaemonRevision, ecs: &Ecs) -> Result<Vec<String>, Gap> {
    let task = described(&revision.definition, ecs)?;
    let name = revision.definition.resource();
    let mut told = Vec::new();
    for (member, mode) in [("pidMode", &task.pid_mode), ("ipcMode", &task.ipc_mode)] {
        if let Some(mode @ ("shared" | "host")) = mode.as_deref() {
            told.push(format!("{member} of {name} is {mode}"));
        }
    }
    let privileged = task.containers.iter().filter(|container| container.privileged);
    told.extend(privileged.map(|container| format!("container {} of {name} is privileged", container.name)));
    let (mounts, _) = mounted(task);
    let grave = mounts.iter().filter(|mount| mount.gives().is_some());
    told.extend(grave.map(|mount| format!("container {} of {name} {}", mount.container, mount.told())));
    Ok(told)
}

/// The gap where a container mounts a kind of volume that may be a path of the machine.
fn unknown_volume(revision: &DaemonRevision, ecs: &Ecs) -> Result<Option<String>, Gap> {
    match mounted(described(&revision.definition, ecs)?).1 {
        Some(kind) => {
            Err(Gap::not_known(Action::EcsDescribeDaemonTaskDefinition, &revision.definition, "a volume", kind))
        }
        None => Ok(None),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecs::{BindMount, Mount, TaskDefinition, Volume, VolumeKind};
    use palisade_scenes::tasks::daemon;

    let mounting = |path: &'static str| {
        daemon(|task| {
            let kind = VolumeKind::Host(BindMount { path: path.to_owned(), in_driver_options: false });
            task.volumes = vec![Volume { name: "host".to_owned(), kind }];
            task.containers[0].mounts =
                vec![Mount { volume: "host".to_owned(), path: "/host".to_owned(), read_only: false }];
        })
    };
    let odd = |task: &mut TaskDefinition| {
        task.volumes = vec![Volume { name: "odd".to_owned(), kind: VolumeKind::Other("tape".to_owned()) }];
        task.containers[0].mounts = vec![Mount { volume: "odd".to_owned(), path: "/odd".to_owned(), read_only: false }];
    };
    let exec = daemon(|_| {}).ecs_cluster(|cluster| {
        if let Fact::Known(revisions) = &mut cluster.daemons.seen_mut()[0].revisions {
            revisions[0].exec = true;
        }
    });
    Cases::default()
        .pass(daemon(|_| {}))
        .pass(daemon(|task| task.pid_mode = Some("none".to_owned())))
        .fail(daemon(|task| task.pid_mode = Some("shared".to_owned())))
        .fail(daemon(|task| task.ipc_mode = Some("shared".to_owned())))
        .fail(daemon(|task| task.containers[0].privileged = true))
        .fail(mounting("/proc"))
        .fail(mounting("/var/run/docker.sock"))
        .pass(mounting("/data/agent"))
        .unknown(daemon(odd))
        .fail(exec)
}
