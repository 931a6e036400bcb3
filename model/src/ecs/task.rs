//! Tasks: what runs now, and what just ran.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LaunchType, Overrides};
use crate::{Arn, Fact};

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its ARN.
    pub arn: Arn,
    /// What is told of it.
    pub details: Fact<TaskDetails>,
}

/// What is told of a task.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDetails {
    /// The definition.
    pub definition: Arn,
    /// What it belongs to: `service:NAME`, `family:NAME`, `daemon:NAME`, or a text of whoever started it.
    pub group: Option<String>,
    /// Who started it: `ecs-svc/…` for a deployment, `events-rule/…`, or a text of whoever started it.
    pub started_by: Option<String>,
    /// `RUNNING`, `PENDING`, `STOPPED` …
    pub status: String,
    /// Whether it has stopped or is about to.
    pub is_stopped: bool,
    /// What it runs on; none when not said.
    pub launch_type: Option<LaunchType>,
    /// The capacity provider.
    pub capacity_provider: Option<String>,
    /// The version of Fargate's platform, resolved.
    pub platform_version: Option<String>,
    /// The platform: `Linux`, `Windows_Server_2022_Core` …
    pub platform_family: Option<String>,
    /// The machine.
    pub instance: Option<Arn>,
    /// Whether commands may be run in its containers.
    pub exec: bool,
    /// What is said in place of the definition.
    pub overrides: Overrides,
    /// Its containers, those that AWS adds included.
    pub containers: Vec<RunningContainer>,
    /// Ids of its network interfaces.
    pub interfaces: Vec<String>,
    /// Whether it has an address of IPv6: one of the internet, wherever routes lead there.
    pub has_ipv6_address: bool,
    /// The key of Fargate's ephemeral storage.
    pub storage_key: Option<String>,
    /// How it is kept apart on a managed instance.
    pub isolation: Option<String>,
    /// When it started.
    pub started_at: Option<Timestamp>,
}

impl TaskDetails {
    /// The service that it belongs to, by name.
    pub fn service(&self) -> Option<&str> {
        self.group.as_deref()?.strip_prefix("service:")
    }

    /// The managed daemon that it belongs to, by name.
    pub fn daemon(&self) -> Option<&str> {
        self.group.as_deref()?.strip_prefix("daemon:")
    }

    /// Whether neither a service nor a daemon keeps it running.
    pub fn stands_alone(&self) -> bool {
        self.service().is_none() && self.daemon().is_none()
    }
}

/// A container that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningContainer {
    /// Its name.
    pub name: String,
    /// The image, as it was named.
    pub image: Option<String>,
    /// The digest of what runs.
    pub digest: Option<String>,
    /// Ports of the machine that lead to it.
    pub bindings: Vec<PortBinding>,
}

/// A port of the machine that leads to a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortBinding {
    /// The address of the machine: `0.0.0.0` for all.
    pub address: String,
    /// The port of the machine.
    pub host: u16,
    /// Whether it is of UDP.
    pub is_udp: bool,
}
