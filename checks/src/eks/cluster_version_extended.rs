use jiff::SignedDuration;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, Version, VersionSupport};
use palisade_model::{Action, Gap};

check! {
    /// Version of Kubernetes leaves standard support soon, or has left it
    ///
    /// ## Why
    /// After the end of standard support a cluster costs six times as much, or is upgraded by EKS on the day, depending
    /// on its `upgradePolicy`. Either comes as a surprise unless the upgrade is planned.
    ///
    /// The threshold `cluster_version_notice_days` says how many days before the end the notice begins. Versions that
    /// are not supported at all are the matter of `eks-cluster-version-unsupported`.
    ///
    /// ## Severity
    /// Low: the version is still patched; it costs money and time.
    ///
    /// ## Fix
    /// Upgrade the control plane to a version in standard support, then the nodes.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/disable-extended-support.html>
    /// - <https://aws.amazon.com/eks/pricing/>
    CHECK {
        id: "eks-cluster-version-extended",
        severity: Severity::Low,
        controls: &[Control::checklist("supported-cluster-version")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let eks = &context.audited_region(&cluster.arn)?.eks;
    let Some(version) = eks.support_of(&configuration.version, &cluster.arn)? else {
        return Ok(Verdict::NotApplicable);
    };
    let policy = configuration.upgrade_support.as_deref().unwrap_or("not said");
    match &version.support {
        VersionSupport::Unsupported => Ok(Verdict::NotApplicable),
        VersionSupport::Extended => {
            Ok(Verdict::fail(format!("version {} is in extended support, supportType is {policy}", version.version)))
        }
        VersionSupport::Standard => soon(version, policy, cluster, context),
        VersionSupport::Other(status) => {
            let (action, what) = (Action::EksDescribeClusterVersions, format!("versionStatus of {}", version.version));
            Err(Gap::not_known(action, &cluster.arn, what, status))
        }
    }
}

/// Whether standard support ends within the days of the notice.
fn soon(version: &Version, policy: &str, cluster: &Cluster, context: &Context) -> Outcome {
    let Some(end) = version.standard_until else {
        let why = format!("version {} has no end of standard support", version.version);
        return Err(cluster.unclear(Action::EksDescribeClusterVersions, why));
    };
    let days = context.settings.thresholds.cluster_version_notice_days;
    let notice = SignedDuration::from_hours(24 * i64::from(days));
    Ok(Verdict::fail_when(end.duration_since(context.today()) <= notice, || {
        format!("standard support of version {} ends on {end}, supportType is {policy}", version.version)
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    let running = |version: &str| configured_cluster(|configuration| configuration.version = version.to_owned());
    let standard = |until: Option<&str>| {
        running("1.35").region(|region| {
            let palisade_model::Fact::Known(versions) = &mut region.eks.versions else { return };
            for version in versions {
                version.standard_until = until.map(|day| day.parse().unwrap());
            }
        })
    };
    Cases::default()
        .pass(running("1.35"))
        .pass(standard(Some("2027-02-21")))
        .pass(standard(Some("2026-12-02")).settings(|settings| settings.thresholds.cluster_version_notice_days = 7))
        .fail(standard(Some("2027-02-20")))
        .fail(standard(Some("2026-11-22")))
        .fail(running("1.34"))
        .fail(running("1.32"))
        .not_applicable(running("1.31"))
        .unknown(running("1.33"))
        .unknown(standard(None))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
