//! The links of attack paths as evidence tells them, each with the finding that reports it.

use palisade_model::iam::Role;
use palisade_model::workload::{Kind, Workload};
use palisade_model::{Arn, Gap};
use palisade_reason::access::invoke::{Door, Invoker};
use palisade_reason::access::pods::judgement::{Judgement, judge};
use palisade_reason::access::pods::opening::Weakness;
use palisade_reason::access::roles::is_service_linked;
use palisade_reason::access::takeover;
use palisade_reason::exposure::{Exposure, exposures};
use palisade_reason::in_cluster::exposure::Entrance;

use crate::context::Context;

/// The ways in to a workload that are open to everybody, or to every AWS account; and the gap when there may be more.
pub(super) fn public_doors(workload: &Workload<'_>, context: &Context) -> (Vec<String>, Option<Gap>) {
    let (exposures, gap) = exposures(workload, context);
    (exposures.iter().map(|exposure| told(exposure, workload)).collect(), gap)
}

fn told(exposure: &Exposure<'_>, workload: &Workload<'_>) -> String {
    match exposure {
        Exposure::Invoker(invoker) => format!("{invoker} [{} of {}]", finding(invoker), workload.arn),
        Exposure::Entrance(Entrance::Service(told)) => match workload.kind {
            Kind::Controller(inside) => {
                format!("{told} [kubernetes-service-internet-facing of {}]", inside.cluster.arn)
            }
            Kind::Function(_) | Kind::Tasks(_) => told.clone(),
        },
        Exposure::Tasks(told, check) => format!("{told} [{check} of {}]", workload.arn),
        Exposure::Entrance(Entrance::Ingress(told) | Entrance::Gateway(told)) => told.clone(),
    }
}

/// The check that reports a public door of a function.
fn finding(invoker: &Invoker<'_>) -> &'static str {
    match invoker.door {
        Door::Api => "lambda-policy-public",
        Door::Url(_) if invoker.door.is_unauthenticated() => "lambda-function-url-public",
        Door::Url(_) => "lambda-function-url-iam-open",
    }
}

/// Why whoever has the credentials of a role has the account: it administers the account, or can be turned into one that
/// does. Empty when neither is so, or when the role is gone.
pub(super) fn takes_account(arn: &Arn, context: &Context) -> Result<Vec<String>, Gap> {
    context.role(arn)?.map_or(Ok(Vec::new()), |role| takeover::takes_account(role, context))
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_findings_that_paths_name_exist() {
        let named = [
            "lambda-policy-public",
            "lambda-function-url-public",
            "lambda-function-url-iam-open",
            "ecr-image-vulnerable-in-use",
            "ecs-service-internet-facing",
            "ecs-service-public-task",
            "kubernetes-service-internet-facing",
            "iam-role-trust-any-pod",
            "iam-role-administrator",
            "iam-role-privilege-escalation",
        ];
        for id in named {
            assert!(crate::all().any(|check| check.id == id), "{id}");
        }
    }
}
