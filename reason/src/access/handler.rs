//! Who may invoke, update or deploy a workload: whoever can, has what the workload's role has, and may start from there.

use super::Actor;
use crate::account::Account;
use palisade_model::Gap;
use palisade_model::workload::{Kind, Unseen, Workload, Workloads};

/// Calls that run a function, change what it runs, or open it to somebody.
const ON_FUNCTIONS: [&str; 5] = [
    "lambda:AddPermission",
    "lambda:InvokeFunction",
    "lambda:PutResourcePolicy",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
];

/// Calls that deploy a workload.
const DEPLOYING: [&str; 3] =
    ["ecs:RegisterTaskDefinition", "eks:CreatePodIdentityAssociation", "lambda:CreateFunction"];

/// Whether an identity may invoke, update or deploy a workload; a gap when it might, with a function that was not seen.
pub fn handles_workloads<'a>(principal: &Actor<'a>, account: &Account<'a>) -> Result<bool, Gap> {
    let may = |action: &str, resource: &str| {
        account.access.can(principal, action, resource, &principal.context).may_be_allowed()
    };
    let mentioned = |action: &&&str| mentions(principal, action);
    if DEPLOYING.iter().filter(mentioned).any(|action| may(action, "*")) {
        return Ok(true);
    }
    let actions: Vec<_> = ON_FUNCTIONS.iter().filter(mentioned).collect();
    if actions.is_empty() {
        return Ok(false);
    }
    let Workloads { seen, unseen: Unseen { functions: unseen, controllers: _ } } = account.workloads();
    let is_handled = |workload: &Workload<'_>| match workload.kind {
        Kind::Function(_) => actions.iter().any(|action| may(action, workload.arn.as_str())),
        // Pods are handled by the API of their cluster, not by AWS's.
        Kind::Controller(_) => false,
    };
    if seen.iter().any(is_handled) {
        return Ok(true);
    }
    unseen.clone().map_or(Ok(false), Err)
}

/// Whether a statement allows the action on anything at all, which is quick to tell.
fn mentions(principal: &Actor, action: &str) -> bool {
    let statements = principal.identity.iter().flat_map(|policy| &policy.document.statements);
    statements.into_iter().any(|statement| statement.allows_action(action))
}
