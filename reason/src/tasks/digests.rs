//! The images that run, by digest, and what ECR knows of them.

use palisade_model::ecr::{Image, Reference};
use palisade_model::{Action, Fact, Gap};

use super::uses::{How, Running};
use crate::account::Account;

/// The digests that run under a container's name, each once, by the tasks and revisions of what uses the definition; that
/// of the address itself where it names one. A gap where something runs and none of it tells: the tag may have moved since.
pub fn running(running: &Running<'_>, container: &str, address: &str) -> Result<Vec<String>, Gap> {
    let pinned = Reference::parse(address).digest.map(str::to_owned);
    if let Some(digest) = pinned {
        return Ok(vec![digest]);
    }
    let (mut digests, mut gap) = (Vec::new(), None);
    for used in running.uses {
        match used.how {
            How::Task(task) => {
                let own = task.containers.iter().filter(|one| one.name == container);
                let told: Vec<_> = own.filter_map(|one| one.digest.clone()).collect();
                if told.is_empty() {
                    let why = format!("the digest of container {container} is not told");
                    gap = Some(Gap::failed(Action::EcsDescribeTasks, used.who, why));
                }
                digests.extend(told);
            }
            How::Service => {
                let mut services = running.ecs.services().filter(|(_, service)| service.arn == *used.who);
                let Some((_, service)) = services.next() else { continue };
                let revisions = match &service.revisions {
                    Fact::Known(revisions) => revisions,
                    Fact::Unknown(unread) => {
                        gap = Some(unread.clone());
                        continue;
                    }
                };
                let own = revisions.iter().filter(|one| one.definition.as_ref() == Some(&running.definition.arn));
                let images = own.flat_map(|revision| &revision.images).filter(|image| image.container == container);
                digests.extend(images.filter_map(|image| image.digest.clone()));
            }
            How::Daemon | How::Launcher(_) | How::Itself => {}
        }
    }
    digests.sort();
    digests.dedup();
    // What was not seen may run it, too.
    match gap.or_else(|| running.ecs.unknown_uses().next().cloned()) {
        Some(gap) if digests.is_empty() => Err(gap),
        Some(_) | None => Ok(digests),
    }
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
    let digests = running(running_by, container, address)?;
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
