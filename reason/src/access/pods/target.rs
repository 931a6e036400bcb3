//! The second role of a Pod Identity association, which the first assumes for the pods.
//!
//! Source: <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>

use palisade_policy::{Attached, Policies, Request, evaluate};

use crate::access::Actor;
use crate::access::grants::Grants;
use crate::access::roles::trust;
use crate::account::Account;
use palisade_model::eks::{PodIdentityDetails, SessionTags};
use palisade_model::iam::Role;
use palisade_model::{Action, Arn, Gap, Place, Reason};

/// What keeps the first role of an association from assuming its target role, as far as both sides can be read; a gap
/// when the target is in another account and the first role's own side allows it.
pub fn refusal(details: &PodIdentityDetails, account: &Account<'_>) -> Result<Option<String>, Gap> {
    let Some(target) = &details.target_role else { return Ok(None) };
    match account.role(&details.role)? {
        Some(role) => refusal_of(role, target, details.session_tags, account),
        // That the first role is gone is told elsewhere.
        None => Ok(None),
    }
}

fn refusal_of<'a>(
    role: &'a Role,
    target: &Arn,
    tags: SessionTags,
    account: &Account<'a>,
) -> Result<Option<String>, Gap> {
    let principal = account.access.role(role)?;
    let grants = Grants::of(&account.access, &principal);
    let actions = match tags {
        SessionTags::Set => &["sts:AssumeRole", "sts:TagSession"] as &[_],
        SessionTags::Disabled => &["sts:AssumeRole"],
    };
    let refused = actions.iter().find(|action| !grants.decide(action, target.as_str()).may_be_allowed());
    if let Some(action) = refused {
        return Ok(Some(format!("its role {} is not allowed {action} on its target role {target}", role.arn)));
    }
    if target.account() != account.inventory().account.as_str() {
        let action = Action::IamGetAccountAuthorizationDetails;
        let reason = Reason::Elsewhere(target.account().into());
        return Err(Gap { action, place: Place::resource(target), reason });
    }
    let Some(second) = account.role(target)? else {
        return Ok(Some(format!("its target role {target} does not exist")));
    };
    for action in actions {
        if !is_let_in(&principal, action, second, account)? {
            return Ok(Some(format!("its target role {target} does not let {} call {action}", role.arn)));
        }
    }
    Ok(None)
}

/// Whether a role may do something to another, by its own policies and the other's trust policy.
fn is_let_in<'a>(principal: &Actor<'a>, action: &str, target: &'a Role, account: &Account<'a>) -> Result<bool, Gap> {
    let request = Request {
        caller: &principal.caller,
        action,
        resource: target.arn.as_str(),
        resource_account: None,
        context: &principal.context,
    };
    let policies = Policies {
        resource: vec![Attached { name: "the trust policy", document: trust(target)? }],
        ..account.access.policies_of(principal)
    };
    Ok(evaluate(&request, &policies).may_be_allowed())
}
