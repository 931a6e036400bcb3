//! What tasks of ECS ask for: by their own role, and by the role with which they are started.

use palisade_model::ecr::Reference;
use palisade_model::ecs::{TaskDefinition, VolumeKind};
use palisade_model::iam::Role;
use palisade_model::workload::{Keeper, Tasks};
use palisade_model::{Arn, Gap};

use super::demand::Demands;
use crate::account::Account;
use crate::tasks::references::{Referenced, references};

/// What a session of commands in a container takes.
const EXEC: &[&str] = &[
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

/// What a client of a file system does that asks the role.
const EFS: &[&str] =
    &["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"];

/// What fetches an image from a private registry, besides the token.
const PULL: &[&str] = &["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

impl Demands {
    /// What tasks ask for by their own role: the session of commands, and file systems whose access the role decides.
    /// Images, logs and secrets belong to the execution role.
    ///
    /// Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>,
    /// <https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>
    pub(super) fn add_tasks(&mut self, tasks: &Tasks<'_>) -> Option<Gap> {
        let exec = match tasks.keeper {
            Keeper::Service(service) => service.details.known().map(|details| details.exec),
            Keeper::Task(task) => task.details.known().map(|details| details.exec),
        };
        if exec.as_ref().is_ok_and(|exec| *exec) {
            for action in EXEC {
                self.add(action, None, "commands in containers of a task (ECS Exec) go by it");
            }
        }
        let (definitions, gap) = tasks.definitions();
        for volume in definitions.iter().flat_map(|definition| &definition.volumes) {
            if let VolumeKind::Efs(efs) = &volume.kind
                && efs.uses_iam
            {
                for action in EFS {
                    self.add(action, None, &format!("the file system {} asks the role of a task", efs.file_system));
                }
            }
        }
        exec.err().or(gap)
    }

    /// What is asked of a role with which tasks are started: images, logs, secrets, files of variables. The gap when more
    /// definitions may name it.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html>
    pub(super) fn add_executions(&mut self, role: &Role, account: &Account<'_>) -> Option<Gap> {
        let mut gap = None;
        for region in account.inventory().regions.values() {
            gap = gap.or_else(|| region.ecs.definitions.gap().cloned());
            for definition in region.ecs.definitions.seen() {
                match definition.details.known() {
                    Ok(Some(task)) if task.execution_role.as_ref() == Some(&role.arn) => {
                        self.add_execution(task, &definition.arn);
                    }
                    Ok(_) => {}
                    Err(unread) => gap = gap.or(Some(unread)),
                }
            }
        }
        gap
    }

    fn add_execution(&mut self, task: &TaskDefinition, definition: &Arn) {
        let (partition, region, account) = (definition.partition(), definition.region(), definition.account());
        for Referenced { resource, action, is_whole, .. } in references(task, definition) {
            self.add(action, is_whole.then(|| vec![resource]), "a task's secret is fetched by it");
            self.add("kms:Decrypt", None, "a task's secret may be encrypted with a key of the account");
        }
        for container in &task.containers {
            if let Some(repository) = Reference::parse(&container.image).ecr_repository() {
                self.add("ecr:GetAuthorizationToken", None, "a task's image is fetched by it");
                for action in PULL {
                    self.add(action, Some(vec![repository.to_string()]), "a task's image is fetched by it");
                }
            }
            if let Some(log) = container.log.as_ref().filter(|log| log.driver == "awslogs") {
                let place = log.options.get("awslogs-region").map_or(region, String::as_str);
                let group = log.options.get("awslogs-group");
                let resources =
                    group.map(|group| vec![format!("arn:{partition}:logs:{place}:{account}:log-group:{group}:*")]);
                let creates = log.options.get("awslogs-create-group").is_some_and(|value| value == "true");
                let create = creates.then_some("logs:CreateLogGroup");
                for action in ["logs:CreateLogStream", "logs:PutLogEvents"].into_iter().chain(create) {
                    self.add(action, resources.clone(), "a task logs by it");
                }
            }
            for file in &container.environment_files {
                self.add("s3:GetObject", Some(vec![file.clone()]), "a task takes variables from the file");
                let bucket = file.split_once('/').map_or(file.as_str(), |(bucket, _)| bucket);
                self.add(
                    "s3:GetBucketLocation",
                    Some(vec![bucket.to_owned()]),
                    "a task takes variables from the bucket",
                );
            }
        }
    }
}
