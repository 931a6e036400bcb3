//! What a role's own description says: whether it is the account's or AWS's, and which services it trusts.

use std::collections::BTreeSet;

use palisade_model::iam::Role;
use palisade_model::partition::service_of;
use palisade_model::{Action, Gap};
use palisade_policy::{Document, Statement};

/// Service principals, without their domain, that give a role's credentials to code.
///
/// Sources: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/capability-role.html>,
/// <https://docs.aws.amazon.com/apprunner/latest/dg/security_iam_service-with-iam.html>
const COMPUTE: [&str; 8] =
    ["capabilities.eks", "ec2", "ecs-tasks", "edgelambda", "eks-fargate-pods", "lambda", "pods.eks", "tasks.apprunner"];

/// Whether AWS made the role for a service of its own: nobody can change what it is allowed.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
pub fn is_service_linked(role: &Role) -> bool {
    role.arn.resource().starts_with("role/aws-service-role/")
}

/// Whether the role belongs to IAM Identity Center, which decides who takes it on and what it is allowed.
///
/// Source: <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsets.html>
pub fn is_reserved(role: &Role) -> bool {
    role.arn.resource().starts_with("role/aws-reserved/")
}

/// The role's trust policy; a gap when it cannot be parsed.
pub fn trust(role: &Role) -> Result<&Document, Gap> {
    role.trust.document(Action::IamGetAccountAuthorizationDetails, &role.arn)
}

/// The services that a role's trust policy lets assume it.
pub fn trusted_services(trust: &Document) -> BTreeSet<&str> {
    let assume = trust.statements.iter().filter(|statement| statement.allows_action("sts:AssumeRole"));
    assume.flat_map(Statement::service_principals).collect()
}

/// Whether the service runs code with the credentials of a role that trusts it.
pub fn is_compute(service: &str) -> bool {
    COMPUTE.iter().any(|compute| is_service(service, compute))
}

/// Whether a service principal, in whatever Region and partition, is of this service: `lambda`.
pub fn is_service(principal: &str, service: &str) -> bool {
    service_of(principal) == Some(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_known_in_every_region_and_partition() {
        for (region, domain) in [
            ("eu-west-1", "amazonaws.com"),
            ("cn-north-1", "amazonaws.com.cn"),
            ("eusc-de-east-1", "amazonaws.eu"),
            ("us-iso-east-1", "c2s.ic.gov"),
            ("us-isof-south-1", "csp.hci.ic.gov"),
        ] {
            for principal in [format!("lambda.{domain}"), format!("ec2.{region}.{domain}")] {
                assert!(is_compute(&principal), "{principal}");
            }
        }
        for principal in ["lambda.example.com", "pods.amazonaws.com", "replicator.lambda.amazonaws.com", "lambda"] {
            assert!(!is_compute(principal), "{principal}");
        }
        assert!(is_compute("pods.eks.amazonaws.com"));
        assert!(!is_service("eks.amazonaws.com", "pods.eks"));
    }
}
