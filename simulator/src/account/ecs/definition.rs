//! Task definitions in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Launch, Members};
use crate::account::Moment;

/// A revision of a task definition. Only its family is needed; it then has one container, of the family's name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TaskDefinition {
    pub(crate) family: String,
    /// 1 when left out.
    pub(crate) revision: Option<u32>,
    /// So many revisions before it are registered too, all alike and `ACTIVE`.
    pub(crate) earlier: u32,
    /// `ACTIVE`, `INACTIVE` or `DELETE_IN_PROGRESS`.
    pub(crate) status: Option<String>,
    /// What it is registered for: `FARGATE` when left out.
    pub(crate) launch: Option<Launch>,
    /// `awsvpc` on Fargate when left out, and nothing elsewhere.
    pub(crate) network_mode: Option<String>,
    /// A role by name or ARN.
    pub(crate) task_role: Option<String>,
    pub(crate) execution_role: Option<String>,
    pub(crate) pid: Option<String>,
    pub(crate) ipc: Option<String>,
    pub(crate) cpu: Option<u32>,
    pub(crate) memory: Option<u32>,
    /// `LINUX` when left out, and then not told.
    pub(crate) system: Option<String>,
    pub(crate) architecture: Option<String>,
    pub(crate) containers: Vec<Members>,
    pub(crate) volumes: Vec<Members>,
    pub(crate) registered: Moment,
    pub(crate) registered_by: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Further members of the answer, as in the API; `null` keeps one out.
    pub(crate) api: Members,
}

impl TaskDefinition {
    pub(crate) fn revision(&self) -> u32 {
        self.revision.unwrap_or(self.earlier + 1)
    }

    /// The first of the revisions that it stands for.
    pub(crate) fn first(&self) -> u32 {
        self.revision().saturating_sub(self.earlier).max(1)
    }

    pub(crate) fn launch(&self) -> Launch {
        self.launch.unwrap_or_default()
    }

    pub(crate) fn status(&self) -> &str {
        self.status.as_deref().unwrap_or("ACTIVE")
    }

    /// The network mode that is told.
    pub(crate) fn network_mode(&self) -> Option<&str> {
        let usual = matches!(self.launch(), Launch::Fargate | Launch::ManagedInstances).then_some("awsvpc");
        self.network_mode.as_deref().or(usual)
    }

    pub(crate) fn is_windows(&self) -> bool {
        self.system.as_deref().is_some_and(|system| system.starts_with("WINDOWS"))
    }
}

/// A revision of a daemon's task definition.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DaemonTaskDefinition {
    pub(crate) family: String,
    /// 1 when left out.
    pub(crate) revision: Option<u32>,
    pub(crate) status: Option<String>,
    pub(crate) task_role: Option<String>,
    pub(crate) execution_role: Option<String>,
    /// `none` or `shared`.
    pub(crate) pid: Option<String>,
    pub(crate) ipc: Option<String>,
    pub(crate) cpu: Option<u32>,
    pub(crate) memory: Option<u32>,
    pub(crate) containers: Vec<Members>,
    pub(crate) volumes: Vec<Members>,
    pub(crate) registered: Moment,
    pub(crate) registered_by: Option<String>,
    pub(crate) api: Members,
}

impl DaemonTaskDefinition {
    pub(crate) fn revision(&self) -> u32 {
        self.revision.unwrap_or(1)
    }
}
