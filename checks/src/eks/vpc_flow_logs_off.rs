use std::collections::BTreeSet;

use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::facts::Action;
use crate::facts::eks::Cluster;

check! {
    /// Traffic of the cluster is not recorded
    ///
    /// ## Why
    /// Flow logs tell which addresses pods and nodes talked to: where data went, what scanned whom. Without them that
    /// cannot be found out afterwards.
    ///
    /// A flow log of the VPC counts, or flow logs of all subnets that control plane, node groups and Fargate profiles
    /// use.
    ///
    /// ## Severity
    /// Low: it opens nothing, and leaves an investigation with less.
    ///
    /// ## Fix
    /// Create a flow log for the VPC of the cluster.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6>
    CHECK {
        id: "eks-vpc-flow-logs-off",
        severity: Severity::Low,
        controls: &[
            Control::security_hub("EC2.6"),
            Control::prowler("vpc_flow_logs_enabled"),
            Control::checklist("cluster-watched"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let watched = context.audited_region(&cluster.arn)?.network.flow_logs.known()?;
    let Some(vpc) = &configuration.network.vpc else {
        return Err(cluster.unclear(Action::EksDescribeCluster, "the VPC of the cluster is not said"));
    };
    if watched.contains(vpc) {
        return Ok(Verdict::Pass);
    }
    let mut gathered = Gathered::default();
    let told = |subnets: &[String], whose: &str| {
        let unwatched = unwatched(subnets, watched);
        unwatched.map(|unwatched| format!("no flow log watches {vpc}, nor of the subnets of {whose} {unwatched}"))
    };
    gathered.add(Ok(told(&configuration.network.subnets, "the control plane")));
    gathered.each(&cluster.node_groups, |group| {
        Ok(told(&group.details.known()?.subnets, &format!("node group {}", group.name)))
    });
    gathered.each(&cluster.fargate_profiles, |profile| {
        Ok(told(&profile.details.known()?.subnets, &format!("Fargate profile {}", profile.name)))
    });
    gathered.outcome()
}

/// The subnets that no flow log watches.
fn unwatched(subnets: &[String], watched: &BTreeSet<String>) -> Option<String> {
    let unwatched: Vec<_> = subnets.iter().filter(|subnet| !watched.contains(*subnet)).map(String::as_str).collect();
    (!unwatched.is_empty()).then(|| unwatched.join(", "))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::access::cluster_scenes::grouped;
    use crate::facts::Fact;
    use crate::testing::{Cases, Scene, VPC, cluster, configured_cluster};

    let watching = |scene: Scene, ids: &[&str]| {
        let ids = ids.iter().map(|&id| id.to_owned()).collect();
        scene.region(|region| region.network.flow_logs = Fact::Known(ids))
    };
    let wider = grouped(|group| group.subnets.push("subnet-c".to_owned()));
    let without_vpc = configured_cluster(|configuration| configuration.network.vpc = None);
    Cases::default()
        .pass(watching(cluster(|_| {}), &[VPC]))
        .pass(watching(cluster(|_| {}), &["subnet-a", "subnet-b", "subnet-z"]))
        .pass(watching(wider.clone(), &["subnet-a", "subnet-b", "subnet-c"]))
        .fail(watching(cluster(|_| {}), &[]))
        .fail(watching(cluster(|_| {}), &["vpc-other", "subnet-a"]))
        .fail(watching(wider, &["subnet-a", "subnet-b"]))
        .unknown(without_vpc)
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
