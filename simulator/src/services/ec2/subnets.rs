//! Subnets.

use super::{PAGE, filters, passes, tag_values, tags};
use crate::account::Subnet;
use crate::calls::Outcome;
use crate::ids;
use crate::services::Ask;
use crate::wire::xml::Xml;
use crate::wire::{Answer, ServiceError};

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
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

/// Zone ids look like `use1-az4`: which letter is which zone differs between accounts.
fn zone_id(zone: &str) -> String {
    let short: String = zone.split('-').map(|part| if part.len() > 2 { &part[..1] } else { part }).collect();
    let number = ids::hash(zone) % 6 + 1;
    format!("{}-az{number}", short.trim_end_matches(|letter: char| letter.is_ascii_lowercase()))
}
