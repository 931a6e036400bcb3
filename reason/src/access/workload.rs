//! Which roles are workloads': a function, task, instance or pod runs as them.

use std::rc::Rc;

use palisade_policy::{Document, PrincipalForm};

use super::Actor;
use super::roles::{is_compute, is_reserved, is_service, is_service_linked, trust, trusted_services};
use crate::account::Account;
use palisade_model::Gap;
use palisade_model::iam::Role;
use palisade_model::workload::{Kind, Unseen, Workload};

/// Whether a workload runs as the role, or may. A function that was not seen runs only as a role that trusts Lambda, or
/// everybody; pods that were not seen also as one that trusts the role of pods, by its name or with the whole account.
pub fn is_workload(role: &Role, account: &Account) -> Result<bool, Gap> {
    if is_service_linked(role) || is_reserved(role) {
        return Ok(false);
    }
    // Of pods that were not seen the uses of the cluster tell.
    let Unseen { functions, controllers: _, tasks } = &account.workloads().unseen;
    let gap = functions.clone().or_else(|| tasks.clone());
    let (uses, unseen) = account.cluster_uses_of_role(&role.arn);
    let has_it = |workload: &Workload<'_>| match workload.kind {
        Kind::Function(_) | Kind::Tasks(_) => true,
        // That a service account names a role gives it nothing: the uses of the cluster and the trust policy decide.
        Kind::Controller(_) => false,
    };
    if account.workloads_of_role(&role.arn).iter().any(has_it) || uses.iter().any(|used| used.purpose.is_workload()) {
        return Ok(true);
    }
    let trust = trust(role)?;
    let mut principals = trust.statements.iter().flat_map(palisade_policy::Statement::principals);
    let is_cluster = |principal| account.access.issuers.provider(principal).is_some();
    if trusted_services(trust).into_iter().any(is_compute) || principals.any(is_cluster) {
        return Ok(true);
    }
    if let Some(gap) = gap.or_else(|| unseen.clone())
        && trust.statements.iter().any(palisade_policy::Statement::names_everyone)
    {
        return Err(gap);
    }
    match unseen {
        Some(gap) if may_be_target(trust, role.arn.account(), account)? => Err(gap),
        Some(_) | None => Ok(false),
    }
}

/// Whether a role that EKS gives to pods may take on, for them, the role with this trust policy.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
fn may_be_target(trust: &Document, account: &str, context: &Account) -> Result<bool, Gap> {
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
fn is_role_of_pods(arn: &str, account: &Account) -> Result<bool, Gap> {
    let Some(role) = account.role(&arn.into())? else { return Ok(arn.contains(":assumed-role/")) };
    Ok(trusted_services(trust(role)?).into_iter().any(|service| is_service(service, "pods.eks")))
}

/// The role as a principal, when a workload runs as it.
pub fn workload<'a>(role: &Role, account: &Account<'a>) -> Result<Option<Rc<Actor<'a>>>, Gap> {
    if is_workload(role, account)? { principal(role, account) } else { Ok(None) }
}

/// The role as a principal.
pub fn principal<'a>(role: &Role, account: &Account<'a>) -> Result<Option<Rc<Actor<'a>>>, Gap> {
    account.role(&role.arn)?.map(|role| account.access.role(role)).transpose()
}
