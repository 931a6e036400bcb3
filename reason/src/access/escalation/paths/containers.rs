//! Paths through Lambda, ECS, ECR and EKS.

use super::{Path, Way};

const LAMBDA: &str = "lambda.amazonaws.com";
const TASKS: &str = "ecs-tasks.amazonaws.com";
const PODS: &str = "pods.eks.amazonaws.com";

/// What roles of service accounts are listed under: they trust the OpenID Connect provider of a cluster.
const SERVICE_ACCOUNTS: &str = "oidc.eks";
const IN_CLUSTER: &[&str] = &[PODS, SERVICE_ACCOUNTS];

const CLUSTER: &str = "an ECS cluster exists";
const INSTANCE: &str = "an ECS cluster with a container instance exists";
const DEFINED: &str = "an ECS cluster and a task definition exist";
const KUBERNETES: &str = "a pod of an EKS cluster runs as the role";
const PULLED: &str = "a task running as the role pulls its image by a tag that can be moved";

/// Paths through the services that run functions and containers.
pub(super) const PATHS: &[Path] = &[
    Path::pass("lambda-001", LAMBDA, &["lambda:CreateFunction", "lambda:InvokeFunction"]),
    Path::pass("lambda-002", LAMBDA, &["lambda:CreateFunction", "lambda:CreateEventSourceMapping"])
        .given("a queue or stream exists that the role may read"),
    Path::pass(
        "x-rhino-lambda-dynamo",
        LAMBDA,
        &["lambda:CreateFunction", "lambda:CreateEventSourceMapping", "dynamodb:CreateTable", "dynamodb:PutItem"],
    )
    .child_of("lambda-002"),
    Path::pass("lambda-006", LAMBDA, &["lambda:CreateFunction", "lambda:AddPermission"]),
    Path::new("lambda-003", Way::TakeFunction, &["lambda:UpdateFunctionCode"]),
    Path::new("lambda-004", Way::TakeFunction, &["lambda:UpdateFunctionCode", "lambda:InvokeFunction"])
        .child_of("lambda-003"),
    Path::new("lambda-005", Way::TakeFunction, &["lambda:UpdateFunctionCode", "lambda:AddPermission"])
        .child_of("lambda-003"),
    Path::new("x-prowler-01", Way::TakeFunction, &["lambda:UpdateFunctionConfiguration"]),
    Path::new("palisade-lambda-1", Way::OpenFunction, &["lambda:AddPermission"]).child_of("lambda-003"),
    Path::new("palisade-lambda-2", Way::OpenFunction, &["lambda:PutResourcePolicy"]).child_of("lambda-003"),
    Path::pass("ecs-003", TASKS, &["ecs:RegisterTaskDefinition", "ecs:CreateService"]).given(CLUSTER),
    Path::pass("ecs-001", TASKS, &["ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:CreateService"])
        .child_of("ecs-003"),
    Path::pass("ecs-004", TASKS, &["ecs:RegisterTaskDefinition", "ecs:RunTask"]).given(CLUSTER),
    Path::pass("ecs-002", TASKS, &["ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:RunTask"])
        .child_of("ecs-004"),
    Path::pass("ecs-005", TASKS, &["ecs:RegisterTaskDefinition", "ecs:StartTask"]).given(INSTANCE),
    Path::take("ecs-006", &[TASKS], &["ecs:ExecuteCommand", "ecs:DescribeTasks"])
        .given("a task with ECS Exec switched on runs as the role"),
    Path::new("ecs-007", Way::PassBoth(TASKS), &["ecs:StartTask", "ecs:RegisterContainerInstance"])
        .given("the identity is used on an EC2 instance, and a cluster and a task definition exist"),
    Path::new("ecs-008", Way::PassBoth(TASKS), &["ecs:RunTask"]).child_of("ecs-004").given(DEFINED),
    Path::new("ecs-009", Way::PassBoth(TASKS), &["ecs:StartTask"]).child_of("ecs-005").given(DEFINED),
    Path::pass("palisade-ecs-1", TASKS, &["ecs:RegisterTaskDefinition", "ecs:UpdateService"])
        .given("an ECS service exists"),
    Path::pass("palisade-ecs-2", TASKS, &["ecs:RegisterTaskDefinition", "ecs:CreateTaskSet"])
        .given("an ECS service with an external deployment controller exists"),
    Path::pass("palisade-ecs-3", TASKS, &["ecs:CreateExpressGatewayService"]),
    Path::take(
        "palisade-ecr-1",
        &[TASKS],
        &[
            "ecr:PutImage",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
            "ecr:GetAuthorizationToken",
        ],
    )
    .given(PULLED),
    Path::take("palisade-ecr-2", &[TASKS], &["ecr:SetRepositoryPolicy", "ecr:GetAuthorizationToken"])
        .child_of("palisade-ecr-1")
        .given(PULLED),
    Path::take("palisade-ecr-3", &[TASKS], &["ecr:PutRegistryPolicy", "ecr:GetAuthorizationToken"])
        .child_of("palisade-ecr-1")
        .given(PULLED),
    Path::take("palisade-eks-1", IN_CLUSTER, &["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"]).given(KUBERNETES),
    Path::take("palisade-eks-2", IN_CLUSTER, &["eks:AssociateAccessPolicy"])
        .child_of("palisade-eks-1")
        .given("the identity has an access entry of a cluster, and a pod of the cluster runs as the role"),
    Path::take("palisade-eks-3", IN_CLUSTER, &["eks:UpdateAccessEntry"])
        .child_of("palisade-eks-1")
        .given("the identity has an access entry of a cluster, and a pod of the cluster runs as the role"),
    Path::take("palisade-eks-4", IN_CLUSTER, &["eks:AssociateIdentityProviderConfig"]).given(KUBERNETES),
    Path::pass("palisade-eks-5", PODS, &["eks:CreatePodIdentityAssociation"])
        .given("the identity controls a service account of a cluster"),
    Path::pass("palisade-eks-6", PODS, &["eks:UpdatePodIdentityAssociation"])
        .given("the identity controls a service account of a cluster that has an association"),
    Path::pass("palisade-eks-7", "ec2.amazonaws.com", &["eks:CreateNodegroup"])
        .given("the identity controls a pod of the cluster or the node group's launch template"),
    Path::pass("palisade-eks-8", "eks-fargate-pods.amazonaws.com", &["eks:CreateFargateProfile"])
        .given("the identity controls a pod of the cluster"),
    Path::pass("palisade-eks-9", PODS, &["eks:CreateAddon"]).given("the identity controls the pods of the add-on"),
    Path::pass("palisade-eks-10", PODS, &["eks:UpdateAddon"]).given("the identity controls the pods of the add-on"),
];
