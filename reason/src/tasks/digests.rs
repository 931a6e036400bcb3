//! The images that run, by digest, and what ECR knows of them.

use palisade_model::ecr::{Image, Reference};
use palisade_model::{Action, Gap};

use super::uses::{How, Running};
use crate::account::Account;

/// The digests that run under a container's name, each once, by the tasks and revisions of what uses the definition; that
/// of the address itself where it names one.
pub fn running(running: &Running<'_>, container: &str, address: &str) -> Vec<String> {
    let pinned = Reference::parse(address).digest.map(str::to_owned);
    if let Some(digest) = pinned {
        return vec![digest];
    }
    let mut digests = Vec::new();
    for used in running.uses {
        match used.how {
            How::Task(task) => {
                let own = task.containers.iter().filter(|one| one.name == container);
                digests.extend(own.filter_map(|one| one.digest.clone()));
            }
            How::Service => {
                let services = running.ecs.services().filter(|(_, service)| service.arn == *used.who);
                let revisions = services.filter_map(|(_, service)| service.revisions.known().ok()).flatten();
                let own = revisions.filter(|one| one.definition.as_ref() == Some(&running.definition.arn));
                let images = own.flat_map(|revision| &revision.images).filter(|image| image.container == container);
                digests.extend(images.filter_map(|image| image.digest.clone()));
            }
            How::Daemon | How::Launcher(_) | How::Itself => {}
        }
    }
    digests.sort();
    digests.dedup();
    digests
}

/// The images in this account's registry that a container runs: by digest where that is known, else by the tag. A gap where
/// the image lies elsewhere, or is not among those that were read.
pub fn images<'a>(
    running_by: &Running<'_>,
    container: &str,
    address: &str,
    account: &'a Account<'_>,
) -> Result<Vec<&'a Image>, Gap> {
    let reference = Reference::parse(address);
    let unread = |why: String| Gap::failed(Action::EcrDescribeImages, &running_by.definition.arn, why);
    let own = reference.ecr_repository().filter(|arn| arn.account() == account.inventory().account.as_str());
    let Some(repository) = own else {
        return Err(unread(format!("the image {address} is not in a registry of this account")));
    };
    let known = account.repository(&repository)?;
    let Some(known) = known else { return Err(unread(format!("the repository of {address} is not there"))) };
    let digests = running(running_by, container, address);
    let is_meant = |image: &&Image| {
        if digests.is_empty() {
            reference.tag.is_some_and(|tag| image.artifact.tags.iter().any(|known| known == tag))
        } else {
            digests.contains(&image.artifact.digest)
        }
    };
    let found: Vec<_> = known.images.seen().iter().filter(is_meant).collect();
    if found.is_empty() {
        known.images.complete()?;
        return Err(unread(format!("the image {address} is not among those that were read")));
    }
    Ok(found)
}
