//! The first link of attack paths: who from outside may invoke a function, and which finding says so.

use super::invoke::{Door, Invoker, invokers_seen};
use crate::context::Context;
use crate::facts::Gap;
use crate::facts::lambda::Function;

/// The doors of a function that are open to everybody, or to every AWS account, as evidence quotes them, each with the
/// finding that it is; and the gap when there may be more.
pub fn public_doors(function: &Function, context: &Context) -> (Vec<String>, Option<Gap>) {
    let (invokers, gap) = invokers_seen(function, context);
    let public = invokers.iter().filter(|invoker| invoker.is_public());
    (public.map(|invoker| format!("{invoker} [{} of {}]", finding(invoker), function.arn)).collect(), gap)
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
            "iam-role-administrator",
            "iam-role-privilege-escalation",
        ];
        for id in named {
            assert!(crate::all().any(|check| check.id == id), "{id}");
        }
    }
}
