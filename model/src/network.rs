//! The network that functions and clusters are part of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::eks::MetadataOptions;
use super::{Action, Arn, Fact, Gap, Switch};

/// What is known of the VPCs of one Region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// The subnets that functions, clusters and tasks use, by id.
    pub subnets: Fact<BTreeMap<String, Subnet>>,
    /// The route tables of the VPCs that clusters and tasks use.
    pub route_tables: Fact<Vec<RouteTable>>,
    /// The security groups that clusters and tasks use, the default ones of VPCs where tasks name none, and those from which their node groups let SSH in, by id.
    pub security_groups: Fact<BTreeMap<String, SecurityGroup>>,
    /// What flow logs watch. Read for the VPCs that clusters use, and their subnets.
    pub flow_logs: Fact<FlowLogs>,
    /// The network interfaces of tasks, by id. One that is gone is not among them.
    pub interfaces: Fact<BTreeMap<String, Interface>>,
    /// The EC2 instances that tasks of ECS run on, by id. One that is gone is not among them.
    pub instances: Fact<BTreeMap<String, Instance>>,
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// Its address on the internet.
    pub public_address: Option<String>,
    /// The subnet.
    pub subnet: Option<String>,
    /// Ids of its security groups.
    pub security_groups: Vec<String>,
}

/// An EC2 instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// How its metadata service can be reached.
    pub metadata: MetadataOptions,
    /// Whether it has an address on the internet.
    pub has_public_address: bool,
    /// The subnet.
    pub subnet: Option<String>,
    /// Ids of its security groups.
    pub security_groups: Vec<String>,
    /// The instance profile, by ARN.
    pub profile: Option<Arn>,
}

/// The VPCs and subnets that have flow logs, by id, and whether any of these is active.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowLogs(BTreeMap<String, Switch>);

impl FlowLogs {
    /// Whether a flow log watches a VPC or subnet. A gap about `asked_for` where that is not known.
    pub fn watch(&self, id: &str, asked_for: &Arn) -> Result<bool, Gap> {
        let not_known = |state: &str| {
            Gap::not_known(Action::Ec2DescribeFlowLogs, asked_for, format!("FlowLogStatus of {id}"), state)
        };
        self.0.get(id).map_or(Ok(false), |state| state.is_on(not_known))
    }
}

impl Extend<(String, Switch)> for FlowLogs {
    /// Of several flow logs, one that is active decides, and after it one of which that is not known.
    fn extend<I: IntoIterator<Item = (String, Switch)>>(&mut self, logs: I) {
        for (id, state) in logs {
            let known = self.0.entry(id).or_insert(Switch::Off);
            match (&*known, &state) {
                (Switch::On, _) | (Switch::Other(_), Switch::Off | Switch::Other(_)) => {}
                (Switch::Off, _) | (Switch::Other(_), Switch::On) => *known = state,
            }
        }
    }
}

impl FromIterator<(String, Switch)> for FlowLogs {
    fn from_iter<I: IntoIterator<Item = (String, Switch)>>(logs: I) -> Self {
        let mut all = Self::default();
        all.extend(logs);
        all
    }
}

/// A subnet of a VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// The Availability Zone's id, such as `use1-az1`, which names one place whatever the account calls it.
    pub zone: String,
    /// The VPC.
    pub vpc: Option<String>,
    /// Whether instances that start in it get an address on the internet; none when EC2 does not say.
    pub gives_public_addresses: Option<bool>,
}

/// A route table of a VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// The VPC.
    pub vpc: String,
    /// Whether it holds for the subnets that name no table of their own.
    pub is_main: bool,
    /// Ids of the subnets that name it.
    pub subnets: Vec<String>,
    /// Whether it leads to an internet gateway for IPv4.
    pub leads_to_internet: bool,
    /// Whether it leads to an internet gateway for IPv6.
    pub leads_to_internet_by_ipv6: bool,
}

/// A version of the internet protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpVersion {
    /// With addresses such as `203.0.113.10`.
    V4,
    /// With addresses such as `2001:db8::10`.
    V6,
}

impl IpVersion {
    /// The version of a network or address.
    pub fn of(text: &str) -> Self {
        if text.contains(':') { Self::V6 } else { Self::V4 }
    }
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Its name.
    pub name: String,
    /// The VPC; files that are older do not say.
    pub vpc: Option<String>,
    /// Who is let in.
    pub ingress: Vec<Ingress>,
}

/// A rule that lets addresses in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingress {
    /// `tcp`, `udp`, a protocol's number, or `-1` for all.
    pub protocol: String,
    /// The first port; none for all.
    pub from_port: Option<i32>,
    /// The last port; none for all.
    pub to_port: Option<i32>,
    /// The addresses, of IPv4 and IPv6.
    pub cidrs: Vec<String>,
    /// Ids of the prefix lists whose addresses are let in besides; what they hold is not read.
    pub prefix_lists: Vec<String>,
}

impl Ingress {
    /// Whether it is about a port of TCP, or with `udp` of UDP.
    pub fn covers(&self, port: u16, udp: bool) -> bool {
        let names: &[&str] = if udp { &["udp", "17"] } else { &["tcp", "6"] };
        match self.protocol.as_str() {
            "-1" => true,
            protocol if names.contains(&protocol) => {
                let port = i32::from(port);
                self.from_port.is_none_or(|first| first <= port) && self.to_port.is_none_or(|last| port <= last)
            }
            _ => false,
        }
    }

    /// Whether it lets addresses in on a port of TCP.
    pub fn reaches(&self, port: i32) -> bool {
        // The ports of a rule about all protocols mean nothing, those of ICMP are types.
        match self.protocol.as_str() {
            "-1" => true,
            "tcp" | "6" => {
                self.from_port.is_none_or(|first| first <= port) && self.to_port.is_none_or(|last| port <= last)
            }
            _ => false,
        }
    }
}

impl Network {
    /// Whether a subnet leads to the internet for IPv4, as [`Self::leads_out`].
    pub fn is_public(&self, subnet: &str) -> Result<Option<bool>, Gap> {
        self.leads_out(subnet, IpVersion::V4)
    }

    /// Whether a subnet leads to an internet gateway: its own route table decides, or else the main one of its VPC. `None`
    /// when the subnet is not among those that are known.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types>
    pub fn leads_out(&self, subnet: &str, version: IpVersion) -> Result<Option<bool>, Gap> {
        let Some(known) = self.subnets.known()?.get(subnet) else { return Ok(None) };
        let tables = self.route_tables.known()?;
        let own = tables.iter().find(|table| table.subnets.iter().any(|id| id == subnet));
        let main = || tables.iter().find(|table| table.is_main && Some(&table.vpc) == known.vpc.as_ref());
        Ok(own.or_else(main).map(|table| match version {
            IpVersion::V4 => table.leads_to_internet,
            IpVersion::V6 => table.leads_to_internet_by_ipv6,
        }))
    }
}
