use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, NodeGroup};
use palisade_model::network::{Ingress, Network};
use palisade_model::{Action, Arn, Gap};
use palisade_reason::access::addresses::Addresses;

check! {
    /// SSH of the nodes is open to the internet
    ///
    /// ## Why
    /// A node group with an SSH key and no source security groups lets the whole internet try port 22 of its nodes: EKS
    /// makes a security group that does so. Whoever gets in is root on the node, and every pod of it.
    ///
    /// Where source groups are named, SSH is as open as they are: a group that itself lets the internet in on port 22
    /// is a stepping stone. How many addresses are too many is the threshold `public_endpoint_addresses`.
    ///
    /// ## Severity
    /// High: one leaked key, or one flaw in SSH, gives the nodes away.
    ///
    /// ## Fix
    /// Make the node group anew without `remoteAccess`, and use AWS Systems Manager Session Manager.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html>
    /// - <https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html>
    CHECK {
        id: "eks-node-group-ssh-open",
        severity: Severity::High,
        controls: &[Control::checklist("nodes-hardened")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// SSH's port.
const SSH: i32 = 22;

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let network = &context.audited_region(&cluster.arn)?.network;
    let most = context.settings.thresholds.public_endpoint_addresses;
    Gathered::of(&cluster.node_groups, |group| openings(group, network, most)).outcome()
}

/// What opens SSH of a node group to the internet.
fn openings(group: &NodeGroup, network: &Network, most: u64) -> Result<Vec<String>, Gap> {
    let details = group.details.known()?;
    let Some(key) = &details.ssh_key else { return Ok(Vec::new()) };
    let name = &group.name;
    if details.ssh_sources.is_empty() {
        return Ok(vec![format!("node group {name} has the SSH key {key} and no source security groups")]);
    }
    let (mut evidence, mut unread) = (Vec::new(), None);
    for source in &details.ssh_sources {
        match opening(source, network, most, &details.arn) {
            Ok(span) => evidence.extend(span.map(|span| {
                format!("node group {name} lets SSH in from {source}, whose port {SSH} is open to {span}")
            })),
            Err(gap) => unread = Some(gap),
        }
    }
    match unread {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None => Ok(evidence),
    }
}

/// How much of the internet a security group lets in on SSH's port, if too much.
fn opening(id: &str, network: &Network, most: u64, group: &Arn) -> Result<Option<String>, Gap> {
    let unclear = |why: String| Gap::undecided(Action::Ec2DescribeSecurityGroups, group, why);
    let source = network.security_groups.known()?.get(id);
    let source = source.ok_or_else(|| unclear(format!("{id} is not among the groups read")))?;
    let rules: Vec<&Ingress> = source.ingress.iter().filter(|rule| rule.reaches(SSH)).collect();
    let networks = rules.iter().flat_map(|rule| rule.cidrs.iter().map(String::as_str));
    let (addresses, malformed) = Addresses::of(networks);
    let lists = rules.iter().flat_map(|rule| &rule.prefix_lists).next();
    match (addresses.too_wide(most), malformed, lists) {
        (Some(span), _, _) => Ok(Some(span)),
        (None, Some(malformed), _) => Err(unclear(format!("of the addresses in {id} {malformed}"))),
        (None, None, Some(list)) => Err(unclear(format!("{id} lets in {list}, which is not read"))),
        (None, None, None) => Ok(None),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::network::SecurityGroup;
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::grouped;

    let keyed = |sources: &[&str]| {
        grouped(|group| {
            group.ssh_key = Some("workers-key".to_owned());
            group.ssh_sources = sources.iter().map(|&source| source.to_owned()).collect();
        })
    };
    let from = |cidrs: &[&str], lists: &[&str]| {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let rule = Ingress {
            protocol: "tcp".to_owned(),
            from_port: Some(22),
            to_port: Some(22),
            cidrs: owned(cidrs),
            prefix_lists: owned(lists),
        };
        keyed(&["sg-bastion"]).region(|region| {
            let bastion = SecurityGroup { name: "bastion".to_owned(), vpc: None, ingress: vec![rule] };
            region.network.security_groups = Fact::Known([("sg-bastion".to_owned(), bastion)].into());
        })
    };
    Cases::default()
        .pass(grouped(|_| {}))
        .pass(keyed(&["sg-cluster"]))
        .pass(from(&["198.51.100.0/24"], &[]))
        .fail(keyed(&[]))
        .fail(from(&["0.0.0.0/0"], &[]))
        .fail(from(&["0.0.0.0/1", "128.0.0.0/1"], &["pl-0a1b2c3d"]))
        .unknown(from(&[], &["pl-0a1b2c3d"]))
        .unknown(from(&["nonsense"], &[]))
        .unknown(keyed(&["sg-gone"]))
        .not_applicable(cluster(|_| {}))
}
