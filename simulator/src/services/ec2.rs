//! EC2: subnets, for where functions stand.

use super::paging::PageRule;
use super::{Ask, Operation, Service, ThrottleError};
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
    operations: &[Operation::rpc("DescribeSubnets", describe_subnets)],
};

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
        .filter(|subnet| filters.iter().all(|(name, values)| fits(subnet, name, values)))
        .collect();
    let rule = PageRule { token: "NextToken", size: "MaxResults", default: 1000, most: 1000 };
    let page = ask.page(&subnets, &rule)?;
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

fn fits(subnet: &Subnet, filter: &str, values: &[String]) -> bool {
    let value = match filter {
        "subnet-id" => &subnet.id,
        "vpc-id" => &subnet.vpc,
        "availability-zone" | "availabilityZone" => &subnet.zone,
        tag => match tag.strip_prefix("tag:").and_then(|key| subnet.tags.get(key)) {
            Some(value) => value,
            None => return false,
        },
    };
    values.contains(value)
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
    xml.items("tagSet", &subnet.tags, |xml, (key, value)| {
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
