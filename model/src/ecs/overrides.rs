//! What whoever starts a task says in place of its definition.

use serde::{Deserialize, Serialize};

use super::Text;
use crate::Arn;
use crate::environment::Variable;

/// What is said in place of a definition.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrides {
    /// Container by container, those left out that say nothing.
    pub containers: Vec<ContainerOverride>,
    /// The role of the task.
    pub task_role: Option<Arn>,
    /// The role with which its image and secrets are fetched.
    pub execution_role: Option<Arn>,
    /// Members whose values come from the event that starts the task, such as `Overrides.TaskRoleArn`: nobody knows them
    /// before.
    pub dynamic: Vec<String>,
}

/// What is said in place of a definition for one container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerOverride {
    /// The container; none where a job of Batch has only one.
    pub name: Option<String>,
    /// Whether it is given another command.
    pub has_command: bool,
    /// The secrets in its command.
    pub texts: Vec<Text>,
    /// Its variables.
    pub environment: Vec<Variable>,
    /// Objects of S3 with variables, by ARN.
    pub environment_files: Vec<String>,
}

impl Overrides {
    /// Whether they say nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
