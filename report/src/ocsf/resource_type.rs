//! What CloudFormation and AWS Config call the things that findings are about.

use palisade_checks::check::Rule;
/// The resource's type, as CloudFormation and AWS Config call it.
pub(crate) fn resource_type(rule: Option<Rule>, arn: &str) -> &'static str {
    let Some(rule) = rule else { return by_name(arn) };
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
        | Rule::Several(_) => by_name(arn),
    }
}

/// The type by the name alone: one check of ECS may be about several kinds.
fn by_name(arn: &str) -> &'static str {
    let mut parts = arn.splitn(6, ':').skip(2);
    let service = parts.next().unwrap_or_default();
    let kind = parts.nth(2).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    match (service, kind) {
        ("lambda", "function") => "AWS::Lambda::Function",
        ("lambda", "event-source-mapping") => "AWS::Lambda::EventSourceMapping",
        ("lambda", "layer") => "AWS::Lambda::LayerVersion",
        ("ecr", "registry") => "AWS::ECR::Registry",
        ("ecr", _) if arn.contains("/sha256:") => "AWS::ECR::Image",
        ("ecr", _) => "AWS::ECR::Repository",
        ("ecr-public", _) => "AWS::ECR::PublicRepository",
        ("eks", _) if arn.contains("/namespaces/") => "Kubernetes::Controller",
        ("eks", _) => "AWS::EKS::Cluster",
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
        ("iam", "user") => "AWS::IAM::User",
        ("iam", _) => "AWS::IAM::Role",
        _ => "AWS::ECS::Task",
    }
}
