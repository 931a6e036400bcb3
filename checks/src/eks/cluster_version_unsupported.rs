use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, VersionSupport};
use palisade_model::{Action, Gap};

check! {
    /// Cluster runs a version of Kubernetes that EKS no longer supports
    ///
    /// ## Why
    /// Flaws that become known in this version are not corrected. EKS upgrades such clusters by itself at a time of its
    /// own choosing, and what runs in them may not be ready for the new version.
    ///
    /// Whether a version is supported is what EKS says at the time of the audit.
    ///
    /// ## Severity
    /// High: flaws of old versions are public, and so is the way to use them.
    ///
    /// ## Fix
    /// Upgrade the control plane version by version, then the nodes.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-2>
    CHECK {
        id: "eks-cluster-version-unsupported",
        severity: Severity::High,
        controls: &[
            Control::security_hub("EKS.2"),
            Control::prowler("eks_cluster_uses_a_supported_version"),
            Control::checklist("supported-cluster-version"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let running = &configuration.version;
    let eks = &context.audited_region(&cluster.arn)?.eks;
    let Some(version) = eks.support_of(running, &cluster.arn)? else {
        return Ok(Verdict::fail(format!("the version is {running}, older than all that EKS lists")));
    };
    match &version.support {
        VersionSupport::Standard | VersionSupport::Extended => Ok(Verdict::Pass),
        VersionSupport::Unsupported => {
            Ok(Verdict::fail(format!("the version is {running}, which EKS calls unsupported")))
        }
        VersionSupport::Other(status) => {
            let (action, what) = (Action::EksDescribeClusterVersions, format!("versionStatus of {running}"));
            Err(Gap::not_known(action, &cluster.arn, what, status))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    let running = |version: &str| configured_cluster(|configuration| configuration.version = version.to_owned());
    let called = |support: VersionSupport| {
        running("1.35").region(|region| {
            let palisade_model::Fact::Known(versions) = &mut region.eks.versions else { return };
            for version in versions {
                version.support = support.clone();
            }
        })
    };
    Cases::default()
        .pass(running("1.35"))
        .pass(running("1.32"))
        .fail(running("1.31"))
        .fail(running("1.9"))
        .fail(called(VersionSupport::Unsupported))
        .unknown(called(VersionSupport::Other("PREVIEW".to_owned())))
        .unknown(running("1.33"))
        .unknown(running("1.99"))
        .unknown(running("latest"))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
