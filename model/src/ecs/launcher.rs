//! Who starts tasks besides services: rules, schedules, pipes, state machines.

use serde::{Deserialize, Serialize};

use super::{LaunchChoice, Overrides, Placement};
use crate::{Arn, Fact, Switch};

/// A rule, schedule, pipe or state machine that may start tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Launcher {
    /// Its ARN.
    pub arn: Arn,
    /// What it is.
    pub kind: LauncherKind,
    /// Its name.
    pub name: String,
    /// What it starts. Those that start no task are not kept.
    pub details: Fact<LauncherDetails>,
}

/// What starts tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LauncherKind {
    /// A rule of EventBridge.
    Rule,
    /// A schedule of EventBridge Scheduler.
    Schedule,
    /// A pipe of EventBridge Pipes.
    Pipe,
    /// A state machine of Step Functions.
    StateMachine,
}

/// What a launcher starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LauncherDetails {
    /// Whether it is on.
    pub enabled: Switch,
    /// The tasks that it starts.
    pub targets: Vec<Target>,
}

/// A task that a launcher starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Its id in the launcher: the target's of a rule, the state's of a state machine.
    pub id: String,
    /// The cluster; none when the event names it, or nothing does.
    pub cluster: Option<Arn>,
    /// The definition, a family resolved to its newest active revision; none when the event names it.
    pub definition: Option<Arn>,
    /// Where the task is to run.
    pub launch: LaunchChoice,
    /// Where it is in the network.
    pub network: Option<Placement>,
    /// Whether commands may be run in its containers.
    pub exec: bool,
    /// What is said in place of the definition.
    pub overrides: Overrides,
    /// The role with which the launcher starts it.
    pub role: Option<Arn>,
}
