//! A Region in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Document, Ecr, Ecs, Eks, EventBus, EventRule, FlowLog, GuardDuty, Inspector, Instance, JobDefinition, Lambda,
    LaunchTemplate, LoadBalancer, LogGroup, NetworkInterface, Pipe, RouteTable, Schedule, SecurityGroup, StateMachine,
    TargetGroup,
};

/// A Region: whether it is on, and what is in it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Region {
    pub(crate) status: Option<OptStatus>,
    pub(crate) lambda: Lambda,
    pub(crate) ecr: Ecr,
    pub(crate) inspector: Inspector,
    pub(crate) queues: Vec<Queue>,
    pub(crate) subnets: Vec<Subnet>,
    pub(crate) route_tables: Vec<RouteTable>,
    pub(crate) security_groups: Vec<SecurityGroup>,
    pub(crate) flow_logs: Vec<FlowLog>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) launch_templates: Vec<LaunchTemplate>,
    pub(crate) log_groups: Vec<LogGroup>,
    pub(crate) guard_duty: GuardDuty,
    pub(crate) eks: Eks,
    pub(crate) ecs: Ecs,
    /// Those besides `default`.
    pub(crate) event_buses: Vec<EventBus>,
    /// The rules of EventBridge.
    pub(crate) rules: Vec<EventRule>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) pipes: Vec<Pipe>,
    pub(crate) state_machines: Vec<StateMachine>,
    pub(crate) job_definitions: Vec<JobDefinition>,
    pub(crate) load_balancers: Vec<LoadBalancer>,
    pub(crate) target_groups: Vec<TargetGroup>,
    pub(crate) network_interfaces: Vec<NetworkInterface>,
    pub(crate) ebs_encryption_by_default: bool,
    /// Tagged resources of services the simulator does not serve otherwise.
    pub(crate) tagged: Vec<Tagged>,
}

impl Region {
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self.status, Some(OptStatus::Disabled | OptStatus::Disabling | OptStatus::Enabling))
    }
}

/// Whether a Region is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OptStatus {
    EnabledByDefault,
    Enabled,
    Enabling,
    Disabled,
    Disabling,
}

impl OptStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            OptStatus::EnabledByDefault => "ENABLED_BY_DEFAULT",
            OptStatus::Enabled => "ENABLED",
            OptStatus::Enabling => "ENABLING",
            OptStatus::Disabled => "DISABLED",
            OptStatus::Disabling => "DISABLING",
        }
    }
}

/// An SQS queue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Queue {
    pub(crate) name: String,
    #[serde(default = "half_a_minute")]
    pub(crate) visibility_timeout: u32,
    #[serde(default)]
    pub(crate) redrive: Option<Redrive>,
    #[serde(default)]
    pub(crate) kms_key: Option<String>,
    #[serde(default)]
    pub(crate) policy: Option<Document>,
    #[serde(default = "four_days")]
    pub(crate) retention: u32,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

impl Queue {
    pub(crate) fn named(name: &str, visibility_timeout: u32) -> Queue {
        Queue {
            name: name.to_owned(),
            visibility_timeout,
            redrive: None,
            kms_key: None,
            policy: None,
            retention: four_days(),
            tags: BTreeMap::new(),
        }
    }
}

/// Where a queue puts what could not be handled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redrive {
    /// A queue by name or ARN.
    pub(crate) to: String,
    #[serde(default = "three")]
    pub(crate) after: u32,
}

/// A subnet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subnet {
    pub(crate) id: String,
    pub(crate) vpc: String,
    /// Such as `us-east-1a`.
    pub(crate) zone: String,
    #[serde(default = "any_range")]
    pub(crate) cidr: String,
    #[serde(default = "free_addresses")]
    pub(crate) free_addresses: u32,
    #[serde(default)]
    pub(crate) public: bool,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

/// A resource the tagging API lists.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tagged {
    pub(crate) arn: String,
    pub(crate) tags: BTreeMap<String, String>,
}

fn half_a_minute() -> u32 {
    30
}

fn four_days() -> u32 {
    345_600
}

fn three() -> u32 {
    3
}

fn any_range() -> String {
    "10.0.0.0/24".to_owned()
}

fn free_addresses() -> u32 {
    251
}
