//! Names as reports print them, such as `function:orders` or `role/deploy`, and what they mean in an account.

use std::borrow::Cow;

use super::error::AskError;
use palisade_model::iam::Iam;
use palisade_model::{Arn, Inventory};

/// The ARN of the resource that a text names; ARNs, and `*`, are what they are.
pub(super) fn resource<'t>(inventory: &Inventory, text: &'t str) -> Result<Cow<'t, str>, AskError> {
    if text == "*" || text.starts_with("arn:") {
        return Ok(Cow::Borrowed(text));
    }
    let all = resources(inventory);
    match meant(&all, text)?.as_slice() {
        [] => {
            let known = all.iter().map(|arn| arn.resource().to_owned()).collect();
            Err(AskError::UnknownResource { name: text.to_owned(), known })
        }
        [one, ..] => Ok(Cow::Owned(one.to_string())),
    }
}

/// The ARN of the role or user that a text names: as `role/…` or `user/…`, or by the one workload that has it as its role.
/// Anything else is left as it is.
pub(super) fn principal<'t>(inventory: &Inventory, text: &'t str) -> Result<Cow<'t, str>, AskError> {
    if text.starts_with("arn:") {
        return Ok(Cow::Borrowed(text));
    }
    let Iam { roles, users, .. } = &inventory.iam;
    let of_iam =
        roles.seen().iter().map(|role| role.arn.clone()).chain(users.seen().iter().map(|user| user.arn.clone()));
    if let [one, ..] = meant(&of_iam.collect::<Vec<_>>(), text)?.as_slice() {
        return Ok(Cow::Owned(one.to_string()));
    }
    let workloads = inventory.workloads().seen;
    let meant: Vec<_> = workloads.iter().filter(|workload| workload.arn.is_meant_by(text)).collect();
    let mut roles: Vec<&Arn> = meant.iter().flat_map(|workload| workload.roles().0).collect();
    roles.sort_unstable();
    roles.dedup();
    match roles.as_slice() {
        [] => Ok(Cow::Borrowed(text)),
        [one] => Ok(Cow::Owned(one.to_string())),
        several => Err(ambiguous(text, several.iter().copied())),
    }
}

/// The one resource that a text means, if any.
fn meant<'a>(all: &'a [Arn], text: &str) -> Result<Vec<&'a Arn>, AskError> {
    if text.contains(['*', '?']) {
        return Ok(Vec::new());
    }
    let found: Vec<_> = all.iter().filter(|arn| arn.is_meant_by(text)).collect();
    if found.len() > 1 { Err(ambiguous(text, found)) } else { Ok(found) }
}

fn ambiguous<'a>(text: &str, arns: impl IntoIterator<Item = &'a Arn>) -> AskError {
    AskError::Ambiguous { name: text.to_owned(), arns: arns.into_iter().cloned().collect() }
}

/// What findings can be about.
fn resources(inventory: &Inventory) -> Vec<Arn> {
    let Iam { roles, users, .. } = &inventory.iam;
    let mut all: Vec<Arn> = roles.seen().iter().map(|role| role.arn.clone()).collect();
    all.extend(users.seen().iter().map(|user| user.arn.clone()));
    all.extend(inventory.workloads().seen.into_iter().map(|workload| workload.arn));
    all.extend(inventory.public_repositories.seen().iter().map(|repository| repository.arn.clone()));
    for region in inventory.regions.values() {
        all.extend(region.lambda.layers.seen().iter().map(|layer| layer.arn.clone()));
        all.extend(region.eks.clusters.seen().iter().map(|cluster| cluster.arn.clone()));
        all.extend(region.ecs.clusters.seen().iter().map(|cluster| cluster.arn.clone()));
        all.extend(region.ecs.definitions.seen().iter().map(|definition| definition.arn.clone()));
        for repository in region.ecr.repositories.seen() {
            all.push(repository.arn.clone());
            all.extend(repository.images.seen().iter().map(|image| image.arn.clone()));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}
