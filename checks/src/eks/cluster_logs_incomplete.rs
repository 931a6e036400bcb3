use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Cluster does not log all parts of its control plane
    ///
    /// ## Why
    /// The logs of the API server, the controller manager and the scheduler tell why a webhook was not called, why a
    /// pod was evicted or where it was sent. They complete the picture of an incident that the audit log begins.
    ///
    /// ## Severity
    /// Low: the logs that say who did what are the matter of `eks-cluster-audit-log-off`.
    ///
    /// ## Fix
    /// Switch the log types `api`, `controllerManager` and `scheduler` on.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>
    CHECK {
        id: "eks-cluster-logs-incomplete",
        severity: Severity::Low,
        controls: &[
            Control::prowler("eks_control_plane_logging_all_types_enabled"),
            Control::cis("eks-1.8.0:2.1.1"),
            Control::checklist("cluster-logged"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// The types of logs that tell how the control plane works.
const WANTED: [&str; 3] = ["api", "controllerManager", "scheduler"];

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let missing = configuration.logs_missing(&WANTED, &cluster.arn)?;
    Ok(Verdict::fail_if_any(missing.into_iter().map(|kind| format!("the log type {kind} is not enabled"))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    let logging = |kinds: &[&str]| {
        configured_cluster(|configuration| configuration.logs = kinds.iter().map(|&kind| kind.to_owned()).collect())
    };
    Cases::default()
        .pass(logging(&["api", "controllerManager", "scheduler"]))
        .fail(logging(&["audit", "authenticator"]))
        .fail(logging(&["api", "audit", "authenticator", "controllerManager"]))
        .unknown(logging(&["API", "controllermanager", "scheduler"]))
        .pass(logging(&["api", "controllerManager", "scheduler", "dreams"]))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
