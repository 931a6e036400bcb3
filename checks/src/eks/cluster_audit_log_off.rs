use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Cluster does not log who did what
    ///
    /// ## Why
    /// The audit log tells which identity read which Secret, ran a command in which pod and changed which role; the
    /// authenticator's log tells which IAM principal that identity was. What was not logged when it happened cannot be
    /// found out afterwards, and EKS keeps nothing by itself.
    ///
    /// ## Severity
    /// Medium: it opens nothing, and leaves an intrusion without a trace.
    ///
    /// ## Fix
    /// Switch the log types `audit` and `authenticator` on.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-8>
    CHECK {
        id: "eks-cluster-audit-log-off",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("EKS.8"),
            Control::cis("eks-1.8.0:2.1.1"),
            Control::checklist("cluster-logged"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// The types of logs that tell who did what.
const WANTED: [&str; 2] = ["audit", "authenticator"];

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
        .pass(logging(&["audit", "authenticator"]))
        .pass(logging(&["api", "audit", "authenticator", "controllerManager", "scheduler"]))
        .fail(logging(&[]))
        .fail(logging(&["api", "audit", "scheduler"]))
        .fail(logging(&["authenticator"]))
        .unknown(logging(&["auditV2", "authenticator"]))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
