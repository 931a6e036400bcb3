use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::network::FlowLogs;
use palisade_model::{Action, Gap};

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
    let logs = context.audited_region(&cluster.arn)?.network.flow_logs.known()?;
    let Some(vpc) = &configuration.network.vpc else {
        return Err(cluster.unclear(Action::EksDescribeCluster, "the VPC of the cluster is not said"));
    };
    let of_vpc = logs.watch(vpc, &cluster.arn);
    if of_vpc == Ok(true) {
        return Ok(Verdict::Pass);
    }
    let mut gathered = Gathered::default();
    let told = |subnets: &[String], whose: &str| {
        // What watches the whole VPC watches its subnets.
        match (unwatched(subnets, logs, cluster)?, &of_vpc) {
            (None, _) => Ok(None),
            (Some(_), Err(gap)) => Err(gap.clone()),
            (Some(unwatched), Ok(_)) => {
                Ok(Some(format!("no flow log watches {vpc}, nor of the subnets of {whose} {unwatched}")))
            }
        }
    };
    gathered.add(told(&configuration.network.subnets, "the control plane"));
    gathered.each(&cluster.node_groups, |group| {
        told(&group.details.known()?.subnets, &format!("node group {}", group.name))
    });
    gathered.each(&cluster.fargate_profiles, |profile| {
        told(&profile.details.known()?.subnets, &format!("Fargate profile {}", profile.name))
    });
    gathered.outcome()
}

/// The subnets that no flow log watches; a gap when that is not known of one, and no other is without.
fn unwatched(subnets: &[String], logs: &FlowLogs, cluster: &Cluster) -> Result<Option<String>, Gap> {
    let (mut unwatched, mut gap) = (Vec::new(), None);
    for subnet in subnets {
        match logs.watch(subnet, &cluster.arn) {
            Ok(true) => {}
            Ok(false) => unwatched.push(subnet.as_str()),
            Err(unknown) => gap = Some(unknown),
        }
    }
    match gap {
        Some(gap) if unwatched.is_empty() => Err(gap),
        Some(_) | None => Ok((!unwatched.is_empty()).then(|| unwatched.join(", "))),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::{Fact, Switch};
    use palisade_scenes::clusters::grouped;
    use palisade_scenes::{Scene, VPC, cluster, configured_cluster};

    let logged = |scene: Scene, states: &[(&str, Switch)]| {
        let logs = states.iter().map(|(id, state)| ((*id).to_owned(), state.clone())).collect();
        scene.region(|region| region.network.flow_logs = Fact::Known(logs))
    };
    let watching = |scene: Scene, ids: &[&str]| {
        let states: Vec<_> = ids.iter().map(|&id| (id, Switch::On)).collect();
        logged(scene, &states)
    };
    let new = || Switch::Other("DREAMING".to_owned());
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
        .unknown(logged(cluster(|_| {}), &[(VPC, new())]))
        .unknown(logged(cluster(|_| {}), &[("subnet-a", Switch::On), ("subnet-b", new())]))
        .fail(logged(cluster(|_| {}), &[("subnet-b", new())]))
        .fail(logged(cluster(|_| {}), &[(VPC, Switch::Off)]))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
