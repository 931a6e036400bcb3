//! EC2: where functions and clusters stand, and the machines of clusters.

mod instances;
mod network;

use std::collections::BTreeMap;

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::Subnet;
use crate::calls::Outcome;
use crate::ids;
use crate::request::Request;
use crate::wire::xml::Xml;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "ec2",
    prefix: "ec2",
    protocol: Protocol::Ec2Query,
    namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    global: false,
    throttle: ThrottleError { status: 503, code: "RequestLimitExceeded", message: "Request limit exceeded." },
    broken: "InternalError",
    invalid_token: "InvalidNextToken",
    operations: &[
        Operation::rpc("DescribeSubnets", describe_subnets as Answerer),
        Operation::rpc("DescribeInstances", instances::describe),
        Operation::rpc("DescribeLaunchTemplateVersions", instances::describe_launch_template_versions),
        Operation::rpc("DescribeRouteTables", network::describe_route_tables),
        Operation::rpc("DescribeSecurityGroups", network::describe_security_groups),
        Operation::rpc("DescribeFlowLogs", network::describe_flow_logs),
    ],
};

/// How EC2 pages most lists.
const PAGE: PageRule = PageRule { token: "NextToken", size: "MaxResults", default: 1000, most: 1000 };

fn describe_subnets(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let all = &ask.world.region(ask.region).subnets;
    let ids = ask.request.list("SubnetId");
    if let Some(missing) = ids.iter().find(|&id| !all.iter().any(|subnet| subnet.id == *id)) {
        let message = format!("The subnet ID '{missing}' does not exist");
        return Err(ServiceError::new(400, "InvalidSubnetID.NotFound", message).outcome(Outcome::NotFound));
    }
    let filters = filters(ask.request);
    let subnets: Vec<&Subnet> = all
        .iter()
        .filter(|subnet| ids.is_empty() || ids.contains(&subnet.id))
        .filter(|subnet| passes(&filters, |name| values(subnet, name)))
        .collect();
    let page = ask.page(&subnets, &PAGE)?;
    let mut xml = Xml::default();
    xml.items("subnetSet", page.items, |xml, subnet| write(xml, ask, subnet));
    xml.text_if("nextToken", page.next.as_deref());
    Ok(Answer::Xml(xml))
}

/// `Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-…`: names with their values.
fn filters(request: &Request) -> Vec<(String, Vec<String>)> {
    (1..)
        .map_while(|number| {
            let name = request.parameter(&format!("Filter.{number}.Name"))?;
            Some((name, request.list(&format!("Filter.{number}.Value"))))
        })
        .collect()
}

/// Whether a thing has one of the wanted values for each filter; `values` tells what it has under a filter's name.
fn passes<'a>(filters: &[(String, Vec<String>)], values: impl Fn(&str) -> Vec<&'a str>) -> bool {
    filters.iter().all(|(name, wanted)| values(name).iter().any(|value| wanted.iter().any(|one| one == value)))
}

/// What tags have under a filter such as `tag:Name` or `tag-key`.
fn tag_values<'a>(tags: &'a BTreeMap<String, String>, filter: &str) -> Vec<&'a str> {
    match filter.strip_prefix("tag:") {
        Some(key) => tags.get(key).map(String::as_str).into_iter().collect(),
        None if filter == "tag-key" => tags.keys().map(String::as_str).collect(),
        None => Vec::new(),
    }
}

fn values<'a>(subnet: &'a Subnet, filter: &str) -> Vec<&'a str> {
    match filter {
        "subnet-id" => vec![&subnet.id],
        "vpc-id" => vec![&subnet.vpc],
        "availability-zone" | "availabilityZone" => vec![&subnet.zone],
        tag => tag_values(&subnet.tags, tag),
    }
}

fn write(xml: &mut Xml, ask: &Ask<'_>, subnet: &Subnet) {
    let account = &ask.world.account;
    xml.text("subnetId", &subnet.id);
    xml.text("subnetArn", &account.arn("ec2", ask.region, &format!("subnet/{}", subnet.id)));
    xml.text("state", "available");
    xml.text("ownerId", &account.id);
    xml.text("vpcId", &subnet.vpc);
    xml.text("cidrBlock", &subnet.cidr);
    xml.value("availableIpAddressCount", subnet.free_addresses);
    xml.text("availabilityZone", &subnet.zone);
    xml.text("availabilityZoneId", &zone_id(&subnet.zone));
    xml.value("defaultForAz", false);
    xml.value("mapPublicIpOnLaunch", subnet.public);
    xml.value("assignIpv6AddressOnCreation", false);
    tags(xml, &subnet.tags);
}

fn tags(xml: &mut Xml, tags: &BTreeMap<String, String>) {
    xml.items("tagSet", tags, |xml, (key, value)| {
        xml.text("key", key);
        xml.text("value", value);
    });
}

/// Zone ids look like `use1-az4`: which letter is which zone differs between accounts.
fn zone_id(zone: &str) -> String {
    let short: String = zone.split('-').map(|part| if part.len() > 2 { &part[..1] } else { part }).collect();
    let number = ids::hash(zone) % 6 + 1;
    format!("{}-az{number}", short.trim_end_matches(|letter: char| letter.is_ascii_lowercase()))
}
