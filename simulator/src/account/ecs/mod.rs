//! ECS in an account file.

mod check;
mod compute;
mod definition;
mod members;
mod service;
mod task;

use std::collections::BTreeMap;

use serde::Deserialize;

pub(crate) use compute::{Access, Daemon, Gateway, Instance, ManagedInstances, Provider};
pub(crate) use definition::{DaemonTaskDefinition, TaskDefinition};
pub(crate) use members::Members;
pub(crate) use service::{Deployment, Express, Launch, LoadBalancer, Network, Service, Share, TaskSet};
pub(crate) use task::Task;

/// The settings of an account, and what holds where nobody has set anything.
pub(crate) const ACCOUNT_SETTINGS: [(&str, &str); 11] = [
    ("awsvpcTrunking", "disabled"),
    ("containerInsights", "disabled"),
    ("containerInstanceLongArnFormat", "enabled"),
    ("defaultLogDriverMode", "non-blocking"),
    ("fargateEventWindows", "disabled"),
    ("fargateFIPSMode", "disabled"),
    ("fargateTaskRetirementWaitPeriod", "7"),
    ("guardDutyActivate", "off"),
    ("serviceLongArnFormat", "enabled"),
    ("tagResourceAuthorization", "on"),
    ("taskLongArnFormat", "enabled"),
];

/// Everything of ECS in a Region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Ecs {
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) task_definitions: Vec<TaskDefinition>,
    pub(crate) daemon_task_definitions: Vec<DaemonTaskDefinition>,
    pub(crate) capacity_providers: Vec<Provider>,
    /// What the account sets otherwise than AWS does.
    pub(crate) account_settings: BTreeMap<String, String>,
    pub(crate) gateways: Vec<Gateway>,
}

/// A cluster. Only its name is needed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Cluster {
    pub(crate) name: String,
    /// `ACTIVE` when left out.
    pub(crate) status: Option<String>,
    pub(crate) settings: BTreeMap<String, String>,
    /// `executeCommandConfiguration`, as in the API.
    pub(crate) exec: Option<Members>,
    /// `managedStorageConfiguration`, as in the API.
    pub(crate) storage: Option<Members>,
    /// Names; the providers that say that they are this cluster's need not be among them.
    pub(crate) capacity_providers: Vec<String>,
    pub(crate) default_strategy: Vec<Share>,
    /// The namespace of Service Connect.
    pub(crate) namespace: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) services: Vec<Service>,
    /// Those that are no service's.
    pub(crate) tasks: Vec<Task>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) daemons: Vec<Daemon>,
    /// Further members of the answer, as in the API; `null` keeps one out.
    pub(crate) api: Members,
}

impl Ecs {
    /// The capacity providers that are a cluster's own.
    pub(crate) fn own_providers<'a>(&'a self, cluster: &'a Cluster) -> impl Iterator<Item = &'a Provider> {
        self.capacity_providers.iter().filter(|one| one.cluster.as_deref() == Some(cluster.name.as_str()))
    }
}
