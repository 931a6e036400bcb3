//! Routes, security groups and flow logs.

use super::{PAGE, filters, passes};
use crate::account::{FlowLog, Ingress, RouteTable, SecurityGroup};
use crate::ids;
use crate::services::Ask;
use crate::services::paging::PageRule;
use crate::wire::xml::Xml;
use crate::wire::{Answer, ServiceError};

pub(super) fn describe_route_tables(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let filters = filters(ask.request);
    let all = ask.world.region(ask.region).route_tables.iter();
    let values = |table: &&RouteTable| {
        let (id, vpc) = (&table.id, &table.vpc);
        passes(&filters, |name| match name {
            "vpc-id" => vec![vpc.as_str()],
            "route-table-id" => vec![id.as_str()],
            _ => Vec::new(),
        })
    };
    let wanted: Vec<&RouteTable> = all.filter(values).collect();
    let page = ask.page(&wanted, &PageRule { default: 100, most: 100, ..PAGE })?;
    let mut xml = Xml::default();
    xml.items("routeTableSet", page.items, |xml, table| route_table(xml, table));
    xml.text_if("nextToken", page.next.as_deref());
    Ok(Answer::Xml(xml))
}

fn route_table(xml: &mut Xml, table: &RouteTable) {
    xml.text("routeTableId", &table.id);
    xml.text("vpcId", &table.vpc);
    xml.items("routeSet", [Some("local"), table.default_route.as_deref()].into_iter().flatten(), |xml, target| {
        xml.text("destinationCidrBlock", if target == "local" { "10.0.0.0/8" } else { "0.0.0.0/0" });
        xml.text(if target.starts_with("nat-") { "natGatewayId" } else { "gatewayId" }, target);
        xml.text("state", "active");
    });
    let main = table.main.then_some(None);
    xml.items("associationSet", main.into_iter().chain(table.subnets.iter().map(Some)), |xml, subnet| {
        let seed = format!("{} {subnet:?}", table.id);
        xml.text("routeTableAssociationId", &format!("rtbassoc-{}", ids::hexadecimal(&seed, 17)));
        xml.text("routeTableId", &table.id);
        xml.text_if("subnetId", subnet.map(String::as_str));
        xml.value("main", subnet.is_none());
    });
}

pub(super) fn describe_security_groups(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let filters = filters(ask.request);
    let ids = ask.request.list("GroupId");
    let all = ask.world.region(ask.region).security_groups.iter();
    let wanted: Vec<&SecurityGroup> = all
        .filter(|group| ids.is_empty() || ids.contains(&group.id))
        .filter(|group| {
            passes(&filters, |name| match name {
                "group-id" => vec![&group.id],
                "group-name" => vec![&group.name],
                "vpc-id" => vec![&group.vpc],
                _ => Vec::new(),
            })
        })
        .collect();
    let page = ask.page(&wanted, &PAGE)?;
    let mut xml = Xml::default();
    xml.items("securityGroupInfo", page.items, |xml, group| {
        xml.text("ownerId", &ask.world.account.id);
        xml.text("groupId", &group.id);
        xml.text("groupName", &group.name);
        xml.text("groupDescription", &group.name);
        xml.text("vpcId", &group.vpc);
        xml.items("ipPermissions", &group.ingress, ingress);
        xml.items("ipPermissionsEgress", [()], |xml, ()| {
            xml.text("ipProtocol", "-1");
            xml.items("ipRanges", ["0.0.0.0/0"], |xml, cidr| xml.text("cidrIp", cidr));
        });
    });
    xml.text_if("nextToken", page.next.as_deref());
    Ok(Answer::Xml(xml))
}

fn ingress(xml: &mut Xml, rule: &Ingress) {
    xml.text("ipProtocol", &rule.protocol);
    if let Some((first, last)) = rule.ports {
        xml.value("fromPort", first);
        xml.value("toPort", last);
    }
    let (sixth, fourth): (Vec<&String>, Vec<&String>) = rule.cidrs.iter().partition(|cidr| cidr.contains(':'));
    xml.items("groups", &rule.groups, |xml, group| xml.text("groupId", group));
    xml.items("ipRanges", fourth, |xml, cidr| xml.text("cidrIp", cidr));
    xml.items("ipv6Ranges", sixth, |xml, cidr| xml.text("cidrIpv6", cidr));
    xml.items("prefixListIds", &rule.prefix_lists, |xml, list| xml.text("prefixListId", list));
}

pub(super) fn describe_flow_logs(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let filters = filters(ask.request);
    let all = ask.world.region(ask.region).flow_logs.iter();
    let is_wanted = |log: &&FlowLog| {
        let resource = log.resource.as_str();
        passes(&filters, |name| if name == "resource-id" { vec![resource] } else { Vec::new() })
    };
    let wanted: Vec<&FlowLog> = all.filter(is_wanted).collect();
    let page = ask.page(&wanted, &PAGE)?;
    let mut xml = Xml::default();
    xml.items("flowLogSet", page.items, |xml, log| {
        xml.text("flowLogId", &format!("fl-{}", ids::hexadecimal(&log.resource, 17)));
        xml.text("flowLogStatus", &log.status);
        xml.text("resourceId", &log.resource);
        xml.text("trafficType", "ALL");
        xml.text("logDestinationType", "cloud-watch-logs");
    });
    xml.text_if("nextToken", page.next.as_deref());
    Ok(Answer::Xml(xml))
}
