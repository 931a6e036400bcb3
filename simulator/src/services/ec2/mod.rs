//! EC2: where functions, clusters and tasks stand, and the machines of clusters.

mod instances;
mod interfaces;
mod network;
pub(super) mod operations;
mod subnets;

use std::collections::BTreeMap;

use super::Ask;
use super::paging::PageRule;
use crate::request::Request;
use crate::wire::xml::Xml;

/// How EC2 pages most lists.
const PAGE: PageRule = PageRule { token: "NextToken", size: "MaxResults", default: 1000, most: 1000 };

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

/// The ids that a call names, as they are or as values of a filter.
fn asked_ids(ask: &Ask<'_>, parameter: &str, filter: &str) -> Option<String> {
    let filters = filters(ask.request).into_iter().filter(|(name, _)| name == filter).flat_map(|(_, values)| values);
    let ids: Vec<String> = ask.request.list(parameter).into_iter().chain(filters).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// A security group as others name it.
fn group(xml: &mut Xml, ask: &Ask<'_>, id: &str) {
    let groups = &ask.world.region(ask.region).security_groups;
    xml.text("groupId", id);
    xml.text_if("groupName", groups.iter().find(|group| group.id == id).map(|group| group.name.as_str()));
}

fn tags(xml: &mut Xml, tags: &BTreeMap<String, String>) {
    xml.items("tagSet", tags, |xml, (key, value)| {
        xml.text("key", key);
        xml.text("value", value);
    });
}
