use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, Configuration, Eks, NodeGroup, Release, VersionSupport};
use palisade_model::{Action, Gap};

check! {
    /// Nodes run a version of Kubernetes that is no longer supported
    ///
    /// ## Why
    /// Nodes stay on their version until the node group is updated, whatever the control plane runs. A version that EKS
    /// no longer supports gets no corrections, and a kubelet more than three minor versions behind the control plane
    /// (two before 1.28) is not supported to work with it.
    ///
    /// Whether a version is supported is what EKS says at the time of the audit.
    ///
    /// ## Severity
    /// Medium: flaws of the kubelet matter to whoever runs a pod on the node.
    ///
    /// ## Fix
    /// Update the node group to the version of the control plane.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html>
    /// - <https://kubernetes.io/releases/version-skew-policy/>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-9>
    CHECK {
        id: "eks-node-group-version-behind",
        severity: Severity::Medium,
        controls: &[Control::security_hub("EKS.9"), Control::checklist("supported-cluster-version")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// The first version whose kubelets may be three minor versions behind; before, two.
///
/// Source: <https://kubernetes.io/releases/version-skew-policy/#kubelet>
const THREE_SINCE: Release = Release { major: 1, minor: 28 };

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    if cluster.node_groups.complete().is_ok_and(<[_]>::is_empty) {
        return Ok(Verdict::NotApplicable);
    }
    let eks = &context.audited_region(&cluster.arn)?.eks;
    let configuration = cluster.configuration.known()?;
    let control_plane = Release::read(&configuration.version, Action::EksDescribeCluster, &cluster.arn)?;
    Gathered::of(&cluster.node_groups, |group| judge(group, configuration, control_plane, eks)).outcome()
}

fn judge(
    group: &NodeGroup,
    configuration: &Configuration,
    control_plane: Release,
    eks: &Eks,
) -> Result<Option<String>, Gap> {
    let (name, details) = (&group.name, group.details.known()?);
    let unclear = |action, why: String| Gap::undecided(action, &details.arn, why);
    let Some(version) = &details.version else {
        return Err(unclear(Action::EksDescribeNodegroup, format!("the version of node group {name} is not said")));
    };
    let nodes = Release::read(version, Action::EksDescribeNodegroup, &details.arn)?;
    let allowed = if control_plane < THREE_SINCE { 2 } else { 3 };
    if nodes.major < control_plane.major || nodes.minor.saturating_add(allowed) < control_plane.minor {
        return Ok(Some(format!("node group {name} runs {version}, the control plane {}", configuration.version)));
    }
    match eks.support_of(version, &details.arn)?.map(|version| &version.support) {
        None => Ok(Some(format!("node group {name} runs {version}, older than all versions that EKS lists"))),
        Some(VersionSupport::Unsupported) => {
            Ok(Some(format!("node group {name} runs {version}, which EKS calls unsupported")))
        }
        Some(VersionSupport::Standard | VersionSupport::Extended) => Ok(None),
        Some(VersionSupport::Other(status)) => {
            let (action, what) = (Action::EksDescribeClusterVersions, format!("versionStatus of {version}"));
            Err(Gap::not_known(action, &details.arn, what, status))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::clusters::node_group;
    use palisade_scenes::{Scene, cluster};

    let running = |control_plane: &str, nodes: Option<&str>| -> Scene {
        let group = node_group(|group| group.version = nodes.map(str::to_owned));
        cluster(|cluster| {
            cluster.node_groups = Listing::whole(vec![group]);
            let Fact::Known(configuration) = &mut cluster.configuration else { return };
            configuration.version = control_plane.to_owned();
        })
    };
    let called = |support: VersionSupport| {
        running("1.35", Some("1.34")).region(|region| {
            let Fact::Known(versions) = &mut region.eks.versions else { return };
            for version in versions {
                version.support = support.clone();
            }
        })
    };
    Cases::default()
        .pass(running("1.35", Some("1.35")))
        .pass(running("1.35", Some("1.32")))
        .fail(running("1.36", Some("1.32")))
        .fail(running("1.27", Some("1.24")))
        .fail(running("1.33", Some("1.31")))
        .fail(called(VersionSupport::Unsupported))
        .unknown(called(VersionSupport::Other("PREVIEW".to_owned())))
        .unknown(running("1.35", None))
        .unknown(running("1.35", Some("1.33")))
        .unknown(running("latest", Some("1.35")))
        .unknown(running("1.35", Some("latest")))
        .not_applicable(cluster(|_| {}))
}
