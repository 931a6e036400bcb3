use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, Instance, NodeGroup};
use palisade_model::network::Network;
use palisade_model::{Action, Arn, Gap};

check! {
    /// Nodes have addresses on the internet
    ///
    /// ## Why
    /// A node with an address of its own can be reached from the internet as soon as a security group allows it, on the
    /// kubelet's port, on node ports and on whatever a pod opens on the host network. Nodes need to reach the internet,
    /// not to be reached.
    ///
    /// Nodes are judged by their addresses. Managed node groups are judged by their subnets, too: in a subnet that
    /// leads to an internet gateway and gives addresses, the next node gets one.
    ///
    /// ## Severity
    /// Medium: a security group is still in the way.
    ///
    /// ## Fix
    /// Move node groups to subnets whose route table leads to a NAT gateway instead of an internet gateway.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html>
    /// - <https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html>
    CHECK {
        id: "eks-node-public",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.4.3"), Control::checklist("cluster-network-closed")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let network = &context.audited_region(&cluster.arn)?.network;
    let mut gathered = Gathered::of(&cluster.instances, |instance: &Instance| {
        Ok(instance.has_public_address.then(|| format!("node {} has an address on the internet", instance.id)))
    });
    gathered.each(&cluster.node_groups, |group| exposing_subnets(group, network));
    gathered.outcome()
}

fn exposing_subnets(group: &NodeGroup, network: &Network) -> Result<Vec<String>, Gap> {
    let details = group.details.known()?;
    let mut evidence = Vec::new();
    for subnet in &details.subnets {
        if gives_addresses(subnet, &details.arn, network)? {
            let name = &group.name;
            evidence.push(format!("{subnet} of node group {name} leads to the internet and gives public addresses"));
        }
    }
    Ok(evidence)
}

fn gives_addresses(subnet: &str, group: &Arn, network: &Network) -> Result<bool, Gap> {
    let Some(is_public) = network.is_public(subnet)? else {
        let why = format!("the route table of {subnet} is not among those read");
        return Err(Gap::undecided(Action::Ec2DescribeRouteTables, group, why));
    };
    if !is_public {
        return Ok(false);
    }
    let gives = network.subnets.known()?.get(subnet).and_then(|subnet| subnet.gives_public_addresses);
    gives.ok_or_else(|| {
        Gap::undecided(Action::Ec2DescribeSubnets, group, format!("MapPublicIpOnLaunch of {subnet} is not said"))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::{grouped, instance, networked};

    let within =
        |subnets: &[&str]| grouped(|group| group.subnets = subnets.iter().map(|&subnet| subnet.to_owned()).collect());
    let running = |has_public_address| {
        let instances = vec![instance(|_| {}), instance(|instance| instance.has_public_address = has_public_address)];
        networked(cluster(|cluster| cluster.instances = Listing::whole(instances)))
    };
    let unsaid = within(&["subnet-public"]).region(|region| {
        let Fact::Known(subnets) = &mut region.network.subnets else { return };
        for subnet in subnets.values_mut() {
            subnet.gives_public_addresses = None;
        }
    });
    Cases::default()
        .pass(running(false))
        .pass(within(&["subnet-a", "subnet-b"]))
        .pass(within(&["subnet-front"]))
        .fail(running(true))
        .fail(within(&["subnet-a", "subnet-public"]))
        .unknown(within(&["subnet-a", "subnet-gone"]))
        .unknown(unsaid)
        .not_applicable(networked(cluster(|_| {})))
}
