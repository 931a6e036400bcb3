//! What CloudFormation and AWS Config call the things that findings are about.

use palisade_checks::check::Rule;
use palisade_model::Arn;

/// The resource's type, as CloudFormation and AWS Config call it.
pub(super) fn resource_type(rule: Rule, resource: &Arn) -> &'static str {
    match rule {
        Rule::Function(_) => "AWS::Lambda::Function",
        Rule::EventSourceMapping(_) => "AWS::Lambda::EventSourceMapping",
        Rule::Layer(_) => "AWS::Lambda::LayerVersion",
        Rule::Registry(_) => "AWS::ECR::Registry",
        Rule::Repository(_) => "AWS::ECR::Repository",
        Rule::Image(_) => "AWS::ECR::Image",
        Rule::PublicRepository(_) => "AWS::ECR::PublicRepository",
        Rule::Cluster(_) => "AWS::EKS::Cluster",
        Rule::Namespace(_) => "Kubernetes::Namespace",
        Rule::Controller(_) => "Kubernetes::Controller",
        Rule::Role(_) => "AWS::IAM::Role",
        Rule::User(_) => "AWS::IAM::User",
        Rule::TaskDefinition(_)
        | Rule::EcsService(_)
        | Rule::EcsTask(_)
        | Rule::EcsCluster(_)
        | Rule::ContainerInstance(_)
        | Rule::Daemon(_)
        | Rule::Launcher(_)
        | Rule::Gateway(_)
        | Rule::Several(_) => of_tasks(resource),
    }
}

/// The type of what a check of ECS is about, by its name: one check may be about several kinds.
fn of_tasks(resource: &Arn) -> &'static str {
    let kind = resource.resource().split(['/', ':']).next().unwrap_or_default();
    match (resource.service(), kind) {
        ("ecs", "cluster") => "AWS::ECS::Cluster",
        ("ecs", "service") => "AWS::ECS::Service",
        ("ecs", "task-definition") => "AWS::ECS::TaskDefinition",
        ("ecs", "container-instance") => "AWS::ECS::ContainerInstance",
        ("ecs", "daemon") => "AWS::ECS::Daemon",
        ("ecs", "daemon-task-definition") => "AWS::ECS::DaemonTaskDefinition",
        ("ecs", "gateway") => "AWS::ECS::Gateway",
        ("batch", _) => "AWS::Batch::JobDefinition",
        ("events", _) => "AWS::Events::Rule",
        ("scheduler", _) => "AWS::Scheduler::Schedule",
        ("pipes", _) => "AWS::Pipes::Pipe",
        ("states", _) => "AWS::StepFunctions::StateMachine",
        ("iam", _) => "AWS::IAM::Role",
        _ => "AWS::ECS::Task",
    }
}
