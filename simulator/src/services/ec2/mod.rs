//! EC2: where functions and clusters stand, and the machines of clusters.

mod instances;
mod network;
pub(super) mod operations;
mod subnets;

use std::collections::BTreeMap;

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

fn tags(xml: &mut Xml, tags: &BTreeMap<String, String>) {
    xml.items("tagSet", tags, |xml, (key, value)| {
        xml.text("key", key);
        xml.text("value", value);
    });
}
