use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::facts::eks::Cluster;

check! {
    /// GuardDuty does not read the audit logs of the cluster
    ///
    /// ## Why
    /// GuardDuty reads the audit logs of EKS by itself, whatever the cluster logs to CloudWatch, and reports what
    /// attackers do: anonymous calls, shells in system pods, roles bound to everybody, credentials used from elsewhere.
    /// It is switched on per Region.
    ///
    /// ## Severity
    /// Medium: it opens nothing; an intrusion goes on for longer.
    ///
    /// ## Fix
    /// Enable GuardDuty in the Region, with EKS Protection.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/guardduty/latest/ug/kubernetes-protection.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html#guardduty-5>
    CHECK {
        id: "eks-guard-duty-audit-off",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("GuardDuty.5"),
            Control::prowler("guardduty_eks_audit_log_enabled"),
            Control::checklist("cluster-watched"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    if cluster.control_plane()?.is_none() {
        return Ok(Verdict::NotApplicable);
    }
    let region = cluster.arn.region();
    Ok(match context.audited_region(&cluster.arn)?.eks.detector.known()? {
        None => Verdict::fail(format!("GuardDuty has no detector in {region}")),
        Some(detector) if !detector.enabled => Verdict::fail(format!("GuardDuty is not enabled in {region}")),
        Some(detector) => {
            let is_on = detector.features.get("EKS_AUDIT_LOGS").is_some_and(|feature| feature.enabled);
            Verdict::fail_when(!is_on, || format!("the feature EKS_AUDIT_LOGS of GuardDuty is not enabled in {region}"))
        }
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::facts::Fact;
    use crate::facts::eks::{Detector, FeatureStatus};
    use crate::testing::{Cases, cluster, configured_cluster};

    let guarded = |detector: Option<(bool, &[(&str, bool)])>| {
        let feature = |&(name, enabled): &(&str, bool)| {
            (name.to_owned(), FeatureStatus { enabled, parts: std::collections::BTreeMap::new() })
        };
        let detector =
            detector.map(|(enabled, features)| Detector { enabled, features: features.iter().map(feature).collect() });
        cluster(|_| {}).region(|region| region.eks.detector = Fact::Known(detector))
    };
    Cases::default()
        .pass(guarded(Some((true, &[("EKS_AUDIT_LOGS", true)]))))
        .fail(guarded(Some((true, &[("EKS_AUDIT_LOGS", false)]))))
        .fail(guarded(Some((true, &[("RUNTIME_MONITORING", true)]))))
        .fail(guarded(Some((false, &[("EKS_AUDIT_LOGS", true)]))))
        .fail(guarded(None))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
