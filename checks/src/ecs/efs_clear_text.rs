use super::volumes::{efs, place};
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task talks to its file system in clear text
    ///
    /// ## Why
    /// NFS is not encrypted by itself: whoever is between the task and the file system, or takes the address of one of them,
    /// reads and changes what is stored. `transitEncryption` is off unless it is asked for.
    ///
    /// ## Severity
    /// Medium: it takes somebody in the network of the VPC.
    ///
    /// ## Fix
    /// Set `transitEncryption` of the volume to `ENABLED`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-18>
    CHECK {
        id: "ecs-efs-clear-text",
        severity: Severity::Medium,
        controls: &[Control::security_hub("ECS.18"), Control::checklist("task-data-encrypted")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    let volumes: Vec<_> = efs(running.task).collect();
    if volumes.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let clear = volumes.into_iter().filter(|(_, efs)| !efs.encrypts_transit);
    Ok(Verdict::fail_if_any(
        clear.map(|(volume, efs)| format!("{}: transitEncryption is not ENABLED", place(volume, efs))),
    ))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{EfsVolume, Volume, VolumeKind};
    use palisade_scenes::tasks::definition;

    let with = |encrypted: &[bool]| {
        let volumes = encrypted.iter().map(|encrypts_transit| Volume {
            name: "data".to_owned(),
            kind: VolumeKind::Efs(EfsVolume { encrypts_transit: *encrypts_transit, ..EfsVolume::default() }),
        });
        definition(|task| task.volumes = volumes.collect())
    };
    Cases::default()
        .pass(with(&[true]))
        .fail(with(&[false]))
        .fail(with(&[true, false]))
        .not_applicable(definition(|_| {}))
        .not_applicable(definition(|task| {
            task.volumes = vec![Volume { name: "scratch".to_owned(), kind: VolumeKind::Scratch }];
        }))
}
