//! What checks of file systems have in common.

use palisade_model::ecs::{EfsVolume, TaskDefinition, VolumeKind};

/// The file systems of EFS that a definition mounts, each with the volume's name.
pub(super) fn efs(task: &TaskDefinition) -> impl Iterator<Item = (&str, &EfsVolume)> {
    task.volumes.iter().filter_map(|volume| match &volume.kind {
        VolumeKind::Efs(efs) => Some((volume.name.as_str(), efs)),
        VolumeKind::Scratch
        | VolumeKind::Host(_)
        | VolumeKind::Docker { .. }
        | VolumeKind::Fsx { .. }
        | VolumeKind::S3Files { .. }
        | VolumeKind::AtLaunch
        | VolumeKind::Other(_) => None,
    })
}

/// How evidence names one.
pub(super) fn place(volume: &str, efs: &EfsVolume) -> String {
    format!("volume {volume} of {}", efs.file_system)
}
