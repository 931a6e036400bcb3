use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, ClusterCoverage};
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::runtime::watches_nodes;

check! {
    /// GuardDuty does not see what runs on the nodes of the cluster
    ///
    /// ## Why
    /// What happens inside a pod, such as a reverse shell, a miner or a way out onto the node, is seen by an agent on
    /// the node only. GuardDuty tells for each cluster on how many of its nodes that agent works.
    ///
    /// Other agents do the same work; this check knows of GuardDuty's. It covers nodes on EC2: where everything runs on
    /// Fargate, the question does not arise.
    ///
    /// ## Severity
    /// Medium: it opens nothing; an intrusion into a pod goes unseen.
    ///
    /// ## Fix
    /// Enable Runtime Monitoring in GuardDuty, with the automated agent for EKS, and correct what the coverage names.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html>
    /// - <https://docs.aws.amazon.com/guardduty/latest/ug/eks-runtime-monitoring-coverage.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html#guardduty-7>
    CHECK {
        id: "eks-guard-duty-runtime-uncovered",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("GuardDuty.7"),
            Control::prowler("guardduty_eks_runtime_monitoring_enabled"),
            Control::checklist("cluster-watched"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    if !configuration.auto_mode && !has_nodes(cluster)? {
        return Ok(Verdict::NotApplicable);
    }
    let eks = &context.audited_region(&cluster.arn)?.eks;
    if !watches_nodes(eks.detector.known()?.as_ref(), cluster)? {
        let region = cluster.arn.region();
        return Ok(Verdict::fail(format!("Runtime Monitoring of GuardDuty is not enabled in {region}")));
    }
    match eks.coverage.known()?.get(&cluster.name) {
        None => Ok(Verdict::fail("GuardDuty lists no coverage of the cluster")),
        Some(coverage) => judge(coverage, cluster),
    }
}

fn has_nodes(cluster: &Cluster) -> Result<bool, Gap> {
    if !cluster.instances.seen().is_empty() || !cluster.node_groups.seen().is_empty() {
        return Ok(true);
    }
    cluster.instances.complete()?;
    cluster.node_groups.complete().map(|_| false)
}

fn judge(coverage: &ClusterCoverage, cluster: &Cluster) -> Outcome {
    let ClusterCoverage { status, compatible_nodes, covered_nodes, issue } = coverage;
    let issue = issue.as_deref().unwrap_or("no issue named");
    let told = || format!("GuardDuty covers {covered_nodes} of {compatible_nodes} nodes, status {status}: {issue}");
    match status.as_str() {
        "HEALTHY" => Ok(Verdict::fail_when(covered_nodes < compatible_nodes, told)),
        "UNHEALTHY" => Ok(Verdict::fail(told())),
        other => Err(Gap::not_known(Action::GuardDutyListCoverage, &cluster.arn, "coverageStatus", other)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use std::collections::BTreeMap;

    use crate::testing::Cases;
    use palisade_model::eks::{Detector, FeatureStatus};
    use palisade_model::{Fact, Listing, Switch};
    use palisade_scenes::clusters::{instance, node_group};
    use palisade_scenes::{Scene, cluster, configured_cluster};

    let watched = |feature: &str, coverage: Option<(&str, u64, u64)>| -> Scene {
        let status = FeatureStatus { enabled: Switch::On, parts: BTreeMap::new() };
        let detector = Detector { enabled: Switch::On, features: [(feature.to_owned(), status)].into() };
        let coverage = coverage.map(|(status, covered_nodes, compatible_nodes)| {
            let status = status.to_owned();
            ("shop".to_owned(), ClusterCoverage { status, compatible_nodes, covered_nodes, issue: None })
        });
        cluster(|cluster| cluster.instances = Listing::whole(vec![instance(|_| {})])).region(|region| {
            region.eks.detector = Fact::Known(Some(detector));
            region.eks.coverage = Fact::Known(coverage.into_iter().collect());
        })
    };
    let unguarded = cluster(|cluster| cluster.node_groups = Listing::whole(vec![node_group(|_| {})]));
    let healthy = Some(("HEALTHY", 3, 3));
    Cases::default()
        .pass(watched("RUNTIME_MONITORING", healthy))
        .pass(watched("EKS_RUNTIME_MONITORING", healthy))
        .fail(watched("RUNTIME_MONITORING", Some(("HEALTHY", 2, 3))))
        .fail(watched("RUNTIME_MONITORING", Some(("UNHEALTHY", 3, 3))))
        .fail(watched("RUNTIME_MONITORING", None))
        .fail(watched("EKS_AUDIT_LOGS", healthy))
        .fail(unguarded.clone().region(|region| region.eks.detector = Fact::Known(None)))
        .fail(unguarded)
        .fail(configured_cluster(|configuration| configuration.auto_mode = true))
        .unknown(watched("RUNTIME_MONITORING", Some(("PENDING", 3, 3))))
        .unknown(watched("RUNTIME_MONITORING", healthy).region(|region| {
            let Fact::Known(Some(detector)) = &mut region.eks.detector else { return };
            let feature = FeatureStatus { enabled: Switch::Other("DREAMING".to_owned()), parts: BTreeMap::new() };
            detector.features.insert("RUNTIME_MONITORING".to_owned(), feature);
        }))
        .not_applicable(cluster(|_| {}))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
