//! ECS: clusters, what runs in them, and what it is made from.

mod clusters;
mod containers;
mod daemons;
mod definitions;
mod express;
mod gateways;
mod instances;
pub(super) mod interfaces;
pub(super) mod operations;
mod providers;
mod revisions;
mod running;
mod services;
mod settings;
mod stages;
mod tasks;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Ask;
use super::paging::PageRule;
use crate::account::ecs::{Cluster, Ecs, Members, Network, Provider, Share};
use crate::calls::Outcome;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};
use crate::world::World;

/// A Region of the account, as ECS sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'a> {
    world: &'a World,
    region: &'a str,
}

impl<'a> Here<'a> {
    fn of(ask: &Ask<'a>) -> Here<'a> {
        Here { world: ask.world, region: ask.region }
    }

    fn ecs(self) -> &'a Ecs {
        &self.world.region(self.region).ecs
    }

    fn arn(self, resource: &str) -> String {
        self.world.account.arn("ecs", self.region, resource)
    }

    fn cluster_arn(self, cluster: &Cluster) -> String {
        self.arn(&format!("cluster/{}", cluster.name))
    }

    /// A capacity provider that the file describes.
    fn provider(self, name: &str) -> Option<&'a Provider> {
        self.ecs().capacity_providers.iter().find(|one| one.name == name)
    }

    /// A cluster by name or ARN.
    fn cluster(self, name: &str) -> Option<&'a Cluster> {
        self.ecs().clusters.iter().find(|one| is_named(name, &one.name, || self.cluster_arn(one)))
    }
}

/// Whether `asked`, a name or an ARN, means the thing of that name and ARN.
fn is_named(asked: &str, name: &str, arn: impl FnOnce() -> String) -> bool {
    if asked.starts_with("arn:") { asked == arn() } else { asked == name }
}

/// What stands after the last slash.
fn tail(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// What a call names: `default` where it names no cluster.
fn asked_cluster_name(ask: &Ask<'_>) -> String {
    let named = ask.parameter("cluster").or_else(|| ask.parameter("clusterArn"));
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned())
}

/// The ARN of what a call names as its cluster, whether it is there or not.
fn asked_cluster_arn(ask: &Ask<'_>) -> String {
    complete(Here::of(ask), "cluster/", &asked_cluster_name(ask))
}

/// An ARN of what may be one already.
fn complete(here: Here<'_>, before: &str, name: &str) -> String {
    if name.starts_with("arn:") { name.to_owned() } else { here.arn(&format!("{before}{name}")) }
}

/// The cluster a call names.
fn asked_cluster<'a>(ask: &Ask<'a>) -> Result<&'a Cluster, ServiceError> {
    let found = Here::of(ask).cluster(&asked_cluster_name(ask));
    found.ok_or_else(|| not_found("ClusterNotFoundException", "Cluster not found."))
}

fn not_found(code: &str, message: &str) -> ServiceError {
    ServiceError::new(400, code, message).outcome(Outcome::NotFound)
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidParameterException", message)
}

const fn page_rule(default: usize, most: usize) -> PageRule {
    PageRule { token: "nextToken", size: "maxResults", default, most }
}

/// A page of a list under its name, with the token of the next. Sizes that ECS doesn't give are refused.
fn page_of<T>(
    ask: &Ask<'_>,
    name: &'static str,
    (default, most): (usize, usize),
    all: &[T],
    write: impl Fn(&T) -> Value,
) -> Result<Answer, ServiceError> {
    let wanted = ask.request.json["maxResults"].as_i64();
    let is_possible = |size: i64| usize::try_from(size).is_ok_and(|size| (1..=most).contains(&size));
    if wanted.is_some_and(|size| !is_possible(size)) {
        return Err(invalid(format!("maxResults must be between 1 and {most}.")));
    }
    let page = ask.page(all, &page_rule(default, most))?;
    let items: Value = page.items.iter().map(write).collect();
    Ok(Answer::Json(object([(name, items), ("nextToken", page.next.into())])))
}

/// What a batch asks for: at least one, and no more than `most`.
fn asked_batch(ask: &Ask<'_>, parameter: &str, what: &str, most: usize) -> Result<Vec<String>, ServiceError> {
    let names = ask.request.list(parameter);
    if names.is_empty() {
        return Err(invalid(format!("{what} cannot be empty.")));
    }
    if names.len() > most {
        return Err(invalid(format!("{what} can have at most {most} items.")));
    }
    Ok(names)
}

/// The answer to a batch: what was found, and what is missing. An ARN of what is missing starts with `before`.
fn batch(
    here: Here<'_>,
    member: &'static str,
    names: &[String],
    before: &str,
    find: impl Fn(&str) -> Option<Value>,
) -> Answer {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        match find(name) {
            Some(value) => found.push(value),
            None => failures.push(json!({"arn": complete(here, before, name), "reason": "MISSING"})),
        }
    }
    Answer::Json(object([(member, found.into()), ("failures", failures.into())]))
}

/// The ARNs of what a batch names, for who may not read one of them.
fn batch_arns(ask: &Ask<'_>, parameter: &str, before: &str) -> String {
    let names = ask.request.list(parameter);
    let arns: Vec<String> = names.iter().map(|name| complete(Here::of(ask), before, name)).collect();
    arns.join(", ")
}

/// Whether a call wants what is told only when asked for.
fn includes(ask: &Ask<'_>, what: &str) -> bool {
    ask.request.list("include").iter().any(|one| one == what)
}

/// Sets the members that the file writes as they are; `null` takes one away.
fn overlay(value: &mut Value, members: &Members) {
    let Value::Object(target) = value else { return };
    for (name, member) in members {
        if member.is_null() {
            target.remove(name);
        } else {
            target.insert(name.clone(), member.clone());
        }
    }
}

fn without(mut value: Value, member: &str) -> Value {
    if let Value::Object(members) = &mut value {
        members.remove(member);
    }
    value
}

fn tags(tags: &BTreeMap<String, String>) -> Value {
    tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

fn strategy(shares: &[Share]) -> Value {
    let shares = shares.iter();
    shares.map(|one| json!({"capacityProvider": one.provider(), "weight": one.weight(), "base": one.base()})).collect()
}

/// Where tasks stand; the Region's first subnet where the file doesn't say.
fn network(here: Here<'_>, network: Option<&Network>) -> Value {
    let usual = Network { subnets: vec![interfaces::usual_subnet(here)], ..Network::default() };
    let network = network.unwrap_or(&usual);
    json!({"awsvpcConfiguration": {
        "subnets": network.subnets,
        "securityGroups": network.security_groups,
        "assignPublicIp": if network.public { "ENABLED" } else { "DISABLED" },
    }})
}
