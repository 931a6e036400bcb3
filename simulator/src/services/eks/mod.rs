//! EKS: clusters, what runs them and who may enter.

mod access;
mod clusters;
mod compute;
pub(super) mod operations;
mod versions;

use serde_json::Value;

use super::Ask;
use super::paging::PageRule;
use crate::account::{Cluster, PodIdentity};
use crate::calls::Outcome;
use crate::ids;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 100, most: 100 };

fn cluster_arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("eks", ask.region, &format!("cluster/{name}"))
}

/// The ARN of a part of the cluster that was asked about.
fn part_arn(ask: &Ask<'_>, kind: &str, rest: &str) -> String {
    ask.world.account.arn("eks", ask.region, &format!("{kind}/{}/{rest}", ask.label(0)))
}

fn addon_arn(ask: &Ask<'_>, name: &str) -> String {
    part_arn(ask, "addon", &format!("{name}/{}", ids::uuid(&format!("{} {name}", ask.label(0)))))
}

fn association_id(cluster: &str, one: &PodIdentity) -> String {
    let seed = format!("{cluster} {} {}", one.namespace, one.service_account);
    format!("a-{}", ids::characters(&seed, b"abcdefghijklmnopqrstuvwxyz0123456789", 17))
}

/// The ARN of an association of the cluster that was asked about.
fn association_arn(ask: &Ask<'_>, one: &PodIdentity) -> String {
    part_arn(ask, "podidentityassociation", &association_id(ask.label(0), one))
}

fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message).outcome(Outcome::NotFound)
}

/// The cluster that the path names.
fn asked<'a>(ask: &Ask<'a>) -> Result<&'a Cluster, ServiceError> {
    let clusters = &ask.world.region(ask.region).eks.clusters;
    let found = clusters.iter().find(|cluster| cluster.name == ask.label(0));
    found.ok_or_else(|| not_found(format!("No cluster found for name: {}.", ask.label(0))))
}

/// A page of a list under its name, with the token of the next.
fn page_of<T>(
    ask: &Ask<'_>,
    name: &'static str,
    all: &[T],
    write: impl Fn(&T) -> Value,
) -> Result<Answer, ServiceError> {
    let page = ask.page(all, &PAGE)?;
    let items: Value = page.items.iter().map(write).collect();
    Ok(Answer::Json(object([(name, items), ("nextToken", page.next.into())])))
}

/// A single thing under its name.
fn one(name: &'static str, value: Value) -> Answer {
    Answer::Json(object([(name, value)]))
}

fn is_text(text: Option<&str>, otherwise: &str) -> Value {
    text.unwrap_or(otherwise).into()
}
