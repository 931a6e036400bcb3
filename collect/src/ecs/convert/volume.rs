//! Volumes of definitions.

use std::collections::BTreeMap;

use palisade_model::ecs::{BindMount, EfsVolume, Volume, VolumeKind};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html>
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct VolumeItem {
    name: String,
    host: HostVolume,
    configured_at_launch: bool,
    docker_volume_configuration: Option<DockerVolume>,
    efs_volume_configuration: Option<EfsItem>,
    fsx_windows_file_server_volume_configuration: Option<FsxItem>,
    s3files_volume_configuration: Option<S3FilesItem>,
    /// Any other member, such as the configuration of a kind that is not known here.
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct HostVolume {
    source_path: Option<String>,
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DockerVolumeConfiguration.html>
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DockerVolume {
    scope: Option<String>,
    driver_opts: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EfsItem {
    file_system_id: String,
    root_directory: Option<String>,
    transit_encryption: Option<String>,
    authorization_config: EfsAuthorization,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EfsAuthorization {
    access_point_id: Option<String>,
    iam: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FsxItem {
    authorization_config: FsxAuthorization,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FsxAuthorization {
    credentials_parameter: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct S3FilesItem {
    file_system_arn: String,
}

impl VolumeItem {
    pub(super) fn volume(self) -> Volume {
        let path = said(self.host.source_path);
        let kind = if let Some(docker) = self.docker_volume_configuration {
            docker.kind()
        } else if let Some(efs) = self.efs_volume_configuration {
            efs.kind()
        } else if let Some(fsx) = self.fsx_windows_file_server_volume_configuration {
            VolumeKind::Fsx { credentials: said(fsx.authorization_config.credentials_parameter) }
        } else if let Some(files) = self.s3files_volume_configuration {
            VolumeKind::S3Files { file_system: files.file_system_arn }
        } else if let Some(path) = path {
            VolumeKind::Host(BindMount { path, in_driver_options: false })
        } else if self.configured_at_launch {
            VolumeKind::AtLaunch
        } else if let Some(name) =
            self.others.into_iter().map(|(name, _)| name).find(|name| name.ends_with("Configuration"))
        {
            VolumeKind::Other(name)
        } else {
            VolumeKind::Scratch
        };
        Volume { name: self.name, kind }
    }
}

impl DockerVolume {
    /// A volume of Docker; a path of the machine where the driver's options say so.
    ///
    /// Source: <https://docs.docker.com/reference/cli/docker/volume/create/#opt>
    fn kind(mut self) -> VolumeKind {
        let option = |name: &str| self.driver_opts.get(name).map(|value| value.trim().to_ascii_lowercase());
        let is_none = option("type").is_none_or(|kind| kind == "none" || kind.is_empty());
        let is_bind =
            option("o").is_some_and(|options| options.split(',').any(|word| ["bind", "rbind"].contains(&word.trim())));
        match self.driver_opts.remove("device").filter(|device| device.starts_with('/')) {
            Some(path) if is_none && is_bind => VolumeKind::Host(BindMount { path, in_driver_options: true }),
            Some(_) | None => VolumeKind::Docker { is_shared: self.scope.as_deref() == Some("shared") },
        }
    }
}

impl EfsItem {
    fn kind(self) -> VolumeKind {
        let is_enabled = |word: Option<String>| word.as_deref() == Some("ENABLED");
        VolumeKind::Efs(EfsVolume {
            file_system: self.file_system_id,
            root: said(self.root_directory),
            encrypts_transit: is_enabled(self.transit_encryption),
            uses_iam: is_enabled(self.authorization_config.iam),
            access_point: said(self.authorization_config.access_point_id),
        })
    }
}

fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
