use std::collections::BTreeMap;

use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::network::{Ingress, SecurityGroup};
use palisade_model::{Action, Gap};
use palisade_reason::access::addresses::Addresses;

check! {
    /// Security groups of the cluster let the internet in
    ///
    /// ## Why
    /// The cluster's security groups guard the control plane's interfaces and, most often, the nodes. Port 10250 is the
    /// kubelet, which runs commands in every pod of its node; port 22 is SSH; port 443 is the API. An address on the
    /// internet and one such rule are enough to be found.
    ///
    /// The rules of all groups are taken together, port by port: two halves of the internet are the internet, over IPv4
    /// or IPv6. The threshold `public_endpoint_addresses` says how many addresses of IPv4 are too many; private ones do
    /// not count. Rules that name other security groups are not looked at.
    ///
    /// ## Severity
    /// Medium: it takes an address on the internet as well, or a way into the VPC.
    ///
    /// ## Fix
    /// Take the rule away. Nodes and control plane need nothing but the rule that the cluster's own group gives itself.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html>
    CHECK {
        id: "eks-security-group-open",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.4.1"), Control::checklist("cluster-network-closed")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// The ports that matter: SSH, the API and the kubelet.
const PORTS: [i32; 3] = [22, 443, 10250];

/// The rules that let addresses in, each with the id of its group.
type Rules<'a> = Vec<(&'a str, &'a Ingress)>;

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let groups = context.audited_region(&cluster.arn)?.network.security_groups.known()?;
    if configuration.network.security_groups.is_empty() {
        return Err(cluster.unclear(Action::EksDescribeCluster, "the security groups of the cluster are not said"));
    }
    let (mut rules, mut gathered) = (Rules::new(), Gathered::default());
    for id in &configuration.network.security_groups {
        gathered.add(rules_of(id, groups, cluster).map(|found| {
            rules.extend(found);
            None
        }));
    }
    for port in PORTS {
        let most = context.settings.thresholds.public_endpoint_addresses;
        for found in open(port, &rules, most, cluster) {
            gathered.add(found.map(Some));
        }
    }
    gathered.outcome()
}

fn rules_of<'a>(id: &'a str, groups: &'a BTreeMap<String, SecurityGroup>, cluster: &Cluster) -> Result<Rules<'a>, Gap> {
    let missing = || cluster.unclear(Action::Ec2DescribeSecurityGroups, format!("{id} is not among the groups read"));
    let group = groups.get(id).ok_or_else(missing)?;
    Ok(group.ingress.iter().map(|rule| (id, rule)).collect())
}

/// Whether the rules together open a port too wide, and what of them cannot be judged.
fn open(port: i32, rules: &Rules, most: u64, cluster: &Cluster) -> Vec<Result<String, Gap>> {
    let unclear = |why: String| cluster.unclear(Action::Ec2DescribeSecurityGroups, why);
    let reaching: Vec<_> = rules.iter().filter(|(_, rule)| rule.reaches(port)).collect();
    let networks = reaching.iter().flat_map(|(_, rule)| rule.cidrs.iter().map(String::as_str));
    let (addresses, malformed) = Addresses::of(networks);
    if let Some(span) = addresses.too_wide(most) {
        let from_networks = reaching.iter().filter(|(_, rule)| !rule.cidrs.is_empty());
        let by: Vec<_> = from_networks.map(|(id, rule)| format!("{id} [{}]", rule.cidrs.join(", "))).collect();
        return vec![Ok(format!("port {port} is open to {span} by {}", by.join(" and ")))];
    }
    let lists = reaching.iter().flat_map(|(id, rule)| rule.prefix_lists.iter().map(move |list| (id, list)));
    let unread = lists.map(|(id, list)| unclear(format!("{id} opens port {port} to {list}, which is not read")));
    let malformed = malformed.map(|malformed| unclear(format!("for port {port} {malformed}")));
    malformed.into_iter().chain(unread).map(Err).collect()
}

#[cfg(test)]
fn rule(protocol: &str, ports: Option<(i32, i32)>, cidrs: &[&str]) -> Ingress {
    Ingress {
        protocol: protocol.to_owned(),
        from_port: ports.map(|ports| ports.0),
        to_port: ports.map(|ports| ports.1),
        cidrs: cidrs.iter().map(|&cidr| cidr.to_owned()).collect(),
        prefix_lists: vec![],
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::clusters::networked;
    use palisade_scenes::{Scene, cluster, configured_cluster};

    let within = |scene: Scene, groups: &[&[Ingress]]| {
        networked(scene).region(|region| {
            let groups = groups.iter().enumerate().map(|(index, ingress)| {
                let id = if index == 0 { "sg-cluster" } else { "sg-extra" };
                (id.to_owned(), SecurityGroup { name: id.to_owned(), vpc: None, ingress: ingress.to_vec() })
            });
            region.network.security_groups = Fact::Known(groups.collect());
        })
    };
    let with = |rules: &[Ingress]| within(cluster(|_| {}), &[rules]);
    let two = |first: Ingress, second: Ingress| {
        let scene =
            configured_cluster(|configuration| configuration.network.security_groups.push("sg-extra".to_owned()));
        within(scene, &[&[first], &[second]])
    };
    let tcp = |port: i32, cidrs: &[&str]| rule("tcp", Some((port, port)), cidrs);
    let mut listed = tcp(443, &[]);
    listed.prefix_lists.push("pl-0a1b2c3d".to_owned());
    let mut wide_and_listed = listed.clone();
    wide_and_listed.cidrs.push("0.0.0.0/0".to_owned());
    Cases::default()
        .pass(with(&[]))
        .pass(with(&[tcp(443, &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.51.100.0/24"])]))
        .pass(with(&[tcp(8080, &["0.0.0.0/0"])]))
        .pass(with(&[rule("udp", Some((0, 65535)), &["0.0.0.0/0"])]))
        .pass(with(&[rule("icmp", Some((8, -1)), &["0.0.0.0/0"])]))
        .pass(two(tcp(443, &["0.0.0.0/1"]), tcp(443, &[])).settings(|settings| {
            settings.thresholds.public_endpoint_addresses = u64::MAX;
        }))
        .fail(with(&[tcp(443, &["0.0.0.0/0"])]))
        .fail(with(&[tcp(10250, &["::/0"])]))
        .fail(with(&[rule("6", Some((0, 1024)), &["0.0.0.0/0"])]))
        .fail(with(&[rule("-1", None, &["0.0.0.0/0"])]))
        .fail(with(&[rule("tcp", Some((0, 65535)), &["0.0.0.0/1", "128.0.0.0/1"])]))
        .fail(two(tcp(22, &["0.0.0.0/1"]), rule("-1", None, &["128.0.0.0/1"])))
        .fail(with(&[tcp(443, &["nonsense"]), tcp(443, &["0.0.0.0/0"])]))
        .fail(with(&[wide_and_listed]))
        .unknown(with(&[tcp(443, &["nonsense"])]))
        .unknown(with(&[listed]))
        .unknown(within(cluster(|_| {}), &[]))
        .unknown(networked(configured_cluster(|configuration| configuration.network.security_groups.clear())))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
