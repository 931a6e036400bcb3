use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Reference;
use palisade_model::ecs::{Container, LaunchType};
use palisade_reason::tasks::uses::Running;

check! {
    /// Task has no execution role although it needs one
    ///
    /// ## Why
    /// Without an execution role nobody may fetch the image from a private registry of ECR, read the secrets that the
    /// definition names, or write its logs. The tasks that run are the last ones: the next does not start, and what it would
    /// have logged is lost.
    ///
    /// On EC2 the machine's role fetches images and writes logs, so that only secrets and files of variables take an execution
    /// role there. Where it is not known what a definition runs on, and only that decides, it is not judged.
    ///
    /// ## Severity
    /// Low: nothing is open to anybody; the task is out of order, or will be.
    ///
    /// ## Fix
    /// Set `executionRoleArn` to a role with `AmazonECSTaskExecutionRolePolicy` and the secrets that the definition names.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html>
    CHECK {
        id: "ecs-execution-role-missing",
        severity: Severity::Low,
        controls: &[Control::checklist("one-role-per-task")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    let containers = &running.task.containers;
    let everywhere: Vec<_> = containers.iter().filter_map(|container| told(container, fetched(container))).collect();
    let off_ec2: Vec<_> = containers.iter().filter_map(|container| told(container, needed(container))).collect();
    if running.task.execution_role.is_some() {
        let is_needed = !everywhere.is_empty() || !off_ec2.is_empty();
        return Ok(if is_needed { Verdict::Pass } else { Verdict::NotApplicable });
    }
    if !everywhere.is_empty() {
        return Ok(Verdict::fail_if_any(everywhere.into_iter().chain(off_ec2)));
    }
    if off_ec2.is_empty() || !running.runs_on(is_off_ec2)? {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_if_any(off_ec2))
}

/// Whether images and logs take the execution role.
fn is_off_ec2(launch_type: &LaunchType) -> bool {
    match launch_type {
        LaunchType::Fargate | LaunchType::External | LaunchType::ManagedInstances => true,
        LaunchType::Ec2 | LaunchType::Other(_) => false,
    }
}

fn told(container: &Container, what: Option<String>) -> Option<String> {
    what.map(|what| format!("executionRoleArn is not set; container {} has {what}", container.name))
}

/// What takes an execution role wherever it runs.
fn fetched(container: &Container) -> Option<String> {
    let of_log = container.log.iter().flat_map(|log| &log.secrets);
    if let Some(secret) = container.secrets.iter().chain(of_log).next() {
        return Some(format!("{} from {}", secret.name, secret.from));
    }
    if let Some(credentials) = &container.registry_credentials {
        return Some(format!("the credentials {credentials} for its registry"));
    }
    container.environment_files.first().map(|file| format!("variables from {file}"))
}

/// What takes an execution role where the machine has none of its own.
fn needed(container: &Container) -> Option<String> {
    if Reference::parse(&container.image).ecr_repository().is_some() {
        return Some(format!("the image {}", container.image));
    }
    container.log.as_ref().filter(|log| log.driver == "awslogs").map(|_| "the log driver awslogs".to_owned())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{LaunchChoice, SecretReference};
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::{container, container_on_ec2};

    let without = |scene: Scene| scene.and_definition(|task| task.execution_role = None);
    let public = |container: &mut Container| {
        container.image = "public.ecr.aws/nginx/nginx:1.29".to_owned();
        container.log = None;
    };
    let secret = |container: &mut Container| {
        let from = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/token".to_owned();
        container.secrets = vec![SecretReference { name: "TOKEN".to_owned(), from }];
    };
    let provided = |provider: &str| {
        let choice = LaunchChoice { providers: vec![provider.to_owned()], ..LaunchChoice::default() };
        without(container(|_| {}))
            .and_service(|details| {
                details.launch = choice.clone();
                details.deployments.iter_mut().for_each(|stage| stage.launch = choice.clone());
            })
            .and_task_of_service(|task| {
                task.launch_type = None;
                task.capacity_provider = Some(provider.to_owned());
            })
    };
    Cases::default()
        .pass(container(|_| {}))
        .fail(without(container(|_| {})))
        .fail(without(container(|container| container.image = "nginx:1.29".to_owned())))
        .fail(without(container(|container| {
            public(container);
            secret(container);
        })))
        .fail(without(container_on_ec2(secret)))
        .fail(provided("FARGATE_SPOT"))
        .unknown(provided("machines"))
        .not_applicable(without(container(public)))
        .not_applicable(container(public))
        .not_applicable(without(container_on_ec2(|_| {})))
}
