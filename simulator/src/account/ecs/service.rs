//! Services of ECS in an account file, and what they have in common with tasks.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Members, Task};
use crate::account::Moment;

/// What tasks run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Launch {
    #[default]
    Fargate,
    #[serde(rename = "EC2")]
    Ec2,
    External,
    ManagedInstances,
}

impl Launch {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Launch::Fargate => "FARGATE",
            Launch::Ec2 => "EC2",
            Launch::External => "EXTERNAL",
            Launch::ManagedInstances => "MANAGED_INSTANCES",
        }
    }
}

/// A capacity provider's share of the tasks: its name, or its name, weight and base.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Share {
    Name(String),
    Parts {
        provider: String,
        #[serde(default = "one")]
        weight: u32,
        #[serde(default)]
        base: u32,
    },
}

impl Share {
    pub(crate) fn provider(&self) -> &str {
        match self {
            Share::Name(provider) | Share::Parts { provider, .. } => provider,
        }
    }

    pub(crate) fn weight(&self) -> u32 {
        match self {
            Share::Name(_) => 1,
            Share::Parts { weight, .. } => *weight,
        }
    }

    pub(crate) fn base(&self) -> u32 {
        match self {
            Share::Name(_) => 0,
            Share::Parts { base, .. } => *base,
        }
    }
}

/// Where tasks with a network interface of their own stand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Network {
    pub(crate) subnets: Vec<String>,
    /// The default group of the VPC when left out.
    pub(crate) security_groups: Vec<String>,
    /// Whether each task gets a public address.
    pub(crate) public: bool,
}

/// A target group that sends a service its requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoadBalancer {
    /// By name, as `targetgroup/name/id`, or an ARN.
    pub(crate) target_group: String,
    /// The first container when left out.
    #[serde(default)]
    pub(crate) container: Option<String>,
    pub(crate) port: u32,
    /// `advancedConfiguration`, as in the API.
    #[serde(default)]
    pub(crate) advanced: Option<Members>,
}

/// A service. Its name and its task definition are needed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Service {
    pub(crate) name: String,
    /// `family`, `family:revision` or an ARN.
    pub(crate) task_definition: String,
    pub(crate) status: Option<String>,
    /// That of the task definition when left out, unless there is a strategy.
    pub(crate) launch: Option<Launch>,
    pub(crate) strategy: Vec<Share>,
    /// `LATEST` on Fargate when left out.
    pub(crate) platform: Option<String>,
    /// 1 when left out; for `DAEMON` the number of instances.
    pub(crate) desired: Option<u32>,
    /// As many as are desired when left out.
    pub(crate) running: Option<u32>,
    pub(crate) network: Option<Network>,
    pub(crate) load_balancers: Vec<LoadBalancer>,
    /// `serviceRegistries`, as in the API.
    pub(crate) registries: Vec<Value>,
    pub(crate) exec: bool,
    pub(crate) circuit_breaker: bool,
    /// `REPLICA` or `DAEMON`.
    pub(crate) scheduling: Option<String>,
    /// `ECS`, `CODE_DEPLOY` or `EXTERNAL`.
    pub(crate) controller: Option<String>,
    /// The plain one, which is complete, when left out.
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) task_sets: Vec<TaskSet>,
    /// In place of those that would be made up.
    pub(crate) tasks: Option<Vec<Task>>,
    /// `serviceConnectConfiguration`, as in the API.
    #[serde(rename = "service_connect")]
    pub(crate) connect: Option<Members>,
    /// `volumeConfigurations`, as in the API.
    pub(crate) volumes: Vec<Value>,
    /// The key of Fargate's storage.
    pub(crate) storage_key: Option<String>,
    /// As the account's setting says when left out.
    pub(crate) guard_duty: Option<bool>,
    /// Digests by container, where they are not those of the registry; none when empty.
    pub(crate) digests: BTreeMap<String, String>,
    /// Makes it an Express service.
    pub(crate) express: Option<Express>,
    pub(crate) created: Moment,
    pub(crate) created_by: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Further members of the answer, as in the API; `null` keeps one out.
    pub(crate) api: Members,
    /// Likewise, of its service revisions.
    pub(crate) revision_api: Members,
}

impl Service {
    pub(crate) fn is_daemon(&self) -> bool {
        self.scheduling.as_deref() == Some("DAEMON")
    }

    pub(crate) fn controller(&self) -> &str {
        self.controller.as_deref().unwrap_or("ECS")
    }
}

/// A deployment of a service. What is left out is as the service says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Deployment {
    pub(crate) task_definition: Option<String>,
    /// `PRIMARY` for the first when left out, `ACTIVE` for the others.
    pub(crate) status: Option<String>,
    /// `COMPLETED` when left out.
    pub(crate) rollout: Option<String>,
    pub(crate) launch: Option<Launch>,
    pub(crate) strategy: Vec<Share>,
    pub(crate) platform: Option<String>,
    pub(crate) desired: Option<u32>,
    pub(crate) running: Option<u32>,
    pub(crate) network: Option<Network>,
    pub(crate) created: Option<Moment>,
    pub(crate) api: Members,
}

/// A task set of a service that something else deploys. What is left out is as the service says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TaskSet {
    pub(crate) task_definition: Option<String>,
    /// `PRIMARY` for the first when left out, `ACTIVE` for the others.
    pub(crate) status: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) launch: Option<Launch>,
    pub(crate) strategy: Vec<Share>,
    pub(crate) platform: Option<String>,
    pub(crate) running: Option<u32>,
    /// Hundredths of the service's desired count; 100 when left out.
    pub(crate) scale: Option<u32>,
    pub(crate) network: Option<Network>,
    pub(crate) created: Option<Moment>,
    pub(crate) api: Members,
}

/// What makes a service an Express service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Express {
    /// `ecsInfrastructureRoleForExpressServices` when left out.
    pub(crate) role: Option<String>,
    /// `PUBLIC` or `PRIVATE`; the first when left out.
    pub(crate) access: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// 80 when left out.
    pub(crate) port: Option<u32>,
    /// `/ping` when left out.
    pub(crate) health_check: Option<String>,
    /// Further members of the answer, as in the API.
    pub(crate) api: Members,
    /// Likewise, of its active configuration.
    pub(crate) configuration_api: Members,
}

fn one() -> u32 {
    1
}
