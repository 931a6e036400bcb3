//! Tasks of ECS in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Launch, Members, Network};
use crate::account::Moment;

/// A task. What is left out of a service's is as the service says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Task {
    /// The end of its ARN; made up when left out.
    pub(crate) id: Option<String>,
    #[serde(rename = "task_definition")]
    pub(crate) definition: Option<String>,
    /// `family:…` when left out.
    pub(crate) group: Option<String>,
    pub(crate) started_by: Option<String>,
    pub(crate) launch: Option<Launch>,
    /// The capacity provider that it was started with.
    pub(crate) provider: Option<String>,
    /// The container instance, by the id of its machine or its own.
    pub(crate) instance: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) network: Option<Network>,
    pub(crate) public_ip: Option<String>,
    /// `overrides`, as in the API, with the short keys `task_role`, `execution_role` and `containers`.
    pub(crate) overrides: Members,
    pub(crate) exec: Option<bool>,
    /// `RUNNING` when left out, or `STOPPED` where it says when that was.
    pub(crate) status: Option<String>,
    pub(crate) started: Option<Moment>,
    pub(crate) stopped: Option<Moment>,
    pub(crate) stop_code: Option<String>,
    pub(crate) stopped_reason: Option<String>,
    /// Digests by container, where they are not those of the registry; none when empty.
    pub(crate) digests: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Further members of the answer, as in the API; `null` keeps one out.
    pub(crate) api: Members,
}

impl Task {
    pub(crate) fn status(&self) -> &str {
        let usual = if self.stopped.is_some() { "STOPPED" } else { "RUNNING" };
        self.status.as_deref().unwrap_or(usual)
    }
}
