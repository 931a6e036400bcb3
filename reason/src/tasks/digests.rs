//! The images that run, by digest, and what ECR knows of them.

use std::collections::BTreeSet;

use palisade_model::ecr::{Image, Reference};
use palisade_model::{Action, Fact, Gap};

use super::uses::{How, Running};
use crate::account::Account;

/// The digests that run under a container's name, each once, by the tasks and revisions of what uses the definition; and the
/// gap when others may run it, with another digest. Where something runs and none of it tells, that is a gap as well: the tag
/// may have moved since.
fn running(running: &Running<'_>, container: &str) -> Result<(BTreeSet<String>, Option<Gap>), Gap> {
    let (mut digests, mut untold) = (BTreeSet::new(), None);
    let mut others = running.ecs.unknown_uses().next();
    for used in running.uses {
        match used.how {
            How::Task(task) => {
                let own = task.containers.iter().filter(|one| one.name == container);
                let told: Vec<_> = own.filter_map(|one| one.digest.clone()).collect();
                if told.is_empty() {
                    let why = format!("the digest of container {container} is not told");
                    untold = Some(Gap::undecided(Action::EcsDescribeTasks, used.who, why));
                }
                digests.extend(told);
            }
            How::Service => {
                let mut services = running.ecs.services().filter(|(_, service)| service.arn == *used.who);
                let Some((_, service)) = services.next() else { continue };
                match &service.revisions {
                    Fact::Known(revisions) => {
                        let own = revisions.iter();
                        let own = own.filter(|one| one.definition.as_ref() == Some(&running.definition.arn));
                        let images = own.flat_map(|one| &one.images).filter(|image| image.container == container);
                        digests.extend(images.filter_map(|image| image.digest.clone()));
                    }
                    Fact::Unknown(unread) => others = others.or(Some(unread)),
                }
            }
            How::Daemon | How::Launcher(_) | How::Itself => {}
        }
    }
    let others = others.cloned();
    match others.clone().or(untold) {
        Some(gap) if digests.is_empty() => Err(gap),
        Some(_) | None => Ok((digests, others)),
    }
}

/// The images in this account's registry that a container runs: by digest where that is known, else by the tag. A gap for
/// each that lies elsewhere, or is not among those that were read, and for those of what was not seen.
pub fn images<'a>(
    running_by: &Running<'_>,
    container: &str,
    address: &str,
    account: &'a Account<'_>,
) -> Vec<Result<&'a Image, Gap>> {
    of_account(running_by, container, address, account).unwrap_or_else(|gap| vec![Err(gap)])
}

fn of_account<'a>(
    running_by: &Running<'_>,
    container: &str,
    address: &str,
    account: &'a Account<'_>,
) -> Result<Vec<Result<&'a Image, Gap>>, Gap> {
    let reference = Reference::parse(address);
    let unread = |why: String| Gap::undecided(Action::EcrDescribeImages, &running_by.definition.arn, why);
    let own = reference.ecr_repository().filter(|arn| arn.account() == account.inventory().account.as_str());
    let Some(repository) = own else {
        return Err(unread(format!("the image {address} is not in a registry of this account")));
    };
    let known = account.repository(&repository)?;
    let Some(known) = known else { return Err(unread(format!("the repository of {address} is not there"))) };
    let missing = |what: &str| match known.images.complete() {
        Ok(_) => unread(format!("the image {what} is not among those that were read")),
        Err(gap) => gap,
    };
    let (digests, others) = match reference.digest {
        Some(pinned) => (BTreeSet::from([pinned.to_owned()]), None),
        None => running(running_by, container)?,
    };
    if digests.is_empty() {
        let is_meant =
            |image: &&Image| reference.tag.is_some_and(|tag| image.artifact.tags.iter().any(|known| known == tag));
        let found: Vec<_> = known.images.seen().iter().filter(is_meant).map(Ok).collect();
        return if found.is_empty() { Err(missing(address)) } else { Ok(found) };
    }
    let by_digest = digests.iter().map(|digest| {
        let found = known.images.seen().iter().find(|image| image.artifact.digest == *digest);
        found.ok_or_else(|| missing(&format!("{digest} of {address}")))
    });
    Ok(by_digest.chain(others.map(Err)).collect())
}
