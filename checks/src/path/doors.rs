//! The first link of attack paths: who from outside may invoke a function, which roles every pod may take on, and which
//! finding says so.

use palisade_model::Gap;
use palisade_model::iam::Role;
use palisade_model::lambda::Function;
use palisade_reason::access::invoke::{Door, Invoker, invokers_seen};
use palisade_reason::access::pods::judgement::{Judgement, judge};
use palisade_reason::access::pods::opening::Weakness;
use palisade_reason::access::roles::is_service_linked;

use crate::context::Context;

/// The doors of a function that are open to everybody, or to every AWS account, as evidence quotes them, each with the
/// finding that it is; and the gap when there may be more.
pub(super) fn public_doors(function: &Function, context: &Context) -> (Vec<String>, Option<Gap>) {
    let (invokers, gap) = invokers_seen(function, context);
    let public = invokers.iter().filter(|invoker| invoker.is_public());
    (public.map(|invoker| format!("{invoker} [{} of {}]", finding(invoker), function.arn)).collect(), gap)
}

/// The statements that let every pod of a cluster take a role on, as evidence quotes them, each with the finding that it
/// is; and the gap when there may be more.
pub(super) fn doors_for_every_pod(role: &Role, context: &Context) -> Result<(Vec<String>, Option<Gap>), Gap> {
    if is_service_linked(role) {
        return Ok((Vec::new(), None));
    }
    let Judgement { openings, gap, .. } = judge(role, context)?;
    let wide = openings.iter().filter(|opening| Weakness::EVERY_POD.contains(&opening.weakness));
    let told = wide.map(|opening| format!("{} [iam-role-trust-any-pod of {}]", opening.evidence(context), role.arn));
    Ok((told.collect(), gap))
}

/// The check that reports a public door.
fn finding(invoker: &Invoker<'_>) -> &'static str {
    match invoker.door {
        Door::Api => "lambda-policy-public",
        Door::Url(_) if invoker.door.is_unauthenticated() => "lambda-function-url-public",
        Door::Url(_) => "lambda-function-url-iam-open",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_findings_that_paths_name_exist() {
        let named = [
            "lambda-policy-public",
            "lambda-function-url-public",
            "lambda-function-url-iam-open",
            "iam-role-trust-any-pod",
            "iam-role-administrator",
            "iam-role-privilege-escalation",
        ];
        for id in named {
            assert!(crate::all().any(|check| check.id == id), "{id}");
        }
    }
}
