use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

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
    let Some(detector) = context.audited_region(&cluster.arn)?.eks.detector.known()? else {
        return Ok(Verdict::fail(format!("GuardDuty has no detector in {region}")));
    };
    // What is off for certain decides, whatever the other is.
    let reads_logs = detector.has_any(&["EKS_AUDIT_LOGS"], &cluster.arn);
    match (detector.is_on(&cluster.arn), reads_logs) {
        (Ok(false), _) => Ok(Verdict::fail(format!("GuardDuty is not enabled in {region}"))),
        (_, Ok(false)) => {
            Ok(Verdict::fail(format!("the feature EKS_AUDIT_LOGS of GuardDuty is not enabled in {region}")))
        }
        (Ok(true), Ok(true)) => Ok(Verdict::Pass),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::{Detector, FeatureStatus};
    use palisade_model::{Fact, Switch};
    use palisade_scenes::{cluster, configured_cluster};

    let set_up = |enabled: Switch, features: &[(&str, Switch)]| {
        let feature = |(name, enabled): &(&str, Switch)| {
            let (enabled, parts) = (enabled.clone(), std::collections::BTreeMap::new());
            ((*name).to_owned(), FeatureStatus { enabled, parts })
        };
        let detector = Detector { enabled, features: features.iter().map(feature).collect() };
        cluster(|_| {}).region(|region| region.eks.detector = Fact::Known(Some(detector)))
    };
    let guarded = |enabled: bool, features: &[(&str, bool)]| {
        let features: Vec<_> = features.iter().map(|(name, enabled)| (*name, Switch::from(*enabled))).collect();
        set_up(enabled.into(), &features)
    };
    let new = || Switch::Other("DREAMING".to_owned());
    Cases::default()
        .pass(guarded(true, &[("EKS_AUDIT_LOGS", true)]))
        .fail(guarded(true, &[("EKS_AUDIT_LOGS", false)]))
        .fail(guarded(true, &[("RUNTIME_MONITORING", true)]))
        .fail(guarded(false, &[("EKS_AUDIT_LOGS", true)]))
        .fail(cluster(|_| {}).region(|region| region.eks.detector = Fact::Known(None)))
        .unknown(set_up(Switch::On, &[("EKS_AUDIT_LOGS", new())]))
        .unknown(set_up(new(), &[("EKS_AUDIT_LOGS", Switch::On)]))
        .fail(set_up(Switch::Off, &[("EKS_AUDIT_LOGS", new())]))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
