use std::collections::BTreeMap;

use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::workloads::workloads_of;

check! {
    /// Several workloads run as one service account
    ///
    /// ## Why
    /// What one of them is given, in the cluster or in AWS, all of them have; neither the audit log nor CloudTrail
    /// tells them apart. Whoever breaks into one has what the others need.
    ///
    /// Told of are accounts of the namespace other than `default`, which `kubernetes-workload-default-service-account`
    /// judges. Components of EKS itself are left out.
    ///
    /// ## Severity
    /// Low: it widens what a break-in reaches.
    ///
    /// ## Fix
    /// Give each workload a service account of its own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "kubernetes-service-account-shared-by-workloads",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("service-accounts-limited")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let (workloads, gap) = workloads_of(inside.objects, &inside.object.name);
    let mut users: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for workload in &workloads {
        let account = workload.template.service_account.as_str();
        users.entry(account).or_default().push(workload.owner().to_string());
    }
    let shared = users.into_iter().filter(|(account, users)| *account != "default" && users.len() > 1);
    let told = shared.map(|(account, users)| format!("service account {account} is that of {}", users.join(", ")));
    let told: Vec<_> = told.collect();
    match gap {
        Some(gap) if told.is_empty() => Err(gap.clone()),
        None if workloads.is_empty() => Ok(Verdict::NotApplicable),
        Some(_) | None => Ok(Verdict::fail_if_any(told)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use std::sync::Arc;

    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::kubernetes::{namespace, new_workload};

    let with = |account: &str| {
        let mut job = new_workload("nightly");
        account.clone_into(&mut Arc::make_mut(&mut job.template).service_account);
        namespace(|_| {}).objects(|objects| objects.workloads.cron_jobs = Listing::whole(vec![job]))
    };
    let both_default = with("default").objects(|objects| {
        let mut web = new_workload("web");
        "default".clone_into(&mut Arc::make_mut(&mut web.template).service_account);
        objects.workloads.deployments = Listing::whole(vec![web]);
    });
    Cases::default()
        .pass(with("nightly"))
        .pass(both_default)
        .fail(with("web"))
        .not_applicable(namespace(|_| {}).objects(|objects| objects.workloads.deployments = Listing::whole(vec![])))
}
