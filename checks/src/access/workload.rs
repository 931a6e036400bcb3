//! Which roles are workloads': a function, task, instance or pod runs as them.

use std::rc::Rc;

use jiff::{Timestamp, ToSpan as _};
use palisade_policy::{Document, PrincipalForm};

use super::{Principal, trusted_services};
use crate::context::Context;
use crate::facts::iam::{Role, User};
use crate::facts::partition::service_of;
use crate::facts::{Action, Gap};

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

/// How far AWS looks back for the last use.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html>
const MOST_DAYS: u32 = 400;

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

/// Whether a workload runs as the role, or may. A function that was not seen runs only as a role that trusts Lambda, or
/// everybody; pods that were not seen also as one that trusts the role of pods, by its name or with the whole account.
pub fn is_workload(role: &Role, context: &Context) -> Result<bool, Gap> {
    if is_service_linked(role) || is_reserved(role) {
        return Ok(false);
    }
    let (functions, gap) = context.functions_of_role(&role.arn);
    let (uses, unseen) = context.cluster_uses_of_role(&role.arn);
    if !functions.is_empty() || uses.iter().any(|used| used.purpose.is_workload()) {
        return Ok(true);
    }
    let trust = trust(role)?;
    let mut principals = trust.statements.iter().flat_map(palisade_policy::Statement::principals);
    let is_cluster = |principal| context.access.issuers.provider(principal).is_some();
    if trusted_services(trust).into_iter().any(is_compute) || principals.any(is_cluster) {
        return Ok(true);
    }
    if let Some(gap) = gap.or_else(|| unseen.clone())
        && trust.statements.iter().any(palisade_policy::Statement::names_everyone)
    {
        return Err(gap);
    }
    match unseen {
        Some(gap) if may_be_target(trust, role.arn.account(), context)? => Err(gap),
        Some(_) | None => Ok(false),
    }
}

/// Whether a role that EKS gives to pods may take on, for them, the role with this trust policy.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
fn may_be_target(trust: &Document, account: &str, context: &Context) -> Result<bool, Gap> {
    let assume = trust.statements.iter().filter(|statement| statement.allows_action("sts:AssumeRole"));
    for principal in assume.flat_map(palisade_policy::Statement::principals) {
        let is_possible = match principal.form() {
            PrincipalForm::Account(id) => *id == *account,
            PrincipalForm::Role { account: of, .. } | PrincipalForm::Session { account: of, .. } => {
                *of == *account && is_role_of_pods(principal.as_str(), context)?
            }
            PrincipalForm::Everyone
            | PrincipalForm::User { .. }
            | PrincipalForm::FederatedUser { .. }
            | PrincipalForm::Service(_)
            | PrincipalForm::Federated(_)
            | PrincipalForm::CanonicalUser(_)
            | PrincipalForm::Dangling(_)
            | PrincipalForm::Invalid => false,
        };
        if is_possible {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether EKS can give the role to pods; a session's ARN may be that of any role.
fn is_role_of_pods(arn: &str, context: &Context) -> Result<bool, Gap> {
    let Some(role) = context.role(&arn.into())? else { return Ok(arn.contains(":assumed-role/")) };
    Ok(trusted_services(trust(role)?).into_iter().any(|service| is_service(service, "pods.eks")))
}

/// The role as a principal, when a workload runs as it.
pub fn workload<'a>(role: &Role, context: &Context<'a>) -> Result<Option<Rc<Principal<'a>>>, Gap> {
    if is_workload(role, context)? { principal(role, context) } else { Ok(None) }
}

/// The role as a principal.
pub fn principal<'a>(role: &Role, context: &Context<'a>) -> Result<Option<Rc<Principal<'a>>>, Gap> {
    context.role(&role.arn)?.map(|role| context.access.role(role)).transpose()
}

/// Whether the service runs code with the credentials of a role that trusts it.
pub fn is_compute(service: &str) -> bool {
    COMPUTE.iter().any(|compute| is_service(service, compute))
}

/// Whether a service principal, in whatever Region and partition, is of this service: `lambda`.
pub fn is_service(principal: &str, service: &str) -> bool {
    service_of(principal) == Some(service)
}

/// Whether a role is too young to be called unused; a gap when AWS did not say since when it exists.
pub fn is_recent(role: &Role, context: &Context) -> Result<bool, Gap> {
    let Some(created) = role.created_at else {
        let why = "the role has no CreateDate";
        return Err(Gap::failed(Action::IamGetAccountAuthorizationDetails, &role.arn, why));
    };
    Ok(!last_use_before(Some(created), context))
}

/// Whether a last use, or none in the time that AWS looks back, was before the days that the settings allow.
pub fn last_use_before(last: Option<Timestamp>, context: &Context) -> bool {
    let days = context.settings.thresholds.unused_days.min(MOST_DAYS);
    let since = context.settings.now.checked_sub((i64::from(days) * 24).hours());
    last.is_none_or(|last| since.is_ok_and(|since| last < since))
}

/// The user to whom an access key belongs, by the hash of the key's id.
pub fn owner_of_key<'a>(hash: &str, context: &Context<'a>) -> Result<Option<&'a User>, Gap> {
    let users = &context.inventory().iam.users;
    let mut unread = None;
    for user in users.seen() {
        match user.access_keys.known() {
            Ok(keys) if keys.iter().any(|key| key == hash) => return Ok(Some(user)),
            Ok(_) => {}
            Err(gap) => unread = Some(gap),
        }
    }
    users.complete()?;
    unread.map_or(Ok(None), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::partition::tests::EVERY;

    #[test]
    fn services_are_known_in_every_region_and_partition() {
        for (_, region, domain, _) in EVERY {
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
